/* trajectory.c: see trajectory.h. A file is begun with its first frame; a resumed run goes on in the file it
 * left, without the frames that come after the checkpoint. */
#include "io/trajectory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"

struct vt_trajectory {
    char folder[4096];
    MPI_Comm comm;
    struct vt_look look;
    struct vt_h5md_options options;
    const struct vt_results *notes;
    struct vt_h5md *file;
    char name[128]; /* of file, or of the file that the next frame begins */
    struct vt_material material;
    struct vt_stage_info stage;
    char stage_options[4096];
    bool stage_told;
    int64_t last_step; /* of the last frame; -1 if there is none */
};

/* What a checkpoint keeps. */
struct place {
    int64_t open, frames, last_step;
};

static enum vt_status begin(void *self, const struct vt_stage_info *stage, const struct vt_material *material,
                            int *n_looks, const struct vt_look **looks)
{
    struct vt_trajectory *t = self;
    char name[128];
    if (*stage->branch)
        snprintf(name, sizeof name, "trajectory-%s.h5", stage->branch);
    else
        snprintf(name, sizeof name, "trajectory.h5");
    *n_looks = t->look.every > 0;
    *looks = &t->look;
    if (strcmp(name, t->name)) {
        enum vt_status st = vt_h5md_close(&t->file);
        if (st != VT_OK) return st;
        t->last_step = -1;
    }
    memcpy(t->name, name, sizeof name);
    t->material = *material;
    t->stage = *stage;
    snprintf(t->stage_options, sizeof t->stage_options, "%s", stage->options);
    t->stage.options = t->stage_options;
    t->stage_told = false;
    return VT_OK;
}

/* A second name by which MDAnalysis knows the format. */
static void link_h5md(const struct vt_trajectory *t)
{
    char path[5000];
    int rank;
    MPI_Comm_rank(t->comm, &rank);
    if (rank) return;
    snprintf(path, sizeof path, "%s/%smd", t->folder, t->name);
    unlink(path);
    if (symlink(t->name, path)) return; /* a disk without links: the file is there all the same */
}

static enum vt_status frame(void *self, int look, const struct vt_frame *f)
{
    struct vt_trajectory *t = self;
    (void)look;
    if (!t->file) {
        char path[5000];
        snprintf(path, sizeof path, "%s/%s", t->folder, t->name);
        VT_TRY(vt_h5md_create(&t->file, path, t->comm, &t->material, vt_material_atoms(&t->material),
                              &t->options, t->notes));
        link_h5md(t);
    }
    if (!t->stage_told) VT_TRY(vt_h5md_stage(t->file, &t->stage));
    t->stage_told = true;
    t->last_step = f->state.step;
    return vt_h5md_append(t->file, f);
}

static enum vt_status save(void *self, const struct vt_ranks *ranks, struct vt_kept *kept)
{
    const struct vt_trajectory *t = self;
    if (ranks->rank) return VT_OK;
    struct place *place;
    VT_TRY(vt_alloc(&place, 1));
    *place = (struct place){t->file != NULL, t->file ? vt_h5md_frames(t->file) : 0, t->last_step};
    kept->block = (char *)place;
    kept->bytes = sizeof *place;
    return VT_OK;
}

static enum vt_status load(void *self, const struct vt_ranks *ranks, const struct vt_kept *kept)
{
    struct vt_trajectory *t = self;
    struct place place = {0};
    if (ranks->rank == 0 && kept->bytes == sizeof place) memcpy(&place, kept->block, sizeof place);
    MPI_Bcast(&place, sizeof place, MPI_BYTE, 0, t->comm);
    if (!place.open) return VT_OK;
    char path[5000];
    snprintf(path, sizeof path, "%s/%s", t->folder, t->name);
    t->last_step = place.last_step;
    return vt_h5md_reopen(&t->file, path, t->comm, &t->material, vt_material_atoms(&t->material), &t->options,
                          t->notes, place.frames, place.last_step);
}

enum vt_status vt_trajectory_create(struct vt_trajectory **out, const char *folder, MPI_Comm comm,
                                    double every, const struct vt_h5md_options *options,
                                    const struct vt_results *notes)
{
    struct vt_trajectory *t;
    VT_TRY(vt_alloc(&t, 1));
    snprintf(t->folder, sizeof t->folder, "%s", folder);
    t->comm = comm;
    t->look.every = every;
    t->options = *options;
    t->notes = notes;
    t->last_step = -1;
    *out = t;
    return VT_OK;
}

struct vt_sink vt_trajectory_sink(struct vt_trajectory *t)
{
    return (struct vt_sink){.self = t, .begin = begin, .frame = frame, .save = save, .load = load};
}

enum vt_status vt_trajectory_destroy(struct vt_trajectory *t)
{
    enum vt_status st = t ? vt_h5md_close(&t->file) : VT_OK;
    free(t);
    return st;
}
