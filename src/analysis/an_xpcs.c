/* an_xpcs.c: what X-ray photon correlation spectroscopy would see of a simulated sample.
 *
 *     I_q(t) = |sum_a f_a(q) rho_a(q, t)|^2 / (N |<f>|^2)                   speckles: one for each wave
 *     C(t1, t2) = <I_q(t1) I_q(t2)>_q / (<I_q(t1)>_q <I_q(t2)>_q)           age (t1 + t2) / 2, delay t2 - t1
 *     g2(t) - 1 = contrast |f(q, t)|^2                                      Siegert: speckles of Gaussian
 * fields g2(t) = 1 + contrast exp[-2 (t / tau)^beta]                           so tau and beta are those of f
 *
 * <>_q is over the waves of a thin shell that fit into the cell and are followed through the stage
 * (follow.h), f with f' and f'' where the energy of the photons is told. A frame stands for a moment without
 * duration, all waves are coherent and no photons are counted: contrast is 1 but for what chance makes of a
 * finite number of waves.
 *
 * The stage is divided into stretches in which the rate does not change (stationary.h), and each is fitted:
 * what an experiment does by eye along the diagonal. Both one-time averages of C (two_time.h) are given; fits
 * are of the ratio of sums. The sums over ranks are those of amplitudes, so states hold what rank 0 alone
 * adds: I of each frame and wave. Errors come from leaving out groups of waves, in finish, as the product of
 * all pairs of frames is made once for all of them.
 *
 * References: Madsen et al., New J. Phys. 12, 055001 (2010); Ruta et al., PRL 109, 165701 (2012);
 * docs/theory/isf.md. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/follow.h"
#include "analysis/motion.h"
#include "analysis/one_time.h"
#include "analysis/partials.h"
#include "analysis/stationary.h"
#include "analysis/weights.h"
#include "core/log.h"
#include "core/memory.h"

enum { WAVES_LEAST = 8, FRAMES_LEAST = 12 };

struct xpcs {
    struct vt_common_options common;
    struct vt_lag_options lags; /* not the user's: a frame beside itself is all that is asked for */
    double q, dq, energy, fit_from;
    int64_t waves, frames, matrix;
};

#define AT(member) offsetof(struct xpcs, member)
static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct xpcs, 0.5),
    {"q", "/A", VT_REAL, AT(q), 2.7, 0.01, 70, "wave number, the middle of the shell", NULL},
    {"dq", "/A", VT_REAL, AT(dq), 0.1, 1e-4, 10, "width of the shell", NULL},
    {"waves", "1", VT_INT, AT(waves), 400, WAVES_LEAST, 100000,
     "waves of the shell that are followed, where there are more", NULL},
    {"frames", "1", VT_INT, AT(frames), 1000, FRAMES_LEAST, 4000,
     "most frames that are kept; where a stage has more, every second, third ... is, evenly", NULL},
    {"matrix", "1", VT_INT, AT(matrix), 500, 2, 4000,
     "most points of C(t1, t2) along an axis in the results; where there are more frames, means over blocks "
     "of them",
     NULL},
    {"fit_from", "ps", VT_REAL, AT(fit_from), 1, 0, 1e9,
     "shortest delay of the fit of tau and beta: behind the free flight of atoms", NULL},
    VT_ENERGY_OPTION(struct xpcs),
    {0},
};
#undef AT

/* The state: this, then for each frame that is kept whether it is there, its time, and the intensities. */
enum { FRAMES, WAVES, LENGTH, HEAD };
enum { THERE, TIME, INTENSITY };

static size_t row_size(const struct xpcs *o)
{
    return INTENSITY + (size_t)o->waves;
}

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct xpcs *o = options;
    const struct vt_probe probe = {VT_XRAY, o->energy};
    double weight[VT_SPECIES_PAIRS_MAX];
    o->lags = (struct vt_lag_options){.spacing = VT_LAGS_LINEAR, .per_octave = 1};
    if (o->common.blocks > 1)
        return VT_RAISE_AT(node,
                           "measure: xpcs: blocks: %d: the stage is divided by the rate of its relaxation; "
                           "leave blocks out",
                           (int)o->common.blocks);
    if (!vt_weights_at(material, &probe, o->q, weight))
        return VT_RAISE_AT(node, "measure: xpcs: the form factor of a species is not known");
    return VT_OK;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    const struct xpcs *o = options;
    (void)material;
    *common = HEAD + (size_t)o->frames * row_size(o);
    *group = 0;
}

