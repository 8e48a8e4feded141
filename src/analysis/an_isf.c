/* an_isf.c: collective intermediate scattering functions.
 *
 *     F_ab(q, t) = <Re rho_a(q, t0 + t) rho_b*(q, t0)> / sqrt(N_a N_b),    F_ab(q, 0) = S_ab(q)
 *     f(q, t) = sum_ab w_ab F_ab(q, t) / sum_ab w_ab F_ab(q, 0)
 *
 * over origins t0 and the waves of a shell of |q| that are chosen at the stage's first frame (follow.h). For
 * the number density w_ab = sqrt(c_a c_b); for X-rays times Re(f_a f_b*) at that q. Unlike pairs are the mean
 * of both orders, which are the same in equilibrium, and q and -q count as one, so that the part of f_a f_b*
 * that would tell them apart falls out.
 *
 * Numerator and denominator of f are sums over the same waves and frames: below, (|rho(t0)|^2 + |rho(t0 +
 * t)|^2) / 2. A slow wave's chance amplitude then falls out, |f| <= 1, and what does not move has f = 1. F_ab
 * of t is f's share of that pair times S_NN(q), so that sum_ab sqrt(c_a c_b) F_ab(q, t) = f_NN(q, t) S_NN(q).
 *
 *     f(q, tau_1e) = 1/e        linear in ln t between two times
 *     f(q, t) = f_q exp[-(t / tau)^beta], t >= fit_from                   Kohlrausch, Williams & Watts
 * (kww.h) tau_1e ~ q^-n             least squares of logarithms over shells
 *
 * Free flight alone, before atoms meet, gives f = exp[-(q v_th t)^2 / 2] with beta = 2: fit_from keeps it out
 * of the fit. Errors are those of a jackknife over classes of waves, or over stretches of time, the larger.
 *
 * References: Hansen & McDonald, Theory of Simple Liquids, ch. 7; Kob & Andersen, PRE 52, 4134 (1995);
 * docs/theory/isf.md. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/follow.h"
#include "analysis/kww.h"
#include "analysis/motion.h"
#include "analysis/partials.h"
#include "analysis/weights.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/units.h"

enum { SHELLS_MOST = 256 };

struct isf {
    struct vt_common_options common;
    struct vt_lag_options lags;
    double dq, q_max, energy, fit_from, fit_to;
    int64_t waves;
    const struct vt_yaml *q; /* NULL after read */
    int n_shells;
    double shell[SHELLS_MOST]; /* middles, ascending */
};

#define AT(member) offsetof(struct isf, member)
static const struct vt_param params[] = {
    VT_COMMON_OPTIONS(struct isf, 0.1),
    VT_LAG_OPTIONS(struct isf, VT_LAGS_LOG, 100),
    {"q", "/A", VT_NODE, AT(q), 0, 0, 0,
     "wave numbers, the middles of one shell or of several; 2.7 /A, near the first peak of S(q) of Cu-Zr "
     "glasses, if "
     "not given",
     "[2 /A, 2.7 /A, 4.6 /A]"},
    {"q_max", "/A", VT_REAL, AT(q_max), VT_UNSET, 0.01, 70, "shells side by side up to here, in place of q",
     NULL},
    {"dq", "/A", VT_REAL, AT(dq), 0.1, 1e-4, 10, "width of a shell", NULL},
    {"waves", "1", VT_INT, AT(waves), 400, 0, VT_WAVES_MOST,
     "waves of a shell that are followed, where there are more; 0: all", NULL},
    {"fit_from", "ps", VT_REAL, AT(fit_from), 1, 0, 1e9,
     "shortest time of the fit of tau and beta: behind the free flight of atoms", NULL},
    {"fit_to", "ps", VT_REAL, AT(fit_to), VT_UNSET, 0, 1e9, "longest time of the fit; all if not given",
     NULL},
    VT_ENERGY_OPTION(struct isf),
    {0},
};
#undef AT

/* A shell in a group of the state: this, then for each lag and pair of species a product and its norm. */
enum { WAVES, LENGTH, LAGS };
enum { PRODUCT, NORM, PAIR };

