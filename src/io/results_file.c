/* results_file.c: see results_file.h.
 *
 * A dataset "a/b/name" is the HDF5 dataset /a/b/name with the attributes unit and help. Next to it lie
 *
 *     name_error      its standard errors, named by the attribute `error` of name and naming it in
 * `error_of`; r, pair, ...    its axes, as HDF5 dimension scales named after the axis: numbers with a unit,
 * or texts. Datasets of one group whose axes are the same in all bits share one scale.
 *
 * Where a name is taken by something else, _2, _3, ... is added: readers follow the attributes and the
 * scales, not the names. Notes are text attributes of groups (or of datasets). The root attribute
 * vitrum_results is the version of this layout.
 *
 * Against damage: the file is sealed by a checksum (h5util.h). Should somebody have added to it with HDF5,
 * which cuts the seal off, then HDF5's own checksums still cover structure and small datasets (which lie in
 * the object header, compact layout); larger ones are chunked with the Fletcher-32 filter. */
#include "io/results_file.h"

#include <assert.h>
#include <hdf5_hl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "io/h5util.h"
#include "io/replace.h"

static const char version_key[] = "vitrum_results";
enum {
    VERSION = 1,
    COMPACT_MAX = 16384, /* bytes that go into the object header, which holds less than 64 kB */
    CHUNK_MAX = 1 << 17, /* values in a chunk: 1 MB */
    DEPTH_MAX = 32,      /* of groups; more is a loop of links */
};

/* ---- writing ---- */

struct scale {
    char *path;
    const struct vt_axis *axis;
    bool labels; /* the labels of the axis, not its values */
};

struct writer {
    hid_t file;
    const struct vt_results *r;
    struct scale *scale;
    int n_scales;
    size_t scale_capacity;
};

static bool is_or_holds(const char *path, const char *candidate)
{
    size_t n = strlen(candidate);
    return !strncmp(path, candidate, n) && (path[n] == '\0' || path[n] == '/');
}

static bool name_taken(const struct writer *w, const char *path)
{
    for (int k = 0; k < w->r->n; k++)
        if (is_or_holds(w->r->item[k].path, path)) return true;
    for (int k = 0; k < w->r->n_notes; k++)
        if (is_or_holds(w->r->note[k].path, path)) return true;
    return H5Lexists(w->file, path, H5P_DEFAULT) > 0;
}

/* *out = a free path in the folder of beside: FOLDER/NAME, FOLDER/NAME_2, ... */
static enum vt_status free_path(const struct writer *w, const char *beside, const char *name, char **out)
{
    const char *slash = strrchr(beside, '/');
    int folder = slash ? (int)(slash - beside) + 1 : 0;
    size_t size = (size_t)folder + strlen(name) + 16;
    VT_TRY(vt_alloc(out, size));
    snprintf(*out, size, "%.*s%s", folder, beside, *name ? name : "axis");
    for (char *c = *out + folder; *c; c++)
        if (*c == '/') *c = '_';
    if (!strcmp(*out + folder, ".")) strcpy(*out + folder, "axis");
    size_t end = strlen(*out);
    for (int k = 2; name_taken(w, *out); k++) snprintf(*out + end, size - end, "_%d", k);
    return VT_OK;
}

