/* model_fit.c: see model_fit.h. Derivatives by central differences: in u for the descent, where a step of
 * 6e-6 is right for every parameter alike, and in p, within the bounds, for the covariance. That comes from
 * the singular values of J with its columns brought to length 1 (they are free of units then): a ratio of
 * 1e-7 of the least to the largest is the noise of the differences, and parameters that differ no more are
 * not told apart. */
#include "analysis/model_fit.h"

#include <assert.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"

static const double difference = 6e-6, parallel = 1e-7;

struct work {
    struct vt_model_fit *fit;
    int free_count, free[VT_MODEL_MAX]; /* numbers of the free parameters */
    bool held[VT_MODEL_MAX];            /* fixed, or at a bound */
    double p[VT_MODEL_MAX];             /* the values of those held; scratch for the others */
    double scale[VT_MODEL_MAX];
    double *weight; /* n */
    double *plus;   /* n: scratch */
};

/* ---- bounds ---- */

static double from_u(const struct vt_model_parameter *q, double scale, double u)
{
    if (isfinite(q->low) && isfinite(q->high)) return q->low + (q->high - q->low) / (1 + exp(-u));
    if (isfinite(q->low)) return q->low + exp(u);
    if (isfinite(q->high)) return q->high - exp(-u);
    return scale * u;
}

static double to_u(const struct vt_model_parameter *q, double scale, double p)
{
    bool low = isfinite(q->low), high = isfinite(q->high);
    double inside = low && high ? 1e-3 * (q->high - q->low) : 1e-3 * scale; /* from a bound itself, a step */
    if (low) p = fmax(p, q->low + (p > q->low ? 0 : inside));
    if (high) p = fmin(p, q->high - (p < q->high ? 0 : inside));
    if (low && high) return log((p - q->low) / (q->high - p));
    if (low) return log(p - q->low);
    if (high) return -log(q->high - p);
    return p / scale;
}

/* ---- the descent ---- */

static void evaluate(struct work *w, const double *p, double *out)
{
    const struct vt_model_fit *m = w->fit;
    for (int i = 0; i < m->n; i++) {
        double r = w->weight[i] * (m->f(m->x[i], p, m->self) - m->y[i]);
        out[i] = isfinite(r) && fabs(r) < 1e30 ? r : 1e30; /* a step there is not taken */
    }
}

static void set_free(struct work *w, const gsl_vector *u)
{
    for (int k = 0; k < w->free_count; k++) {
        int q = w->free[k];
        w->p[q] = from_u(&w->fit->parameter[q], w->scale[q], gsl_vector_get(u, (size_t)k));
    }
}

static int residuals(const gsl_vector *u, void *self, gsl_vector *out)
{
    struct work *w = self;
    set_free(w, u);
    evaluate(w, w->p, w->plus);
    for (int i = 0; i < w->fit->n; i++) gsl_vector_set(out, (size_t)i, w->plus[i]);
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *u, void *self, gsl_matrix *out)
{
    struct work *w = self;
    for (int k = 0; k < w->free_count; k++) {
        int q = w->free[k];
        double at = gsl_vector_get(u, (size_t)k), h = difference * fmax(1, fabs(at));
        for (int side = 1; side >= -1; side -= 2) {
            set_free(w, u);
            w->p[q] = from_u(&w->fit->parameter[q], w->scale[q], at + side * h);
            evaluate(w, w->p, w->plus);
            for (int i = 0; i < w->fit->n; i++) {
                double *d = gsl_matrix_ptr(out, (size_t)i, (size_t)k);
                *d = side > 0 ? w->plus[i] : (*d - w->plus[i]) / (2 * h);
            }
        }
    }
    return GSL_SUCCESS;
}

