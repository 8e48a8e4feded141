/* two_time_h5.c: see two_time_file.h; HDF5.
 *
 * boost_corr (APS 8-ID-I) keeps /xpcs/multitau/normalized_g2 (delay, q), delay_list in frames, and halves of
 * C, one of each q, in the group /xpcs/twotime/correlation_map; the time of a frame is that of the detector
 * times the frames averaged and strided. Older files of the beamline have /exchange/norm-0-g2 and
 * /exchange/tau. Results of ours (results_file.h) have stages/NAME/xpcs/two_time and g2. */
#include <ctype.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/h5util.h"
#include "io/results_file.h"
#include "io/two_time_file.h"

enum { NAME = 512 };
static const size_t values_max = (size_t)1 << 28; /* 2 GB */

static bool exists(hid_t file, const char *path)
{
    char part[NAME];
    snprintf(part, sizeof part, "%s", path);
    for (char *c = strchr(part + 1, '/'); c; c = strchr(c + 1, '/')) { /* each group on the way */
        *c = '\0';
        if (H5Lexists(file, part, H5P_DEFAULT) <= 0) return false;
        *c = '/';
    }
    return H5Lexists(file, part, H5P_DEFAULT) > 0 && H5Oexists_by_name(file, part, H5P_DEFAULT) > 0;
}

static H5I_type_t type_of(hid_t file, const char *path)
{
    hid_t object = H5Oopen(file, path, H5P_DEFAULT);
    H5I_type_t type = object < 0 ? H5I_BADID : H5Iget_type(object);
    if (object >= 0) H5Oclose(object);
    return type;
}

/* A whole dataset of numbers as double; dims filled up with 1. */
static enum vt_status read_numbers(hid_t file, const char *path, const char *name, hsize_t dims[2],
                                   double **out)
{
    enum vt_status st = VT_OK;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT), space = set < 0 ? -1 : H5Dget_space(set),
          type = set < 0 ? -1 : H5Dget_type(set);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    hsize_t size[H5S_MAX_RANK] = {0};
    H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    *out = NULL;
    dims[0] = dims[1] = 1;
    if (rank < 0 || (class != H5T_FLOAT && class != H5T_INTEGER)) {
        st = VT_RAISE(VT_EINPUT, "%s: %s is no dataset of numbers", path, name);
        goto done;
    }
    H5Sget_simple_extent_dims(space, size, NULL);
    int used = 0;
    for (int k = 0; k < rank; k++) /* axes of length 1 do not count */
        if (size[k] != 1 && used++ < 2) dims[used - 1] = size[k];
    if (used > 2 || dims[0] == 0 || dims[1] == 0 || dims[0] > values_max || dims[1] > values_max / dims[0]) {
        st = VT_RAISE(VT_EINPUT, "%s: %s has %d axes, or none or too many numbers: one or two axes are due",
                      path, name, used);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_alloc(out, dims[0] * dims[1]));
    if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, *out) < 0)
        st = VT_RAISE(VT_EINPUT, "%s: %s could not be read: %s", path, name, vt_h5_reason());
done:
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    if (set >= 0) H5Dclose(set);
    return st;
}

/* One text in an attribute of fixed or variable length, at most 39 bytes of it; false if it is none. */
static bool read_text(hid_t object, const char *key, char text[40])
{
    hid_t attribute = H5Aopen(object, key, H5P_DEFAULT), type = attribute < 0 ? -1 : H5Aget_type(attribute),
          space = attribute < 0 ? -1 : H5Aget_space(attribute);
    bool read = false;
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
        H5Sget_simple_extent_npoints(space) == 1) {
        size_t size = H5Tget_size(type);
        char *fixed = NULL, *variable = NULL;
        if (H5Tis_variable_str(type) > 0) {
            read = H5Aread(attribute, type, &variable) >= 0;
            snprintf(text, 40, "%s", read && variable ? variable : "");
            if (read && variable) H5Dvlen_reclaim(type, space, H5P_DEFAULT, &variable);
        } else if (vt_alloc(&fixed, size + 1) == VT_OK) {
            read = H5Aread(attribute, type, fixed) >= 0;
            snprintf(text, 40, "%s", read ? fixed : "");
        }
        free(fixed);
        size_t length = strlen(text);
        while (read && length && text[length - 1] == ' ') text[--length] = '\0';
    }
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    if (attribute >= 0) H5Aclose(attribute);
    return read;
}

