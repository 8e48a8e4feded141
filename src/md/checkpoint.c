/* checkpoint.c: see checkpoint.h. Layout: attributes of the root hold the cell, the clock and the couplings;
 * /atoms holds one row an atom, in any order; /sinks/N what measurements have gathered so far, and
 * /sinks/N-atoms what they remember of each atom, by id.
 *
 * The checksum is the sum over atoms of a hash of each record, plus a hash of the rest: the order of the
 * atoms, and so the number of ranks, leaves no trace in it. */
#include "md/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "io/h5util.h"
#include "io/replace.h"

enum { LAYOUT = 3 };

void vt_saved_release(struct vt_saved *s)
{
    for (int k = 0; k < s->n_sinks; k++) {
        free(s->kept[k].block);
        free(s->kept[k].rows);
    }
    free(s->kept);
    *s = (struct vt_saved){0};
}

/* One table says which members are kept, for writing and reading alike. */
struct field {
    const char *name;
    void *at;
    int n;
    enum { REAL, WHOLE } kind;
};
enum { N_FIELDS = 22 };

static int list_fields(struct vt_system *sys, struct vt_saved *s, struct field field[N_FIELDS])
{
    struct vt_dynamics *d = &s->dynamics;
    const struct field list[] = {
        {"cell", sys->cell.h, 9, REAL},
        {"step", &sys->step, 1, WHOLE},
        {"time", &sys->time, 1, REAL},
        {"strain", &sys->strain, 1, REAL},
        {"work", &sys->work, 1, REAL},
        {"heat", &sys->heat, 1, REAL},
        {"atoms", &sys->atoms.n_total, 1, WHOLE},
        {"stage", &s->stage, 1, WHOLE},
        {"stage_step", &s->stage_step, 1, WHOLE},
        {"target_temperature", &s->targets.temperature, 1, REAL},
        {"target_pressure", s->targets.pressure, 6, REAL},
        {"ramp_from", s->ramp_from, 6, REAL},
        {"origin_time", &s->origin_time, 1, REAL},
        {"look_pending", &s->look_pending, 1, WHOLE},
        {"chain_x", d->chain_x, VT_CHAIN, REAL},
        {"chain_v", d->chain_v, VT_CHAIN, REAL},
        {"barostat_strain", d->strain, 6, REAL},
        {"last_pressure", d->last_pressure, 6, REAL},
        {"strain_since", d->strain_since, 9, REAL},
        {"protocol_hash", &s->protocol_hash, 1, WHOLE},
        {"potential_checksum", &s->potential_checksum, 1, WHOLE},
        {"wall_seconds", &s->wall_seconds, 1, REAL},
    };
    int n = sizeof list / sizeof *list;
    memcpy(field, list, sizeof list);
    return n;
}

static uint64_t atom_hash(const struct vt_atoms *a, int i)
{
    uint64_t h = vt_hash(VT_HASH_START, &a->id[i], sizeof a->id[i]);
    h = vt_hash(h, &a->species[i], sizeof a->species[i]);
    h = vt_hash(h, a->x[i], 3 * sizeof(double));
    h = vt_hash(h, a->v[i], sizeof a->v[i]);
    return vt_hash(h, a->image[i], sizeof a->image[i]);
}

/* Collective. */
static enum vt_status checksum(struct vt_system *sys, struct vt_saved *s, uint64_t *sum)
{
    struct field field[N_FIELDS];
    int n = list_fields(sys, s, field), rank = sys->ranks.rank;
    *sum = 0;
    for (int i = 0; i < sys->atoms.n; i++) *sum += atom_hash(&sys->atoms, i);
    for (int k = 0; rank == 0 && k < n; k++)
        *sum += vt_hash(VT_HASH_START, field[k].at, 8 * (size_t)field[k].n);
    for (int k = 0; rank == 0 && k < s->n_sinks; k++)
        *sum += vt_hash(VT_HASH_START, s->kept[k].block, s->kept[k].bytes);
    int64_t begin, end;
    vt_share(sys->atoms.n_total, sys->ranks.size, rank, &begin, &end);
    for (int k = 0; k < s->n_sinks; k++)
        for (int64_t i = begin; i < end && s->kept[k].width; i++) {
            uint64_t h = vt_hash(VT_HASH_START, &i, sizeof i);
            *sum += vt_hash(h, s->kept[k].rows + (size_t)(i - begin) * s->kept[k].width, s->kept[k].width);
        }
    return vt_mpi(MPI_Allreduce(MPI_IN_PLACE, sum, 1, MPI_UINT64_T, MPI_SUM, sys->ranks.comm));
}

