/* eam_builtin.c: the built-in potentials, tabulated at run time.
 *
 * Elements, with x = r/r_e (Zhou, Johnson & Wadley):
 *
 *     f(r)   = f_e exp(-beta (x - 1)) / (1 + (x - lambda)^20)
 *     phi(r) = A exp(-alpha (x - 1)) / (1 + (x - kappa)^20) - B exp(-beta (x - 1)) / (1 + (x - lambda)^20)
 *     F(rho) = sum_{k=0..3} Fn_k (rho/rho_n - 1)^k                       rho < rho_n = rho_l rho_e
 *            = F0 + F2 y^2 + F3 y^3,  y = rho/rho_e - 1                  up to rho_h = 1.15 rho_e
 *            = Fe [1 - eta ln(rho/rho_s)] (rho/rho_s)^eta                beyond
 *
 * F3 has one value below rho_e and one above. The published Fn_k and Fe follow from the rest: F(0) = 0, F,
 * F' and F'' continuous at rho_n, F continuous at rho_h. They are computed from these conditions, so that the
 * rounding of published digits leaves no step. At rho_h the published slopes differ a little and the
 * curvatures much; here one branch goes over into the other with two continuous derivatives.
 *
 * Energies of a metal do not change under f -> w f, F(rho) -> F(rho/w). All densities are scaled to rho_e =
 * 25, so that an atom of any element feels the same density in its own crystal, and then by the w of its row.
 * A pair takes the mean of its elements' own functions, each counted from its minimum:
 *
 *     phi_ab(r) = epsilon [phi_aa(r_a (1 + u)) + phi_bb(r_b (1 + u))] / 2,   u = k (r/r_0 - 1),
 *
 * with phi_aa'(r_a) = 0; so r_0 is the minimum, epsilon its depth over the mean one, k the inverse width. f
 * and phi are multiplied by a switch that takes them to zero with two continuous derivatives; the published
 * functions stop at about 1e-4 eV.
 *
 * Below 1.6 angstrom phi goes over, with two continuous derivatives, into the repulsion of screened nuclei
 * (Ziegler, Biersack & Littmark), which it is below 0.2 angstrom: atoms placed at random push each other
 * apart whatever the form does there. What goes over is the logarithm, as one may be ten times the other; the
 * form is positive there for all pairs (tests).
 *
 * References: Zhou, Johnson & Wadley, PRB 69, 144113 (2004); Johnson, PRB 39, 12554 (1989) (scaling);
 * Ziegler, Biersack & Littmark, The Stopping and Range of Ions in Solids (1985). */
#include "md/eam_builtin.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/provenance.h"
#include "io/eam_file.h"
#include "md/zhou_parameters.h"

/* Screened nuclei below the first, the Zhou form beyond the second. */
#define R_NUCLEI 0.2
#define R_FORM   1.6

/* F goes over from the branch around rho_e to that of high densities; in rho_e. */
#define RHO_H     1.15
#define JOIN_FROM 1.05
#define JOIN_TO   1.25

/* 150 is six times the density in a crystal. The error that splines through these knots add is in
 * tests/unit/eam_builtin.c. */
#define D_R   0.00286 /* about: the cut-off is a knot */
#define D_RHO (1.0 / 64)
#define N_RHO (150 * 64 + 1)

static const struct {
    const char *name, *elements;
} alloys[] = {
    {"CuZrAlHfCo", "Cu,Zr,Al,Hf,Co"},
    {"ZrTiCuNiBe", "Zr,Ti,Cu,Ni,Be"},
};

const struct vt_zhou_element *vt_zhou_find(const char *symbol)
{
    for (int s = 0; s < vt_zhou_elements_n; s++)
        if (strcmp(vt_zhou_elements[s].symbol, symbol) == 0) return &vt_zhou_elements[s];
    return NULL;
}

const struct vt_zhou_pair *vt_zhou_find_pair(const struct vt_zhou_pair *pairs, int n, const char *a,
                                             const char *b)
{
    for (int p = 0; p < n; p++) {
        const struct vt_zhou_pair *pair = &pairs[p];
        if ((strcmp(pair->a, a) == 0 && strcmp(pair->b, b) == 0) ||
            (strcmp(pair->a, b) == 0 && strcmp(pair->b, a) == 0))
            return pair;
    }
    return NULL;
}

