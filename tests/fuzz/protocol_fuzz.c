/* protocol_fuzz.c: any bytes give a checked protocol or one input error.
 *
 * Beside not crashing: an error has a message that begins with the file's name; in a protocol all atoms
 * belong to a species, every stage has a plan of finite targets and at least one step if it moves in time,
 * and every state is saved before it is used. */
#include <math.h>
#include <mpi.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis.h"
#include "md/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

#define REQUIRE(law)                                                                                         \
    do {                                                                                                     \
        if (!(law)) {                                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold (last message: %s)\n", __FILE__, __LINE__, #law,        \
                    vt_message());                                                                           \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

static void check_stage(const struct vt_protocol *p, int k)
{
    const struct vt_stage *stage = &p->stage[k];
    const struct vt_control *c = &p->planned[k];
    REQUIRE(stage->type->act || c->steps >= 1);
    REQUIRE(isfinite(c->dt) && c->dt > 0);
    for (int end = 0; end < 2; end++) {
        REQUIRE(isfinite(c->temperature[end]) && c->temperature[end] > 0);
        for (int q = 0; q < 6; q++) REQUIRE(isfinite(c->pressure[end][q]));
    }
    const char *from = stage->common.from;
    bool saved = !*from || (!strcmp(stage->type->name, "heat") && !vt_stage_begins_at_state(stage));
    for (int b = 0; b < k; b++) saved |= !strcmp(p->stage[b].common.save, from);
    REQUIRE(saved);
}

/* What the run does next with a protocol: it measures. */
static bool check_measurements(const struct vt_protocol *p, const struct vt_yaml *list)
{
    struct vt_analysis *analysis = NULL;
    struct vt_cell cell;
    enum vt_status st = vt_protocol_cell(p, &cell);
    REQUIRE(st == VT_OK || st == VT_EINPUT);
    if (st == VT_OK) st = vt_analysis_create(list, &p->material, &analysis);
    REQUIRE(st == VT_OK || st == VT_EINPUT);
    if (st == VT_OK) st = vt_analysis_check(analysis, &cell);
    REQUIRE(st == VT_OK || st == VT_EINPUT);
    vt_analysis_destroy(analysis);
    return st == VT_OK;
}

/* Returns whether it can be run as it is. */
static bool check_protocol(const struct vt_protocol *p)
{
    int64_t atoms = 0;
    for (int s = 0; s < p->material.n_species; s++) {
        REQUIRE(p->material.species[s].count > 0 && p->material.species[s].mass > 0);
        atoms += p->material.species[s].count;
    }
    REQUIRE(atoms == p->atoms);
    REQUIRE(p->n_stages >= 1 && !strcmp(p->stage[0].type->name, "create"));
    for (int k = 0; k < p->n_stages; k++) check_stage(p, k);
    bool good = check_measurements(p, p->measure);
    for (int k = 0; k < p->n_stages; k++)
        if (p->stage[k].common.measure) good &= check_measurements(p, p->stage[k].common.measure);
    return good;
}

static void finish(void)
{
    MPI_Finalize();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int running;
    MPI_Initialized(&running);
    if (!running) {
        MPI_Init(NULL, NULL);
        atexit(finish);
    }
    struct vt_protocol protocol;
    enum vt_status st = vt_protocol_parse((const char *)data, size, "fuzz", MPI_COMM_SELF, &protocol);
    fuzz_accepted = st == VT_OK && check_protocol(&protocol);
    if (st != VT_OK) REQUIRE(st == VT_EINPUT && strncmp(vt_message(), "fuzz:", 5) == 0);
    vt_protocol_release(&protocol);
    return 0;
}