/* Rows [first, first + n) of a dataset of width columns; write creates it. A rank whose part fails is heard
 * of before the next collective call of HDF5. Collective. */
static enum vt_status rows(MPI_Comm comm, bool write, hid_t group, const char *name, hid_t type,
                           int64_t width, int64_t total, int64_t first, int64_t n, void *data)
{
    hsize_t whole[2] = {(hsize_t)total, (hsize_t)width}, count[2] = {(hsize_t)n, (hsize_t)width};
    hid_t file_space = H5Screate_simple(2, whole, NULL), memory_space = H5Screate_simple(2, count, NULL);
    hid_t collective = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_dxpl_mpio(collective, H5FD_MPIO_COLLECTIVE);
    hid_t set = write ? H5Dcreate2(group, name, type, file_space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                      : H5Dopen2(group, name, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(set, name);
    if (st == VT_OK && !write) {
        hsize_t found[2] = {0, 0};
        hid_t space = H5Dget_space(set);
        if (H5Sget_simple_extent_ndims(space) != 2 || H5Sget_simple_extent_dims(space, found, NULL) != 2 ||
            found[0] != whole[0] || found[1] != whole[1])
            st = VT_RAISE(VT_EINPUT, "'%s' has the wrong shape", name);
        H5Sclose(space);
    }
    st = vt_agree(comm, st);
    /* MPI takes less than 2^31 bytes a call, so what many columns hold goes by some columns, or rows, at a
     * time. */
    int64_t most = n;
    if (st == VT_OK) st = vt_mpi(MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT64_T, MPI_MAX, comm));
    const int64_t piece = (INT64_C(1) << 30) / (int64_t)H5Tget_size(type);
    int64_t columns = most > 0 ? piece / most : width, by_rows = columns ? most : piece;
    columns = columns < 1 ? 1 : columns > width ? width : columns;
    for (int64_t r = 0; (r == 0 || r < most) && st == VT_OK; r += by_rows)
        for (int64_t c = 0; c < width && st == VT_OK; c += columns) {
            int64_t some = n - r < by_rows ? n - r : by_rows;
            hsize_t at[2] = {(hsize_t)r, (hsize_t)c}, in_file[2] = {(hsize_t)(first + r), (hsize_t)c},
                    box[2] = {(hsize_t)some, (hsize_t)(width - c < columns ? width - c : columns)};
            if (some > 0) {
                H5Sselect_hyperslab(file_space, H5S_SELECT_SET, in_file, NULL, box, NULL);
                H5Sselect_hyperslab(memory_space, H5S_SELECT_SET, at, NULL, box, NULL);
            } else {
                H5Sselect_none(file_space);
                H5Sselect_none(memory_space);
            }
            st = vt_h5_check(write ? H5Dwrite(set, type, memory_space, file_space, collective, data)
                                   : H5Dread(set, type, memory_space, file_space, collective, data),
                             name);
            st = vt_agree(comm, st);
        }
    if (set >= 0) H5Dclose(set);
    H5Pclose(collective);
    H5Sclose(file_space);
    H5Sclose(memory_space);
    return st;
}

static enum vt_status atoms_rows(bool write, hid_t file, struct vt_system *sys)
{
    struct vt_atoms *a = &sys->atoms;
    MPI_Comm comm = sys->ranks.comm;
    int64_t first = 0, n = a->n;
    MPI_Exscan(&n, &first, 1, MPI_INT64_T, MPI_SUM, comm);
    if (sys->ranks.rank == 0) first = 0;
    double(*x)[3] = NULL;
    enum vt_status st = vt_agree(comm, vt_alloc(&x, a->n));
    if (st != VT_OK) return st;
    for (int i = 0; write && i < a->n; i++) memcpy(x[i], a->x[i], sizeof *x);
    hid_t group = write ? H5Gcreate2(file, "atoms", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                        : H5Gopen2(file, "atoms", H5P_DEFAULT);
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_h5_check(group, "atoms")));
    VT_TRY_GOTO(st, done,
                rows(comm, write, group, "id", H5T_NATIVE_INT64, 1, a->n_total, first, a->n, a->id));
    VT_TRY_GOTO(
        st, done,
        rows(comm, write, group, "species", H5T_NATIVE_INT32, 1, a->n_total, first, a->n, a->species));
    VT_TRY_GOTO(st, done,
                rows(comm, write, group, "image", H5T_NATIVE_INT32, 3, a->n_total, first, a->n, a->image));
    VT_TRY_GOTO(st, done,
                rows(comm, write, group, "velocity", H5T_NATIVE_DOUBLE, 3, a->n_total, first, a->n, a->v));
    VT_TRY_GOTO(st, done,
                rows(comm, write, group, "position", H5T_NATIVE_DOUBLE, 3, a->n_total, first, a->n, x));
    for (int i = 0; !write && i < a->n; i++) {
        memcpy(a->x[i], x[i], sizeof *x);
        a->x[i][3] = 0;
    }
done:
    if (group >= 0) H5Gclose(group);
    free(x);
    return st;
}

