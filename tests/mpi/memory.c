/* A rank that lacks memory, or room for what others send it, tells the others before they wait for it: every
 * rank gets the same failure. One rank's allocations fail one after the other, at each place there is. */
#include "check.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "md/checkpoint.h"
#include "md/sampler.h"
#include "sample.h"

/* All memory of the engine comes from here (core/memory.c). */
static int fails_in;
void *aligned_alloc(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size)
{
    void *memory = NULL;
    if (fails_in > 0 && --fails_in == 0) return NULL;
    return posix_memalign(&memory, alignment, size) ? NULL : memory;
}

static const struct sample_options options = {
    .cells = {4, 4, 4}, .edge = 4.15, .tilt = {0.3, -0.2, 0.4}, .shake = 0.1, .temperature = 900};

/* Do it over and over with a fresh sample; each time the next allocation of the last rank fails, until it
 * does without. The others have all they want. Returns how often it failed. */
static int failures(enum vt_status (*act)(struct vt_system *sys))
{
    int rank, size, failed = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (int k = 1;; k++) {
        struct sample s;
        sample_make(&s, MPI_COMM_WORLD, options);
        fails_in = rank == size - 1 ? k : 0;
        enum vt_status st = act(&s.sys);
        int unused = fails_in > 0;
        fails_in = 0;
        sample_release(&s);
        MPI_Bcast(&unused, 1, MPI_INT, size - 1, MPI_COMM_WORLD);
        if (unused) {
            check_ok(st);
            return failed;
        }
        failed++;
        check_all(st == VT_EWORLD);
        check_all(strstr(vt_message(), "out of memory") != NULL);
    }
}

static enum vt_status forces(struct vt_system *sys)
{
    VT_TRY(vt_system_forces(sys, VT_TOTALS));
    return vt_system_per_atom(sys, true);
}

static enum vt_status frame(struct vt_system *sys)
{
    struct vt_sampler sampler = {0};
    struct vt_frame f;
    enum vt_status st = vt_sampler_frame(&sampler, sys, &(struct vt_state){0}, 9, false, &f);
    vt_sampler_release(&sampler);
    return st;
}

/* Arrays of records of different size grow by different steps; all of them have room for what was asked for.
 * Under the sanitizers of unit tests a write beyond one would show; here its allocated size is asked for. */
static void atoms_have_room_in_every_array(void **state)
{
    (void)state;
    struct vt_atoms a = {0};
    const size_t need[] = {32001, 40300, 53000, 60000, 131000, 140000, 150000};
    for (unsigned k = 0; k < sizeof need / sizeof *need; k++) {
        check_ok(vt_atoms_reserve(&a, need[k]));
        check_all(a.capacity >= need[k]);
        check_all(malloc_usable_size(a.id) >= a.capacity * sizeof *a.id);
        check_all(malloc_usable_size(a.species) >= a.capacity * sizeof *a.species);
        check_all(malloc_usable_size(a.x) >= a.capacity * sizeof *a.x);
        check_all(malloc_usable_size(a.v) >= a.capacity * sizeof *a.v);
        check_all(malloc_usable_size(a.image) >= a.capacity * sizeof *a.image);
    }
    vt_atoms_release(&a);
}

static char path[64];

static enum vt_status write_checkpoint(struct vt_system *sys)
{
    struct vt_kept kept = {.bytes = 0};
    return vt_checkpoint_write(path, NULL, sys, &(struct vt_saved){.n_sinks = 1, .kept = &kept});
}

static void forces_need_memory(void **state)
{
    (void)state;
    check_all(failures(forces) > 20);
}

static void frames_need_memory(void **state)
{
    (void)state;
    check_all(failures(frame) > 15);
}

/* Also while it is read back. */
static void checkpoints_need_memory(void **state)
{
    (void)state;
    int rank, job = (int)getpid();
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Bcast(&job, 1, MPI_INT, 0, MPI_COMM_WORLD);
    snprintf(path, sizeof path, "/tmp/vitrum-memory-%d.h5", job);
    check_all(failures(write_checkpoint) > 5);
    if (rank == 0)
        check_all(unlink(path) == 0);
    else
        check_all(true);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(forces_need_memory),
    cmocka_unit_test(frames_need_memory),
    cmocka_unit_test(atoms_have_room_in_every_array),
    cmocka_unit_test(checkpoints_need_memory),
};
CHECK_MPI_MAIN(tests)