static const struct vt_zhou_pair *find_pair(const struct vt_zhou_element *a, const struct vt_zhou_element *b)
{
    return vt_zhou_find_pair(vt_zhou_pairs, vt_zhou_pairs_n, a->symbol, b->symbol);
}

/* 1 below t = 0, 0 beyond 1, two continuous derivatives. */
static double step_down(double t)
{
    if (t <= 0) return 1;
    if (t >= 1) return 0;
    return 1 - t * t * t * (10 - t * (15 - 6 * t));
}

static double damped(double exponent, double shift)
{
    double s2 = shift * shift, s4 = s2 * s2, s8 = s4 * s4;
    return exp(exponent) / (1 + s8 * s8 * s4);
}

static double bare_density(const struct vt_zhou_element *a, double r)
{
    double x = r / a->r_e;
    return VT_ZHOU_RHO_E / a->rho_e * a->f_e * damped(-a->beta * (x - 1), x - a->lambda);
}

static double bare_phi(const struct vt_zhou_element *a, double r)
{
    double x = r / a->r_e;
    return a->A * damped(-a->alpha * (x - 1), x - a->kappa) -
           a->B * damped(-a->beta * (x - 1), x - a->lambda);
}

double vt_zhou_minimum(const struct vt_zhou_element *a)
{
    double best = 0.7 * a->r_e;
    for (double r = best; r < 1.4 * a->r_e; r += 0.01)
        if (bare_phi(a, r) < bare_phi(a, best)) best = r;
    for (double step = 0.01; step > 1e-8; step /= 2)
        for (int side = -1; side <= 1; side += 2)
            if (bare_phi(a, best + side * step) < bare_phi(a, best)) best += side * step;
    return best;
}

static double bare_pair(const struct vt_zhou_element *a, const struct vt_zhou_element *b,
                        const struct vt_zhou_pair *pair, double r)
{
    double u = pair->stretch * (r / pair->r_0 - 1);
    bool same = strcmp(a->symbol, pair->a) == 0; /* the order of the row */
    double r_a = same ? pair->r_a : pair->r_b, r_b = same ? pair->r_b : pair->r_a;
    return 0.5 * pair->epsilon * (bare_phi(a, r_a * (1 + u)) + bare_phi(b, r_b * (1 + u)));
}

double vt_zhou_density(const struct vt_zhou_element *a, double r)
{
    return a->density_scale * bare_density(a, r) * step_down((r - a->r_s) / (a->r_c - a->r_s));
}

/* r phi of bare nuclei behind the universal screening function; finite at r = 0. */
static double rphi_nuclei(int z_a, int z_b, double r)
{
    static const double E2 = 14.3996454784; /* e^2/(4 pi epsilon_0), eV angstrom: CODATA 2018 */
    static const double BOHR = 0.529177210903;
    double x = r * (pow(z_a, 0.23) + pow(z_b, 0.23)) / (0.8854 * BOHR);
    return E2 * z_a * z_b *
           (0.1818 * exp(-3.2 * x) + 0.5099 * exp(-0.9423 * x) + 0.2802 * exp(-0.4029 * x) +
            0.02817 * exp(-0.2016 * x));
}

static double phi_form(const struct vt_zhou_element *a, const struct vt_zhou_element *b,
                       const struct vt_zhou_pair *pair, double r)
{
    if (a == b) return bare_phi(a, r) * step_down((r - a->r_s) / (a->r_c - a->r_s));
    double phi = bare_pair(a, b, pair, r);
    double r_s = fmax(a->r_s, b->r_s), r_c = fmax(a->r_c, b->r_c);
    return phi * step_down((r - r_s) / (r_c - r_s));
}

struct vt_zhou_pair vt_zhou_rule(const struct vt_zhou_element *a, const struct vt_zhou_element *b)
{
    struct vt_zhou_pair pair = {
        .epsilon = 1, .stretch = 1, .r_a = vt_zhou_minimum(a), .r_b = vt_zhou_minimum(b)};
    strcpy(pair.a, a->symbol);
    strcpy(pair.b, b->symbol);
    pair.r_0 = 0.5 * (pair.r_a + pair.r_b);
    return pair;
}