/* What the sinks keep: a block of bytes each, written and read by rank 0 (the others take part with nothing),
 * and rows of the atoms, by all. */
static enum vt_status sink_rows(bool write, hid_t file, const struct vt_system *sys, struct vt_saved *s)
{
    enum vt_status st = VT_OK;
    hid_t group = write ? H5Gcreate2(file, "sinks", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)
                        : H5Gopen2(file, "sinks", H5P_DEFAULT);
    VT_TRY(vt_agree(sys->ranks.comm, vt_h5_check(group, "sinks")));
    MPI_Comm comm = sys->ranks.comm;
    int64_t begin, end;
    vt_share(sys->atoms.n_total, sys->ranks.size, sys->ranks.rank, &begin, &end);
    for (int k = 0; k < s->n_sinks && st == VT_OK; k++) {
        char name[16], of_atoms[24];
        struct vt_kept *kept = &s->kept[k];
        snprintf(name, sizeof name, "%d", k);
        snprintf(of_atoms, sizeof of_atoms, "%d-atoms", k);
        int64_t bytes = (int64_t)kept->bytes, width = (int64_t)kept->width;
        bool mine = sys->ranks.rank == 0;
        if (!write && mine) st = vt_alloc(&kept->block, bytes);
        if (!write && st == VT_OK) st = vt_alloc(&kept->rows, (end - begin) * width);
        st = vt_agree(comm, st);
        if (st == VT_OK && bytes)
            st = rows(comm, write, group, name, H5T_NATIVE_UCHAR, 1, bytes, 0, mine ? bytes : 0, kept->block);
        if (st == VT_OK && width)
            st = rows(comm, write, group, of_atoms, H5T_NATIVE_UCHAR, width, sys->atoms.n_total, begin,
                      end - begin, kept->rows);
    }
    H5Gclose(group);
    return st;
}

static hid_t memory_type(const struct field *f)
{
    return f->kind == REAL ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64;
}

