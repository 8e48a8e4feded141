/* h5md.c: see h5md.h.
 *
 * Who writes what. Everything that is not a frame (groups, attributes, texts, cutting off frames) is written
 * by rank 0 alone through the serial driver while nobody else has the file open: what ranks would have to
 * write alike cannot differ between them then. Frames are written by all ranks through MPI-IO, each rank a
 * contiguous block of rows (rows.h), so a frame is a few large collective writes.
 *
 * What a kill can break. Frame data go to fresh space at the end of the file, so the only moment in which the
 * file is not whole is H5Fflush, which updates tables (extents, chunk indices, the file's end) in place.
 * vt_h5md_reopen checks that every frame is there and the last can be read.
 *
 * A full disk. HDF5 1.10 does not recover from a failed write: it fails again when closing and can hang at
 * exit. So rank 0 has the system set the space aside (fallocate) before HDF5 writes to it.
 *
 * Reference: P. de Buyl, P. H. Colberg, F. Hoefling, Comput. Phys. Commun. 185, 1546 (2014); H5MD 1.1,
 * https://www.nongnu.org/h5md/h5md.html. What MDAnalysis 2.4 takes is narrower: box/edges of shape [t][3][3]
 * and explicit step and time. Strings that it reads (units) must be of variable length, see h5util.h. */
#include "io/h5md.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "io/h5util.h"
#include "io/rows.h"

/* Everything there is once a frame. Steps and times of all elements are the same datasets, linked. */
enum { POSITION, IMAGE, VELOCITY, EDGES, STEP, TIME, STAGE, N_SERIES };
static const char *const series_path[N_SERIES] = {
    "particles/trajectory/position/value", "particles/trajectory/image/value",
    "particles/trajectory/velocity/value", "particles/trajectory/box/edges/value",
    "particles/trajectory/position/step",  "particles/trajectory/position/time",
    "parameters/vitrum/frames/stage"};
enum { SPECIES, MASS, ID, N_FIXED };
static const char *const fixed_path[N_FIXED] = {"particles/trajectory/species", "particles/trajectory/mass",
                                                "particles/trajectory/id"};
static const char position_unit[] = "Angstrom", velocity_unit[] = "Angstrom ps-1", time_unit[] = "ps";

enum {
    FIXED_BYTES = 20,   /* of species, mass and id, for an atom */
    CHUNK_ROWS = 65536, /* rows of one frame in a chunk: 1.5 MB of positions */
    CHUNK_FRAMES = 128, /* frames in a chunk of the small series */
    SPARE = 1 << 20,    /* bytes for HDF5's tables, on top of a frame's data */
};

/* What a file says of itself; found by rank 0. */
struct content {
    int64_t n_total, n_frames;
    struct vt_material material;
    int single, velocities;
};

struct vt_h5md {
    MPI_Comm comm;
    int rank;
    char *path;
    struct content content;
    int stage;
    hid_t file, series[N_SERIES], fixed[N_FIXED];
    struct vt_rows rows;
    double *buffer; /* 3 numbers a row */
    size_t buffer_capacity;
};

static bool has_series(const struct content *c, int s)
{
    return s != VELOCITY || c->velocities;
}

/* ---- what rank 0 writes alone ---- */

/* A series: rank and shape of one frame's part. */
static enum vt_status create_series(hid_t file, const struct content *c, int s)
{
    hsize_t n = (hsize_t)c->n_total;
    hsize_t dims[3] = {0, n, 3}, most[3] = {H5S_UNLIMITED, n, 3},
            chunk[3] = {1, n < CHUNK_ROWS ? n : CHUNK_ROWS, 3};
    int rank = 3;
    if (s >= EDGES) chunk[0] = CHUNK_FRAMES;
    if (s == EDGES) dims[1] = most[1] = chunk[1] = 3;
    if (s > EDGES) rank = 1;
    hid_t type = s == IMAGE || s == STAGE ? H5T_STD_I32LE : s == STEP ? H5T_STD_I64LE : H5T_IEEE_F64LE;
    if (c->single && (s == POSITION || s == VELOCITY)) type = H5T_IEEE_F32LE;
    hid_t space = H5Screate_simple(rank, dims, most), create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, rank, chunk);
    H5Pset_alloc_time(create, H5D_ALLOC_TIME_EARLY); /* MPI-IO needs it */
    H5Pset_fill_time(create, H5D_FILL_TIME_NEVER);
    hid_t set = H5Dcreate2(file, series_path[s], type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(set, series_path[s]);
    const char *unit = s == POSITION || s == EDGES ? position_unit
                       : s == VELOCITY             ? velocity_unit
                       : s == TIME                 ? time_unit
                                                   : NULL;
    if (st == VT_OK && unit) st = vt_h5_put_text(set, "unit", unit);
    if (set >= 0) H5Dclose(set);
    H5Pclose(create);
    H5Sclose(space);
    return st;
}

