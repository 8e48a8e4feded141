/* Trajectories: what is read is what was written, for any number of ranks; resuming; damage; a full disk. */
#include "check.h"

#include <hdf5.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "frames.h"
#include "io/extxyz.h"
#include "io/h5md.h"
#include "io/lammps_data.h"

enum { N = 1003 };
static char path[64], aside[80];
static int rank;
static const struct vt_h5md_options full = {.single = false, .velocities = true};

static void append(struct vt_h5md *file, int64_t step)
{
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, step, 1);
    check_ok(vt_h5md_append(file, &m.frame));
    made_release(&m);
}

static void create(struct vt_h5md **file, const struct vt_h5md_options *options,
                   const struct vt_results *notes)
{
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, 0, 0);
    check_ok(vt_h5md_create(file, path, MPI_COMM_WORLD, &m.material, N, options, notes));
    made_release(&m);
}

static enum vt_status reopen(struct vt_h5md **file, int64_t n, int64_t step)
{
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, 0, 0);
    enum vt_status st =
        vt_h5md_reopen(file, path, MPI_COMM_WORLD, &m.material, n, &full, NULL, INT64_MAX, step);
    made_release(&m);
    return st;
}

/* The frame at `at` of the file is the made frame of this step. tolerance: 0 for the same bits. */
static void check_frame(struct vt_h5md_source *source, int64_t at, int64_t step, int stage, double tolerance)
{
    struct vt_h5md_rows r = {0};
    check_ok(vt_h5md_read(source, at, &r));
    struct vt_cell cell = made_cell(step);
    int same = r.step == step && r.time == 0.002 * (double)step && r.stage == stage &&
               !memcmp(&r.cell, &cell, sizeof cell);
    const struct vt_material *material = vt_h5md_source_material(source);
    for (int k = 0; k < r.n; k++) {
        double x[3], v[3];
        int32_t image[3];
        made_atom(r.first + k + 1, step, x, v, image);
        same &= r.species[k] == made_species(r.first + k + 1) && !memcmp(r.image[k], image, sizeof image);
        same &= material->species[r.species[k]].z == (int[]){29, 40, 13}[r.species[k]];
        for (int d = 0; d < 3; d++)
            same &= fabs(r.x[k][d] - x[d]) <= tolerance && (!r.v || fabs(r.v[k][d] - v[d]) <= tolerance);
    }
    check_all(same);
    int64_t all = r.n;
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
    check_all(all == N);
    vt_h5md_rows_release(&r);
}

static void check_file(const int64_t *steps, int n)
{
    struct vt_h5md_source *source;
    check_ok(vt_h5md_open(&source, path, MPI_COMM_WORLD));
    check_all(vt_h5md_source_frames(source) == n && vt_h5md_source_atoms(source) == N);
    for (int k = 0; k < n; k++) check_frame(source, k, steps[k], 0, 0);
    struct vt_h5md_rows r = {0};
    check_all(vt_h5md_read(source, n, &r) == VT_EINPUT);
    vt_h5md_source_close(&source);
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    struct vt_h5md *file;
    struct vt_results notes = {0};
    vt_results_note(&notes, "", "protocol", "melt:\n"); /* only rank 0's matter */
    vt_results_note(&notes, "run", "seed", rank ? "other" : "7");
    create(&file, &full, rank ? NULL : &notes);
    static const struct vt_stage_info melt = {.index = 1,
                                              .kind = "melt",
                                              .label = "01-melt",
                                              .options = "time: 1 ps"},
                                      hold = {.index = 2, .kind = "hold", .label = "02-hold", .save = "x"};
    append(file, 0);
    check_ok(vt_h5md_stage(file, &melt));
    append(file, 10);
    append(file, 20);
    check_ok(vt_h5md_stage(file, &hold));
    append(file, 30);
    check_all(vt_h5md_frames(file) == 4);
    check_ok(vt_h5md_close(&file));
    check_all(!file);
    struct vt_h5md_source *source;
    check_ok(vt_h5md_open(&source, path, MPI_COMM_WORLD));
    static const int stage[] = {0, 1, 1, 2};
    for (int k = 0; k < 4; k++) check_frame(source, k, 10 * k, stage[k], 0);
    vt_h5md_source_close(&source);
    vt_results_release(&notes);
}

/* 4 bytes hold 24 bits: 2^-24 of 64 angstrom is 4e-6. */
static void single_precision_keeps_four_microangstrom(void **state)
{
    (void)state;
    struct vt_h5md *file;
    static const struct vt_h5md_options single = {.single = true};
    create(&file, &single, NULL);
    append(file, 3);
    check_ok(vt_h5md_close(&file));
    struct vt_h5md_source *source;
    check_ok(vt_h5md_open(&source, path, MPI_COMM_WORLD));
    check_frame(source, 0, 3, 0, 4e-6);
    vt_h5md_source_close(&source);
}