static enum vt_status put_array(const struct writer *w, const char *path, int rank, const hsize_t *dims,
                                const double *values, hid_t *out)
{
    hid_t space = rank ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_attr_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    if (H5Sget_simple_extent_npoints(space) * (hssize_t)sizeof *values <= COMPACT_MAX)
        H5Pset_layout(create, H5D_COMPACT);
    else {
        hsize_t chunk[VT_AXES_MAX], size = 1;
        for (int a = rank - 1; a >= 0; a--) {
            hsize_t room = CHUNK_MAX / size;
            chunk[a] = dims[a] < room ? dims[a] : room;
            if (chunk[a] == 0) chunk[a] = 1;
            size *= chunk[a];
        }
        H5Pset_chunk(create, rank, chunk);
        H5Pset_shuffle(create);
        H5Pset_deflate(create, 4);
        H5Pset_fletcher32(create);
    }
    *out = H5Dcreate2(w->file, path, H5T_IEEE_F64LE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(*out, path);
    if (st == VT_OK) {
        st = vt_h5_check(H5Dwrite(*out, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path);
        if (st != VT_OK) H5Dclose(*out);
    }
    H5Pclose(create);
    H5Sclose(space);
    return st;
}

static enum vt_status put_labels(const struct writer *w, const char *path, int n, char *const *labels,
                                 hid_t *out)
{
    hsize_t length = (hsize_t)n;
    hid_t space = H5Screate_simple(1, &length, NULL), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    *out = H5Dcreate2(w->file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(*out, path);
    if (st == VT_OK) {
        st = n ? vt_h5_check(H5Dwrite(*out, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, labels), path) : VT_OK;
        if (st != VT_OK) H5Dclose(*out);
    }
    H5Tclose(type);
    H5Sclose(space);
    return st;
}

static bool same_folder(const char *a, const char *b)
{
    const char *end_a = strrchr(a, '/'), *end_b = strrchr(b, '/');
    size_t n = end_a ? (size_t)(end_a - a) : 0;
    return n == (end_b ? (size_t)(end_b - b) : 0) && !strncmp(a, b, n);
}

static bool same_scale(const struct vt_axis *a, const struct vt_axis *b, bool labels)
{
    if (a->n != b->n || strcmp(a->name, b->name) || strcmp(a->unit, b->unit)) return false;
    if (!labels) return b->value && !memcmp(a->value, b->value, (size_t)a->n * sizeof *a->value);
    if (!b->label) return false;
    for (int k = 0; k < a->n; k++)
        if (strcmp(a->label[k], b->label[k])) return false;
    return true;
}

/* Open the scale for one axis of the dataset at `beside`; write it unless its folder has it already. */
static enum vt_status open_scale(struct writer *w, const char *beside, const struct vt_axis *axis,
                                 bool labels, hid_t *out)
{
    for (int k = 0; k < w->n_scales; k++) {
        const struct scale *s = &w->scale[k];
        if (s->labels != labels || !same_folder(s->path, beside) || !same_scale(axis, s->axis, labels))
            continue;
        *out = H5Dopen2(w->file, s->path, H5P_DEFAULT);
        return vt_h5_check(*out, s->path);
    }
    VT_TRY(vt_grow(&w->scale, &w->scale_capacity, w->n_scales + 1));
    struct scale *s = &w->scale[w->n_scales];
    *s = (struct scale){.axis = axis, .labels = labels};
    VT_TRY(free_path(w, beside, axis->name, &s->path));
    w->n_scales++;
    hsize_t n = (hsize_t)axis->n;
    VT_TRY(labels ? put_labels(w, s->path, axis->n, axis->label, out)
                  : put_array(w, s->path, 1, &n, axis->value, out));
    enum vt_status st = vt_h5_check(H5DSset_scale(*out, axis->name), s->path);
    if (st == VT_OK) st = vt_h5_put_text(*out, "unit", axis->unit);
    if (st != VT_OK) H5Dclose(*out);
    return st;
}

static enum vt_status put_axis(struct writer *w, hid_t dataset, const struct vt_dataset *d, int a)
{
    const struct vt_axis *axis = &d->axis[a];
    if (!axis->name) return VT_OK; /* was never described */
    assert(*axis->name);
    VT_TRY(vt_h5_check(H5DSset_label(dataset, (unsigned)a, axis->name), d->path));
    for (int labels = 0; labels < 2; labels++) {
        if (labels ? !axis->label : !axis->value) continue;
        hid_t scale;
        VT_TRY(open_scale(w, d->path, axis, labels, &scale));
        enum vt_status st = vt_h5_check(H5DSattach_scale(dataset, scale, (unsigned)a), d->path);
        H5Dclose(scale);
        VT_TRY(st);
    }
    return VT_OK;
}

static const char *leaf(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static enum vt_status put_errors(struct writer *w, hid_t dataset, const struct vt_dataset *d,
                                 const hsize_t *dims)
{
    char *name, *path = NULL, *help = NULL;
    size_t size = strlen(d->path) + 32;
    hid_t errors = -1;
    enum vt_status st;
    VT_TRY(vt_alloc(&name, size));
    VT_TRY_GOTO(st, done, vt_alloc(&help, size));
    snprintf(name, size, "%s_error", leaf(d->path));
    snprintf(help, size, "standard error of %s", leaf(d->path));
    VT_TRY_GOTO(st, done, free_path(w, d->path, name, &path));
    VT_TRY_GOTO(st, done, put_array(w, path, d->n_axes, dims, d->error, &errors));
    VT_TRY_GOTO(st, done, vt_h5_put_text(errors, "unit", d->unit));
    VT_TRY_GOTO(st, done, vt_h5_put_text(errors, "help", help));
    VT_TRY_GOTO(st, done, vt_h5_put_text(errors, "error_of", leaf(d->path)));
    st = vt_h5_put_text(dataset, "error", leaf(path));
done:
    if (errors >= 0) H5Dclose(errors);
    free(path);
    free(help);
    free(name);
    return st;
}

static enum vt_status put_dataset(struct writer *w, const struct vt_dataset *d)
{
    hsize_t dims[VT_AXES_MAX];
    for (int a = 0; a < d->n_axes; a++) dims[a] = (hsize_t)d->axis[a].n;
    const char *slash = strrchr(d->path, '/');
    if (slash) {
        char *folder;
        hid_t group;
        VT_TRY(vt_alloc(&folder, slash - d->path + 1));
        memcpy(folder, d->path, (size_t)(slash - d->path));
        enum vt_status made = vt_h5_group(w->file, folder, &group);
        free(folder);
        VT_TRY(made);
        H5Gclose(group);
    }
    hid_t dataset;
    VT_TRY(put_array(w, d->path, d->n_axes, dims, d->value, &dataset));
    enum vt_status st = vt_h5_put_text(dataset, "unit", d->unit);
    if (st == VT_OK) st = vt_h5_put_text(dataset, "help", d->help);
    for (int a = 0; a < d->n_axes && st == VT_OK; a++) st = put_axis(w, dataset, d, a);
    if (d->error && st == VT_OK) st = put_errors(w, dataset, d, dims);
    H5Dclose(dataset);
    return st;
}

/* Attributes that describe a dataset, or the file: a note cannot have their names there. */
static bool is_reserved(const char *key, bool on_dataset)
{
    static const char *const ours[] = {"unit",     "help",           "error",
                                       "error_of", "DIMENSION_LIST", "DIMENSION_LABELS",
                                       "CLASS",    "NAME",           "REFERENCE_LIST"};
    if (!on_dataset) return !strcmp(key, version_key);
    for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
        if (!strcmp(key, ours[k])) return true;
    return false;
}

static enum vt_status put_note(struct writer *w, const struct vt_note *note)
{
    hid_t object;
    bool on_dataset = false;
    for (int k = 0; k < w->r->n; k++) on_dataset |= !strcmp(w->r->item[k].path, note->path);
    if (is_reserved(note->key, on_dataset) || !*note->key)
        return VT_RAISE(VT_EINPUT, "a note of '%s' cannot be named '%s'", note->path, note->key);
    if (on_dataset) {
        object = H5Oopen(w->file, note->path, H5P_DEFAULT);
        VT_TRY(vt_h5_check(object, note->path));
    } else
        VT_TRY(vt_h5_group(w->file, note->path, &object));
    enum vt_status st = vt_h5_put_text(object, note->key, note->text);
    H5Oclose(object);
    return st;
}

static enum vt_status read_back(const char *temporary, void *self)
{
    const struct vt_results *written = self;
    struct vt_results again = {0};
    enum vt_status st = vt_results_read(temporary, &again);
    if (st == VT_OK && (again.n != written->n || again.n_notes != written->n_notes))
        st = VT_RAISE(VT_EWORLD, "%d of %d datasets, %d of %d notes", again.n, written->n, again.n_notes,
                      written->n_notes);
    vt_results_release(&again);
    return st == VT_EINPUT ? VT_EWORLD : st;
}

enum vt_status vt_results_write(const char *path, const struct vt_results *r)
{
    struct vt_h5_memory memory;
    VT_TRY(vt_h5_memory_create(&memory));
    struct writer w = {.file = memory.file, .r = r};
    static const int version = VERSION;
    enum vt_status st;
    hid_t root = H5Gopen2(w.file, "/", H5P_DEFAULT);
    VT_TRY_GOTO(st, done, vt_h5_put_numbers(root, version_key, H5T_STD_I32LE, H5T_NATIVE_INT, 0, &version));
    for (int k = 0; k < r->n; k++) VT_TRY_GOTO(st, done, put_dataset(&w, &r->item[k]));
    for (int k = 0; k < r->n_notes; k++) VT_TRY_GOTO(st, done, put_note(&w, &r->note[k]));
done:
    H5Gclose(root);
    for (int k = 0; k < w.n_scales; k++) free(w.scale[k].path);
    free(w.scale);
    if (st == VT_OK) return vt_h5_memory_store(&memory, path, true, read_back, (void *)r);
    vt_h5_memory_release(&memory);
    return vt_prefix(st, "results %s", path);
}

/* ---- reading ---- */

struct reader {
    struct vt_results *r;
    const char *path; /* of the group being read; "" is the root */
    int depth;
    enum vt_status st;
};

static enum vt_status damaged(const char *path)
{
    return VT_RAISE(VT_EINPUT, "damaged at '%s': %s", path, vt_h5_reason());
}

/* path = group/name, freed by the caller */
static enum vt_status join(char **path, const char *group, const char *name)
{
    size_t size = strlen(group) + strlen(name) + 2;
    VT_TRY(vt_alloc(path, size));
    snprintf(*path, size, "%s%s%s", group, *group ? "/" : "", name);
    return VT_OK;
}

static enum vt_status get_array(hid_t dataset, const char *path, int rank, const hsize_t *dims,
                                double *values)
{
    hsize_t found[VT_AXES_MAX];
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset);
    bool fits = H5Sget_simple_extent_ndims(space) == rank && H5Tget_class(type) == H5T_FLOAT;
    if (fits && rank) {
        H5Sget_simple_extent_dims(space, found, NULL);
        fits = !memcmp(found, dims, (size_t)rank * sizeof *dims);
    }
    H5Tclose(type);
    H5Sclose(space);
    if (!fits) return VT_RAISE(VT_EINPUT, "'%s' has another shape or type than it should", path);
    if (H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) return damaged(path);
    return VT_OK;
}

struct scale_job {
    struct vt_axis *axis;
    const char *path;
    enum vt_status st;
};

static enum vt_status get_labels(hid_t scale, const char *path, struct vt_axis *axis)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Dget_space(scale);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    char **read = NULL;
    enum vt_status st = vt_alloc(&read, axis->n);
    if (st == VT_OK) st = vt_alloc(&axis->label, axis->n);
    if (st == VT_OK && axis->n && H5Dread(scale, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) < 0)
        st = damaged(path);
    for (int k = 0; k < axis->n && st == VT_OK; k++) {
        const char *text = read[k] ? read[k] : "";
        st = vt_copy_text(&axis->label[k], text);
    }
    if (read && axis->n) H5Dvlen_reclaim(type, space, H5P_DEFAULT, read);
    free(read);
    H5Sclose(space);
    H5Tclose(type);
    return st;
}

static enum vt_status get_scale(hid_t scale, struct vt_axis *axis, const char *path)
{
    hid_t space = H5Dget_space(scale), type = H5Dget_type(scale);
    hssize_t n = H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
    bool text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
    H5Tclose(type);
    H5Sclose(space);
    if (n != axis->n || (text ? axis->label != NULL : axis->value != NULL))
        return VT_RAISE(VT_EINPUT, "'%s': the scale of axis '%s' does not fit", path, axis->name);
    if (!axis->unit) VT_TRY(vt_h5_get_text(scale, "unit", &axis->unit));
    if (text) return get_labels(scale, path, axis);
    VT_TRY(vt_alloc(&axis->value, axis->n));
    hsize_t dims = (hsize_t)n;
    return get_array(scale, path, 1, &dims, axis->value);
}

static herr_t each_scale(hid_t dataset, unsigned dim, hid_t scale, void *data)
{
    (void)dataset;
    (void)dim;
    struct scale_job *job = data;
    job->st = get_scale(scale, job->axis, job->path);
    return job->st != VT_OK;
}

static enum vt_status get_axis(hid_t dataset, const char *path, int a, struct vt_axis *axis)
{
    ssize_t n = H5DSget_label(dataset, (unsigned)a, NULL, 0);
    if (n < 0) return damaged(path);
    if (n == 0) return VT_OK;
    VT_TRY(vt_alloc(&axis->name, n + 1));
    if (H5DSget_label(dataset, (unsigned)a, axis->name, (size_t)n + 1) < 0) return damaged(path);
    struct scale_job job = {.axis = axis, .path = path};
    herr_t result = H5DSiterate_scales(dataset, (unsigned)a, NULL, each_scale, &job);
    VT_TRY(job.st);
    if (result < 0) return damaged(path);
    return axis->unit ? VT_OK : vt_alloc(&axis->unit, 1);
}

static enum vt_status get_errors(hid_t group, hid_t dataset, const hsize_t *dims, struct vt_dataset *d)
{
    char *name;
    VT_TRY(vt_h5_get_text(dataset, "error", &name));
    hid_t errors = H5Dopen2(group, name, H5P_DEFAULT);
    enum vt_status st =
        errors < 0 ? VT_RAISE(VT_EINPUT, "'%s' lacks its errors '%s'", d->path, name) : vt_dataset_errors(d);
    if (st == VT_OK) st = get_array(errors, d->path, d->n_axes, dims, d->error);
    if (errors >= 0) H5Dclose(errors);
    free(name);
    return st;
}

/* The texts among the attributes of an object become notes of path; on a dataset, those that are not ours. */
static enum vt_status get_notes(hid_t object, const char *path, bool on_dataset, struct vt_results *r)
{
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0) return damaged(path);
    for (hsize_t k = 0; k < info.num_attrs; k++) {
        hid_t attribute =
            H5Aopen_by_idx(object, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, k, H5P_DEFAULT, H5P_DEFAULT);
        if (attribute < 0)
            attribute = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, k, H5P_DEFAULT, H5P_DEFAULT);
        if (attribute < 0) return damaged(path);
        hid_t type = H5Aget_type(attribute);
        bool text = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) > 0;
        H5Tclose(type);
        ssize_t n = H5Aget_name(attribute, 0, NULL);
        char *key = NULL, *value = NULL;
        enum vt_status st = n < 0 ? damaged(path) : vt_alloc(&key, n + 1);
        if (st == VT_OK && H5Aget_name(attribute, (size_t)n + 1, key) < 0) st = damaged(path);
        H5Aclose(attribute);
        if (st == VT_OK && text && !is_reserved(key, on_dataset)) {
            st = vt_h5_get_text(object, key, &value);
            if (st == VT_OK) st = vt_results_note(r, path, key, value);
        }
        free(value);
        free(key);
        VT_TRY(st);
    }
    return VT_OK;
}

