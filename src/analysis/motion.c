/* motion.c: see motion.h. */
#include "analysis/motion.h"

#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"

void vt_motion_count(const struct vt_between *b, const struct vt_tally *tally)
{
    double *common = tally->common + VT_MOTION_COMMON * b->lag;
    common[VT_MOTION_PAIRS] += 1;
    common[VT_MOTION_TIME] += b->now->time - b->then->time;
}

void vt_motion_join(struct vt_motion_layout layout, double *to, const double *from)
{
    for (size_t k = 0; k < layout.counts; k++) to[k] += from[k];
    for (size_t k = layout.counts; k < layout.size; k += VT_WORDS) vt_words_join(to + k, from + k);
}

enum vt_status vt_motion_accumulate(const struct vt_frame *frame, const struct vt_between *b,
                                    const struct vt_tally *tally, struct vt_motion_layout layout,
                                    vt_motion_add *add, const void *self)
{
    const struct vt_roll *roll = b->roll;
    const size_t size = layout.size, place = (size_t)b->lag * (size_t)roll->n_species * size;
    double *part; /* of this pair of frames: [species][group][size] */
    VT_TRY(vt_alloc(&part, (size_t)roll->n_species * VT_SPACE_GROUPS * size));
    if (frame->ranks->rank == 0) vt_motion_count(b, tally);
#pragma omp parallel for collapse(2) schedule(dynamic, 4)
    for (int a = 0; a < roll->n_species; a++)
        for (int g = 0; g < VT_SPACE_GROUPS; g++) {
            double u[3][VT_MOTION_RUN];
            double *sum = part + (size_t)(a * VT_SPACE_GROUPS + g) * size;
            for (int begin = roll->begin[a][g]; begin < roll->begin[a][g + 1]; begin += VT_MOTION_RUN) {
                int n = roll->begin[a][g + 1] - begin < VT_MOTION_RUN ? roll->begin[a][g + 1] - begin
                                                                      : VT_MOTION_RUN;
                vt_between_displacements(b, begin, n, (double *const[3]){u[0], u[1], u[2]});
                add(self, &(struct vt_motion_run){b, begin, n, {u[0], u[1], u[2]}}, sum);
            }
            vt_motion_join(layout, tally->group + (size_t)g * tally->group_size + place + (size_t)a * size,
                           sum);
        }
    for (int a = 0; a < roll->n_species; a++)
        for (int g = 0; g < VT_SPACE_GROUPS; g++)
            vt_motion_join(layout, tally->time + place + (size_t)a * size,
                           part + (size_t)(a * VT_SPACE_GROUPS + g) * size);
    free(part);
    return VT_OK;
}

static const struct vt_axis *time_axis(const struct vt_measured *what, const char *path)
{
    const struct vt_results *from = what->whole ? what->whole : what->stage;
    const struct vt_dataset *d = from ? vt_results_find(from, path) : NULL;
    for (int a = 0; d && a < d->n_axes; a++)
        if (!strcmp(d->axis[a].name, "time")) return &d->axis[a];
    return NULL;
}

int vt_motion_times(const struct vt_measured *what, const char *path, const double *common, int n_lags,
                    bool zero, int *index, double *time)
{
    const struct vt_axis *known = time_axis(what, path);
    int first = zero ? 0 : 1, n = 0;
    for (int k = first; k < n_lags && (!known || n < known->n); k++) {
        const double *of = common + VT_MOTION_COMMON * k;
        if (!known && of[VT_MOTION_PAIRS] == 0) break;
        index[n] = k;
        time[n] = known ? known->value[n] : of[VT_MOTION_TIME] / of[VT_MOTION_PAIRS];
        n++;
    }
    return n;
}

enum vt_status vt_motion_name_species(struct vt_dataset *d, const struct vt_material *material)
{
    const char *label[VT_SPECIES_MAX + 1];
    for (int a = 0; a < material->n_species; a++) label[a] = material->species[a].symbol;
    label[material->n_species] = "all";
    return vt_dataset_axis(d, 0, "species", "", NULL, label);
}

enum vt_status vt_motion_put(struct vt_results *out, const struct vt_material *material, const char *path,
                             const char *unit, const char *help, int n, const double *time,
                             struct vt_dataset **d)
{
    VT_TRY(vt_results_add(out, path, unit, help, 2, (const int[]){material->n_species + 1, n}, d));
    VT_TRY(vt_motion_name_species(*d, material));
    VT_TRY(vt_dataset_axis(*d, 1, "time", "ps", time, NULL));
    return vt_dataset_errors(*d);
}

enum vt_status vt_motion_put_species(struct vt_results *out, const struct vt_material *material,
                                     const char *path, const char *unit, const char *help,
                                     struct vt_dataset **d)
{
    VT_TRY(vt_results_add(out, path, unit, help, 1, (const int[]){material->n_species + 1}, d));
    VT_TRY(vt_motion_name_species(*d, material));
    return vt_dataset_errors(*d);
}

bool vt_motion_given(const struct vt_yaml *line, const char *key)
{
    const struct vt_yaml *map = line->kind == VT_YAML_MAP && line->n == 1 ? line->item[0] : NULL;
    return map && map->kind == VT_YAML_MAP && vt_params_given(map, key);
}

enum vt_status vt_motion_wave_numbers(const struct vt_yaml *node, const char *name,
                                      const struct vt_wave_range *range, double *q, int *n)
{
    *n = 1;
    q[0] = 2.7;
    if (!node) return VT_OK;
    bool list = node->kind == VT_YAML_LIST;
    if (list) *n = node->n;
    if (*n < 1 || *n > range->most)
        return VT_RAISE_AT(node, "%s: key 'q': 1 to %d wave numbers are due, [2 /A, 2.7 /A] for example",
                           name, range->most);
    for (int k = 0; k < *n; k++) {
        const struct vt_yaml *at = list ? node->item[k] : node;
        if (at->kind != VT_YAML_SCALAR)
            return VT_RAISE_AT(at, "%s: key 'q': a wave number is due, 2.7 /A for example", name);
        VT_TRY(
            vt_prefix(vt_units_parse(at->text, "/A", &q[k]), "%s:%d: %s: key 'q'", at->file, at->line, name));
        if (!(q[k] >= range->least && q[k] <= range->greatest))
            return VT_RAISE_AT(at, "%s: key 'q': %s is no wave number from %g to %g /A", name, at->text,
                               range->least, range->greatest);
        for (int b = 0; b < k; b++)
            if (fabs(q[k] / q[b] - 1) < 1e-12)
                return VT_RAISE_AT(at, "%s: key 'q': %s is there twice", name, at->text);
    }
    return VT_OK;
}

void vt_motion_vertex(const double time[3], const double value[3], double *at, double *height)
{
    double h = log(time[1] / time[0]), k = log(time[2] / time[1]);
    double left = (value[1] - value[0]) / h, right = (value[2] - value[1]) / k;
    double bend = (right - left) / (h + k), tilt = (left * k + right * h) / (h + k);
    double x = bend < 0 ? fmax(-h, fmin(k, -tilt / (2 * bend))) : 0;
    *at = isnan(bend) ? NAN : time[1] * exp(x);
    *height = value[1] + x * (tilt + x * bend);
}

double vt_motion_fall_time(int n, const double *time, const double *f, const double *whole)
{
    int k = 1;
    while (k < n && whole[k] > exp(-1)) k++;
    if (k >= n || !(time[k - 1] > 0) || isnan(whole[k])) return NAN;
    double x = (f[k - 1] - exp(-1)) / (f[k - 1] - f[k]);
    return time[k - 1] * pow(time[k] / time[k - 1], x);
}