/* The attributes of the root. Local as to messages: HDF5 keeps them in memory until the file is closed. */
static enum vt_status put_header(hid_t file, struct vt_system *sys, struct vt_saved *s, uint64_t sum)
{
    struct field field[N_FIELDS];
    int n = list_fields(sys, s, field), layout = LAYOUT;
    VT_TRY(vt_h5_put_text(file, "creator", "vitrum"));
    VT_TRY(vt_h5_put_text(file, "version", vt_version));
    VT_TRY(vt_h5_put_numbers(file, "layout", H5T_STD_I32LE, H5T_NATIVE_INT, 0, &layout));
    for (int k = 0; k < n; k++) {
        hid_t type = memory_type(&field[k]);
        VT_TRY(vt_h5_put_numbers(file, field[k].name, type, type, field[k].n == 1 ? 0 : field[k].n,
                                 field[k].at));
    }
    VT_TRY(vt_h5_put_numbers(file, "checksum", H5T_STD_U64LE, H5T_NATIVE_UINT64, 0, &sum));
    int64_t *bytes, count = s->n_sinks;
    VT_TRY(vt_alloc(&bytes, 2 * count));
    for (int k = 0; k < s->n_sinks; k++) {
        bytes[2 * k] = (int64_t)s->kept[k].bytes;
        bytes[2 * k + 1] = (int64_t)s->kept[k].width;
    }
    enum vt_status st = vt_h5_put_numbers(file, "sink_count", H5T_STD_I64LE, H5T_NATIVE_INT64, 0, &count);
    if (st == VT_OK && count) /* of the block, and of each atom's row */
        st = vt_h5_put_numbers(file, "sink_bytes", H5T_STD_I64LE, H5T_NATIVE_INT64, 2 * s->n_sinks, bytes);
    free(bytes);
    return st;
}

static enum vt_status put_all(hid_t file, struct vt_system *sys, struct vt_saved *s, uint64_t sum)
{
    VT_TRY(vt_agree(sys->ranks.comm, put_header(file, sys, s, sum)));
    VT_TRY(atoms_rows(true, file, sys));
    return sink_rows(true, file, sys, s);
}

/* why: the reason when the result is negative. */
static hid_t open_parallel(const char *path, MPI_Comm comm, bool create, const char **why)
{
    hid_t access = vt_h5_access();
    H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL);
    hid_t file =
        create ? H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access) : H5Fopen(path, H5F_ACC_RDONLY, access);
    *why = file < 0 ? vt_h5_reason() : ""; /* now: the next call of HDF5 forgets it */
    H5Pclose(access);
    return file;
}

/* Is there room? HDF5 does not survive a disk that fills up under it, so ask first. Rank 0. */
static enum vt_status check_room(const char *path, const struct vt_system *sys, const struct vt_saved *s)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    else
        strcpy(folder, ".");
    double need = 96.0 * (double)sys->atoms.n_total + 1e5;
    for (int k = 0; k < s->n_sinks; k++)
        need += (double)s->kept[k].bytes + (double)s->kept[k].width * (double)sys->atoms.n_total;
    struct statvfs room;
    if (statvfs(folder, &room)) return VT_RAISE(VT_EWORLD, "cannot write '%s': %s", path, strerror(errno));
    if ((double)room.f_bavail * (double)room.f_frsize < need)
        return VT_RAISE(VT_EWORLD, "cannot write '%s': no space: %.3g MB needed, %.3g MB left on the disk",
                        path, need / 1e6, (double)room.f_bavail * (double)room.f_frsize / 1e6);
    if (access(folder, W_OK)) return VT_RAISE(VT_EWORLD, "cannot write '%s': %s", path, strerror(errno));
    return VT_OK;
}

static enum vt_status read_file(const char *path, struct vt_system *sys, struct vt_saved *s);