double vt_zhou_rphi(const struct vt_zhou_element *a, const struct vt_zhou_element *b,
                    const struct vt_zhou_pair *pair, double r)
{
    double nuclei = step_down((r - R_NUCLEI) / (R_FORM - R_NUCLEI));
    if (nuclei == 0) return r * phi_form(a, b, pair, r);
    if (nuclei == 1) return rphi_nuclei(a->z, b->z, r);
    return pow(rphi_nuclei(a->z, b->z, r), nuclei) * pow(r * phi_form(a, b, pair, r), 1 - nuclei);
}

/* The branches around rho_e and below, x in rho_e. */
static double embedding_below(const struct vt_zhou_element *a, double x)
{
    double y = (x < a->rho_l ? a->rho_l : x) - 1;
    double F3 = y < 0 ? a->F3_minus : a->F3_plus;
    double F = a->F0 + y * y * (a->F2 + y * F3);
    if (x >= a->rho_l) return F;
    double slope = a->rho_l * y * (2 * a->F2 + 3 * F3 * y);        /* Fn_1 */
    double curvature = a->rho_l * a->rho_l * (a->F2 + 3 * F3 * y); /* Fn_2 */
    double t = x / a->rho_l - 1;
    return F + t * (slope + t * (curvature + t * (F - slope + curvature))); /* Fn_3: F(0) = 0 */
}

double vt_zhou_embedding(const struct vt_zhou_element *a, double rho)
{
    double x = rho / (a->density_scale * VT_ZHOU_RHO_E);
    double low = step_down((x - JOIN_FROM) / (JOIN_TO - JOIN_FROM));
    double F = low > 0 ? low * embedding_below(a, x) : 0;
    if (low == 1) return F;
    double s = a->rho_s / a->rho_e, h = RHO_H / s;
    double Fe = embedding_below(a, RHO_H) / ((1 - a->eta * log(h)) * pow(h, a->eta));
    return F + (1 - low) * Fe * (1 - a->eta * log(x / s)) * pow(x / s, a->eta);
}

enum vt_status vt_zhou_tabulate(const struct vt_zhou_element *const *row, int n,
                                const struct vt_zhou_pair *pairs, int n_pairs, struct vt_eam *e)
{
    *e = (struct vt_eam){.n_species = n, .n_rho = N_RHO, .d_rho = D_RHO};
    for (int a = 0; a < n; a++) e->cutoff = fmax(e->cutoff, row[a]->r_c);
    e->n_r = (int)lrint(e->cutoff / D_R) + 1;
    e->d_r = e->cutoff / (e->n_r - 1);
    enum vt_status st = vt_eam_alloc(e);
    if (st != VT_OK) {
        vt_eam_release(e);
        return st;
    }
    for (int a = 0; a < n; a++) {
        struct vt_eam_element *element = &e->element[a];
        memcpy(element->symbol, row[a]->symbol, sizeof element->symbol);
        memcpy(element->structure, row[a]->structure, sizeof row[a]->structure);
        element->z = row[a]->z;
        element->mass = row[a]->mass;
        element->lattice = row[a]->lattice;
        for (int k = 0; k < N_RHO; k++) vt_eam_f(e, a)[k] = vt_zhou_embedding(row[a], k * D_RHO);
        for (int k = 0; k < e->n_r; k++) {
            double rho = vt_zhou_density(row[a], k * e->d_r);
            for (int b = 0; b < n; b++) vt_eam_rho(e, a, b)[k] = rho;
        }
        for (int b = 0; b <= a; b++) {
            const struct vt_zhou_pair *pair =
                vt_zhou_find_pair(pairs, n_pairs, row[a]->symbol, row[b]->symbol);
            struct vt_zhou_pair rule;
            if (!pair && a != b) rule = vt_zhou_rule(row[a], row[b]), pair = &rule;
            for (int k = 0; k < e->n_r; k++)
                vt_eam_rphi(e, a, b)[k] = vt_eam_rphi(e, b, a)[k] =
                    vt_zhou_rphi(row[a], row[b], pair, k * e->d_r);
        }
    }
    return VT_OK;
}

/* Add text to a comment as far as it fits. */
static void add(char (*comment)[256], const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char (*comment)[256], const char *format, ...)
{
    size_t used = strlen(*comment);
    va_list args;
    va_start(args, format);
    vsnprintf(*comment + used, sizeof *comment - used, format, args);
    va_end(args);
}

