/* report_model.c: the results as the report sees them: stages in order, and the state each one shows.
 *
 * A stage is sheared if it or a stage before it on its way (its branch, and the way to the saved state the
 * branch started from) is a `shear`. Main line and branches, before and after, are "lines"; a branch from an
 * unsheared state that bears the name of the main line's state is the same glass and shares its colour.
 *
 * Compared are the last stage before the first shear on the main line and the last one after it and before
 * the first heating, among those that measured structure or inherent structures, at equal temperature and
 * pressure if there is such a pair: elastic compression and thermal broadening mimic changes of structure. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/params.h"
#include "io/report_parts.h"

bool vt_report_is(const struct vt_report *r, int stage, const char *kind)
{
    return !strcmp(r->stage[stage].kind, kind);
}

bool vt_report_is_ramp(const struct vt_report *r, int stage)
{
    static const char *const ramps[] = {"melt", "quench", "heat", "compress", "shear", "unload"};
    for (size_t i = 0; i < sizeof ramps / sizeof *ramps; i++)
        if (vt_report_is(r, stage, ramps[i])) return true;
    return false;
}

const char *vt_report_note(const struct vt_report *r, const char *key)
{
    const char *text = vt_results_get_note(r->results, "", key);
    return text ? text : "";
}

const struct vt_dataset *vt_report_find(const struct vt_report *r, int stage, const char *leaf)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", r->stage[stage].path, leaf);
    return vt_results_find(r->results, path);
}

bool vt_report_number(const struct vt_report *r, int stage, const char *leaf, struct vt_report_value *v)
{
    const struct vt_dataset *d = stage < 0 ? NULL : vt_report_find(r, stage, leaf);
    if (!d || vt_dataset_size(d) != 1 || !isfinite(d->value[0])) return false;
    *v = (struct vt_report_value){d->value[0], d->error ? d->error[0] : NAN, d->unit};
    return true;
}

bool vt_report_change(const struct vt_report *r, const char *leaf, struct vt_report_value *change)
{
    struct vt_report_value a, b;
    if (!vt_report_number(r, r->before, leaf, &a) || !vt_report_number(r, r->after, leaf, &b)) return false;
    if (strcmp(a.unit, b.unit)) return false;
    *change = (struct vt_report_value){b.value - a.value, hypot(a.error, b.error), a.unit};
    return true;
}

bool vt_report_option(const struct vt_report *r, int stage, const char *key, char *text, size_t size)
{
    static const char *const kernel[] = {"thermo", "pdf", "entropy",
                                         "sq"}; /* these note their options themselves */
    if (vt_params_echoed(r->stage[stage].options, key, text, size)) return true;
    for (size_t k = 0; k < sizeof kernel / sizeof *kernel; k++) {
        char path[300];
        snprintf(path, sizeof path, "%s/%s", r->stage[stage].path, kernel[k]);
        if (vt_params_echoed(vt_results_get_note(r->results, path, "options"), key, text, size)) return true;
    }
    return false;
}

const char *vt_report_line_name(const struct vt_report *r, int stage)
{
    return r->line[r->stage[stage].line].name;
}

int vt_report_color(const struct vt_report *r, int stage)
{
    return r->line[r->stage[stage].line].color;
}

int vt_report_rows(const struct vt_report *r, int stage, const char *x_name, const char *y_name, int most,
                   double *x, double *y)
{
    char path[2][128];
    snprintf(path[0], sizeof path[0], "timeline/%s", x_name);
    snprintf(path[1], sizeof path[1], "timeline/%s", y_name);
    const struct vt_dataset *index = vt_results_find(r->results, "timeline/stage"),
                            *dx = vt_results_find(r->results, path[0]),
                            *dy = vt_results_find(r->results, path[1]);
    if (!index || !dx || !dy) return 0;
    size_t rows = vt_dataset_size(index), mine = 0, seen = 0;
    if (vt_dataset_size(dx) != rows || vt_dataset_size(dy) != rows) return 0;
    for (size_t k = 0; k < rows; k++) mine += lround(index->value[k]) - r->row_offset == stage;
    int points = mine < (size_t)most ? (int)mine : most, counted = 0, n = 0;
    double sum_x = 0, sum_y = 0;
    for (size_t k = 0; k < rows; k++) {
        if (lround(index->value[k]) - r->row_offset != stage) continue;
        sum_x += dx->value[k], sum_y += dy->value[k], counted++, seen++;
        if (seen * (size_t)points < (size_t)(n + 1) * mine) continue;
        x[n] = sum_x / counted, y[n] = sum_y / counted, n++;
        sum_x = sum_y = counted = 0;
    }
    return n;
}

/* y at time t on the line through two points. */
static double extrapolate(const double *x, const double *y, int i, int j, double t)
{
    return x[i] == x[j] ? y[i] : y[i] + (y[j] - y[i]) * (t - x[i]) / (x[j] - x[i]);
}