static enum vt_status create_fixed(hid_t file, const struct content *c, int f)
{
    const struct vt_material *m = &c->material;
    hsize_t n = (hsize_t)c->n_total;
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t set = H5Dcreate2(file, fixed_path[f],
                           f == SPECIES ? H5T_STD_I32LE
                           : f == MASS  ? H5T_IEEE_F64LE
                                        : H5T_STD_I64LE,
                           space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(set, fixed_path[f]);
    if (st == VT_OK && f == MASS) st = vt_h5_put_text(set, "unit", "u");
    if (st == VT_OK && f == SPECIES) {
        const char *symbol[VT_SPECIES_MAX];
        int z[VT_SPECIES_MAX];
        double mass[VT_SPECIES_MAX];
        for (int k = 0; k < m->n_species; k++) {
            symbol[k] = m->species[k].symbol;
            z[k] = m->species[k].z;
            mass[k] = m->species[k].mass;
        }
        st = vt_h5_put_text(set, "help", "atomic numbers");
        if (st == VT_OK) st = vt_h5_put_texts(set, "symbols", m->n_species, symbol);
        if (st == VT_OK)
            st = vt_h5_put_numbers(set, "atomic_numbers", H5T_STD_I32LE, H5T_NATIVE_INT, m->n_species, z);
        if (st == VT_OK)
            st = vt_h5_put_numbers(set, "masses", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, m->n_species, mass);
    }
    if (set >= 0) H5Dclose(set);
    H5Sclose(space);
    return st;
}

/* Groups h5md, particles/trajectory with its box, and parameters/vitrum. */
static enum vt_status create_head(hid_t file, const struct vt_results *notes)
{
    static const char *const periodic[3] = {"periodic", "periodic", "periodic"}, *const creator = "Vitrum";
    static const int version[2] = {1, 1}, dimension = 3;
    hid_t group;
    const char *author = getenv("USER");
    if (!author || !*author) author = "unknown";
    VT_TRY(vt_h5_group(file, "h5md", &group));
    VT_TRY(vt_h5_put_numbers(group, "version", H5T_STD_I32LE, H5T_NATIVE_INT, 2, version));
    H5Gclose(group);
    VT_TRY(vt_h5_group(file, "h5md/author", &group));
    VT_TRY(vt_h5_put_fixed(group, "name", 0, &author));
    H5Gclose(group);
    VT_TRY(vt_h5_group(file, "h5md/creator", &group));
    VT_TRY(vt_h5_put_fixed(group, "name", 0, &creator));
    VT_TRY(vt_h5_put_fixed(group, "version", 0, &vt_version));
    H5Gclose(group);
    static const char *const groups[] = {"particles/trajectory/position", "particles/trajectory/image",
                                         "particles/trajectory/box/edges", "parameters/vitrum/frames",
                                         "parameters/vitrum/stages"};
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
        VT_TRY(vt_h5_group(file, groups[k], &group));
        H5Gclose(group);
    }
    VT_TRY(vt_h5_group(file, "particles/trajectory/box", &group));
    VT_TRY(vt_h5_put_numbers(group, "dimension", H5T_STD_I32LE, H5T_NATIVE_INT, 0, &dimension));
    VT_TRY(vt_h5_put_fixed(group, "boundary", 3, periodic));
    H5Gclose(group);
    for (int k = 0; notes && k < notes->n_notes; k++) {
        const struct vt_note *note = &notes->note[k];
        char path[512];
        int n = snprintf(path, sizeof path, "parameters/vitrum%s%s", *note->path ? "/" : "", note->path);
        if (n >= (int)sizeof path)
            return VT_RAISE(VT_EINPUT, "the path of a note is too long: %s", note->path);
        VT_TRY(vt_h5_group(file, path, &group));
        VT_TRY(vt_h5_put_text(group, note->key, note->text));
        H5Gclose(group);
    }
    return VT_OK;
}

static enum vt_status link_clocks(hid_t file, const struct content *c)
{
    static const char *const with[] = {"particles/trajectory/image", "particles/trajectory/box/edges",
                                       "parameters/vitrum/frames", "particles/trajectory/velocity"};
    for (int k = 0; k < (c->velocities ? 4 : 3); k++)
        for (int s = STEP; s <= TIME; s++) {
            char path[128];
            snprintf(path, sizeof path, "%s/%s", with[k], s == STEP ? "step" : "time");
            VT_TRY(vt_h5_check(H5Lcreate_hard(file, series_path[s], file, path, H5P_DEFAULT, H5P_DEFAULT),
                               path));
        }
    return VT_OK;
}

static enum vt_status create_file(const char *path, const struct content *c, const struct vt_results *notes)
{
    struct vt_h5_memory memory;
    VT_TRY(vt_h5_memory_create(&memory));
    hid_t group;
    enum vt_status st = create_head(memory.file, notes);
    if (st == VT_OK && c->velocities) {
        st = vt_h5_group(memory.file, "particles/trajectory/velocity", &group);
        if (st == VT_OK) H5Gclose(group);
    }
    for (int s = 0; s < N_SERIES && st == VT_OK; s++)
        if (has_series(c, s)) st = create_series(memory.file, c, s);
    for (int f = 0; f < N_FIXED && st == VT_OK; f++) st = create_fixed(memory.file, c, f);
    if (st == VT_OK) st = link_clocks(memory.file, c);
    if (st == VT_OK) return vt_h5_memory_store(&memory, path, false, NULL, NULL);
    vt_h5_memory_release(&memory);
    return vt_prefix(st, "cannot write %s", path);
}

/* ---- what rank 0 finds out alone ---- */

static enum vt_status open_set(hid_t file, const char *path, int rank, hid_t *set, hsize_t dims[3])
{
    *set = H5Dopen2(file, path, H5P_DEFAULT);
    if (*set < 0) return VT_RAISE(VT_EINPUT, "no dataset %s (%s)", path, vt_h5_reason());
    hid_t space = H5Dget_space(*set);
    int found = H5Sget_simple_extent_ndims(space);
    if (found == rank) H5Sget_simple_extent_dims(space, dims, NULL);
    H5Sclose(space);
    if (found == rank) return VT_OK;
    H5Dclose(*set);
    return VT_RAISE(VT_EINPUT, "dataset %s has %d dimensions, it should have %d", path, found, rank);
}