static int lag_count(const struct isf *o)
{
    return vt_lags_count(&o->lags, o->common.every);
}

static size_t lag_size(int n_species)
{
    return PAIR * (size_t)vt_species_pairs(n_species);
}

static size_t shell_size(const struct isf *o, int n_species)
{
    return LAGS + (size_t)lag_count(o) * lag_size(n_species);
}

static struct vt_follow_shells shells_of(const struct isf *o)
{
    return (struct vt_follow_shells){o->n_shells, o->shell, o->dq, o->waves};
}

static enum vt_status read(void *options, const struct vt_material *material, const struct vt_yaml *node)
{
    struct isf *o = options;
    const struct vt_yaml *q = o->q;
    o->q = NULL;
    if (q && !isnan(o->q_max)) return VT_RAISE_AT(node, "measure: isf: give one of q and q_max");
    if (o->fit_from >= o->fit_to)
        return VT_RAISE_AT(node, "measure: isf: fit_from: %g ps must be shorter than fit_to: %g ps",
                           o->fit_from, o->fit_to);
    VT_TRY(vt_motion_wave_numbers(q, "isf", &(struct vt_wave_range){0.01, 70, SHELLS_MOST}, o->shell,
                                  &o->n_shells));
    for (int k = 1; k < o->n_shells; k++)
        if (o->shell[k] < o->shell[k - 1] + o->dq * (1 - 1e-9))
            return VT_RAISE_AT(
                q->item[k],
                "isf: key 'q': %s is less than dq = %g /A above the one before it: shells must "
                "ascend and not overlap",
                q->item[k]->text, o->dq);
    if (!isnan(o->q_max)) {
        double n = floor(o->q_max / o->dq * (1 + 1e-12));
        if (n > SHELLS_MOST)
            return VT_RAISE_AT(node,
                               "measure: isf: q_max: %.0f shells of dq = %g /A, at most %d can be: widen dq",
                               n, o->dq, SHELLS_MOST);
        o->n_shells = n < 1 ? 1 : (int)n;
        for (int k = 0; k < o->n_shells; k++) o->shell[k] = (k + 0.5) * o->dq;
    }
    if (o->common.every <= 0) return VT_OK; /* refused by the driver */
    double bytes = (double)o->n_shells * (double)shell_size(o, material->n_species) * VT_BOTH_GROUPS *
                   (double)o->common.blocks * sizeof(double);
    if (bytes > 0x1p31)
        return VT_RAISE_AT(
            node,
            "measure: isf: %d shells, %d times and %d blocks are %.2g GB of sums, at most 2 can "
            "be: use fewer of them",
            o->n_shells, lag_count(o), (int)o->common.blocks, bytes * 0x1p-30);
    return VT_OK;
}

static void sizes(const void *options, const struct vt_material *material, size_t *common, size_t *group)
{
    const struct isf *o = options;
    if (o->common.every <= 0) {
        *common = *group = 0;
        return;
    }
    *common = VT_MOTION_COMMON * (size_t)lag_count(o);
    *group = (size_t)o->n_shells * shell_size(o, material->n_species);
}

static enum vt_status check(const void *options, const struct vt_cell *cell)
{
    const struct vt_follow_shells shells = shells_of(options);
    return vt_follow_check("isf", &shells, cell);
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

static double along(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1];
}

/* One wave at two times, to a row of a class and to that of a stretch. then, now [species][2] */
static void add_wave(const double *then, const double *now, int n_species, double *row, double *time)
{
    for (int a = 0; a < n_species; a++)
        for (int b = a; b < n_species; b++, row += PAIR, time += PAIR) {
            const double *a0 = then + 2 * a, *b0 = then + 2 * b, *a1 = now + 2 * a, *b1 = now + 2 * b;
            double product = (along(a1, b0) + along(b1, a0)) / 2, norm = (along(a1, b1) + along(a0, b0)) / 2;
            row[PRODUCT] += product, time[PRODUCT] += product;
            row[NORM] += norm, time[NORM] += norm;
        }
}