static struct vt_follow_shells shells_of(const struct xpcs *o)
{
    return (struct vt_follow_shells){1, &o->q, o->dq, o->waves};
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct vt_follow_shells shells = shells_of(options);
    return vt_follow_check("xpcs", &shells, cell);
}

static enum vt_status follow(const void *options, const struct vt_cell *first, int turn[3][3], void *work)
{
    const struct vt_follow_shells shells = shells_of(options);
    return vt_follow_choose(work, &shells, first, turn);
}

static enum vt_status remember(const void *options, const struct vt_frame *frame, void *work,
                               const double **values, int *n)
{
    (void)options;
    return vt_follow_amplitudes(work, frame, values, n);
}

/* f_a / (sqrt(N) |<f>|) of each species. */
static void strengths(const struct xpcs *o, const struct vt_material *m, double f[VT_SPECIES_MAX][2])
{
    const struct vt_probe probe = {VT_XRAY, o->energy};
    double squared, square;
    vt_mean_scattering(m, &probe, o->q, &squared, &square);
    for (int a = 0; a < m->n_species; a++) {
        vt_amplitude(m->species[a].z, &probe, o->q, f[a]);
        for (int part = 0; part < 2; part++) f[a][part] /= sqrt((double)vt_material_atoms(m) * squared);
    }
}

/* Waves class by class (vt_wave_class): parts that are left out later hold those of the same classes. */
static void fill(const struct xpcs *o, const struct vt_follow *f, const struct vt_material *m,
                 const double *rho, double *intensity)
{
    double of[VT_SPECIES_MAX][2];
    strengths(o, m, of);
    for (int class = 0, n = 0; class < VT_SPACE_GROUPS; class ++)
        for (int k = 0; k < f->n; k++) {
            const double *wave = rho + 2 * (size_t)k * (size_t)m->n_species;
            double re = 0, im = 0;
            if (vt_wave_class(f->wave[k].n) != class) continue;
            for (int a = 0; a < m->n_species; a++, wave += 2) {
                re += of[a][0] * wave[0] - of[a][1] * wave[1];
                im += of[a][0] * wave[1] + of[a][1] * wave[0];
            }
            intensity[n++] += re * re + im * im;
        }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct xpcs *o = options;
    const struct vt_follow *f = work;
    int64_t every = b->expected > o->frames ? (b->expected + o->frames - 1) / o->frames : 1,
            row = b->now->number / every;
    double g[3][3];
    if (frame->ranks->rank || b->lag > 0 || b->now->number % every || row >= o->frames) return VT_OK;
    double *to = tally->common + HEAD + (size_t)row * row_size(o);
    to[THERE] += 1;
    to[TIME] += b->now->time;
    fill(o, f, frame->material, b->now->value, to + INTENSITY);
    vt_reciprocal(&frame->state.cell, g);
    tally->common[FRAMES] += 1;
    tally->common[WAVES] += f->n;
    for (int k = 0; k < f->n; k++) tally->common[LENGTH] += vt_wave_number(g, f->index[k]);
    return VT_OK;
}

/* What is made of them. */
struct speckles {
    const struct xpcs *o;
    int waves, frames, parts;
    double dt, *time, *intensity; /* (frames), (waves, frames) */
    struct vt_two_time two;
};

static enum vt_status collect(const struct xpcs *o, const double *common, struct speckles *s)
{
    s->o = o;
    s->waves = (int)(common[WAVES] / common[FRAMES]);
    while (s->frames < o->frames && common[HEAD + (size_t)s->frames * row_size(o) + THERE] > 0) s->frames++;
    s->parts = s->waves / 2 < VT_SPACE_GROUPS ? s->waves / 2 : VT_SPACE_GROUPS;
    VT_TRY(vt_alloc(&s->time, s->frames));
    VT_TRY(vt_alloc(&s->intensity, (size_t)s->waves * (size_t)s->frames));
    for (int t = 0; t < s->frames; t++) {
        const double *row = common + HEAD + (size_t)t * row_size(o);
        s->time[t] = row[TIME];
        for (int k = 0; k < s->waves; k++)
            s->intensity[(size_t)k * (size_t)s->frames + (size_t)t] = row[INTENSITY + k];
    }
    s->dt = s->frames > 1 ? (s->time[s->frames - 1] - s->time[0]) / (s->frames - 1) : 0;
    VT_TRY(vt_two_time_init(&s->two, s->frames));
    return vt_two_time_add(&s->two, s->waves, s->intensity);
}