/* What is left of a ramp that ends at zero becomes zero. */
static void round_to_zero(double *a, double *b)
{
    double size = fmax(fabs(*a), fabs(*b));
    if (fabs(*a) < 1e-3 * size) *a = 0;
    if (fabs(*b) < 1e-3 * size) *b = 0;
}

/* Targets and strain are piecewise linear, so their ends follow from the first and last rows, which lie
 * inside the stage. */
bool vt_report_target(const struct vt_report *r, int stage, const char *name, double *from, double *to)
{
    enum { MOST = 240 };
    double x[MOST], y[MOST];
    const struct vt_report_stage *s = &r->stage[stage];
    int n = vt_report_rows(r, stage, "time", name, MOST, x, y);
    if (!n) return false;
    *from = y[0], *to = y[n - 1];
    if (n > 1 && isfinite(s->start) && isfinite(s->duration)) {
        *from = extrapolate(x, y, 0, 1, s->start);
        *to = extrapolate(x, y, n - 2, n - 1, s->start + s->duration);
    }
    round_to_zero(from, to);
    return true;
}

bool vt_report_drift(const struct vt_report *r, int stage, const char *name, double *from, double *to)
{
    enum { MOST = 40 };
    double x[MOST], y[MOST];
    int n = vt_report_rows(r, stage, "time", name, MOST, x, y);
    if (!n) return false;
    *from = y[0], *to = y[n - 1];
    return true;
}

/* ---- stages ---- */

static const char *stage_note(const struct vt_report *r, const char *path, const char *key)
{
    const char *text = vt_results_get_note(r->results, path, key);
    return text ? text : "";
}

static enum vt_status add_stage(struct vt_report *r, const char *path)
{
    static const char folder[] = "stages/";
    if (strncmp(path, folder, sizeof folder - 1)) return VT_OK;
    const char *name = path + sizeof folder - 1;
    int length = (int)strcspn(name, "/");
    if (!length || length > 200) return VT_OK;
    char group[256];
    snprintf(group, sizeof group, "%s%.*s", folder, length, name);
    for (int k = 0; k < r->n_stages; k++)
        if (!strcmp(r->stage[k].path, group)) return VT_OK;
    VT_TRY(vt_grow(&r->stage, &r->stage_capacity, r->n_stages + 1));
    struct vt_report_stage *s = &r->stage[r->n_stages++];
    *s = (struct vt_report_stage){.number = atoi(name), .start = NAN, .duration = NAN};
    strcpy(s->path, group);
    return VT_OK;
}

static void describe_stage(const struct vt_report *r, struct vt_report_stage *s)
{
    const char *dash = strchr(s->path, '-');
    s->kind = stage_note(r, s->path, "kind");
    if (!*s->kind && dash) s->kind = dash + 1;
    s->branch = stage_note(r, s->path, "branch");
    s->save = stage_note(r, s->path, "save");
    s->options = stage_note(r, s->path, "options");
    const char *start = stage_note(r, s->path, "start"), *duration = stage_note(r, s->path, "duration");
    if (*start) s->start = strtod(start, NULL);
    if (*duration) s->duration = strtod(duration, NULL);
    snprintf(s->short_label, sizeof s->short_label, "%02d", s->number);
    snprintf(s->label, sizeof s->label, "%02d %.40s", s->number, s->kind);
}

static int by_number(const void *a, const void *b)
{
    const struct vt_report_stage *s = a, *t = b;
    return s->number != t->number ? (s->number > t->number) - (s->number < t->number)
                                  : strcmp(s->path, t->path);
}

int vt_report_stage_before(const struct vt_report *r, int k)
{
    char from[256];
    bool jumps = vt_report_option(r, k, "from", from, sizeof from);
    for (int j = k - 1; j >= 0 && jumps; j--)
        if (!strcmp(r->stage[j].save, from)) return j;
    for (int j = k - 1; j >= 0; j--)
        if (!strcmp(r->stage[j].branch, r->stage[k].branch)) return j;
    for (int j = k - 1; j >= 0 && *r->stage[k].branch; j--) /* a branch bears the name of its state */
        if (!strcmp(r->stage[j].save, r->stage[k].branch)) return j;
    return -1;
}

static enum vt_status add_line(struct vt_report *r, int stage)
{
    struct vt_report_stage *s = &r->stage[stage];
    for (s->line = 0; s->line < r->n_lines; s->line++)
        if (r->line[s->line].sheared == s->sheared && !strcmp(r->line[s->line].branch, s->branch))
            return VT_OK;
    VT_TRY(vt_grow(&r->line, &r->line_capacity, r->n_lines + 1));
    r->line[r->n_lines++] = (struct vt_report_line){.branch = s->branch, .sheared = s->sheared, .color = -1};
    return VT_OK;
}