static enum vt_status between(const void *options, const struct vt_frame *frame, const struct vt_between *b,
                              void *work, const struct vt_tally *tally)
{
    const struct isf *o = options;
    const struct vt_follow *f = work;
    int n_species = frame->material->n_species;
    size_t size = shell_size(o, n_species), at = LAGS + (size_t)b->lag * lag_size(n_species);
    double g[3][3], *common = tally->common + VT_MOTION_COMMON * b->lag;
    if (frame->ranks->rank) return VT_OK;
    vt_reciprocal(&frame->state.cell, g);
    common[VT_MOTION_PAIRS] += 1;
    common[VT_MOTION_TIME] += b->now->time - b->then->time;
    for (int k = 0; k < f->n; k++) {
        double *shell = tally->group + (size_t)vt_wave_class(f->wave[k].n) * tally->group_size +
                        (size_t)f->wave[k].shell * size,
               *time = tally->time + (size_t)f->wave[k].shell * size;
        size_t wave = 2 * (size_t)k * (size_t)n_species;
        if (b->lag == 0) {
            double length = vt_wave_number(g, f->index[k]);
            shell[WAVES] += 1, time[WAVES] += 1;
            shell[LENGTH] += length, time[LENGTH] += length;
        }
        add_wave(b->then->value + wave, b->now->value + wave, n_species, shell + at, time + at);
    }
    return VT_OK;
}

/* What is made of the sums. */
struct curves {
    const struct vt_material *material;
    int shells, n, pairs, *index;
    double frames, *time;
    const double *q;
    size_t size;
    double *xray, *number;         /* f [shell][time] */
    double *s_xray, *s_number;     /* [shell] */
    double *partial, *s_partial;   /* F_ab, S_ab [shell][pair][time], [shell][pair] */
    double *mean, *waves, *weight; /* [shell], [shell], of X-rays [shell][pair]; mean |q| */
    bool seen;                     /* all species scatter X-rays */
};

/* sum over pairs of w product and w norm. */
static double share(const double *row, const double *w, int pairs)
{
    double product = 0, norm = 0;
    for (int p = 0; p < pairs; p++) {
        product += w[p] * row[PAIR * p + PRODUCT];
        norm += w[p] * row[PAIR * p + NORM];
    }
    return product / norm;
}

static void work_out(struct curves *c, const double *sum)
{
    const struct vt_material *m = c->material;
    int species = m->n_species;
    double atoms = (double)vt_material_atoms(m), ones[VT_SPECIES_PAIRS_MAX], scale[VT_SPECIES_PAIRS_MAX];
    for (int a = 0, p = 0; a < species; a++)
        for (int b = a; b < species; b++, p++) {
            ones[p] = a == b ? 1 : 2;
            scale[p] = sqrt((double)m->species[a].count * (double)m->species[b].count);
        }
    for (int k = 0; k < c->shells; k++) {
        const double *shell = sum + (size_t)k * c->size, *zero = shell + LAGS;
        double *w = c->weight + (size_t)k * (size_t)c->pairs, norm = shell[WAVES];
        c->waves[k] = shell[WAVES] / c->frames;
        c->mean[k] = shell[LENGTH] / shell[WAVES];
        c->s_xray[k] = 1;
        c->s_number[k] = 0;
        for (int a = 0, p = 0; a < species; a++)
            for (int b = a; b < species; b++, p++) { /* w: of A_ab becomes that of rho_a rho_b* / N */
                double product = zero[PAIR * p + PRODUCT] / norm,
                       c_ab = scale[p] * scale[p] / (atoms * atoms);
                if (a == b) c->s_xray[k] -= w[p] * scale[p] / atoms / c_ab;
                w[p] /= c_ab;
                c->s_xray[k] += w[p] * product / atoms;
                c->s_number[k] += ones[p] * product / atoms;
                c->s_partial[k * c->pairs + p] = product / scale[p];
            }
        for (int t = 0; t < c->n; t++) {
            const double *row = shell + LAGS + (size_t)c->index[t] * PAIR * (size_t)c->pairs;
            double all = 0;
            c->xray[k * c->n + t] = share(row, w, c->pairs);
            c->number[k * c->n + t] = share(row, ones, c->pairs);
            for (int p = 0; p < c->pairs; p++) all += ones[p] * row[PAIR * p + NORM];
            for (int p = 0; p < c->pairs; p++)
                c->partial[(k * c->pairs + p) * c->n + t] =
                    row[PAIR * p + PRODUCT] / all * c->s_number[k] * atoms / scale[p];
        }
    }
}