static enum vt_status write_and_verify(const char *temporary, struct vt_system *sys, struct vt_saved *s)
{
    uint64_t sum;
    const char *why;
    enum vt_status st = VT_OK;
    VT_TRY(checksum(sys, s, &sum));
    hid_t file = open_parallel(temporary, sys->ranks.comm, true, &why);
    if (file < 0) st = VT_RAISE(VT_EWORLD, "%s (HDF5)", why);
    VT_TRY(vt_agree(sys->ranks.comm, st));
    st = put_all(file, sys, s, sum);
    if (H5Fclose(file) < 0 && st == VT_OK) st = VT_RAISE(VT_EWORLD, "closing: %s", vt_h5_reason());
    VT_TRY(vt_agree(sys->ranks.comm, st));
    struct vt_system again = {.ranks = sys->ranks};
    struct vt_saved saved = {0};
    st = read_file(temporary, &again, &saved);
    vt_system_release(&again);
    vt_saved_release(&saved);
    /* Whatever is wrong with it, it is not the user's doing. */
    return st == VT_OK ? VT_OK : vt_prefix(VT_EWORLD, "it does not read back");
}

enum vt_status vt_checkpoint_write(const char *path, const char *former, const struct vt_system *sys,
                                   const struct vt_saved *saved)
{
    /* Sizes of the sinks' blocks are known on rank 0. */
    struct vt_saved s = *saved;
    struct vt_system system = *sys;
    char *temporary = NULL;
    enum vt_status st = VT_OK;
    if (sys->ranks.rank == 0) st = check_room(path, sys, saved);
    VT_TRY_GOTO(st, done, vt_agree(sys->ranks.comm, st));
    VT_TRY_GOTO(st, done, vt_agree(sys->ranks.comm, vt_replace_name(path, &temporary)));
    for (int k = 0; k < s.n_sinks; k++)
        MPI_Bcast(&s.kept[k].bytes, sizeof(size_t), MPI_BYTE, 0, sys->ranks.comm);
    /* Clocks differ from rank to rank, but HDF5 may take the header from any of them. */
    MPI_Bcast(&s.wall_seconds, 1, MPI_DOUBLE, 0, sys->ranks.comm);
    VT_TRY_GOTO(st, done, vt_prefix(write_and_verify(temporary, &system, &s), "cannot write '%s'", path));
    if (sys->ranks.rank == 0) {
        if (former && !access(path, F_OK) && rename(path, former))
            st = VT_RAISE(VT_EWORLD, "cannot rename '%s': %s", path, strerror(errno));
        if (st == VT_OK) st = vt_replace_rename(temporary, path);
    }
    st = vt_agree(sys->ranks.comm, st);
done:
    if (st != VT_OK && temporary && sys->ranks.rank == 0) unlink(temporary);
    free(temporary);
    return st;
}

/* What the attributes of the root say. Local as to messages. */
static enum vt_status get_fields(hid_t file, struct vt_system *sys, struct vt_saved *s, uint64_t *sum)
{
    struct field field[N_FIELDS];
    int n = list_fields(sys, s, field), layout = 0;
    if (!vt_h5_has(file, "layout"))
        return VT_RAISE(VT_EINPUT, "no saved state of a run: those are state-NAME.h5 and checkpoint.h5");
    VT_TRY(vt_h5_get_numbers(file, "layout", H5T_NATIVE_INT, 0, &layout));
    if (layout != LAYOUT)
        return VT_RAISE(VT_EINPUT, "its layout is version %d, this program reads %d", layout, LAYOUT);
    for (int k = 0; k < n; k++)
        VT_TRY(vt_h5_get_numbers(file, field[k].name, memory_type(&field[k]),
                                 field[k].n == 1 ? 0 : field[k].n, field[k].at));
    VT_TRY(vt_h5_get_numbers(file, "checksum", H5T_NATIVE_UINT64, 0, sum));
    if (sys->atoms.n_total < 2)
        return VT_RAISE(VT_EINPUT, "it holds %lld atoms", (long long)sys->atoms.n_total);
    return VT_OK;
}