static enum vt_status find_material(hid_t file, struct content *c)
{
    hid_t set;
    hsize_t dims[3];
    VT_TRY(open_set(file, fixed_path[SPECIES], 1, &set, dims));
    c->n_total = (int64_t)dims[0];
    enum vt_status st = VT_OK;
    char *symbol[VT_SPECIES_MAX] = {NULL};
    int z[VT_SPECIES_MAX];
    double mass[VT_SPECIES_MAX];
    hssize_t n = -1;
    if (vt_h5_has(set, "symbols")) {
        hid_t attribute = H5Aopen(set, "symbols", H5P_DEFAULT), space = H5Aget_space(attribute);
        n = H5Sget_simple_extent_npoints(space);
        H5Sclose(space);
        H5Aclose(attribute);
    }
    if (n < 1 || n > VT_SPECIES_MAX) {
        st = VT_RAISE(VT_EINPUT, "not a trajectory of vitrum: species has no attribute symbols");
        goto done;
    }
    c->material.n_species = (int)n;
    VT_TRY_GOTO(st, done, vt_h5_get_texts(set, "symbols", (int)n, symbol));
    VT_TRY_GOTO(st, done, vt_h5_get_numbers(set, "atomic_numbers", H5T_NATIVE_INT, (int)n, z));
    VT_TRY_GOTO(st, done, vt_h5_get_numbers(set, "masses", H5T_NATIVE_DOUBLE, (int)n, mass));
    for (int k = 0; k < n; k++) {
        struct vt_species *s = &c->material.species[k];
        snprintf(s->symbol, sizeof s->symbol, "%s", symbol[k]);
        s->z = z[k];
        s->mass = mass[k];
    }
done:
    for (int k = 0; k < VT_SPECIES_MAX; k++) free(symbol[k]);
    H5Dclose(set);
    return st;
}

/* The shape of one series; the number of frames is the least of all. */
static enum vt_status find_series(hid_t file, struct content *c, int s)
{
    hid_t set;
    hsize_t dims[3], chunks = 0;
    int rank = s > EDGES ? 1 : 3;
    VT_TRY(open_set(file, series_path[s], rank, &set, dims));
    enum vt_status st = VT_OK;
    hsize_t rows = s == EDGES ? 3 : (hsize_t)c->n_total;
    if (rank == 3 && (dims[1] != rows || dims[2] != 3))
        st = VT_RAISE(VT_EINPUT, "dataset %s has %" PRIuHSIZE " rows of %" PRIuHSIZE, series_path[s], dims[1],
                      dims[2]);
    hid_t space = H5Dget_space(set);
    hsize_t per_frame = rank == 3 && s != EDGES ? (rows + CHUNK_ROWS - 1) / CHUNK_ROWS : 0;
    hsize_t due = per_frame ? dims[0] * per_frame : (dims[0] + CHUNK_FRAMES - 1) / CHUNK_FRAMES;
    if (st == VT_OK && (H5Dget_num_chunks(set, space, &chunks) < 0 || chunks < due))
        st = VT_RAISE(VT_EINPUT, "dataset %s lacks parts of its frames", series_path[s]);
    H5Sclose(space);
    if (s == POSITION) {
        hid_t type = H5Dget_type(set);
        c->single = H5Tget_size(type) == sizeof(float);
        H5Tclose(type);
    }
    H5Dclose(set);
    if ((int64_t)dims[0] < c->n_frames) c->n_frames = (int64_t)dims[0];
    return st;
}

static enum vt_status find_content(hid_t file, struct content *c)
{
    *c = (struct content){.n_frames = INT64_MAX};
    if (H5Lexists(file, "parameters", H5P_DEFAULT) <= 0 ||
        H5Lexists(file, "parameters/vitrum", H5P_DEFAULT) <= 0)
        return VT_RAISE(VT_EINPUT, "not a trajectory of vitrum: no group parameters/vitrum");
    VT_TRY(find_material(file, c));
    c->velocities = H5Lexists(file, "particles/trajectory/velocity", H5P_DEFAULT) > 0;
    for (int s = 0; s < N_SERIES; s++)
        if (has_series(c, s)) VT_TRY(find_series(file, c, s));
    return VT_OK;
}

/* VT_EINPUT if the file is damaged or no HDF5; VT_EWORLD if the system refuses. */
static enum vt_status open_alone(const char *path, unsigned flags, hid_t *file)
{
    hid_t access = vt_h5_access();
    *file = H5Fopen(path, flags, access);
    enum vt_status st = VT_OK;
    if (*file < 0) {
        const char *why = vt_h5_reason();
        st = VT_RAISE(vt_h5_reason_is_system() ? VT_EWORLD : VT_EINPUT, "%s", why);
    }
    H5Pclose(access);
    return st;
}

/* ---- what all ranks do together ---- */

/* Open datasets; frames and fixed data alike. Collective. */
static enum vt_status open_together(struct vt_h5md *f)
{
    hid_t access = vt_h5_access();
    H5Pset_fapl_mpio(access, f->comm, MPI_INFO_NULL);
    H5Pset_all_coll_metadata_ops(access, true);
    H5Pset_coll_metadata_write(access, true);
    f->file = H5Fopen(f->path, H5F_ACC_RDWR, access);
    enum vt_status st = vt_h5_check(f->file, f->path);
    H5Pclose(access);
    VT_TRY(vt_agree(f->comm, st));
    for (int s = 0; s < N_SERIES; s++)
        if (has_series(&f->content, s)) {
            f->series[s] = H5Dopen2(f->file, series_path[s], H5P_DEFAULT);
            if (st == VT_OK) st = vt_h5_check(f->series[s], series_path[s]);
        }
    for (int k = 0; k < N_FIXED; k++) {
        f->fixed[k] = H5Dopen2(f->file, fixed_path[k], H5P_DEFAULT);
        if (st == VT_OK) st = vt_h5_check(f->fixed[k], fixed_path[k]);
    }
    return vt_agree(f->comm, vt_prefix(st, "%s", f->path));
}

/* Collective. */
static enum vt_status close_together(struct vt_h5md *f)
{
    if (f->file < 0) return VT_OK;
    for (int s = 0; s < N_SERIES; s++)
        if (f->series[s] >= 0) H5Dclose(f->series[s]);
    for (int k = 0; k < N_FIXED; k++)
        if (f->fixed[k] >= 0) H5Dclose(f->fixed[k]);
    for (int s = 0; s < N_SERIES; s++) f->series[s] = -1;
    for (int k = 0; k < N_FIXED; k++) f->fixed[k] = -1;
    enum vt_status st = vt_h5_check(H5Fclose(f->file), f->path);
    f->file = -1;
    return vt_agree(f->comm, st);
}