static enum vt_status add(const struct curves *c, const char *name, const char *unit, const char *help,
                          bool errors, const double *value, struct vt_results *out, struct vt_dataset **d)
{
    char path[40];
    snprintf(path, sizeof path, "isf/%s", name);
    VT_TRY(vt_results_add(out, path, unit, help, 1, &c->shells, d));
    VT_TRY(vt_dataset_axis(*d, 0, "q", "1/angstrom", c->q, NULL));
    if (value) memcpy((*d)->value, value, (size_t)c->shells * sizeof *value);
    return errors ? vt_dataset_errors(*d) : VT_OK;
}

static enum vt_status add_curve(const struct curves *c, const char *name, const char *help,
                                const double *value, struct vt_results *out)
{
    struct vt_dataset *d;
    VT_TRY(vt_results_add(out, name, "1", help, 2, (const int[]){c->shells, c->n}, &d));
    VT_TRY(vt_dataset_axis(d, 0, "q", "1/angstrom", c->q, NULL));
    VT_TRY(vt_dataset_axis(d, 1, "time", "ps", c->time, NULL));
    memcpy(d->value, value, (size_t)c->shells * (size_t)c->n * sizeof *value);
    return vt_dataset_errors(d);
}

static enum vt_status add_partials(const struct curves *c, struct vt_results *out)
{
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    const char *pair[VT_SPECIES_PAIRS_MAX];
    struct vt_dataset *d;
    vt_pair_labels(c->material, label);
    for (int p = 0; p < c->pairs; p++) pair[p] = label[p];
    const int lengths[] = {c->shells, c->pairs, c->n};
    VT_TRY(vt_results_add(out, "isf/partial", "1",
                          "F_ab(q, t) = <Re rho_a(t) rho_b*(0)> / sqrt(N_a N_b), S_ab(q) at 0: Ashcroft and "
                          "Langreth",
                          3, lengths, &d));
    VT_TRY(vt_dataset_axis(d, 2, "time", "ps", c->time, NULL));
    memcpy(d->value, c->partial, vt_dataset_size(d) * sizeof *d->value);
    VT_TRY(vt_dataset_axis(d, 0, "q", "1/angstrom", c->q, NULL));
    VT_TRY(vt_dataset_axis(d, 1, "pair", "", NULL, pair));
    VT_TRY(vt_dataset_errors(d));
    VT_TRY(vt_results_add(out, "isf/s_partial", "1", "S_ab(q) of these waves: Ashcroft and Langreth", 2,
                          lengths, &d));
    memcpy(d->value, c->s_partial, vt_dataset_size(d) * sizeof *d->value);
    VT_TRY(vt_dataset_axis(d, 0, "q", "1/angstrom", c->q, NULL));
    VT_TRY(vt_dataset_axis(d, 1, "pair", "", NULL, pair));
    return vt_dataset_errors(d);
}