/* The unit in an attribute `unit` or `units` of a dataset, in s: 0 where it is in frames. told false: there
 * is none, or it says "1" or "". VT_EINPUT where it is no unit of time. */
static enum vt_status read_unit(hid_t file, const char *path, const char *name, bool *told, double *seconds)
{
    static const char *const key[] = {"unit", "units"};
    enum vt_status st = VT_OK;
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    *told = false;
    for (int k = 0; k < 2 && set >= 0 && !*told && st == VT_OK; k++) {
        char text[40];
        if (!vt_h5_has(set, key[k])) continue;
        if (!read_text(set, key[k], text))
            st = VT_RAISE(VT_EINPUT, "%s: the attribute %s of %s is no text", path, key[k], name);
        else if (*text && strcmp(text, "1") != 0 && strcmp(text, "-") != 0) {
            *told = vt_correlation_unit(text, seconds);
            if (!*told)
                st = VT_RAISE(VT_EINPUT,
                              "%s: the %s of %s, '%.20s', is no unit of time: s, ms, us ... are due", path,
                              key[k], name, text);
        }
    }
    if (set >= 0) H5Dclose(set);
    return st;
}

/* One number above 0; `otherwise` where there is none. */
static double scalar(hid_t file, const char *path, const char *name, double otherwise)
{
    hsize_t dims[2];
    double *value = NULL, result = otherwise;
    if (exists(file, name) && read_numbers(file, path, name, dims, &value) == VT_OK && value[0] > 0 &&
        isfinite(value[0]))
        result = value[0];
    free(value);
    return result;
}

/* ---- where they lie ---- */

/* Delays and errors lie in the same group. A name with * is that of the dataset with something around it. */
static const struct place {
    enum vt_correlation_kind kind;
    const char *value;
    bool in_frames; /* delays */
} places[] = {
    {VT_CORRELATION_TWO_TIME, "/xpcs/twotime/correlation_map", false},
    {VT_CORRELATION_TWO_TIME, "/xpcs/twotime/c2_half", false},
    {VT_CORRELATION_TWO_TIME, "/two_time", false},
    {VT_CORRELATION_TWO_TIME, "/twotime", false},
    {VT_CORRELATION_TWO_TIME, "/c2", false},
    {VT_CORRELATION_TWO_TIME, "/C", false},
    {VT_CORRELATION_G2, "/xpcs/multitau/normalized_g2", true},
    {VT_CORRELATION_G2, "/exchange/norm-0-g2", true},
    {VT_CORRELATION_G2, "/g2", false},
};
enum { PLACES = sizeof places / sizeof *places };

static const char *const delays[] = {"delay", "delays", "tau", "lag", "lags", "delay_list", "t", NULL},
                         *const errors[] = {"*_err",   "*_error",       "*_errors",      "*_std", "*_stderr",
                                            "*_sigma", "*_uncertainty", "norm-0-stderr", "error", "errors",
                                            "err",     "stderr",        "std",           "sigma", NULL};

/* The first of these names beside a dataset; false if there is none. */
static bool find_beside(hid_t file, const char *name, const char *const *names, char out[NAME])
{
    const char *slash = strrchr(name, '/');
    int group = slash ? (int)(slash - name) + 1 : 0;
    for (; *names; names++) {
        const char *star = strchr(*names, '*');
        if (star)
            snprintf(out, NAME, "%.400s%.40s", name, star + 1);
        else
            snprintf(out, NAME, "%.*s%.60s", group < 400 ? group : 400, name, *names);
        if (exists(file, out)) return true;
    }
    return false;
}