static enum vt_status get_dataset(hid_t group, hid_t dataset, const char *path, struct vt_results *r)
{
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space), lengths[VT_AXES_MAX];
    hsize_t dims[VT_AXES_MAX];
    bool fits = rank >= 0 && rank <= VT_AXES_MAX;
    if (fits && rank) H5Sget_simple_extent_dims(space, dims, NULL);
    H5Sclose(space);
    for (int a = 0; a < rank && fits; a++) {
        fits = dims[a] <= INT_MAX;
        lengths[a] = fits ? (int)dims[a] : 0;
    }
    if (!fits) return VT_RAISE(VT_EINPUT, "'%s' has a shape that is not ours", path);
    char *unit = NULL, *help = NULL;
    struct vt_dataset *d;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_h5_get_text(dataset, "unit", &unit));
    VT_TRY_GOTO(st, done, vt_h5_get_text(dataset, "help", &help));
    VT_TRY_GOTO(st, done, vt_results_add(r, path, unit, help, rank, lengths, &d));
    VT_TRY_GOTO(st, done, get_array(dataset, path, rank, dims, d->value));
    for (int a = 0; a < rank; a++) VT_TRY_GOTO(st, done, get_axis(dataset, path, a, &d->axis[a]));
    if (vt_h5_has(dataset, "error")) VT_TRY_GOTO(st, done, get_errors(group, dataset, dims, d));
    st = get_notes(dataset, path, true, r);