/* From one start (of all parameters) to value[]; chi2 of the weighted residuals. */
static enum vt_status descend(struct work *w, const double *start, double *value, double *chi2)
{
    struct vt_descent d = {.n = w->fit->n,
                           .p = w->free_count,
                           .residuals = residuals,
                           .jacobian = jacobian,
                           .self = w,
                           .tolerance = 1e-11};
    for (int k = 0; k < w->free_count; k++) {
        int q = w->free[k];
        d.parameter[k] = to_u(&w->fit->parameter[q], w->scale[q], start[q]);
    }
    enum vt_status st = w->free_count ? vt_descend(&d) : VT_OK;
    if (st == VT_EWORLD) return st;
    gsl_vector_view u = gsl_vector_view_array(d.parameter, (size_t)(w->free_count ? w->free_count : 1));
    set_free(w, &u.vector);
    memcpy(value, w->p, sizeof w->p);
    evaluate(w, value, w->plus);
    *chi2 = 0;
    for (int i = 0; i < w->fit->n; i++) *chi2 += w->plus[i] * w->plus[i];
    return st;
}

/* ---- the covariance ---- */

/* Column k of J: by a step either way within the bounds. Returns its length. */
static double column(struct work *w, int q, gsl_matrix *j, size_t k)
{
    const struct vt_model_parameter *m = &w->fit->parameter[q];
    double at = w->p[q], size = fmax(fabs(at), 1e-3 * w->scale[q]);
    if (isfinite(m->low) && isfinite(m->high)) size = m->high - m->low;
    if (isfinite(m->low) != isfinite(m->high))
        size = fmax(fabs(at - (isfinite(m->low) ? m->low : m->high)), 1e-9 * w->scale[q]);
    double high = fmin(at + difference * size, isfinite(m->high) ? m->high : INFINITY),
           low = fmax(at - difference * size, isfinite(m->low) ? m->low : -INFINITY), length = 0;
    w->p[q] = high;
    evaluate(w, w->p, w->plus);
    for (int i = 0; i < w->fit->n; i++) gsl_matrix_set(j, (size_t)i, k, w->plus[i]);
    w->p[q] = low;
    evaluate(w, w->p, w->plus);
    w->p[q] = at;
    for (int i = 0; i < w->fit->n; i++) {
        double *d = gsl_matrix_ptr(j, (size_t)i, k);
        *d = high > low ? (*d - w->plus[i]) / (high - low) : 0;
        length = hypot(length, *d);
    }
    for (int i = 0; i < w->fit->n && length > 0; i++) *gsl_matrix_ptr(j, (size_t)i, k) /= length;
    return length;
}

static enum vt_status undetermined(const struct work *w, const gsl_matrix *v, size_t least)
{
    /* The direction along which nothing changes: its two largest parts. */
    int first = 0, second = -1;
#define PART(k) fabs(gsl_matrix_get(v, (size_t)(k), least))
    for (int k = 1; k < w->free_count; k++)
        if (PART(k) > PART(first)) first = k;
    for (int k = 0; k < w->free_count; k++)
        if (k != first && (second < 0 || PART(k) > PART(second))) second = k;
#undef PART
    if (second < 0)
        return VT_RAISE(VT_EPHYSICS, "the data do not determine %s", w->fit->parameter[w->free[first]].name);
    return VT_RAISE(VT_EPHYSICS, "the data do not tell %s and %s apart: hold one of them",
                    w->fit->parameter[w->free[first]].name, w->fit->parameter[w->free[second]].name);
}

/* (J^T J)^-1 of the free parameters at value. */
static enum vt_status covary(struct work *w, const double *value)
{
    struct vt_model_fit *m = w->fit;
    size_t n = (size_t)m->n, p = (size_t)w->free_count;
    double length[VT_MODEL_MAX];
    memcpy(w->p, value, sizeof w->p);
    memset(m->covariance, 0, sizeof m->covariance);
    if (!p) return VT_OK;
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_matrix *j = gsl_matrix_alloc(n, p), *v = gsl_matrix_alloc(p, p);
    gsl_vector *s = gsl_vector_alloc(p), *scratch = gsl_vector_alloc(p);
    enum vt_status st = VT_OK;
    if (!j || !v || !s || !scratch) {
        st = VT_RAISE(VT_EWORLD, "no memory for a fit");
        goto done;
    }
    for (size_t k = 0; k < p; k++) {
        length[k] = column(w, w->free[k], j, k);
        if (!(length[k] > 0) || !isfinite(length[k])) {
            st = VT_RAISE(VT_EPHYSICS, "the data do not determine %s", m->parameter[w->free[k]].name);
            goto done;
        }
    }
    gsl_linalg_SV_decomp(j, v, s, scratch);
    if (!(gsl_vector_get(s, p - 1) > parallel * gsl_vector_get(s, 0))) {
        st = undetermined(w, v, p - 1);
        goto done;
    }
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++) {
            double sum = 0;
            for (size_t k = 0; k < p; k++)
                sum += gsl_matrix_get(v, a, k) * gsl_matrix_get(v, b, k) / pow(gsl_vector_get(s, k), 2);
            m->covariance[w->free[a]][w->free[b]] = sum / (length[a] * length[b]);
        }