/* C, as it is or as means over blocks of frames. */
static enum vt_status put_matrix(const struct speckles *s, struct vt_results *out)
{
    int block = (s->frames + (int)s->o->matrix - 1) / (int)s->o->matrix, n = s->frames / block;
    struct vt_dataset *d;
    double *c, *age = NULL;
    VT_TRY(vt_alloc(&c, (size_t)s->frames * (size_t)s->frames));
    enum vt_status st = vt_two_time_matrix(&s->two, c);
    VT_TRY_GOTO(st, done, st);
    VT_TRY_GOTO(st, done, vt_alloc(&age, n));
    for (int t = 0; t < n * block; t++) age[t / block] += s->time[t] / block;
    VT_TRY_GOTO(
        st, done,
        vt_results_add(out, "xpcs/two_time", "1",
                       "C(t1, t2) = <I(t1) I(t2)>_q / (<I(t1)>_q <I(t2)>_q); age (t1 + t2) / 2, delay t2 - "
                       "t1",
                       2, (const int[]){n, n}, &d));
    VT_TRY_GOTO(st, done, vt_dataset_axis(d, 0, "t1", "ps", age, NULL));
    VT_TRY_GOTO(st, done, vt_dataset_axis(d, 1, "t2", "ps", age, NULL));
    for (int i = 0; i < n * block; i++)
        for (int j = 0; j < n * block; j++)
            d->value[(i / block) * n + j / block] +=
                c[(size_t)i * (size_t)s->frames + (size_t)j] / (block * block);
done:
    free(age);
    free(c);
    return st;
}

static enum vt_status put_one(struct vt_results *out, const char *name, const char *unit, const char *help,
                              double value, double error)
{
    struct vt_dataset *d;
    char path[40];
    snprintf(path, sizeof path, "xpcs/%s", name);
    VT_TRY(vt_results_add(out, path, unit, help, 0, NULL, &d));
    d->value[0] = value;
    if (isnan(error)) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    d->error[0] = error;
    return VT_OK;
}