done:
    free(help);
    free(unit);
    return vt_prefix(st, "dataset '%s'", path);
}

static enum vt_status get_group(hid_t group, struct reader *reader);

static herr_t each_link(hid_t group, const char *name, const H5L_info_t *link, void *data)
{
    struct reader *reader = data;
    if (link->type != H5L_TYPE_HARD) return 0; /* a user's soft link */
    char *path;
    if ((reader->st = join(&path, reader->path, name)) != VT_OK) return 1;
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0)
        reader->st = damaged(path);
    else if (H5Iget_type(object) == H5I_GROUP) {
        struct reader below = {.r = reader->r, .path = path, .depth = reader->depth + 1};
        reader->st = get_group(object, &below);
    } else if (H5Iget_type(object) == H5I_DATASET && H5DSis_scale(object) <= 0 &&
               !vt_h5_has(object, "error_of"))
        reader->st = get_dataset(group, object, path, reader->r);
    if (object >= 0) H5Oclose(object);
    free(path);
    return reader->st != VT_OK;
}

static enum vt_status get_group(hid_t group, struct reader *reader)
{
    if (reader->depth > DEPTH_MAX)
        return VT_RAISE(VT_EINPUT, "groups in '%s' go deeper than %d", reader->path, DEPTH_MAX);
    VT_TRY(get_notes(group, reader->path, false, reader->r));
    hid_t create = H5Gget_create_plist(group);
    unsigned order = 0;
    H5Pget_link_creation_order(create, &order);
    H5Pclose(create);
    herr_t result = H5Literate(group, order & H5P_CRT_ORDER_INDEXED ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME,
                               H5_ITER_INC, NULL, each_link, reader);
    VT_TRY(reader->st);
    return result < 0 ? damaged(reader->path) : VT_OK;
}

