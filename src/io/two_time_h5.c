/* two_time_h5.c: see two_time_file.h; HDF5.
 *
 * boost_corr (APS 8-ID-I) keeps /xpcs/multitau/normalized_g2 (delay, q), delay_list in frames, and halves of
 * C in the group /xpcs/twotime/correlation_map; the time of a frame is that of the detector times the frames
 * averaged and strided. Older files of the beamline have /exchange/norm-0-g2 and /exchange/tau. */
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "io/h5util.h"
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

/* The first dataset of a group, by name. */
static enum vt_status first_of(hid_t file, const char *path, char name[NAME])
{
    hid_t group = H5Gopen2(file, name, H5P_DEFAULT);
    char first[NAME / 2] = "";
    ssize_t length = group < 0 ? -1
                               : H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, 0, first,
                                                    sizeof first, H5P_DEFAULT);
    if (group >= 0) H5Gclose(group);
    if (length <= 0 || length >= (ssize_t)sizeof first || strlen(name) + 1 + (size_t)length >= NAME)
        return VT_RAISE(VT_EINPUT, "%s: the group %s holds no dataset", path, name);
    strcat(strcat(name, "/"), first);
    return VT_OK;
}

/* Where they lie; delays and errors in the same group. */
static const struct place {
    enum vt_correlation_kind kind;
    const char *value, *delay, *error;
} places[] = {
    {VT_CORRELATION_TWO_TIME, "/xpcs/twotime/correlation_map", NULL, NULL},
    {VT_CORRELATION_TWO_TIME, "/xpcs/twotime/c2_half", NULL, NULL},
    {VT_CORRELATION_TWO_TIME, "/two_time", NULL, NULL},
    {VT_CORRELATION_TWO_TIME, "/twotime", NULL, NULL},
    {VT_CORRELATION_TWO_TIME, "/c2", NULL, NULL},
    {VT_CORRELATION_TWO_TIME, "/C", NULL, NULL},
    {VT_CORRELATION_G2, "/xpcs/multitau/normalized_g2", "delay_list", "normalized_g2_err"},
    {VT_CORRELATION_G2, "/exchange/norm-0-g2", "tau", "norm-0-stderr"},
    {VT_CORRELATION_G2, "/g2", "delay", "g2_error"},
    {VT_CORRELATION_G2, "/g2", "tau", "g2_err"},
};
enum { PLACES = sizeof places / sizeof *places };

static void beside(const char *name, const char *other, char out[NAME])
{
    const char *slash = strrchr(name, '/');
    snprintf(out, NAME, "%.*s%s", slash ? (int)(slash - name) + 1 : 0, name, other);
}