static enum vt_status new_handle(struct vt_h5md **out, const char *path, MPI_Comm comm)
{
    struct vt_h5md *f;
    VT_TRY(vt_alloc(&f, 1));
    f->comm = comm;
    MPI_Comm_rank(comm, &f->rank);
    f->file = -1;
    for (int s = 0; s < N_SERIES; s++) f->series[s] = -1;
    for (int k = 0; k < N_FIXED; k++) f->fixed[k] = -1;
    enum vt_status st = vt_alloc(&f->path, strlen(path) + 1);
    if (st == VT_OK)
        strcpy(f->path, path);
    else
        free(f);
    *out = st == VT_OK ? f : NULL;
    return st;
}

/* Have the system set bytes aside behind the end of the file, if the file system can; else look whether they
 * are free. Rank 0. */
static enum vt_status reserve(const char *path, int64_t bytes)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC), error = 0;
    if (descriptor < 0) return VT_RAISE(VT_EWORLD, "cannot write %s: %s", path, strerror(errno));
    off_t end = lseek(descriptor, 0, SEEK_END);
    struct statvfs space;
    struct rlimit limit; /* fallocate does not look at it */
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        (rlim_t)(end + bytes) > limit.rlim_cur)
        error = EFBIG;
    else if (fallocate(descriptor, FALLOC_FL_KEEP_SIZE, end, bytes)) {
        error = errno;
        if (error == EOPNOTSUPP || error == ENOSYS || error == EINVAL)
            error = fstatvfs(descriptor, &space) == 0 &&
                            (double)space.f_bavail * (double)space.f_frsize < (double)bytes
                        ? ENOSPC
                        : 0;
    }
    close(descriptor);
    return error ? VT_RAISE(VT_EWORLD, "cannot write %s: %s", path, strerror(error)) : VT_OK;
}

/* A handle on all ranks; rank 0 then prepares the file (begin), and all open it. */
static enum vt_status begin_together(struct vt_h5md **out, const char *path, MPI_Comm comm,
                                     const struct content *content,
                                     enum vt_status (*begin)(const char *path, struct content *c, void *self),
                                     void *self)
{
    struct vt_h5md *f = NULL;
    *out = NULL;
    enum vt_status st = vt_agree(comm, new_handle(&f, path, comm));
    if (st == VT_OK) {
        f->content = *content;
        if (f->rank == 0) st = begin(path, &f->content, self);
        if (f->rank == 0 && st == VT_OK) st = reserve(path, SPARE + FIXED_BYTES * f->content.n_total);
        st = vt_agree(comm, st);
    }
    if (st == VT_OK) st = vt_mpi(MPI_Bcast(&f->content, sizeof f->content, MPI_BYTE, 0, comm));
    if (st == VT_OK) st = open_together(f);
    if (st == VT_OK)
        *out = f;
    else
        vt_h5md_close(&f);
    return st;
}

static enum vt_status begin_new(const char *path, struct content *c, void *notes)
{
    return create_file(path, c, notes);
}

static struct content content_of(const struct vt_material *material, int64_t n_total,
                                 const struct vt_h5md_options *options)
{
    assert(n_total > 0);
    return (struct content){.n_total = n_total,
                            .material = *material,
                            .single = options->single,
                            .velocities = options->velocities};
}

enum vt_status vt_h5md_create(struct vt_h5md **out, const char *path, MPI_Comm comm,
                              const struct vt_material *material, int64_t n_total,
                              const struct vt_h5md_options *options, const struct vt_results *notes)
{
    struct content c = content_of(material, n_total, options);
    return begin_together(out, path, comm, &c, begin_new, (void *)notes);
}

/* ---- going on ---- */

struct resume {
    const struct vt_results *notes;
    int64_t frames, step;
};

static enum vt_status compare(const struct content *found, const struct content *wanted)
{
    if (found->n_total != wanted->n_total)
        return VT_RAISE(VT_EINPUT, "it has %" PRId64 " atoms, the sample has %" PRId64, found->n_total,
                        wanted->n_total);
    if (found->single != wanted->single || found->velocities != wanted->velocities)
        return VT_RAISE(
            VT_EINPUT, "it was written with %s precision %s velocities, now asked for is %s precision %s",
            found->single ? "single" : "double", found->velocities ? "and" : "without",
            wanted->single ? "single" : "double", wanted->velocities ? "and velocities" : "without");
    bool same = found->material.n_species == wanted->material.n_species;
    for (int k = 0; same && k < found->material.n_species; k++)
        same = found->material.species[k].z == wanted->material.species[k].z;
    return same ? VT_OK : VT_RAISE(VT_EINPUT, "it is of a sample with other elements");
}

/* Cut off frames beyond their number, and those later than step. VT_EINPUT: the file is damaged. */
static enum vt_status cut(hid_t file, struct content *c, const struct resume *resume)
{
    int64_t *steps;
    VT_TRY(vt_alloc(&steps, c->n_frames));
    hid_t set = H5Dopen2(file, series_path[STEP], H5P_DEFAULT);
    hsize_t first[3] = {0}, count[3] = {(hsize_t)c->n_frames, 0, 3};
    hid_t space = H5Dget_space(set), memory = H5Screate_simple(1, count, NULL);
    enum vt_status st = VT_OK;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, count, NULL);
    if (c->n_frames && H5Dread(set, H5T_NATIVE_INT64, memory, space, H5P_DEFAULT, steps) < 0)
        st = VT_RAISE(VT_EINPUT, "steps: %s", vt_h5_reason());
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(set);
    int64_t kept = 0;
    while (kept < c->n_frames && kept < resume->frames && steps[kept] <= resume->step) kept++;
    free(steps);
    c->n_frames = kept;
    for (int s = 0; s < N_SERIES && st == VT_OK; s++) {
        if (!has_series(c, s)) continue;
        hsize_t dims[3];
        VT_TRY(open_set(file, series_path[s], s > EDGES ? 1 : 3, &set, dims));
        if (dims[0] > (hsize_t)kept) {
            dims[0] = (hsize_t)kept;
            if (H5Dset_extent(set, dims) < 0)
                st = VT_RAISE(VT_EINPUT, "%s: %s", series_path[s], vt_h5_reason());
        }
        H5Dclose(set);
    }
    return st;
}