static enum vt_status read_file(hid_t file, struct vt_results *r)
{
    hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
    if (root < 0) return damaged("/");
    int version;
    enum vt_status st = VT_OK;
    if (!vt_h5_has(root, version_key))
        st = VT_RAISE(VT_EINPUT, "an HDF5 file, but not a results file of vitrum");
    if (st == VT_OK) st = vt_h5_get_numbers(root, version_key, H5T_NATIVE_INT, 0, &version);
    if (st == VT_OK && version != VERSION)
        st = VT_RAISE(VT_EINPUT, "layout version %d; this program reads version %d", version, VERSION);
    struct reader reader = {.r = r, .path = ""};
    if (st == VT_OK) st = get_group(root, &reader);
    H5Gclose(root);
    return st;
}

enum vt_status vt_results_read(const char *path, struct vt_results *r)
{
    VT_TRY(vt_h5_check_seal(path));
    hid_t access = vt_h5_access();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
    const char *why = file < 0 ? vt_h5_reason() : ""; /* now: any other HDF5 call clears it */
    H5Pclose(access);
    if (file < 0) {
        if (vt_h5_reason_is_system()) return VT_RAISE(VT_EINPUT, "cannot read %s: %s", path, why);
        return VT_RAISE(VT_EINPUT, "%s is %s: %s", path,
                        H5Fis_hdf5(path) > 0 ? "damaged" : "not a results file (not HDF5)", why);
    }
    struct vt_results found = {0};
    enum vt_status st = vt_prefix(read_file(file, &found), "%s", path);
    H5Fclose(file);
    if (st == VT_OK) st = vt_results_move(r, &found, "");
    vt_results_release(&found);
    return st;
}