/* g2 as it lies: (delay, q) or (q, delay). */
static enum vt_status read_g2(hid_t file, const char *path, const char *name, const char *delay,
                              const char *error, struct vt_correlation_file *out)
{
    char other[NAME];
    hsize_t dims[2], delays[2], errors[2];
    double *value = NULL, *raw_error = NULL;
    enum vt_status st;
    out->in_frames = !strcmp(delay, "delay_list") || !strncmp(name, "/exchange/", strlen("/exchange/"));
    beside(name, delay, other);
    if (!exists(file, other))
        return VT_RAISE(VT_EINPUT, "%s: %s has no delays beside it in %s", path, name, other);
    VT_TRY_GOTO(st, done, read_numbers(file, path, other, delays, &out->delay));
    VT_TRY_GOTO(st, done, read_numbers(file, path, name, dims, &value));
    hsize_t n = delays[0];
    if (delays[1] != 1 || (dims[0] != n && dims[1] != n) || n < 3) {
        st = VT_RAISE(VT_EINPUT, "%s: %s is (%llu, %llu), and there are %llu delays in %s", path, name,
                      (unsigned long long)dims[0], (unsigned long long)dims[1], (unsigned long long)n, other);
        goto done;
    }
    for (hsize_t k = 0; k < n; k++)
        if (!(out->delay[k] >= 0) || (k && !(out->delay[k] > out->delay[k - 1])) ||
            !isfinite(out->delay[k])) {
            st = VT_RAISE(VT_EINPUT, "%s: delay %llu of %s is %g: ascending ones, none below 0, are due",
                          path, (unsigned long long)k + 1, other, out->delay[k]);
            goto done;
        }
    bool by_delay = dims[0] == n;
    size_t columns = (size_t)(by_delay ? dims[1] : dims[0]), rows = (size_t)n;
    beside(name, error, other);
    if (exists(file, other)) VT_TRY_GOTO(st, done, read_numbers(file, path, other, errors, &raw_error));
    if (raw_error && (errors[0] != dims[0] || errors[1] != dims[1])) {
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

static enum vt_status read_square(hid_t file, const char *path, const char *name,
                                  struct vt_correlation_file *out)
{
    hsize_t dims[2];
    VT_TRY(read_numbers(file, path, name, dims, &out->value));
    if (dims[0] != dims[1] || dims[0] < 8)
        return VT_RAISE(VT_EINPUT, "%s: %s is (%llu, %llu): C(t1, t2) is a square of at least 8 a side", path,
                        name, (unsigned long long)dims[0], (unsigned long long)dims[1]);
    for (size_t k = 0; k < (size_t)(dims[0] * dims[1]); k++)
        if (!isfinite(out->value[k]))
            return VT_RAISE(VT_EINPUT, "%s: %s has a number that is not finite, in row %zu, column %zu", path,
                            name, k / (size_t)dims[0] + 1, k % (size_t)dims[0] + 1);
    out->kind = VT_CORRELATION_TWO_TIME, out->n = (int)dims[0], out->columns = 1;
    return vt_correlation_symmetric(path, out->n, out->value);
}

/* The dataset to read, and what kind it is. */
static enum vt_status find(hid_t file, const char *path, const struct vt_correlation_reading *how,
                           char name[NAME], struct place *found)
{
    *found = (struct place){.kind = how->kind, .delay = "delay", .error = "g2_error"};
    if (*how->dataset) {
        snprintf(name, NAME, "%s%s", *how->dataset == '/' ? "" : "/", how->dataset);
        if (!exists(file, name)) return VT_RAISE(VT_EINPUT, "%s: there is no %s in it", path, name);
        for (int k = 0; k < PLACES; k++)
            if (!strcmp(name, places[k].value)) *found = places[k];
    } else {
        int k = 0;
        for (; k < PLACES; k++) {
            char delay[NAME];
            if (how->kind != VT_CORRELATION_TOLD && places[k].kind != how->kind) continue;
            if (!exists(file, places[k].value)) continue;
            if (places[k].delay) beside(places[k].value, places[k].delay, delay);
            if (!places[k].delay || exists(file, delay)) break;
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
    return type_of(file, name) == H5I_GROUP ? first_of(file, path, name) : VT_OK;
}

static enum vt_status read_any(hid_t file, const char *path, const struct vt_correlation_reading *how,
                               struct vt_correlation_file *out)
{
    char name[NAME], delay[NAME];
    struct place found;
    VT_TRY(find(file, path, how, name, &found));
    VT_TRY(vt_alloc(&out->source, strlen(name) + 1));
    strcpy(out->source, name);
    out->frame = scalar(file, path, "/entry/instrument/detector_1/frame_time", 0);
    const char *group = found.kind == VT_CORRELATION_G2 ? "multitau" : "twotime";
    for (int k = 0; k < 2; k++) {
        snprintf(delay, sizeof delay, "/xpcs/%s/config/%s", group, k ? "stride_frame" : "avg_frame");
        out->frame *= scalar(file, path, delay, 1);
    }
    if (found.kind == VT_CORRELATION_TOLD) { /* named by the user: with delays beside it, it is g2 */
        beside(name, found.delay, delay);
        found.kind = exists(file, delay) ? VT_CORRELATION_G2 : VT_CORRELATION_TWO_TIME;
    }
    if (found.kind == VT_CORRELATION_G2)
        return read_g2(file, path, name, found.delay ? found.delay : "delay",
                       found.error ? found.error : "g2_error", out);
    return read_square(file, path, name, out);
}

enum vt_status vt_correlation_read_h5(const char *path, const struct vt_correlation_reading *how,
                                      struct vt_correlation_file *out)
{
    vt_h5_quiet();
    VT_TRY(vt_h5_check_seal(path));
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    if (file < 0) return VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, vt_h5_reason());
    enum vt_status st = read_any(file, path, how, out);
    H5Fclose(file);
    return st;
}