/* <I>_q of each frame, and the contrast <<I^2>_q / <I>_q^2 - 1>_t; errors without each part. */
static enum vt_status put_contrast(const struct speckles *s, struct vt_results *out)
{
    struct vt_dataset *d;
    double sum[VT_SPACE_GROUPS + 1] = {0}, contrast = 0, mean = 0, square = 0;
    VT_TRY(vt_results_add(out, "xpcs/intensity", "1", "<I>_q, scattered by an atom, of |<f>|^2", 1,
                          &s->frames, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", s->time, NULL));
    VT_TRY(vt_dataset_errors(d));
    for (int t = 0; t < s->frames; t++) {
        double i1[VT_SPACE_GROUPS + 1] = {0}, i2[VT_SPACE_GROUPS + 1] = {0};
        for (int part = 0; part < s->parts; part++)
            for (int k = (int)((int64_t)s->waves * part / s->parts);
                 k < (int)((int64_t)s->waves * (part + 1) / s->parts); k++) {
                double i = s->intensity[(size_t)k * (size_t)s->frames + (size_t)t];
                i1[part] += i, i2[part] += i * i;
                i1[s->parts] += i, i2[s->parts] += i * i;
            }
        double all = i1[s->parts] / s->waves;
        d->value[t] = all;
        d->error[t] = sqrt(fmax(i2[s->parts] / s->waves - all * all, 0) / s->waves);
        for (int part = 0; part <= s->parts; part++) {
            bool whole = part == s->parts;
            int n = whole ? s->waves
                          : s->waves - (int)((int64_t)s->waves * (part + 1) / s->parts) +
                                (int)((int64_t)s->waves * part / s->parts);
            double a = i1[s->parts] - (whole ? 0 : i1[part]), b = i2[s->parts] - (whole ? 0 : i2[part]);
            sum[part] += (n * b / (a * a) - 1) / s->frames;
        }
    }
    contrast = sum[s->parts];
    for (int part = 0; part < s->parts; part++) mean += sum[part] / s->parts;
    for (int part = 0; part < s->parts; part++) square += pow(sum[part] - mean, 2);
    return put_one(out, "contrast", "1", "<I^2>_q / <I>_q^2 - 1 of a frame; 1 for Gaussian fields", contrast,
                   sqrt((s->parts - 1.) / s->parts * square));
}

static enum vt_status put_curve(const struct vt_one_time_curve *c, const char *name, const char *help,
                                struct vt_results *out)
{
    struct vt_dataset *d;
    char path[48];
    if (!c->n) return VT_OK;
    snprintf(path, sizeof path, "xpcs/%s", name);
    VT_TRY(vt_results_add(out, path, "1", help, 1, &c->n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "delay", "ps", c->delay, NULL));
    VT_TRY(vt_dataset_errors(d));
    memcpy(d->value, c->g2, (size_t)c->n * sizeof *c->g2);
    memcpy(d->error, c->error, (size_t)c->n * sizeof *c->error);
    return VT_OK;
}

/* Where the rate does not change: stretches, in frames; all of them where that cannot be told. */
static enum vt_status find_stretches(const struct speckles *s, struct vt_stationary *found,
                                     struct vt_results *out)
{
    enum vt_status st = vt_stationary_find(&s->two, &(struct vt_stationary_options){0}, found);
    if (st == VT_OK) return VT_OK;
    if (st != VT_EINPUT && st != VT_EPHYSICS) return st;
    VT_TRY(vt_results_note(out, "xpcs", "stretches", vt_message()));
    vt_stationary_release(found);
    VT_TRY(vt_alloc(&found->stretch, 1));
    found->n = 1;
    found->stretch[0] = (struct vt_stretch){.first = 0, .last = s->frames - 1};
    return VT_OK;
}

/* Row `row` of all fits. */
static enum vt_status put_fit(const struct speckles *s, const struct vt_one_time_curve *c, int row,
                              const char *label, struct vt_dataset *of, struct vt_results *out)
{
    const struct vt_kww_options options = {
        .factor = 2, .base = 1, .t_min = s->o->fit_from * (1 - 1e-9), .beta_low = 0.2, .beta_high = 3};
    struct vt_kww fit;
    char key[48];
    enum vt_status st = vt_one_time_kww(c, &options, &fit);
    if (st != VT_OK && st != VT_EPHYSICS && st != VT_EINPUT) return st;
    double value[] = {fit.tau, fit.beta, fit.height, fit.mean},
           error[] = {fit.tau_error, fit.beta_error, fit.height_error, fit.mean_error};
    for (int w = 0; w < 4; w++) {
        of[w].value[row] = st == VT_OK ? value[w] : NAN;
        of[w].error[row] = st == VT_OK ? error[w] : NAN;
    }
    snprintf(key, sizeof key, "fit of %s", label);
    return vt_results_note(out, "xpcs", key, st == VT_OK ? vt_kww_formula(2) : vt_message());
}

static enum vt_status put_stretches(const struct speckles *s, const struct vt_stationary *found,
                                    const struct vt_one_time_curve *curve, struct vt_results *out)
{
    static const struct {
        const char *name, *unit, *help;
    } text[] = {
        {"tau", "ps", "tau of g2 = 1 + contrast exp[-2 (t / tau)^beta], that of f; NaN: no decay"},
        {"beta", "1", "beta of g2 = 1 + contrast exp[-2 (t / tau)^beta]"},
        {"contrast_fit", "1", "contrast of g2 = 1 + contrast exp[-2 (t / tau)^beta]; of a glass: f_q^2"},
        {"tau_mean", "ps", "integral of exp[-(t / tau)^beta]"},
        {"begin", "ps", "first frame of the stretch"},
        {"end", "ps", "last frame of the stretch"}};
    enum { TABLES = sizeof text / sizeof *text, STRETCHES_MOST = 256 };
    char label[STRETCHES_MOST + 1][16], path[40];
    const char *labels[STRETCHES_MOST + 1];
    int n = found->n < STRETCHES_MOST ? found->n : STRETCHES_MOST, rows = n + 1;
    for (int r = 0; r < rows; r++) {
        snprintf(label[r], sizeof label[r], r ? "stretch %d" : "stage", r);
        labels[r] = label[r];
    }
    for (int w = 0; w < TABLES; w++) {
        struct vt_dataset *d;
        snprintf(path, sizeof path, "xpcs/%s", text[w].name);
        VT_TRY(vt_results_add(out, path, text[w].unit, text[w].help, 1, &rows, &d));
        VT_TRY(vt_dataset_axis(d, 0, "stretch", "", NULL, labels));
        if (w < 4) VT_TRY(vt_dataset_errors(d));
    }
    struct vt_dataset *of = &out->item[out->n - TABLES];
    for (int r = 0; r < rows; r++) {
        of[4].value[r] = s->time[r ? found->stretch[r - 1].first : 0];
        of[5].value[r] = s->time[r ? found->stretch[r - 1].last : s->frames - 1];
        VT_TRY(put_fit(s, &curve[r], r, label[r], of, out));
    }
    for (int r = 1; r < rows && n > 1; r++) {
        snprintf(path, sizeof path, "g2_stretch_%d", r);
        VT_TRY(put_curve(&curve[r], path, "g2(t) of a stretch: ratio of sums", out));
    }
    return VT_OK;
}

/* One-time functions of the stage and of its stretches. */
static enum vt_status put_one_time(const struct speckles *s, struct vt_results *out)
{
    const struct vt_cut stage = {VT_CUT_BLOCK, 0, s->frames - 1, {0, 0}};
    struct vt_one_time_options options = {.average = VT_CUT_MEAN_OF_RATIOS, .parts = s->parts, .dt = s->dt};
    struct vt_one_time_curve other = {0}, *curve = NULL;
    struct vt_stationary found = {0};
    struct vt_cut *cut = NULL;
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_one_time_curves(&s->two, s->waves, s->intensity, 1, &stage, &options, &other));
    VT_TRY_GOTO(st, done, find_stretches(s, &found, out));
    VT_TRY_GOTO(st, done, vt_alloc(&cut, found.n + 1));
    VT_TRY_GOTO(st, done, vt_alloc(&curve, found.n + 1));
    cut[0] = stage;
    for (int k = 0; k < found.n; k++)
        cut[k + 1] = (struct vt_cut){VT_CUT_BLOCK, found.stretch[k].first, found.stretch[k].last, {0, 0}};
    options.average = VT_CUT_RATIO_OF_SUMS;
    VT_TRY_GOTO(st, done,
                vt_one_time_curves(&s->two, s->waves, s->intensity, found.n + 1, cut, &options, curve));
    VT_TRY_GOTO(
        st, done,
        put_curve(&curve[0], "g2", "g2(t) of the stage: <<I I>_q> / (<<I>_q> <<I>_q>), ratio of sums", out));
    VT_TRY_GOTO(st, done,
                put_curve(&other, "g2_mean", "g2(t) of the stage: <C(t1, t2)>, mean of ratios", out));
    st = put_stretches(s, &found, curve, out);
done:
    for (int k = 0; curve && k <= found.n; k++) vt_one_time_release(&curve[k]);
    vt_one_time_release(&other);
    vt_stationary_release(&found);
    free(curve);
    free(cut);
    return st;
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct xpcs *o = options;
    struct speckles s = {0};
    enum vt_status st;
    (void)sum;
    assert(!what->left_out); /* there are no groups */
    if (common[FRAMES] == 0) return VT_OK;
    double waves = common[WAVES] / common[FRAMES];
    VT_TRY(put_one(out, "waves", "1", "waves of the shell that are followed, one of q and -q", waves, NAN));
    VT_TRY(put_one(out, "q_mean", "1/angstrom", "mean wave number of the waves",
                   common[LENGTH] / common[WAVES], NAN));
    if (waves < WAVES_LEAST || common[FRAMES] < FRAMES_LEAST) {
        char text[200];
        snprintf(text, sizeof text, "%.0f waves and %.0f frames: %d and %d are due at least", waves,
                 common[FRAMES], WAVES_LEAST, FRAMES_LEAST);
        vt_log(VT_LOG_WARNING, "no speckles: %s", text);
        return vt_results_note(out, "xpcs", "refused", text);
    }
    VT_TRY_GOTO(st, done, collect(o, common, &s));
    VT_TRY_GOTO(st, done, put_contrast(&s, out));
    VT_TRY_GOTO(st, done, put_matrix(&s, out));
    VT_TRY_GOTO(st, done, put_one_time(&s, out));
    st = vt_results_note(
        out, "xpcs", "convention",
        "C(t1,t2) = <I I>_q / (<I>_q <I>_q), age (t1 + t2) / 2; "
        "g2 = 1 + contrast exp[-2 (t/tau)^beta], tau and beta of f(q,t); errors without parts of the "
        "waves");
done:
    free(s.time);
    free(s.intensity);
    vt_two_time_release(&s.two);
    return st;
}

static void release(void *work)
{
    vt_follow_release(work);
}

static const struct vt_motion motion = {.kind = VT_PAST_VALUES,
                                        .lags = offsetof(struct xpcs, lags),
                                        .follow = follow,
                                        .remember = remember,
                                        .between = between};

const struct vt_kernel vt_kernel_xpcs = {
    .name = "xpcs",
    .help = "speckles of a shell of waves, X-ray weighted: two-time correlation, g2, stretches and their "
            "relaxation",
    .params = params,
    .options_size = sizeof(struct xpcs),
    .grouping = VT_GROUP_SPACE,
    .read = read,
    .sizes = sizes,
    .check = check,
    .motion = &motion,
    .finish = finish,
    .work_size = sizeof(struct vt_follow),
    .release = release,
};