static void reopening_drops_frames_after_the_step_and_goes_on(void **state)
{
    (void)state;
    struct vt_h5md *file;
    create(&file, &full, NULL);
    for (int k = 0; k < 5; k++) append(file, 10 * k);
    check_ok(vt_h5md_close(&file));
    check_ok(reopen(&file, N, 25));
    check_all(vt_h5md_frames(file) == 3);
    append(file, 31);
    check_ok(vt_h5md_close(&file));
    check_file((const int64_t[]){0, 10, 20, 31}, 4);

    check_ok(reopen(&file, N, -1)); /* nothing is left: species and ids are written again */
    append(file, 7);
    check_ok(vt_h5md_close(&file));
    check_file((const int64_t[]){7}, 1);
}

/* A minimum has the step of the moment it belongs to: only the number of frames tells the two apart. */
static void reopening_drops_frames_beyond_their_number(void **state)
{
    (void)state;
    static const int64_t steps[] = {0, 10, 10, 10};
    for (int frames = 0; frames <= 5; frames++) {
        struct vt_h5md *file;
        struct made_frame m;
        create(&file, &full, NULL);
        for (int k = 0; k < 4; k++) append(file, steps[k]);
        check_ok(vt_h5md_close(&file));
        made_frame(&m, MPI_COMM_WORLD, N, 0, 0);
        check_ok(vt_h5md_reopen(&file, path, MPI_COMM_WORLD, &m.material, N, &full, NULL, frames, 10));
        made_release(&m);
        check_ok(vt_h5md_close(&file));
        if (frames) check_file(steps, frames < 4 ? frames : 4);
    }
}

static void reopening_refuses_another_sample(void **state)
{
    (void)state;
    struct vt_h5md *file;
    create(&file, &full, NULL);
    append(file, 0);
    check_ok(vt_h5md_close(&file));
    check_all(reopen(&file, N + 1, 99) == VT_EINPUT);
    check_all(strstr(vt_message(), path) && strstr(vt_message(), "1003 atoms") && !file);
    static const struct vt_h5md_options other = {.single = true};
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, 0, 0);
    check_all(vt_h5md_reopen(&file, path, MPI_COMM_WORLD, &m.material, N, &other, NULL, 9, 9) == VT_EINPUT);
    check_all(strstr(vt_message(), "single precision") != NULL);
    m.material.species[1].z = 22;
    check_all(vt_h5md_reopen(&file, path, MPI_COMM_WORLD, &m.material, N, &full, NULL, 9, 9) == VT_EINPUT);
    check_all(strstr(vt_message(), "other elements") != NULL);
    made_release(&m);
    check_file((const int64_t[]){0}, 1); /* and leaves it alone */
}

static void a_missing_file_is_begun_anew(void **state)
{
    (void)state;
    if (rank == 0) unlink(path);
    MPI_Barrier(MPI_COMM_WORLD);
    struct vt_h5md *file;
    check_ok(reopen(&file, N, 5));
    append(file, 6);
    check_ok(vt_h5md_close(&file));
    check_file((const int64_t[]){6}, 1);
}

/* Cut in half, as a torn copy is, or with an HDF5 head and no body. */
static void a_damaged_file_is_kept_aside(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct vt_h5md *file;
        create(&file, &full, NULL);
        append(file, 0);
        append(file, 1);
        check_ok(vt_h5md_close(&file));
        if (rank == 0) {
            unlink(aside);
            if (kind == 0) assert_int_equal(truncate(path, 50000), 0);
            if (kind == 1) assert_int_equal(truncate(path, 0), 0);
            if (kind == 2) { /* the tables of one dataset are overwritten */
                FILE *f = fopen(path, "r+");
                char zeros[2000] = {0};
                fseek(f, 300, SEEK_SET);
                fwrite(zeros, 1, sizeof zeros, f);
                fclose(f);
            }
        }
        MPI_Barrier(MPI_COMM_WORLD);
        struct vt_h5md_source *source;
        check_all(vt_h5md_open(&source, path, MPI_COMM_WORLD) == VT_EINPUT && !source);
        check_all(strstr(vt_message(), path) != NULL);
        check_ok(reopen(&file, N, 99));
        check_all(vt_h5md_frames(file) == 0);
        append(file, 2);
        check_ok(vt_h5md_close(&file));
        check_all(access(aside, F_OK) == 0);
        check_file((const int64_t[]){2}, 1);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) unlink(aside);
}