/* Number `which` of the datasets of a group, by name; of: how many there are. */
static enum vt_status one_of(hid_t file, const char *path, char name[NAME], int which,
                             struct vt_correlation_file *out)
{
    hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
    H5G_info_t info = {.nlinks = 0};
    char of[NAME], found[NAME] = "";
    enum vt_status st = VT_OK;
    out->of = 0;
    if (group >= 0) H5Gget_info(group, &info);
    for (hsize_t k = 0; k < info.nlinks && st == VT_OK; k++) {
        char link[NAME / 2];
        ssize_t length =
            H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, k, link, sizeof link, H5P_DEFAULT);
        if (length <= 0 || length >= (ssize_t)sizeof link || strlen(name) + 2 + (size_t)length > NAME)
            continue;
        snprintf(of, sizeof of, "%.254s/%.255s", name, link);
        if (!exists(file, of) || type_of(file, of) != H5I_DATASET) continue;
        if (out->of++ == which) snprintf(found, sizeof found, "%s", of);
    }
    if (group >= 0) H5Gclose(group);
    if (!*found) return VT_RAISE(VT_EINPUT, "%s: the group %s holds no dataset", path, name);
    snprintf(name, NAME, "%s", found);
    if (out->of < 2) return st;
    const char *leaf = strrchr(name, '/') + 1, *number = leaf + strlen(leaf);
    while (number > leaf && isdigit((unsigned char)number[-1])) number--;
    while (*number == '0' && number[1]) number++;
    snprintf(out->label, sizeof out->label, "%.60s", *number ? number : leaf);
    return st;
}

/* ---- g2 ---- */

static enum vt_status read_delays(hid_t file, const char *path, const char *name, bool in_frames,
                                  struct vt_correlation_file *out, hsize_t *n)
{
    char other[NAME];
    hsize_t dims[2];
    double seconds = 0;
    bool told;
    if (!find_beside(file, name, delays, other))
        return VT_RAISE(VT_EINPUT, "%s: %s has no delays beside it: delay, tau or lag", path, name);
    VT_TRY(read_numbers(file, path, other, dims, &out->delay));
    *n = dims[0];
    if (dims[1] != 1 || *n < 3)
        return VT_RAISE(VT_EINPUT, "%s: %s is (%llu, %llu): three delays at least are due", path, other,
                        (unsigned long long)dims[0], (unsigned long long)dims[1]);
    for (hsize_t k = 0; k < *n; k++)
        if (!(out->delay[k] >= 0) || (k && !(out->delay[k] > out->delay[k - 1])) || !isfinite(out->delay[k]))
            return VT_RAISE(VT_EINPUT, "%s: delay %llu of %s is %g: ascending ones, none below 0, are due",
                            path, (unsigned long long)k + 1, other, out->delay[k]);
    out->in_frames = in_frames || !strcmp(strrchr(other, '/') + 1, "delay_list");
    if (out->in_frames) return VT_OK; /* whatever their attributes say */
    VT_TRY(read_unit(file, path, other, &told, &seconds));
    if (told) out->delay_scale = seconds, out->in_frames = !(seconds > 0);
    return VT_OK;
}

/* g2 as it lies: (delay, q) or (q, delay). */
static enum vt_status read_g2(hid_t file, const char *path, const char *name, bool in_frames,
                              struct vt_correlation_file *out)
{
    char other[NAME];
    hsize_t dims[2], sizes[2], n;
    double *value = NULL, *raw_error = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, read_delays(file, path, name, in_frames, out, &n));
    VT_TRY_GOTO(st, done, read_numbers(file, path, name, dims, &value));
    if (dims[0] != n && dims[1] != n) {
        st = VT_RAISE(VT_EINPUT, "%s: %s is (%llu, %llu), and there are %llu delays", path, name,
                      (unsigned long long)dims[0], (unsigned long long)dims[1], (unsigned long long)n);
        goto done;
    }
    bool by_delay = dims[0] == n;
    size_t columns = (size_t)(by_delay ? dims[1] : dims[0]), rows = (size_t)n;
    if (find_beside(file, name, errors, other))
        VT_TRY_GOTO(st, done, read_numbers(file, path, other, sizes, &raw_error));
    if (raw_error && (sizes[0] != dims[0] || sizes[1] != dims[1])) {
        st = VT_RAISE(VT_EINPUT, "%s: %s and its errors in %s have different sizes", path, name, other);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_alloc(&out->value, rows * columns));
    if (raw_error) VT_TRY_GOTO(st, done, vt_alloc(&out->error, rows * columns));
    for (size_t c = 0; c < columns; c++)
        for (size_t k = 0; k < rows; k++) {
            size_t from = by_delay ? k * columns + c : c * rows + k;
            out->value[c * rows + k] = value[from];
            if (raw_error) out->error[c * rows + k] = raw_error[from] > 0 ? raw_error[from] : NAN;
        }
    out->kind = VT_CORRELATION_G2, out->n = (int)n, out->columns = (int)columns;