/* All positions of the last frame that is kept are numbers. */
static enum vt_status check_last(hid_t file, const struct content *c)
{
    if (c->n_frames == 0) return VT_OK;
    hid_t set;
    hsize_t dims[3], first[3] = {(hsize_t)c->n_frames - 1, 0, 0}, count[3] = {1, 0, 3};
    VT_TRY(open_set(file, series_path[POSITION], 3, &set, dims));
    double *x = NULL;
    enum vt_status st = VT_OK;
    hid_t space = H5Dget_space(set);
    st = vt_alloc(&x, 3 * CHUNK_ROWS);
    for (hsize_t at = 0; at < dims[1] && st == VT_OK; at += CHUNK_ROWS) {
        first[1] = at;
        count[1] = dims[1] - at < CHUNK_ROWS ? dims[1] - at : CHUNK_ROWS;
        hid_t memory = H5Screate_simple(3, count, NULL);
        H5Sselect_hyperslab(space, H5S_SELECT_SET, first, NULL, count, NULL);
        if (H5Dread(set, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, x) < 0)
            st = VT_RAISE(VT_EINPUT, "positions of frame %" PRId64 ": %s", c->n_frames - 1, vt_h5_reason());
        H5Sclose(memory);
        for (hsize_t k = 0; k < 3 * count[1] && st == VT_OK; k++)
            if (!(fabs(x[k]) < 2 * VT_GRID_MAX))
                st = VT_RAISE(VT_EINPUT, "a position of frame %" PRId64 " is %g", c->n_frames - 1, x[k]);
    }
    free(x);
    H5Sclose(space);
    H5Dclose(set);
    return st;
}

static enum vt_status move_aside(const char *path, char *aside, size_t size)
{
    for (int k = 1; k < 1000; k++) {
        snprintf(aside, size, k == 1 ? "%s.damaged" : "%s.damaged-%d", path, k);
        if (access(aside, F_OK) == 0) continue;
        if (rename(path, aside)) break;
        return VT_OK;
    }
    return VT_RAISE(VT_EWORLD, "cannot move the damaged %s aside: %s", path, strerror(errno));
}

static enum vt_status begin_again(const char *path, struct content *c, void *self)
{
    const struct resume *resume = self;
    if (access(path, F_OK)) {
        vt_log(VT_LOG_WARNING, "%s is not there; the trajectory begins anew", path);
        return create_file(path, c, resume->notes);
    }
    if (access(path, R_OK | W_OK)) return VT_RAISE(VT_EWORLD, "cannot write %s: %s", path, strerror(errno));
    struct content found;
    hid_t file;
    enum vt_status damage = open_alone(path, H5F_ACC_RDWR, &file);
    if (damage == VT_OK) {
        damage = find_content(file, &found);
        enum vt_status differs = damage == VT_OK ? compare(&found, c) : VT_OK;
        if (differs != VT_OK) {
            H5Fclose(file);
            return vt_prefix(differs, "cannot go on with %s", path);
        }
        if (damage == VT_OK) damage = cut(file, &found, resume);
        if (damage == VT_OK) damage = check_last(file, &found);
        if (H5Fclose(file) < 0 && damage == VT_OK) damage = VT_RAISE(VT_EINPUT, "%s", vt_h5_reason());
    }
    if (damage == VT_OK) {
        c->n_frames = found.n_frames;
        return VT_OK;
    }
    if (damage != VT_EINPUT) return vt_prefix(damage, "%s", path);
    char why[256], aside[4096];
    snprintf(why, sizeof why, "%s", vt_message());
    VT_TRY(move_aside(path, aside, sizeof aside));
    vt_log(VT_LOG_WARNING, "%s is damaged (%s); it is kept as %s and the trajectory begins anew", path, why,
           aside);
    return create_file(path, c, resume->notes);
}

enum vt_status vt_h5md_reopen(struct vt_h5md **out, const char *path, MPI_Comm comm,
                              const struct vt_material *material, int64_t n_total,
                              const struct vt_h5md_options *options, const struct vt_results *notes,
                              int64_t frames, int64_t step)
{
    struct content c = content_of(material, n_total, options);
    struct resume resume = {notes, frames, step};
    return begin_together(out, path, comm, &c, begin_again, &resume);
}

/* ---- frames ---- */

static enum vt_status put_stage(hid_t file, const struct vt_stage_info *stage)
{
    char path[512];
    hid_t group;
    snprintf(path, sizeof path, "parameters/vitrum/stages/%s", stage->label);
    VT_TRY(vt_h5_group(file, path, &group));
    const struct {
        const char *key, *text;
    } texts[] = {
        {"kind", stage->kind}, {"branch", stage->branch}, {"save", stage->save}, {"options", stage->options}};
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"start_ps", stage->start}, {"duration_ps", stage->duration}, {"dt_ps", stage->dt}};
    enum vt_status st = vt_h5_put_numbers(group, "index", H5T_STD_I32LE, H5T_NATIVE_INT, 0, &stage->index);
    for (int k = 0; k < 4 && st == VT_OK; k++)
        st = vt_h5_put_text(group, texts[k].key, texts[k].text ? texts[k].text : "");
    for (int k = 0; k < 3 && st == VT_OK; k++)
        st =
            vt_h5_put_numbers(group, numbers[k].key, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, &numbers[k].value);
    H5Gclose(group);
    return st;
}

