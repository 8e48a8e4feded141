/* write_files KIND PATH [FRAMES [kill|velocities]]: make the files that the Python tests open.
 *
 * KIND is h5md, resume (goes on with one up to FRAMES), xyz, data, results, or reference (a text: for
 * every frame and atom `step id z x y z nx ny nz vx vy vz`). kill: end by SIGKILL, with the file open. */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "frames.h"
#include "io/extxyz.h"
#include "io/h5md.h"
#include "io/lammps_data.h"
#include "io/results_file.h"

enum { N = 257 };

static enum vt_status append_all(struct vt_h5md *file, int64_t begin, int64_t end)
{
    for (int64_t k = begin; k < end; k++) {
        struct made_frame m;
        made_frame(&m, MPI_COMM_WORLD, N, k, 1);
        VT_TRY(vt_h5md_append(file, &m.frame));
        made_release(&m);
    }
    return VT_OK;
}

static enum vt_status write_h5md(const char *path, int64_t frames, const char *how, int resume)
{
    struct made_frame m;
    struct vt_h5md *file;
    struct vt_results notes = {0};
    const struct vt_h5md_options options = {.velocities = true};
    const struct vt_stage_info stage = {.index = 1, .kind = "hold", .label = "01-hold"};
    made_frame(&m, MPI_COMM_WORLD, N, 0, 0);
    VT_TRY(vt_results_note(&notes, "", "protocol", "title: made up\n"));
    if (resume)
        VT_TRY(
            vt_h5md_reopen(&file, path, MPI_COMM_WORLD, &m.material, N, &options, &notes, INT64_MAX, frames));
    else
        VT_TRY(vt_h5md_create(&file, path, MPI_COMM_WORLD, &m.material, N, &options, &notes));
    VT_TRY(vt_h5md_stage(file, &stage));
    VT_TRY(append_all(file, vt_h5md_frames(file), frames));
    if (!strcmp(how, "kill")) raise(SIGKILL);
    vt_results_release(&notes);
    made_release(&m);
    return vt_h5md_close(&file);
}

static enum vt_status write_results(const char *path)
{
    static const double radius[] = {1, 2, 3};
    static const char *const pair[] = {"Cu-Cu", "Cu-Zr"};
    struct vt_results r = {0};
    struct vt_dataset *d;
    VT_TRY(vt_results_add(&r, "stages/01-melt/pdf/g", "1", "partial g(r)", 2, (int[]){2, 3}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "pair", "", NULL, pair));
    VT_TRY(vt_dataset_axis(d, 1, "r", "angstrom", radius, NULL));
    VT_TRY(vt_dataset_errors(d));
    for (int k = 0; k < 6; k++) {
        d->value[k] = k;
        d->error[k] = 0.5 * k;
    }
    VT_TRY(vt_results_add(&r, "stages/01-melt/energy", "eV", "mean potential energy", 0, NULL, &d));
    d->value[0] = -3.5;
    VT_TRY(vt_results_note(&r, "", "protocol", "title: \xc3\x85"));
    VT_TRY(vt_results_write(path, &r));
    VT_TRY(vt_results_csv("write_files.csv", vt_results_find(&r, "stages/01-melt/pdf/g")));
    vt_results_release(&r);
    return VT_OK;
}

static void write_reference(FILE *out, int64_t frames)
{
    static const int z[] = {29, 40, 13};
    for (int64_t step = 0; step < frames; step++)
        for (int64_t id = 1; id <= N; id++) {
            double x[3], v[3];
            int32_t image[3];
            made_atom(id, step, x, v, image);
            fprintf(out, "%d %d %d %.17g %.17g %.17g %d %d %d %.17g %.17g %.17g\n", (int)step, (int)id,
                    z[made_species(id)], x[0], x[1], x[2], image[0], image[1], image[2], v[0], v[1], v[2]);
        }
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    const char *kind = argc > 2 ? argv[1] : "", *path = argc > 2 ? argv[2] : "",
               *how = argc > 4 ? argv[4] : "";
    int64_t frames = argc > 3 ? strtoll(argv[3], NULL, 10) : 1;
    enum vt_status st = VT_EINPUT;
    struct made_frame m;
    made_frame(&m, MPI_COMM_WORLD, N, frames, 1);
    if (!strcmp(kind, "h5md") || !strcmp(kind, "resume")) st = write_h5md(path, frames, how, *kind == 'r');
    if (!strcmp(kind, "xyz")) st = vt_extxyz_write(path, &m.frame, !strcmp(how, "velocities"));
    if (!strcmp(kind, "data")) st = vt_lammps_data_write(path, &m.frame);
    if (!strcmp(kind, "results")) st = write_results(path);
    if (!strcmp(kind, "reference")) {
        FILE *out = fopen(path, "w");
        write_reference(out, frames);
        st = fclose(out) ? VT_EWORLD : VT_OK;
    }
    made_release(&m);
    if (st != VT_OK) fprintf(stderr, "%s\n", vt_message());
    MPI_Finalize();
    return st;
}