static void write_comments(const struct vt_zhou_element *const *row, int n, struct vt_eam *e)
{
    add(&e->comment[0],
        "Zhou-Johnson-Wadley form, tabulated by Vitrum %s; what it gets right and wrong: "
        "docs/theory/potentials.md",
        vt_version);
    for (int a = 0; a < n; a++) {
        int first = 0;
        while (strcmp(row[first]->source, row[a]->source) != 0) first++;
        if (first < a) continue; /* said with the first */
        add(&e->comment[1], "%s", a ? "; " : "");
        for (int b = a; b < n; b++)
            if (strcmp(row[b]->source, row[a]->source) == 0) add(&e->comment[1], "%s ", row[b]->symbol);
        add(&e->comment[1], "%s", row[a]->source);
    }
    int plain = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) plain += !find_pair(row[a], row[b]);
    add(&e->comment[2], "pairs fitted to liquids and compounds: %d; by the rule alone: %d",
        n * (n - 1) / 2 - plain, plain);
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++)
            if (!find_pair(row[a], row[b])) add(&e->comment[2], " %s-%s", row[a]->symbol, row[b]->symbol);
}

static enum vt_status unknown_element(const char *symbol, const char *list)
{
    char known[256] = "";
    for (int s = 0; s < vt_zhou_elements_n; s++)
        add(&known, "%s%s", s ? ", " : "", vt_zhou_elements[s].symbol);
    return VT_RAISE(VT_EINPUT,
                    "builtin:%s: there is no built-in potential named so and no element '%s' among its rows; "
                    "alloys: %s, %s; elements, separated by commas: %s",
                    list, symbol, alloys[0].name, alloys[1].name, known);
}

enum vt_status vt_eam_builtin_elements(const char *list, struct vt_eam *e)
{
    *e = (struct vt_eam){0};
    const struct vt_zhou_element *row[VT_SPECIES_MAX];
    int n = 0;
    for (const char *at = list;; at++) {
        char symbol[16];
        at += strspn(at, " ");
        size_t length = strcspn(at, ", ");
        snprintf(symbol, sizeof symbol, "%.*s", (int)(length < 15 ? length : 15), at);
        at += length;
        at += strspn(at, " ");
        const struct vt_zhou_element *found = vt_zhou_find(symbol);
        if (!found || (*at && *at != ',')) return unknown_element(symbol, list);
        for (int a = 0; a < n; a++)
            if (row[a] == found) return VT_RAISE(VT_EINPUT, "builtin:%s: %s stands twice", list, symbol);
        if (n == VT_SPECIES_MAX)
            return VT_RAISE(VT_EINPUT, "builtin:%s: more than %d elements", list, VT_SPECIES_MAX);
        row[n++] = found;
        if (!*at) break;
    }
    VT_TRY(vt_zhou_tabulate(row, n, vt_zhou_pairs, vt_zhou_pairs_n, e));
    write_comments(row, n, e);
    vt_eam_seal(e);
    return VT_OK;
}

enum vt_status vt_eam_builtin(const char *name, struct vt_eam *e)
{
    for (size_t k = 0; k < sizeof alloys / sizeof *alloys; k++)
        if (strcmp(name, alloys[k].name) == 0) return vt_eam_builtin_elements(alloys[k].elements, e);
    return vt_eam_builtin_elements(name, e);
}

/* An alloy, or a list that begins with an element which has a row. */
static bool is_builtin(const char *name)
{
    for (size_t k = 0; k < sizeof alloys / sizeof *alloys; k++)
        if (strcmp(name, alloys[k].name) == 0) return true;
    char symbol[8];
    snprintf(symbol, sizeof symbol, "%.*s", (int)strcspn(name, ", "), name);
    return strlen(symbol) <= 2 && vt_zhou_find(symbol);
}

const char *vt_eam_builtin_name(const char *source)
{
    static const char BUILTIN[] = "builtin:";
    if (strncmp(source, BUILTIN, strlen(BUILTIN)) == 0) return source + strlen(BUILTIN);
    return access(source, F_OK) != 0 && errno == ENOENT && is_builtin(source) ? source : NULL;
}

enum vt_status vt_eam_load(const char *source, struct vt_eam *e)
{
    const char *name = vt_eam_builtin_name(source);
    return name ? vt_eam_builtin(name, e) : vt_eam_read(source, e);
}