/* ---- CSV ---- */

void vt_results_csv_text(FILE *out, const char *text)
{
    if (!strpbrk(text, ",\"\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void csv_axis_name(FILE *out, const struct vt_axis *axis, int a)
{
    if (axis->name)
        vt_results_csv_text(out, axis->name);
    else
        fprintf(out, "axis%d", a + 1);
    if (axis->unit && *axis->unit) fprintf(out, " [%s]", axis->unit);
}

static void csv_axis_value(FILE *out, const struct vt_axis *axis, int k)
{
    if (axis->label)
        vt_results_csv_text(out, axis->label[k]);
    else if (axis->value)
        fprintf(out, "%.17g", axis->value[k]);
    else
        fprintf(out, "%d", k);
}

static void csv_value(FILE *out, const struct vt_dataset *d, size_t at)
{
    fprintf(out, ",%.17g", d->value[at]);
    if (d->error) fprintf(out, ",%.17g", d->error[at]);
}

/* Rows along axis `down`, a column (and its error) for each label of axis `across`. */
static void csv_wide(FILE *out, const struct vt_dataset *d, int down, int across)
{
    const struct vt_axis *rows = &d->axis[down], *columns = &d->axis[across];
    fputs("# ", out);
    csv_axis_name(out, rows, down);
    for (int c = 0; c < columns->n; c++) {
        fputc(',', out);
        vt_results_csv_text(out, columns->label[c]);
        fprintf(out, " [%s]", d->unit);
        if (!d->error) continue;
        fputc(',', out);
        vt_results_csv_text(out, columns->label[c]);
        fprintf(out, " error [%s]", d->unit);
    }
    fputc('\n', out);
    for (int k = 0; k < rows->n; k++) {
        csv_axis_value(out, rows, k);
        for (int c = 0; c < columns->n; c++)
            csv_value(out, d,
                      down ? (size_t)c * (size_t)rows->n + (size_t)k
                           : (size_t)k * (size_t)columns->n + (size_t)c);
        fputc('\n', out);
    }
}

static void csv_long(FILE *out, const struct vt_dataset *d)
{
    fputs("# ", out);
    for (int a = 0; a < d->n_axes; a++) {
        csv_axis_name(out, &d->axis[a], a);
        fputc(',', out);
    }
    fprintf(out, "value [%s]", d->unit);
    if (d->error) fprintf(out, ",error [%s]", d->unit);
    fputc('\n', out);
    for (size_t k = 0; k < vt_dataset_size(d); k++) {
        size_t stride = vt_dataset_size(d);
        for (int a = 0; a < d->n_axes; a++) {
            stride /= (size_t)d->axis[a].n;
            if (a) fputc(',', out);
            csv_axis_value(out, &d->axis[a], (int)(k / stride % (size_t)d->axis[a].n));
        }
        if (d->n_axes)
            csv_value(out, d, k);
        else {
            fprintf(out, "%.17g", d->value[k]);
            if (d->error) fprintf(out, ",%.17g", d->error[k]);
        }
        fputc('\n', out);
    }
}

enum vt_status vt_results_csv(const char *path, const struct vt_dataset *d)
{
    struct vt_replace r;
    VT_TRY(vt_replace_open(&r, path));
    fprintf(r.file, "# %s\n# %s\n", d->path, d->help);
    int across = -1;
    if (d->n_axes == 2 && !d->axis[0].label != !d->axis[1].label) across = d->axis[0].label ? 0 : 1;
    if (across >= 0)
        csv_wide(r.file, d, 1 - across, across);
    else
        csv_long(r.file, d);
    enum vt_status st = vt_replace_commit(&r);
    vt_replace_abandon(&r);
    return st;
}