done:
    gsl_set_error_handler(handler);
    gsl_matrix_free(j), gsl_matrix_free(v), gsl_vector_free(s), gsl_vector_free(scratch);
    return st;
}

/* ---- all of it ---- */

static enum vt_status check(struct vt_model_fit *m)
{
    int parameters = 0;
    assert(m->p >= 1 && m->p <= VT_MODEL_MAX);
    for (int k = 0; k < m->p; k++) {
        struct vt_model_parameter *q = &m->parameter[k];
        if (q->low == 0 && q->high == 0) q->low = -INFINITY, q->high = INFINITY;
        assert(q->low < q->high);
        parameters += !q->fixed;
        if (!isfinite(q->start) || (!q->fixed && !(q->start >= q->low && q->start <= q->high)))
            return VT_RAISE(VT_EINPUT, "%s starts at %g: between %g and %g is due", q->name, q->start, q->low,
                            q->high);
    }
    if (m->n < parameters + !m->error)
        return VT_RAISE(VT_EINPUT, "%d points for %d parameters%s", m->n, parameters,
                        m->error ? "" : " and a scatter: one more is due at least");
    for (int i = 0; i < m->n; i++)
        if (!isfinite(m->x[i]) || !isfinite(m->y[i]) ||
            (m->error && !(m->error[i] > 0 && isfinite(m->error[i]))))
            return m->error
                       ? VT_RAISE(VT_EINPUT,
                                  "point %d (%g, %g +- %g) cannot be fitted: finite numbers and an error "
                                  "above 0 are due",
                                  i + 1, m->x[i], m->y[i], m->error[i])
                       : VT_RAISE(VT_EINPUT, "point %d (%g, %g) cannot be fitted: finite numbers are due",
                                  i + 1, m->x[i], m->y[i]);
    return VT_OK;
}

static void list_free(struct work *w)
{
    w->free_count = 0;
    for (int k = 0; k < w->fit->p; k++)
        if (!w->held[k]) w->free[w->free_count++] = k;
}

/* The best of all starts; a start that finds no end counts if it got lower, but is no convergence. */
static enum vt_status best_of_starts(struct work *w, double *best)
{
    struct vt_model_fit *m = w->fit;
    double least = INFINITY;
    enum vt_status first = VT_OK;
    for (int s = -1; s < m->n_starts; s++) {
        double start[VT_MODEL_MAX], value[VT_MODEL_MAX], chi2;
        for (int k = 0; k < m->p; k++) {
            const struct vt_model_parameter *q = &m->parameter[k];
            start[k] = s < 0 || q->fixed ? q->start : fmin(fmax(m->starts[s][k], q->low), q->high);
        }
        enum vt_status st = descend(w, start, value, &chi2);
        if (st == VT_EWORLD) return st;
        if (s < 0) first = st;
        if (chi2 < least) {
            least = chi2;
            memcpy(best, value, sizeof value);
            m->converged = st == VT_OK;
        }
    }
    return isfinite(least) && least < 1e30 ? VT_OK
           : first != VT_OK                ? first
                                           : VT_RAISE(VT_EPHYSICS, "the model is not finite at its start");
}

/* Parameters against a bound are held there. Closer than a thousandth of its error, or a millionth of the
 * range. */