static enum vt_status put_curves(const struct curves *c, const double *common, struct vt_results *out)
{
    struct vt_dataset *d;
    VT_TRY(add(c, "waves", "1", "waves of the shell that are followed, one of q and -q", false, c->waves, out,
               &d));
    VT_TRY(add(c, "q_mean", "1/angstrom", "mean wave number of the shell's waves", false, c->mean, out, &d));
    VT_TRY(vt_results_add(out, "isf/pairs", "1", "pairs of frames that were compared", 1, &c->n, &d));
    VT_TRY(vt_dataset_axis(d, 0, "time", "ps", c->time, NULL));
    for (int t = 0; t < c->n; t++) d->value[t] = common[VT_MOTION_COMMON * c->index[t] + VT_MOTION_PAIRS];
    VT_TRY(
        add(c, "s_number", "1", "S_NN(q) of these waves: Bhatia and Thornton", true, c->s_number, out, &d));
    if (c->seen)
        VT_TRY(add(c, "s_xray", "1", "S(q) = sum w_ab(q) A_ab(q) of these waves, X-rays", true, c->s_xray,
                   out, &d));
    VT_TRY(add_curve(c, "isf/f_number", "f(q, t) = F(q, t) / F(q, 0), all atoms alike", c->number, out));
    if (c->seen)
        VT_TRY(add_curve(c, "isf/f_xray", "f(q, t) = F(q, t) / F(q, 0), X-ray weighted at this q", c->xray,
                         out));
    return add_partials(c, out);
}

/* tau_1e, and how it goes with q. */
static enum vt_status put_fall(const struct vt_measured *what, const struct curves *c, const double *f,
                               struct vt_results *out)
{
    const struct vt_dataset *whole = what->whole ? vt_results_find(what->whole,
                                                                   c->seen ? "isf/f_xray" : "isf/f_number")
                                                 : NULL,
                            *all = what->whole ? vt_results_find(what->whole, "isf/tau_1e") : NULL;
    struct vt_dataset *d;
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    bool lacks = false; /* a shell that the whole has: another set of shells has another exponent */
    VT_TRY(add(
        c, "tau_1e", "ps",
        "time at which f_xray(q, t) falls to 1/e; NaN if it does not within t_max, or before the first time",
        true, NULL, out, &d));
    for (int k = 0; k < c->shells; k++) {
        const double *of = f + (size_t)k * (size_t)c->n;
        d->value[k] =
            vt_motion_fall_time(c->n, c->time, of, whole ? whole->value + (size_t)k * (size_t)c->n : of);
        lacks |= all && isnan(d->value[k]) && !isnan(all->value[k]);
        if (isnan(d->value[k]) || (all && isnan(all->value[k]))) continue;
        double lq = log(c->mean[k]), lt = log(d->value[k]);
        n++, x += lq, y += lt, xx += lq * lq, xy += lq * lt;
    }
    if (c->shells < 3) return VT_OK;
    VT_TRY(vt_results_add(out, "isf/tau_exponent", "1",
                          "n of tau_1e ~ q^-n over all shells that have tau_1e; NaN if fewer than three", 0,
                          NULL, &d));
    d->value[0] = n < 3 || lacks ? NAN : -(n * xy - x * y) / (n * xx - x * x);
    return vt_dataset_errors(d);
}

/* KWW at each shell. */
static enum vt_status put_fits(const struct isf *o, const struct vt_measured *what, const struct curves *c,
                               const double *f, struct vt_results *out)
{
    static const struct {
        const char *name, *unit, *help;
    } text[] = {
        {"tau", "ps", "tau of f_xray = f_q exp[-(t / tau)^beta] for t >= fit_from; NaN: no decay there"},
        {"beta", "1", "beta of f_xray = f_q exp[-(t / tau)^beta]"},
        {"f_q", "1", "f_q of f_xray = f_q exp[-(t / tau)^beta]"}};
    const struct vt_kww_options options = {.factor = 1,
                                           .base = 0,
                                           .beta_low = 0.2, /* wide, so that 2 is no bound */
                                           .beta_high = 3,
                                           .t_min = o->fit_from * (1 - 1e-9),
                                           .t_max = isnan(o->fit_to) ? 0 : o->fit_to,
                                           .drop = what->left_out ? 1e-3 : 0};
    struct vt_dataset *d;
    for (int w = 0; w < 3; w++) VT_TRY(add(c, text[w].name, text[w].unit, text[w].help, true, NULL, out, &d));
    struct vt_dataset *of = &out->item[out->n - 3];
    for (int k = 0; k < c->shells; k++) {
        struct vt_kww fit;
        char key[40];
        enum vt_status st = VT_OK;
        for (int w = 0; w < 3; w++) of[w].value[k] = NAN;
        const double *of_shell = f + (size_t)k * (size_t)c->n;
        int n = 0; /* lags that were seen: none without waves, fewer in a block */
        while (n < c->n && !isnan(of_shell[n])) n++;
        if (n < 2) continue;
        st = vt_kww_fit(n - 1, c->time + 1, of_shell + 1, NULL, &options, &fit);
        if (st == VT_OK) of[0].value[k] = fit.tau, of[1].value[k] = fit.beta, of[2].value[k] = fit.height;
        snprintf(key, sizeof key, "fit at q = %g /A", c->q[k]);
        if (st != VT_OK && st != VT_EPHYSICS && st != VT_EINPUT) return st;
        VT_TRY(vt_results_note(out, "isf", key,
                               st != VT_OK         ? vt_message()
                               : fit.beta_at_bound ? "beta is at the bound of what is fitted (0.2 to 3)"
                                                   : vt_kww_formula(1)));
    }
    return VT_OK;
}