/* The same, and room for what follows. */
static enum vt_status get_header(hid_t file, struct vt_system *sys, struct vt_saved *s, uint64_t *sum)
{
    VT_TRY(get_fields(file, sys, s, sum));
    int64_t blocks = 0, *bytes = NULL;
    VT_TRY(vt_h5_get_numbers(file, "sink_count", H5T_NATIVE_INT64, 0, &blocks));
    if (blocks < 0 || blocks > 1000)
        return VT_RAISE(VT_EINPUT, "it holds %lld sinks of measurements", (long long)blocks);
    VT_TRY(vt_alloc(&s->kept, blocks));
    s->n_sinks = (int)blocks;
    VT_TRY(vt_alloc(&bytes, 2 * blocks));
    enum vt_status st =
        blocks ? vt_h5_get_numbers(file, "sink_bytes", H5T_NATIVE_INT64, 2 * (int)blocks, bytes) : VT_OK;
    for (int64_t k = 0; k < blocks; k++) {
        s->kept[k].bytes = (size_t)bytes[2 * k];
        s->kept[k].width = (size_t)bytes[2 * k + 1];
    }
    free(bytes);
    VT_TRY(st);

    struct vt_atoms *a = &sys->atoms;
    int64_t begin, end;
    vt_share(a->n_total, sys->ranks.size, sys->ranks.rank, &begin, &end);
    VT_TRY(vt_atoms_reserve(a, (size_t)(end - begin)));
    a->n = vt_int(end - begin);
    a->n_ghost = 0;
    return VT_OK;
}

static enum vt_status get_all(hid_t file, struct vt_system *sys, struct vt_saved *s)
{
    uint64_t sum, expected = 0;
    VT_TRY(vt_agree(sys->ranks.comm, get_header(file, sys, s, &expected)));
    VT_TRY(atoms_rows(false, file, sys));
    VT_TRY(sink_rows(false, file, sys, s));
    VT_TRY(checksum(sys, s, &sum));
    if (sum != expected) return VT_RAISE(VT_EINPUT, "its checksum is wrong: the file is damaged");
    return VT_OK;
}

static enum vt_status read_file(const char *path, struct vt_system *sys, struct vt_saved *s)
{
    enum vt_status st = VT_OK;
    const char *why;
    *s = (struct vt_saved){0};
    if (sys->ranks.rank == 0 && access(path, R_OK))
        st = VT_RAISE(VT_EINPUT, "cannot read '%s': %s", path, strerror(errno));
    VT_TRY(vt_agree(sys->ranks.comm, st));
    hid_t file = open_parallel(path, sys->ranks.comm, false, &why);
    if (file < 0) st = VT_RAISE(VT_EINPUT, "'%s' is truncated, damaged or no checkpoint (%s)", path, why);
    VT_TRY(vt_agree(sys->ranks.comm, st));
    st = vt_prefix(vt_agree(sys->ranks.comm, get_all(file, sys, s)), "'%s'", path);
    H5Fclose(file);
    if (st != VT_OK) {
        vt_saved_release(s);
        return st;
    }
    sys->list_valid = false;
    vt_ranks_init(&sys->ranks, sys->ranks.comm, &sys->cell);
    return VT_OK;
}

enum vt_status vt_checkpoint_read(const char *path, struct vt_system *sys, struct vt_saved *s)
{
    enum vt_status st = read_file(path, sys, s);
    return st == VT_EWORLD ? VT_EINPUT : st; /* what HDF5 cannot read is a damaged file */
}

enum vt_status vt_checkpoint_peek(const char *path, struct vt_system *sys, struct vt_saved *s, uint64_t *sum)
{
    *s = (struct vt_saved){0};
    if (access(path, R_OK)) return VT_RAISE(VT_EINPUT, "cannot read '%s': %s", path, strerror(errno));
    hid_t fapl = vt_h5_access();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, fapl);
    const char *why = file < 0 ? vt_h5_reason() : "";
    H5Pclose(fapl);
    if (file < 0) return VT_RAISE(VT_EINPUT, "'%s' is truncated, damaged or no saved state (%s)", path, why);
    enum vt_status st = vt_prefix(get_fields(file, sys, s, sum), "'%s'", path);
    H5Fclose(file);
    return st == VT_EWORLD ? VT_EINPUT : st;
}