static bool hold_at_bounds(struct work *w, double *value, double unit)
{
    struct vt_model_fit *m = w->fit;
    bool any = false;
    for (int k = 0; k < m->p; k++) {
        struct vt_model_parameter *q = &m->parameter[k];
        if (w->held[k]) continue;
        double near = 1e-3 * sqrt(unit * m->covariance[k][k]);
        if (isfinite(q->low) && isfinite(q->high)) near = fmax(near, 1e-6 * (q->high - q->low));
        bool low = value[k] - q->low <= near, high = q->high - value[k] <= near;
        if (!low && !high) continue;
        value[k] = value[k] - q->low < q->high - value[k] ? q->low : q->high;
        q->at_bound = w->held[k] = any = true;
        w->p[k] = value[k];
    }
    list_free(w);
    return any;
}

static void finish(struct work *w, const double *value, double unit)
{
    struct vt_model_fit *m = w->fit;
    for (int a = 0; a < m->p; a++)
        for (int b = 0; b < m->p; b++) m->covariance[a][b] *= unit;
    for (int k = 0; k < m->p; k++) {
        struct vt_model_parameter *q = &m->parameter[k];
        q->value = value[k];
        q->error = q->at_bound ? NAN : sqrt(m->covariance[k][k]);
    }
}

/* chi2 in the units of y, and what C is multiplied by. */
static double judge(struct work *w, double weighted)
{
    struct vt_model_fit *m = w->fit;
    double sum = 0, weights = 0, total = 0;
    for (int i = 0; i < m->n; i++) {
        double w2 = w->weight[i] * w->weight[i];
        sum += w2 * m->y[i], weights += w2;
    }
    for (int i = 0; i < m->n; i++) total += pow(w->weight[i] * (m->y[i] - sum / weights), 2);
    m->dof = m->n - w->free_count;
    m->chi2 = weighted / (m->error ? 1 : w->weight[0] * w->weight[0]);
    m->reduced = m->dof ? m->chi2 / m->dof : NAN;
    m->r2 = total > 0 ? 1 - weighted / total : NAN;
    if (!m->error) return weighted / m->dof;
    return m->stretch && m->reduced > 1 ? m->reduced : 1;
}

enum vt_status vt_fit_model(struct vt_model_fit *m)
{
    struct work w = {.fit = m};
    double value[VT_MODEL_MAX], chi2, largest = 0;
    enum vt_status st;
    VT_TRY(check(m));
    VT_TRY_GOTO(st, done, vt_alloc(&w.weight, m->n));
    VT_TRY_GOTO(st, done, vt_alloc(&w.plus, m->n));
    for (int i = 0; i < m->n; i++) largest = fmax(largest, fabs(m->y[i]));
    for (int i = 0; i < m->n; i++) w.weight[i] = 1 / (m->error ? m->error[i] : largest > 0 ? largest : 1);
    for (int k = 0; k < m->p; k++) {
        struct vt_model_parameter *q = &m->parameter[k];
        q->at_bound = false;
        w.held[k] = q->fixed;
        w.p[k] = q->start;
        w.scale[k] = q->scale > 0 ? q->scale : q->start != 0 ? fabs(q->start) : 1;
    }
    list_free(&w);
    VT_TRY_GOTO(st, done, best_of_starts(&w, value));
    for (;;) {
        chi2 = 0;
        evaluate(&w, value, w.plus);
        for (int i = 0; i < m->n; i++) chi2 += w.plus[i] * w.plus[i];
        double unit = judge(&w, chi2);
        VT_TRY_GOTO(st, done, covary(&w, value));
        if (!hold_at_bounds(&w, value, unit)) {
            finish(&w, value, unit);
            break;
        }
        double start[VT_MODEL_MAX];
        memcpy(start, value, sizeof start);
        st = descend(&w, start, value, &chi2);
        m->converged = st == VT_OK;
        if (st == VT_EWORLD) goto done;
    }
    st = m->converged ? VT_OK : VT_RAISE(VT_EPHYSICS, "the fit found no end");
done:
    free(w.weight), free(w.plus);
    return st;
}

double vt_model_error(const struct vt_model_fit *m, const double *derivative)
{
    double sum = 0;
    for (int a = 0; a < m->p; a++)
        for (int b = 0; b < m->p; b++) sum += derivative[a] * m->covariance[a][b] * derivative[b];
    return sqrt(sum);
}