/* A file-size limit stands for the full disk. */
static void a_full_disk_leaves_the_frames_so_far(void **state)
{
    (void)state;
    struct vt_h5md *file;
    create(&file, &full, NULL);
    append(file, 0);
    struct rlimit limit, small;
    getrlimit(RLIMIT_FSIZE, &limit);
    small = limit;
    small.rlim_cur = 1 << 20;
    signal(SIGXFSZ, SIG_IGN);
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, 1, 0);
    setrlimit(RLIMIT_FSIZE, &small);
    enum vt_status st = vt_h5md_append(file, &m.frame);
    setrlimit(RLIMIT_FSIZE, &limit);
    check_all(st == VT_EWORLD && strstr(vt_message(), path) && strstr(vt_message(), "File too large"));
    check_ok(vt_h5md_append(file, &m.frame)); /* there is room again */
    check_ok(vt_h5md_close(&file));
    check_file((const int64_t[]){0, 1}, 2);
    check_all(vt_h5md_create(&file, "/proc/no/t.h5", MPI_COMM_WORLD, &m.material, N, &full, NULL) ==
              VT_EWORLD);
    check_all(strstr(vt_message(), "/proc/no/t.h5") && strstr(vt_message(), "No such file") && !file);
    made_release(&m);
}

static void lost_atoms_are_an_error_on_all_ranks(void **state)
{
    (void)state;
    struct vt_h5md *file;
    create(&file, &full, NULL);
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, 1, 0);
    int64_t kept = 0;
    for (int i = 0; i < m.frame.n; i++) /* atom 5 becomes a second atom 6 */
        if (m.id[i] == 5) m.id[i] = 6, kept = 1;
    check_all(vt_h5md_append(file, &m.frame) == VT_EPHYSICS);
    for (int i = 0; i < m.frame.n && kept; i++)
        if (m.id[i] == 6) m.id[i] = N + 1;
    check_all(vt_h5md_append(file, &m.frame) == VT_EPHYSICS);
    for (int i = 0; i < m.frame.n; i++)
        if (m.id[i] == 20) m.x[i][1] = NAN;
    check_all(vt_h5md_append(file, &m.frame) == VT_EPHYSICS);
    made_release(&m);
    append(file, 2);
    check_ok(vt_h5md_close(&file));
    check_file((const int64_t[]){2}, 1);
}

static void foreign_files_are_refused(void **state)
{
    (void)state;
    struct vt_h5md_source *source;
    check_all(vt_h5md_open(&source, "no/such.h5", MPI_COMM_WORLD) == VT_EINPUT);
    check_all(strstr(vt_message(), "cannot open no/such.h5: No such file") != NULL);
    if (rank == 0) {
        FILE *f = fopen(path, "w");
        fputs("ITEM: TIMESTEP\n", f);
        fclose(f);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    check_all(vt_h5md_open(&source, path, MPI_COMM_WORLD) == VT_EINPUT);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) H5Fclose(H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    MPI_Barrier(MPI_COMM_WORLD);
    check_all(vt_h5md_open(&source, path, MPI_COMM_WORLD) == VT_EINPUT);
    check_all(strstr(vt_message(), "not a trajectory of vitrum") != NULL);
}

/* The text writers gather from all ranks: more atoms than one message holds. */
static void text_files_are_the_same_from_any_ranks(void **state)
{
    (void)state;
    enum { MANY = 40000 };
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, MANY, 4, 1);
    check_ok(vt_extxyz_write(path, &m.frame, true));
    for (int format = 0; format < 2; format++) {
        struct vt_structure s = {0};
        if (format) check_ok(vt_lammps_data_write(path, &m.frame));
        enum vt_status st = VT_OK;
        int same = 1;
        if (rank == 0) {
            st = format ? vt_lammps_data_read(path, &s) : vt_extxyz_read(path, &s);
            same = st == VT_OK && s.n == MANY && s.v;
            for (int64_t k = 0; same && k < MANY; k++) {
                double x[3], v[3];
                int32_t image[3];
                made_atom(k + 1, 4, x, v, image);
                same = !memcmp(s.x[k], x, sizeof x) && !memcmp(s.v[k], v, sizeof v);
            }
        }
        check_all(same);
        vt_structure_release(&s);
    }
    check_all(vt_extxyz_write("/proc/no/a.xyz", &m.frame, true) == VT_EWORLD);
    check_all(vt_lammps_data_write("/proc/no/a.data", &m.frame) == VT_EWORLD);
    made_release(&m);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(single_precision_keeps_four_microangstrom),
        cmocka_unit_test(reopening_drops_frames_after_the_step_and_goes_on),
        cmocka_unit_test(reopening_drops_frames_beyond_their_number),
        cmocka_unit_test(reopening_refuses_another_sample),
        cmocka_unit_test(a_missing_file_is_begun_anew),
        cmocka_unit_test(a_damaged_file_is_kept_aside),
        cmocka_unit_test(a_full_disk_leaves_the_frames_so_far),
        cmocka_unit_test(lost_atoms_are_an_error_on_all_ranks),
        cmocka_unit_test(foreign_files_are_refused),
        cmocka_unit_test(text_files_are_the_same_from_any_ranks),
    };
    MPI_Init(&argc, &argv);
    int size;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    snprintf(path, sizeof path, "mpi_h5md_%d.h5md", size); /* runs on 1, 2, 4 ranks may overlap */
    snprintf(aside, sizeof aside, "%s.damaged", path);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (rank == 0) unlink(path);
    MPI_Finalize();
    return failed;
}