enum vt_status vt_h5md_stage(struct vt_h5md *f, const struct vt_stage_info *stage)
{
    f->stage = stage->index;
    VT_TRY(close_together(f));
    enum vt_status st = VT_OK;
    if (f->rank == 0) {
        hid_t file;
        st = reserve(f->path, SPARE + (int64_t)(stage->options ? strlen(stage->options) : 0));
        if (st == VT_OK) st = open_alone(f->path, H5F_ACC_RDWR, &file);
        if (st == VT_OK) {
            st = put_stage(file, stage);
            if (H5Fclose(file) < 0 && st == VT_OK) st = vt_h5_check(-1, f->path);
        }
    }
    VT_TRY(vt_agree(f->comm, vt_prefix(st, "%s", f->path)));
    return open_together(f);
}

/* Select n rows (of width numbers) from `first` of frame t; t < 0: of a dataset without frames. n = 0 selects
 * nothing. Both spaces are closed by the caller. Memory gets the same shape as the file, not one long line:
 * else HDF5 looks up the chunk of each number, which makes the whole frame three times slower. */
static hid_t select_rows(hid_t set, int64_t t, int64_t first, int n, int width, hid_t *memory)
{
    hid_t space = H5Dget_space(set);
    hsize_t start[3], count[3];
    int rank = 0, of_set = H5Sget_simple_extent_ndims(space);
    if (t >= 0) start[rank] = (hsize_t)t, count[rank++] = 1;
    if (rank < of_set) start[rank] = (hsize_t)first, count[rank++] = (hsize_t)n;
    if (rank < of_set) start[rank] = 0, count[rank++] = (hsize_t)width;
    *memory = H5Screate_simple(rank, count, NULL);
    if (n)
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    else {
        H5Sselect_none(space);
        H5Sselect_none(*memory);
    }
    return space;
}

/* Write selected rows. Collective. Notes a failure but never returns early: every rank makes every collective
 * call. */
static void write_rows(hid_t set, hid_t type, int64_t t, int64_t first, int n, int width, const void *values,
                       hid_t transfer, enum vt_status *st)
{
    hid_t memory, space = select_rows(set, t, first, n, width, &memory);
    herr_t failed = H5Dwrite(set, type, memory, space, transfer, values);
    if (failed < 0 && *st == VT_OK) *st = vt_h5_check(failed, "a frame");
    H5Sclose(memory);
    H5Sclose(space);
}

static void write_fixed(struct vt_h5md *f, hid_t transfer, enum vt_status *st)
{
    const struct vt_rows *r = &f->rows;
    const struct vt_species *species = f->content.material.species;
    int32_t *z = (int32_t *)f->buffer;
    int64_t *id = (int64_t *)f->buffer;
    for (int k = 0; k < r->n; k++) z[k] = species[r->row[k].species].z;
    write_rows(f->fixed[SPECIES], H5T_NATIVE_INT32, -1, r->first, r->n, 1, z, transfer, st);
    for (int k = 0; k < r->n; k++) f->buffer[k] = species[r->row[k].species].mass;
    write_rows(f->fixed[MASS], H5T_NATIVE_DOUBLE, -1, r->first, r->n, 1, f->buffer, transfer, st);
    for (int k = 0; k < r->n; k++) id[k] = r->first + k + 1;
    write_rows(f->fixed[ID], H5T_NATIVE_INT64, -1, r->first, r->n, 1, id, transfer, st);
}

static void write_frame(struct vt_h5md *f, const struct vt_state *state, hid_t transfer, enum vt_status *st)
{
    const struct vt_rows *r = &f->rows;
    int64_t t = f->content.n_frames;
    for (int k = 0; k < r->n; k++) memcpy(f->buffer + 3 * (size_t)k, r->row[k].x, sizeof r->row[k].x);
    write_rows(f->series[POSITION], H5T_NATIVE_DOUBLE, t, r->first, r->n, 3, f->buffer, transfer, st);
    int32_t *image = (int32_t *)f->buffer;
    for (int k = 0; k < r->n; k++) memcpy(image + 3 * (size_t)k, r->row[k].image, sizeof r->row[k].image);
    write_rows(f->series[IMAGE], H5T_NATIVE_INT32, t, r->first, r->n, 3, image, transfer, st);
    if (f->content.velocities) {
        for (int k = 0; k < r->n; k++) memcpy(f->buffer + 3 * (size_t)k, r->row[k].v, sizeof r->row[k].v);
        write_rows(f->series[VELOCITY], H5T_NATIVE_DOUBLE, t, r->first, r->n, 3, f->buffer, transfer, st);
    }
    int one = f->rank == 0, three = one ? 3 : 0;
    write_rows(f->series[EDGES], H5T_NATIVE_DOUBLE, t, 0, three, 3, state->cell.h, transfer, st);
    write_rows(f->series[STEP], H5T_NATIVE_INT64, t, 0, one, 1, &state->step, transfer, st);
    write_rows(f->series[TIME], H5T_NATIVE_DOUBLE, t, 0, one, 1, &state->time, transfer, st);
    write_rows(f->series[STAGE], H5T_NATIVE_INT, t, 0, one, 1, &f->stage, transfer, st);
}

