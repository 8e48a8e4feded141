/* frame_source.c: see frame_source.h. Rows of a file go to the ranks that own their places, get ghosts as far
 * as asked, and are shown as a frame. Text is read by rank 0. */
#include "study/frame_source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"

void vt_frame_source_close(struct vt_frame_source *s)
{
    vt_h5md_rows_release(&s->rows);
    vt_atoms_release(&s->atoms);
    vt_halo_release(&s->halo);
    vt_h5md_source_close(&s->h5md);
    vt_text_trajectory_close(&s->text);
    free(s->time);
    free(s->stage);
}

static enum vt_status make_clock(struct vt_frame_source *s)
{
    VT_TRY(vt_alloc(&s->time, s->frames));
    return vt_alloc(&s->stage, s->frames);
}

static enum vt_status open_h5md(struct vt_frame_source *s)
{
    int64_t n[VT_SPECIES_MAX] = {0};
    VT_TRY(vt_h5md_open(&s->h5md, s->path, s->comm));
    s->frames = vt_h5md_source_frames(s->h5md);
    s->material = *vt_h5md_source_material(s->h5md);
    if (!s->frames) return VT_RAISE(VT_EINPUT, "%s holds no frame", s->path);
    VT_TRY(vt_agree(s->comm, make_clock(s)));
    VT_TRY(vt_h5md_source_times(s->h5md, s->time, s->stage));
    /* The file does not count its species. */
    VT_TRY(vt_h5md_read(s->h5md, 0, &s->rows));
    for (int k = 0; k < s->rows.n; k++) n[s->rows.species[k]]++;
    VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, n, VT_SPECIES_MAX, MPI_INT64_T, MPI_SUM, s->comm)));
    for (int a = 0; a < s->material.n_species; a++) s->material.species[a].count = n[a];
    return VT_OK;
}

/* Rank 0 looks for the frames and reads the first one, to know the species: those that have atoms. */
static enum vt_status look_through(struct vt_frame_source *s, const struct vt_text_options *options)
{
    const double most = 2e7; /* atoms, that one message may carry */
    struct vt_structure first = {0};
    VT_TRY(vt_text_trajectory_open(&s->text, s->path, options));
    if ((double)s->text.frame[0].atoms > most)
        return VT_RAISE(VT_EINPUT, "%s: %lld atoms: at most %g are read from text", s->path,
                        (long long)s->text.frame[0].atoms, most);
    enum vt_status st = vt_text_trajectory_read(&s->text, 0, &first);
    for (int a = 0; a < first.material.n_species; a++)
        if (first.material.species[a].count)
            s->material.species[s->material.n_species++] = first.material.species[a];
    s->frames = s->text.n;
    vt_structure_release(&first);
    return st;
}

static enum vt_status open_text(struct vt_frame_source *s, const struct vt_text_options *options)
{
    int rank;
    MPI_Comm_rank(s->comm, &rank);
    VT_TRY(vt_agree(s->comm, rank == 0 ? look_through(s, options) : VT_OK));
    VT_TRY(vt_mpi(MPI_Bcast(&s->material, sizeof s->material, MPI_BYTE, 0, s->comm)));
    VT_TRY(vt_mpi(MPI_Bcast(&s->frames, 1, MPI_INT64_T, 0, s->comm)));
    VT_TRY(vt_agree(s->comm, make_clock(s)));
    for (int64_t t = 0; t < s->frames; t++) {
        s->stage[t] = 1;
        if (rank == 0) s->time[t] = s->text.frame[t].time;
    }
    return vt_mpi(MPI_Bcast(s->time, vt_int(s->frames), MPI_DOUBLE, 0, s->comm));
}

enum vt_status vt_frame_source_open(struct vt_frame_source *s, MPI_Comm comm, const char *path,
                                    const struct vt_text_options *options)
{
    int rank, text = 0;
    *s = (struct vt_frame_source){.comm = comm, .path = path};
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) text = vt_text_trajectory_is(path);
    VT_TRY(vt_mpi(MPI_Bcast(&text, 1, MPI_INT, 0, comm)));
    return text ? open_text(s, options) : open_h5md(s);
}

struct vt_h5md_stage vt_frame_source_stage(struct vt_frame_source *s, int index)
{
    struct vt_h5md_stage stage = {.label = "01-frames", .start = NAN, .duration = NAN};
    return s->h5md ? vt_h5md_source_stage(s->h5md, index) : stage;
}

static enum vt_status take_rows(struct vt_frame_source *s)
{
    struct vt_atoms *a = &s->atoms;
    const struct vt_h5md_rows *r = &s->rows;
    VT_TRY(vt_atoms_reserve(a, (size_t)r->n));
    a->n = r->n;
    a->n_ghost = 0;
    a->n_total = vt_material_atoms(&s->material);
    for (int k = 0; k < r->n; k++) {
        a->id[k] = r->first + k + 1;
        a->species[k] = r->species[k];
        memcpy(a->x[k], r->x[k], sizeof r->x[k]);
        a->x[k][3] = 0;
        if (r->v) memcpy(a->v[k], r->v[k], sizeof r->v[k]);
        memcpy(a->image[k], r->image[k], sizeof r->image[k]);
    }
    return VT_OK;
}

/* Kinetic energy and temperature as the run has them (md/system.c), not numbers where the file has no
 * velocities. Collective. */