/* Main line: the last state it saved, or "before shear", "after shear", "main". Branches: their state. */
static void name_line(const struct vt_report *r, struct vt_report_line *line, int index, bool any_shear)
{
    bool came_sheared = false, seen = false;
    const char *saved = "";
    for (int k = 0; k < r->n_stages; k++) {
        if (r->stage[k].line == index && *r->stage[k].save) saved = r->stage[k].save;
        if (seen || strcmp(r->stage[k].branch, line->branch)) continue;
        int from = vt_report_stage_before(r, k); /* of the first stage of the branch */
        came_sheared = from >= 0 && r->stage[from].sheared;
        seen = true;
    }
    if (*line->branch)
        snprintf(line->name, sizeof line->name, "%.60s%s", line->branch,
                 line->sheared && !came_sheared ? ", sheared" : "");
    else if (*saved)
        snprintf(line->name, sizeof line->name, "%.60s", saved);
    else
        snprintf(line->name, sizeof line->name, "%s",
                 line->sheared ? "after shear"
                 : any_shear   ? "before shear"
                               : "main");
}

static enum vt_status find_lines(struct vt_report *r)
{
    bool any_shear = false;
    for (int k = 0; k < r->n_stages; k++) {
        int from = vt_report_stage_before(r, k);
        bool shears = vt_report_is(r, k, "shear");
        r->stage[k].sheared = shears || (from >= 0 && r->stage[from].sheared);
        any_shear |= shears;
        VT_TRY(add_line(r, k));
    }
    int next = 2; /* 0 and 1 are the main line before and after shear */
    for (int l = 0; l < r->n_lines; l++) {
        struct vt_report_line *line = &r->line[l];
        name_line(r, line, l, any_shear);
        if (!*line->branch) line->color = line->sheared ? 1 : 0;
        for (int m = 0; m < l && line->color < 0; m++)
            if (!strcmp(r->line[m].name, line->name)) {
                if (line->sheared) /* the main line goes on from this state: keep the two apart */
                    snprintf(line->name + strlen(line->name), sizeof line->name - strlen(line->name),
                             " (branch)");
                else
                    line->color = r->line[m].color;
            }
        if (line->color < 0) line->color = next++ % VT_PLOT_COLORS;
    }
    return VT_OK;
}

/* ---- what is compared ---- */

static bool shows_state(const struct vt_report *r, int k)
{
    return vt_report_find(r, k, "pdf/g_xray") || vt_report_find(r, k, "pdf/g_number") ||
           vt_report_find(r, k, "pdf/g_partial") || vt_report_find(r, k, "entropy/s_xray") ||
           vt_report_find(r, k, "entropy/s_number") ||
           vt_report_find(r, k, "inherent/thermo/potential_energy");
}

static bool near(const struct vt_report *r, int a, int b, const char *leaf, double relative, double absolute)
{
    struct vt_report_value p, q;
    if (!vt_report_number(r, a, leaf, &p) || !vt_report_number(r, b, leaf, &q)) return false;
    return fabs(p.value - q.value) <= fmax(absolute, relative * fabs(p.value));
}

static void choose_states(struct vt_report *r)
{
    int shear = -1, heat = r->n_stages, best = -1;
    for (int k = r->n_stages - 1; k >= 0; k--)
        if (!*r->stage[k].branch && vt_report_is(r, k, "shear")) shear = k;
    for (int k = r->n_stages - 1; k > shear; k--)
        if (!*r->stage[k].branch && vt_report_is(r, k, "heat")) heat = k;
    r->before = r->after = -1;
    for (int b = shear + 1; b < heat; b++) /* later stages win among equals, the sheared one first */
        for (int a = 0; a < shear; a++) {
            if (*r->stage[a].branch || *r->stage[b].branch || !shows_state(r, a) || !shows_state(r, b))
                continue;
            bool same_t = near(r, a, b, "thermo/temperature", 0.03, 8),
                 same_p = near(r, a, b, "thermo/pressure", 0, 0.5);
            int score = 4 * same_t + 4 * same_p + !vt_report_is_ramp(r, a) + !vt_report_is_ramp(r, b);
            if (score < best) continue;
            best = score;
            r->before = a, r->after = b;
            r->same_temperature = same_t, r->same_pressure = same_p;
        }
}

enum vt_status vt_report_model_create(struct vt_report *r, const struct vt_results *results)
{
    *r = (struct vt_report){.results = results, .before = -1, .after = -1};
    for (int k = 0; k < results->n; k++) VT_TRY(add_stage(r, results->item[k].path));
    for (int k = 0; k < results->n_notes; k++) VT_TRY(add_stage(r, results->note[k].path));
    if (r->n_stages) qsort(r->stage, (size_t)r->n_stages, sizeof *r->stage, by_number);
    for (int k = 0; k < r->n_stages; k++) describe_stage(r, &r->stage[k]);
    VT_TRY(find_lines(r));
    choose_states(r);
    /* Rows carry the number of their stage, or count stages from 0. */
    r->row_offset = 1;
    const struct vt_dataset *index = vt_results_find(results, "timeline/stage");
    for (size_t k = 0; index && k < vt_dataset_size(index); k++)
        if (lround(index->value[k]) == 0) r->row_offset = 0;
    return VT_OK;
}

void vt_report_model_release(struct vt_report *r)
{
    free(r->stage);
    free(r->line);
    *r = (struct vt_report){.before = -1, .after = -1};
}