enum vt_status vt_h5md_append(struct vt_h5md *f, const struct vt_frame *frame)
{
    const struct content *c = &f->content;
    assert(frame->v || !c->velocities);
    if (f->file < 0) return VT_RAISE(VT_EWORLD, "cannot write %s: an earlier write failed", f->path);
    VT_TRY(vt_rows_of_frame(&f->rows, frame));
    if (f->rows.n_total != c->n_total)
        return VT_RAISE(VT_EPHYSICS, "%s: %" PRId64 " atoms of %" PRId64 " are left", f->path,
                        f->rows.n_total, c->n_total);
    enum vt_status st = vt_grow(&f->buffer, &f->buffer_capacity, 3 * (size_t)f->rows.n + 1);
    int64_t rows =
        c->n_total < CHUNK_ROWS ? c->n_total : (c->n_total + CHUNK_ROWS - 1) / CHUNK_ROWS * CHUNK_ROWS;
    int64_t row_bytes = (c->single ? 12 : 24) * (1 + c->velocities) + 12;
    if (f->rank == 0 && st == VT_OK) st = reserve(f->path, row_bytes * rows + SPARE);
    VT_TRY(vt_agree(f->comm, st));

    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    for (int s = 0; s < N_SERIES; s++) {
        if (!has_series(c, s)) continue;
        hsize_t n = s == EDGES ? 3 : (hsize_t)c->n_total, dims[3] = {(hsize_t)c->n_frames + 1, n, 3};
        herr_t failed = H5Dset_extent(f->series[s], dims);
        if (st == VT_OK) st = vt_h5_check(failed, f->path);
    }
    if (c->n_frames == 0) write_fixed(f, transfer, &st);
    write_frame(f, &frame->state, transfer, &st);
    H5Pclose(transfer);
    herr_t failed = H5Fflush(f->file, H5F_SCOPE_GLOBAL);
    if (st == VT_OK) st = vt_h5_check(failed, f->path);
    VT_TRY(vt_agree(f->comm, vt_prefix(st, "cannot write %s", f->path)));
    f->content.n_frames++;
    return VT_OK;
}

int64_t vt_h5md_frames(const struct vt_h5md *f)
{
    return f->content.n_frames;
}

enum vt_status vt_h5md_close(struct vt_h5md **file)
{
    struct vt_h5md *f = *file;
    if (!f) return VT_OK;
    enum vt_status st = close_together(f);
    struct stat info; /* give back what reserve took too much */
    if (f->rank == 0 && stat(f->path, &info) == 0 && truncate(f->path, info.st_size) && st == VT_OK)
        st = VT_RAISE(VT_EWORLD, "cannot write %s: %s", f->path, strerror(errno));
    st = vt_agree(f->comm, st);
    vt_rows_release(&f->rows);
    free(f->buffer);
    free(f->path);
    free(f);
    *file = NULL;
    return st;
}

/* ---- reading ---- */

struct vt_h5md_source {
    MPI_Comm comm;
    int rank, ranks;
    char *path;
    struct content content;
    hid_t file, series[N_SERIES], species;
};

enum vt_status vt_h5md_open(struct vt_h5md_source **out, const char *path, MPI_Comm comm)
{
    struct vt_h5md_source *f = NULL;
    *out = NULL;
    enum vt_status st = vt_alloc(&f, 1);
    if (st == VT_OK) st = vt_alloc(&f->path, strlen(path) + 1);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    strcpy(f->path, path);
    f->comm = comm;
    MPI_Comm_rank(comm, &f->rank);
    MPI_Comm_size(comm, &f->ranks);
    f->file = f->species = -1;
    for (int s = 0; s < N_SERIES; s++) f->series[s] = -1;
    if (f->rank == 0) {
        if (access(path, R_OK))
            st = VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, strerror(errno));
        else {
            hid_t file;
            st = open_alone(path, H5F_ACC_RDONLY, &file);
            if (st == VT_OK) {
                st = find_content(file, &f->content);
                H5Fclose(file);
            }
            st = vt_prefix(st, "cannot read %s", path);
        }
    }
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done, vt_mpi(MPI_Bcast(&f->content, sizeof f->content, MPI_BYTE, 0, comm)));
    hid_t access_list = vt_h5_access();
    H5Pset_fapl_mpio(access_list, comm, MPI_INFO_NULL);
    H5Pset_all_coll_metadata_ops(access_list, true);
    f->file = H5Fopen(path, H5F_ACC_RDONLY, access_list);
    st = vt_h5_check(f->file, path);
    H5Pclose(access_list);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    for (int s = 0; s < N_SERIES; s++)
        if (has_series(&f->content, s)) {
            f->series[s] = H5Dopen2(f->file, series_path[s], H5P_DEFAULT);
            if (st == VT_OK) st = vt_h5_check(f->series[s], path);
        }
    f->species = H5Dopen2(f->file, fixed_path[SPECIES], H5P_DEFAULT);
    if (st == VT_OK) st = vt_h5_check(f->species, path);
    st = vt_agree(comm, st);
done:
    if (st == VT_OK)
        *out = f;
    else
        vt_h5md_source_close(&f);
    return st;
}

int64_t vt_h5md_source_frames(const struct vt_h5md_source *f)
{
    return f->content.n_frames;
}

int64_t vt_h5md_source_atoms(const struct vt_h5md_source *f)
{
    return f->content.n_total;
}

const struct vt_material *vt_h5md_source_material(const struct vt_h5md_source *f)
{
    return &f->content.material;
}

enum vt_status vt_h5md_source_times(struct vt_h5md_source *f, double *time, int *stage)
{
    enum vt_status st = VT_OK;
    if (H5Dread(f->series[TIME], H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, time) < 0 ||
        H5Dread(f->series[STAGE], H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, stage) < 0)
        st = VT_RAISE(VT_EINPUT, "cannot read %s: %s", f->path, vt_h5_reason());
    return vt_agree(f->comm, st);
}

