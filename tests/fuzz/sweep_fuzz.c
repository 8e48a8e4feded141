/* sweep_fuzz.c: any bytes as a sweep: refused with a message that begins with the file's name, or members
 * with different names whose protocols are YAML without $NAME in their values. */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "study/sweep.h"

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

static void finish(void)
{
    MPI_Finalize();
}

static void check_runs(const struct vt_sweep_run *run, int n)
{
    for (int k = 0; k < n && k < 50; k++) {
        struct vt_yaml *root;
        REQUIRE(*run[k].name && strlen(run[k].name) < VT_SWEEP_NAME && !strchr(run[k].name, '/'));
        for (int b = 0; b < k; b++) REQUIRE(strcmp(run[k].name, run[b].name) != 0);
        enum vt_status st = vt_yaml_parse(run[k].text, strlen(run[k].text), "again", &root);
        /* values may nest deeper than a file may, and make keys equal */
        REQUIRE(st == VT_OK || st == VT_EINPUT);
        if (st == VT_OK) REQUIRE(root->kind == VT_YAML_MAP && !vt_yaml_get(root, "sweep"));
        vt_yaml_release(root);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int running, descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    struct vt_sweep s;
    MPI_Initialized(&running);
    if (!running) {
        MPI_Init(NULL, NULL);
        atexit(finish);
    }
    REQUIRE(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_sweep_read(path, NULL, "sweep", MPI_COMM_SELF, &s);
    fuzz_accepted = st == VT_OK;
    if (st == VT_OK) {
        REQUIRE(s.n_members > 0);
        check_runs(s.member, s.n_members);
        check_runs(s.prepare, s.n_prepares);
    } else
        REQUIRE(st == VT_EINPUT && strncmp(vt_message(), path, strlen(path)) == 0);
    vt_sweep_release(&s);
    close(descriptor);
    return 0;
}