static enum vt_status make_room(struct curves *c, int lags)
{
    size_t shells = (size_t)c->shells, times = shells * (size_t)lags, pairs = (size_t)c->pairs;
    VT_TRY(vt_alloc(&c->index, lags));
    VT_TRY(vt_alloc(&c->time, lags));
    VT_TRY(vt_alloc(&c->xray, times));
    VT_TRY(vt_alloc(&c->number, times));
    VT_TRY(vt_alloc(&c->partial, times * pairs));
    VT_TRY(vt_alloc(&c->s_xray, shells));
    VT_TRY(vt_alloc(&c->s_number, shells));
    VT_TRY(vt_alloc(&c->s_partial, shells * pairs));
    VT_TRY(vt_alloc(&c->mean, shells));
    VT_TRY(vt_alloc(&c->waves, shells));
    return vt_alloc(&c->weight, shells * pairs);
}

static enum vt_status finish(const void *options, const struct vt_measured *what, const double *common,
                             const double *sum, struct vt_results *out)
{
    const struct isf *o = options;
    const struct vt_material *m = what->material;
    struct curves c = {.material = m,
                       .shells = o->n_shells,
                       .pairs = vt_species_pairs(m->n_species),
                       .frames = common[VT_MOTION_PAIRS],
                       .q = o->shell,
                       .size = shell_size(o, m->n_species),
                       .seen = true};
    const struct vt_probe probe = {VT_XRAY, o->energy};
    enum vt_status st;
    VT_TRY_GOTO(st, done, make_room(&c, lag_count(o)));
    for (int k = 0; k < c.shells; k++)
        c.seen = vt_weights_at(m, &probe, c.q[k], c.weight + (size_t)k * (size_t)c.pairs) && c.seen;
    c.n = vt_motion_times(what, "isf/pairs", common, lag_count(o), true, c.index, c.time);
    work_out(&c, sum);
    VT_TRY_GOTO(st, done, put_curves(&c, common, out));
    VT_TRY_GOTO(st, done, put_fall(what, &c, c.seen ? c.xray : c.number, out));
    st = put_fits(o, what, &c, c.seen ? c.xray : c.number, out);
done:
    free(c.index), free(c.time), free(c.xray), free(c.number), free(c.partial);
    free(c.s_xray), free(c.s_number), free(c.s_partial), free(c.mean), free(c.waves), free(c.weight);
    return st;
}

static void release(void *work)
{
    vt_follow_release(work);
}

static const struct vt_motion motion = {.kind = VT_PAST_VALUES,
                                        .lags = offsetof(struct isf, lags),
                                        .follow = follow,
                                        .remember = remember,
                                        .between = between};

const struct vt_kernel vt_kernel_isf = {
    .name = "isf",
    .help = "collective intermediate scattering functions: number, X-ray, partial; relaxation times",
    .params = params,
    .options_size = sizeof(struct isf),
    .grouping = VT_GROUP_BOTH,
    .read = read,
    .sizes = sizes,
    .check = check,
    .motion = &motion,
    .finish = finish,
    .work_size = sizeof(struct vt_follow),
    .release = release,
};