struct vt_h5md_stage vt_h5md_source_stage(struct vt_h5md_source *f, int index)
{
    static const char stages[] = "parameters/vitrum/stages";
    struct vt_h5md_stage found = {.start = NAN, .duration = NAN};
    H5G_info_t info = {0};
    snprintf(found.label, sizeof found.label, "%02d-frames", index);
    hid_t group = H5Gopen2(f->file, stages, H5P_DEFAULT);
    if (group < 0) return found;
    if (H5Gget_info(group, &info) < 0) info.nlinks = 0;
    for (hsize_t k = 0; k < info.nlinks; k++) { /* labels begin with the index */
        char name[VT_H5MD_LABEL];
        ssize_t length =
            H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, k, name, sizeof name, H5P_DEFAULT);
        if (length <= 0 || length >= VT_H5MD_LABEL || strtol(name, NULL, 10) != index) continue;
        hid_t stage = H5Gopen2(group, name, H5P_DEFAULT);
        if (vt_h5_get_numbers(stage, "start_ps", H5T_NATIVE_DOUBLE, 0, &found.start) != VT_OK ||
            vt_h5_get_numbers(stage, "duration_ps", H5T_NATIVE_DOUBLE, 0, &found.duration) != VT_OK)
            found.start = found.duration = NAN;
        strcpy(found.label, name);
        H5Gclose(stage);
    }
    H5Gclose(group);
    return found;
}

/* The part of a file that write_rows writes. Collective; never returns early. */
static void read_rows(hid_t set, hid_t type, int64_t t, int64_t first, int n, int width, void *values,
                      hid_t transfer, enum vt_status *st)
{
    hid_t memory, space = select_rows(set, t, first, n, width, &memory);
    if (H5Dread(set, type, memory, space, transfer, values) < 0 && *st == VT_OK)
        *st = VT_RAISE(VT_EINPUT, "frame %" PRId64 ": %s", t, vt_h5_reason());
    H5Sclose(memory);
    H5Sclose(space);
}

static enum vt_status prepare(struct vt_h5md_rows *r, int n, bool velocities)
{
    vt_h5md_rows_release(r);
    r->n = n;
    VT_TRY(vt_alloc(&r->species, n));
    VT_TRY(vt_alloc(&r->x, n));
    VT_TRY(vt_alloc(&r->image, n));
    return velocities ? vt_alloc(&r->v, n) : VT_OK;
}

/* Atomic numbers become indices; what is no number, or no species, is damage. */
static enum vt_status check_rows(const struct content *c, struct vt_h5md_rows *r)
{
    for (int d = 0; d < 3; d++)
        if (!(r->cell.h[d][d] > 1e-3 && r->cell.h[d][d] < VT_GRID_MAX &&
              fabs(r->cell.h[d][0]) < VT_GRID_MAX && fabs(r->cell.h[d][1]) < VT_GRID_MAX))
            return VT_RAISE(VT_EINPUT, "an edge of the cell is (%g, %g, %g) angstrom", r->cell.h[d][0],
                            r->cell.h[d][1], r->cell.h[d][2]);
    for (int k = 0; k < r->n; k++) {
        int s = 0;
        while (s < c->material.n_species && c->material.species[s].z != r->species[k]) s++;
        if (s == c->material.n_species)
            return VT_RAISE(VT_EINPUT, "atom %" PRId64 " has the atomic number %d", r->first + k + 1,
                            (int)r->species[k]);
        r->species[k] = s;
        for (int d = 0; d < 3; d++) {
            if (!(fabs(r->x[k][d]) < 2 * VT_GRID_MAX))
                return VT_RAISE(VT_EINPUT, "atom %" PRId64 " is at %g angstrom", r->first + k + 1,
                                r->x[k][d]);
            r->x[k][d] = vt_grid(r->x[k][d]);
        }
    }
    return VT_OK;
}

enum vt_status vt_h5md_read(struct vt_h5md_source *f, int64_t frame, struct vt_h5md_rows *r)
{
    const struct content *c = &f->content;
    if (frame < 0 || frame >= c->n_frames)
        return VT_RAISE(VT_EINPUT, "%s has no frame %" PRId64 ", only 0 to %" PRId64, f->path, frame,
                        c->n_frames - 1);
    int64_t first, end;
    vt_share(c->n_total, f->ranks, f->rank, &first, &end);
    enum vt_status st = vt_agree(f->comm, prepare(r, vt_int(end - first), c->velocities));
    if (st != VT_OK) return st;
    r->first = first;
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);
    read_rows(f->species, H5T_NATIVE_INT32, -1, first, r->n, 1, r->species, transfer, &st);
    read_rows(f->series[POSITION], H5T_NATIVE_DOUBLE, frame, first, r->n, 3, r->x, transfer, &st);
    read_rows(f->series[IMAGE], H5T_NATIVE_INT32, frame, first, r->n, 3, r->image, transfer, &st);
    if (c->velocities)
        read_rows(f->series[VELOCITY], H5T_NATIVE_DOUBLE, frame, first, r->n, 3, r->v, transfer, &st);
    read_rows(f->series[EDGES], H5T_NATIVE_DOUBLE, frame, 0, 3, 3, r->cell.h, transfer, &st);
    read_rows(f->series[STEP], H5T_NATIVE_INT64, frame, 0, 1, 1, &r->step, transfer, &st);
    read_rows(f->series[TIME], H5T_NATIVE_DOUBLE, frame, 0, 1, 1, &r->time, transfer, &st);
    read_rows(f->series[STAGE], H5T_NATIVE_INT, frame, 0, 1, 1, &r->stage, transfer, &st);
    H5Pclose(transfer);
    if (st == VT_OK) st = check_rows(c, r);
    return vt_agree(f->comm, vt_prefix(st, "cannot read %s", f->path));
}

void vt_h5md_rows_release(struct vt_h5md_rows *r)
{
    free(r->species);
    free(r->x);
    free(r->v);
    free(r->image);
    *r = (struct vt_h5md_rows){0};
}

void vt_h5md_source_close(struct vt_h5md_source **source)
{
    struct vt_h5md_source *f = *source;
    if (!f) return;
    if (f->path && f->file >= 0) H5Fclose(f->file); /* and all that is open in it */
    free(f->path);
    free(f);
    *source = NULL;
}