done:
    free(value), free(raw_error);
    return st;
}

/* ---- C ---- */

static enum vt_status read_square(hid_t file, const char *path, const char *name,
                                  struct vt_correlation_file *out)
{
    hsize_t dims[2];
    VT_TRY(read_numbers(file, path, name, dims, &out->value));
    if (dims[0] != dims[1] || dims[0] < 8)
        return VT_RAISE(VT_EINPUT, "%s: %s is (%llu, %llu): C(t1, t2) is a square of at least 8 a side", path,
                        name, (unsigned long long)dims[0], (unsigned long long)dims[1]);
    out->kind = VT_CORRELATION_TWO_TIME, out->n = (int)dims[0], out->columns = 1;
    return vt_correlation_symmetric(path, out->n, out->value);
}

/* ---- results of ours ---- */

static enum vt_status take_own(const char *path, const struct vt_dataset *d, const char *stage,
                               struct vt_correlation_file *out)
{
    size_t n = (size_t)d->axis[0].n;
    bool map = d->n_axes == 2;
    double seconds;
    snprintf(out->label, sizeof out->label, "%.63s", stage);
    VT_TRY(vt_copy_text(&out->source, d->path));
    if (!vt_correlation_unit(d->axis[0].unit, &seconds) || !d->axis[0].value || n < (map ? 8 : 3) ||
        (map && d->axis[1].n != d->axis[0].n))
        return VT_RAISE(VT_EINPUT, "%s: %s has no axis of times, or too few", path, d->path);
    out->n = (int)n, out->columns = 1;
    size_t size = map ? n * n : n;
    VT_TRY(vt_alloc(&out->value, size));
    memcpy(out->value, d->value, size * sizeof *d->value);
    if (map) {
        out->kind = VT_CORRELATION_TWO_TIME;
        out->frame = (d->axis[0].value[n - 1] - d->axis[0].value[0]) / (double)(n - 1);
        out->frame_scale = seconds;
        return vt_correlation_symmetric(path, out->n, out->value);
    }
    out->kind = VT_CORRELATION_G2, out->delay_scale = seconds;
    VT_TRY(vt_alloc(&out->delay, n));
    memcpy(out->delay, d->axis[0].value, n * sizeof *out->delay);
    if (!d->error) return VT_OK;
    VT_TRY(vt_alloc(&out->error, n));
    for (size_t k = 0; k < n; k++) out->error[k] = d->error[k] > 0 ? d->error[k] : NAN;
    return VT_OK;
}

/* Of the stages, or the one that is named, those with the measurement `xpcs`. */
static enum vt_status read_own(const char *path, const struct vt_correlation_reading *how,
                               struct vt_correlation_file *out)
{
    const char *name = how->kind == VT_CORRELATION_G2 ? "g2" : "two_time";
    struct vt_results r = {0};
    const struct vt_dataset *found = NULL;
    char stage[64] = "", end[64];
    enum vt_status st;
    snprintf(end, sizeof end, "/xpcs/%s", name);
    VT_TRY_GOTO(st, done, vt_results_read(path, &r));
    out->of = 0;
    for (int k = 0; k < r.n; k++) {
        const char *at = r.item[k].path, *behind = strncmp(at, "stages/", 7) ? NULL : strchr(at + 7, '/');
        if (!behind || strcmp(behind, end) != 0) continue;
        int length = (int)(behind - at - 7);
        if (how->stage &&
            ((size_t)length != strlen(how->stage) || strncmp(at + 7, how->stage, (size_t)length)))
            continue;
        if (out->of++ != how->which) continue;
        found = &r.item[k];
        snprintf(stage, sizeof stage, "%.*s", length < 63 ? length : 63, at + 7);
    }
    st = found        ? take_own(path, found, stage, out)
         : how->stage ? VT_RAISE(VT_EINPUT, "%s: the stage %.60s holds no xpcs/%s: measure it with `xpcs`",
                                 path, how->stage, name)
                      : VT_RAISE(VT_EINPUT, "%s: no stage holds xpcs/%s: measure it with `xpcs`", path, name);
done:
    vt_results_release(&r);
    return st;
}