static enum vt_status motion(const struct vt_frame_source *s, struct vt_state *state)
{
    double k[6];
    VT_TRY(vt_atoms_kinetic(&s->atoms, &s->material, s->comm, k));
    state->kinetic = 0.5 * (k[0] + k[1] + k[2]);
    state->temperature = 2 * state->kinetic / (VT_KB * (3 * (double)s->atoms.n_total - 3));
    return VT_OK;
}

/* The species of a frame may stand in another order than those of the first one. */
static enum vt_status take_structure(struct vt_frame_source *s, const struct vt_structure *from)
{
    struct vt_atoms *a = &s->atoms;
    int species[VT_SPECIES_MAX];
    for (int k = 0; k < from->material.n_species; k++) {
        const struct vt_species *of = &from->material.species[k];
        species[k] = 0;
        if (of->count == 0) continue;
        while (species[k] < s->material.n_species && s->material.species[species[k]].z != of->z) species[k]++;
        if (species[k] == s->material.n_species || of->count != s->material.species[species[k]].count)
            return VT_RAISE(VT_EINPUT, "%s: a frame holds %lld atoms of %s, and the first one does not",
                            s->path, (long long)of->count, of->symbol);
    }
    VT_TRY(vt_atoms_reserve(a, (size_t)from->n));
    a->n = vt_int(from->n);
    for (int k = 0; k < a->n; k++) {
        a->id[k] = from->id[k];
        a->species[k] = species[from->species[k]];
        memcpy(a->x[k], from->x[k], sizeof from->x[k]);
        a->x[k][3] = 0;
        if (from->v) memcpy(a->v[k], from->v[k], sizeof from->v[k]);
        memcpy(a->image[k], from->image[k], sizeof from->image[k]);
    }
    return VT_OK;
}

static enum vt_status load_text(struct vt_frame_source *s, int64_t t, struct vt_cell *cell, int64_t *step,
                                bool *moving, bool *images)
{
    struct vt_structure structure = {0};
    int rank;
    enum vt_status st = VT_OK;
    MPI_Comm_rank(s->comm, &rank);
    s->atoms.n = s->atoms.n_ghost = 0;
    s->atoms.n_total = vt_material_atoms(&s->material);
    if (rank == 0) {
        st = vt_text_trajectory_read(&s->text, t, &structure);
        if (st == VT_OK) st = take_structure(s, &structure);
        *cell = structure.cell;
        *moving = structure.v != NULL;
        *images = structure.images;
        *step = s->text.frame[t].step;
        vt_structure_release(&structure);
    }
    VT_TRY(vt_agree(s->comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(cell, sizeof *cell, MPI_BYTE, 0, s->comm)));
    VT_TRY(vt_mpi(MPI_Bcast(moving, sizeof *moving, MPI_BYTE, 0, s->comm)));
    VT_TRY(vt_mpi(MPI_Bcast(images, sizeof *images, MPI_BYTE, 0, s->comm)));
    return vt_mpi(MPI_Bcast(step, 1, MPI_INT64_T, 0, s->comm));
}

static enum vt_status load_h5md(struct vt_frame_source *s, int64_t t, struct vt_cell *cell, int64_t *step,
                                bool *moving)
{
    VT_TRY(vt_h5md_read(s->h5md, t, &s->rows));
    *cell = s->rows.cell;
    *step = s->rows.step;
    *moving = s->rows.v != NULL;
    return vt_agree(s->comm, take_rows(s));
}

enum vt_status vt_frame_source_load(struct vt_frame_source *s, int64_t t, double reach,
                                    struct vt_frame *frame)
{
    struct vt_cell cell = {0};
    int64_t step = 0;
    bool moving = false, images = true;
    VT_TRY(s->h5md ? load_h5md(s, t, &cell, &step, &moving)
                   : load_text(s, t, &cell, &step, &moving, &images));
    vt_atoms_flip(&s->atoms, &cell); /* files may lean more than we do */
    vt_ranks_init(&s->ranks, s->comm, &cell);
    VT_TRY(vt_atoms_migrate(&s->atoms, &s->ranks, &cell, 4));
    if (reach > 0) VT_TRY(vt_halo_build(&s->halo, &s->atoms, &s->ranks, &cell, reach, VT_GHOSTS_AROUND));
    *frame = (struct vt_frame){.ranks = &s->ranks,
                               .material = &s->material,
                               .state = {.step = step,
                                         .time = s->time[t],
                                         .cell = cell,
                                         .volume = vt_cell_volume(&cell),
                                         .potential = NAN,
                                         .kinetic = NAN,
                                         .temperature = NAN,
                                         .target_temperature = NAN,
                                         .target_pressure = NAN},
                               .n = s->atoms.n,
                               .n_ghost = s->atoms.n_ghost,
                               .id = s->atoms.id,
                               .species = s->atoms.species,
                               .x = (const double(*)[4])s->atoms.x,
                               .v = moving ? (const double(*)[3])s->atoms.v : NULL,
                               .image = images ? (const int32_t(*)[3])s->atoms.image : NULL,
                               .reach = reach};
    for (int k = 0; k < 6; k++) frame->state.pressure[k] = NAN;
    return moving ? motion(s, &frame->state) : VT_OK;
}