/* ---- all of it ---- */

/* The dataset to read, and what kind it is. */
static enum vt_status find(hid_t file, const char *path, const struct vt_correlation_reading *how,
                           char name[NAME], struct place *found, struct vt_correlation_file *out)
{
    char other[NAME];
    *found = (struct place){.kind = how->kind};
    if (*how->dataset) {
        snprintf(name, NAME, "%s%s", *how->dataset == '/' ? "" : "/", how->dataset);
        if (!exists(file, name)) return VT_RAISE(VT_EINPUT, "%s: there is no %s in it", path, name);
        for (int k = 0; k < PLACES; k++)
            if (!strcmp(name, places[k].value)) *found = places[k];
    } else {
        int k = 0;
        for (; k < PLACES; k++) {
            if (how->kind != VT_CORRELATION_TOLD && places[k].kind != how->kind) continue;
            if (!exists(file, places[k].value)) continue;
            if (places[k].kind == VT_CORRELATION_TWO_TIME ||
                find_beside(file, places[k].value, delays, other))
                break;
        }
        if (k == PLACES)
            return VT_RAISE(VT_EINPUT,
                            "%s: no dataset of a known name holds g2 or C(t1, t2) (/xpcs/multitau/"
                            "normalized_g2, /g2, /xpcs/twotime/correlation_map, /C): give one with "
                            "--dataset",
                            path);
        *found = places[k];
        snprintf(name, NAME, "%s", found->value);
    }
    return type_of(file, name) == H5I_GROUP ? one_of(file, path, name, how->which, out) : VT_OK;
}

static enum vt_status read_frame(hid_t file, const char *path, bool g2, struct vt_correlation_file *out)
{
    static const char time[] = "/entry/instrument/detector_1/frame_time";
    const char *group = g2 ? "multitau" : "twotime";
    char name[NAME];
    double seconds = 1;
    bool told;
    out->frame = scalar(file, path, time, 0);
    if (!(out->frame > 0)) return VT_OK;
    VT_TRY(read_unit(file, path, time, &told, &seconds));
    out->frame_scale = told && seconds > 0 ? seconds : 1;
    for (int k = 0; k < 2; k++) {
        snprintf(name, sizeof name, "/xpcs/%s/config/%s", group, k ? "stride_frame" : "avg_frame");
        out->frame *= scalar(file, path, name, 1);
    }
    return VT_OK;
}

static enum vt_status read_any(hid_t file, const char *path, const struct vt_correlation_reading *how,
                               struct vt_correlation_file *out)
{
    char name[NAME], other[NAME];
    struct place found;
    VT_TRY(find(file, path, how, name, &found, out));
    VT_TRY(vt_copy_text(&out->source, name));
    if (found.kind == VT_CORRELATION_TOLD) /* named by the user: with delays beside it, it is g2 */
        found.kind = find_beside(file, name, delays, other) ? VT_CORRELATION_G2 : VT_CORRELATION_TWO_TIME;
    bool g2 = found.kind == VT_CORRELATION_G2;
    VT_TRY(read_frame(file, path, g2, out));
    return g2 ? read_g2(file, path, name, found.in_frames, out) : read_square(file, path, name, out);
}

enum vt_status vt_correlation_read_h5(const char *path, const struct vt_correlation_reading *how,
                                      struct vt_correlation_file *out)
{
    vt_h5_quiet();
    VT_TRY(vt_h5_check_seal(path));
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, vt_h5_reason());
    bool own = !*how->dataset && exists(file, "/stages");
    enum vt_status st = own ? VT_OK : read_any(file, path, how, out);
    H5Fclose(file);
    if (own) return read_own(path, how, out);
    if (st == VT_OK && how->stage)
        return VT_RAISE(VT_EINPUT, "%s: a stage, %.60s, is named, and this is no results.h5 of a run", path,
                        how->stage);
    return st;
}
