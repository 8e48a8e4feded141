/* fit.c: the whole way from targets to rows. See fit_element.c and fit_pair.c for its two steps. */
#include "potential/fit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"
#include "core/units.h"
#include "io/replace.h"
#include "md/eam_builtin.h"
#include "potential/fit_element.h"
#include "potential/glass.h"
#include "potential/properties.h"
#include "study/liquid.h"

/* A depth is right when the enthalpy is met within this, or within its error. */
static const double ENOUGH = 0.5; /* kJ/mol */

/* How glasses are made whose first peaks are compared: fast, two of each. What else is measured there is not
 * looked at. */
static const struct vt_glass_options GLASS = {.atoms = 2000,
                                              .replicas = 2,
                                              .rate = 100,
                                              .melt = 3,
                                              .settle = 2,
                                              .liquid = 2,
                                              .glass = 4,
                                              .strained = 0.25};
static const double NEAR_PEAK = 0.02; /* angstrom: so near is there */
enum { GLASSES_MAX = 2 };             /* corrections of peaks */

/* ------------------------------------------------------------------------------------------- selection */

static bool listed(const char *list, const char *symbol)
{
    size_t length = strlen(symbol);
    for (const char *at = list; at; at = strchr(at, ','), at = at ? at + 1 : NULL) {
        at += strspn(at, " ");
        if (strncmp(at, symbol, length) == 0 && strchr(", ", at[length])) return true; /* or its end */
    }
    return !list;
}

static enum vt_status select_sets(const struct vt_fit_options *o, struct vt_fitted *f)
{
    const struct vt_targets *t = &f->targets;
    VT_TRY(vt_alloc(&f->element, t->n_elements));
    VT_TRY(vt_alloc(&f->pair, t->n_pairs));
    for (int k = 0; k < t->n_elements; k++)
        if (listed(o->elements, t->element[k].symbol[0])) f->element[f->n_elements++].set = &t->element[k];
    for (int k = 0; k < t->n_pairs; k++) {
        const struct vt_target_set *s = &t->pair[k];
        if (!listed(o->elements, s->symbol[0]) || !listed(o->elements, s->symbol[1])) continue;
        for (int e = 0; e < 2; e++)
            if (!vt_targets_find(t, s->symbol[e], NULL))
                return VT_RAISE_AT(s->at, "%s-%s: there are no targets for %s", s->symbol[0], s->symbol[1],
                                   s->symbol[e]);
        f->pair[f->n_pairs++].set = s;
    }
    for (const char *at = o->elements; at; at = strchr(at, ','), at = at ? at + 1 : NULL) {
        char symbol[16];
        at += strspn(at, " ");
        snprintf(symbol, sizeof symbol, "%.*s", (int)strcspn(at, ", "), at);
        if (!vt_targets_find(t, symbol, NULL))
            return VT_RAISE(VT_EINPUT, "--elements %s: there are no targets for '%s'", o->elements, symbol);
    }
    if (f->n_elements == 0) return VT_RAISE(VT_EINPUT, "there are no elements among the targets");
    return VT_OK;
}

static const struct vt_zhou_element *row_of(const struct vt_fitted *f, const char *symbol)
{
    for (int k = 0; k < f->n_elements; k++)
        if (strcmp(f->element[k].row.symbol, symbol) == 0) return &f->element[k].row;
    return NULL;
}

static void rows_of_pair(const struct vt_fitted *f, const struct vt_fitted_pair *p,
                         const struct vt_zhou_element *row[2])
{
    for (int e = 0; e < 2; e++) row[e] = row_of(f, p->set->symbol[e]);
}

/* ----------------------------------------------------------------------------------- fits that are there */

/* Part of every key: a change of fit_element.c that gives the same targets other rows changes this, too. */
static const char METHOD[] = "element 9";

/* All that a row follows from: the form, seen in tables of a row that is not fitted, and every target. */
static enum vt_status key_of(const struct vt_target_set *s, int tries, uint64_t *key)
{
    struct vt_eam form;
    VT_TRY(vt_eam_builtin_elements("Ag", &form));
    uint64_t h = vt_hash(VT_HASH_START, METHOD, sizeof METHOD);
    h = vt_hash(h, &form.checksum, sizeof form.checksum);
    vt_eam_release(&form);
    h = vt_hash(h, &tries, sizeof tries);
    h = vt_hash(h, s->structure, strlen(s->structure) + 1);
    const double range[] = {s->r_s, s->r_c};
    h = vt_hash(h, range, sizeof range);
    for (int k = 0; k < s->n; k++) {
        const struct vt_target *t = &s->target[k];
        const double number[] = {t->value, t->fit ? t->tolerance : 0, t->fit};
        h = vt_hash(h, number, sizeof number);
        h = vt_hash(h, vt_target_names[t->kind].name, strlen(vt_target_names[t->kind].name) + 1);
        h = vt_hash(h, t->structure, strlen(t->structure) + 1);
    }
    *key = h;
    return VT_OK;
}

/* One file for one element, of the bytes that this program has in memory: a cache, not a format. */
static enum vt_status name_of(const struct vt_fit_options *o, const struct vt_target_set *s, char name[4200])
{
    uint64_t key;
    VT_TRY(key_of(s, o->tries, &key));
    snprintf(name, 4200, "%.4000s/element-%s-%016" PRIx64, o->cache, s->symbol[0], key);
    return VT_OK;
}

static bool recall(const char *name, struct vt_fitted_element *e)
{
    FILE *file = fopen(name, "rbe");
    struct vt_fitted_element there;
    bool whole = file && fread(&there, sizeof there, 1, file) == 1 && fgetc(file) == EOF;
    if (file) fclose(file);
    if (whole) e->row = there.row, e->fit = there.fit;
    return whole;
}

static enum vt_status keep(const char *name, const struct vt_fitted_element *e)
{
    struct vt_replace file = {0};
    VT_TRY(vt_replace_open(&file, name));
    fwrite(e, sizeof *e, 1, file.file);
    enum vt_status st = vt_replace_commit(&file);
    if (st != VT_OK) vt_replace_abandon(&file);
    return st;
}

static enum vt_status fit_or_recall(const struct vt_fit_options *o, struct vt_fitted_element *e)
{
    char name[4200];
    if (o->cache) VT_TRY(name_of(o, e->set, name));
    if (o->cache && recall(name, e)) return VT_OK;
    vt_log(VT_LOG_INFO, "fitting %s", e->set->symbol[0]);
    VT_TRY(vt_fit_element(e->set, o->tries, &e->row, &e->fit));
    return o->cache ? keep(name, e) : VT_OK;
}

/* ------------------------------------------------------------------------------------------------ fits */

/* What rank k % size made of part k, to all. Pointers in it stay each rank's own. Collective. */
static enum vt_status share_row(MPI_Comm comm, int k, void *bytes, size_t size)
{
    int ranks;
    MPI_Comm_size(comm, &ranks);
    return vt_mpi(MPI_Bcast(bytes, (int)size, MPI_BYTE, k % ranks, comm));
}

static enum vt_status fit_elements(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    enum vt_status st = VT_OK;
    for (int k = rank; st == VT_OK && k < f->n_elements; k += ranks) {
        struct vt_fitted_element *e = &f->element[k];
        st = fit_or_recall(o, e);
    }
    VT_TRY(vt_agree(comm, st));
    for (int k = 0; k < f->n_elements; k++) {
        struct vt_fitted_element *e = &f->element[k];
        VT_TRY(share_row(comm, k, &e->row, sizeof e->row));
        VT_TRY(share_row(comm, k, &e->fit, sizeof e->fit));
        e->row.source = "fitted";
        e->row.density_scale = e->set->density_scale; /* does nothing in the metal, so it is not in the key */
        e->fit.model = NULL, e->fit.self = NULL;
        vt_log(VT_LOG_INFO, "%s: sum of squares %.4g", e->set->symbol[0], e->fit.sum);
    }
    return VT_OK;
}

static enum vt_status fit_compounds(MPI_Comm comm, struct vt_fitted *f)
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    enum vt_status st = VT_OK;
    for (int k = rank; st == VT_OK && k < f->n_pairs; k += ranks) {
        struct vt_fitted_pair *p = &f->pair[k];
        const struct vt_zhou_element *row[2];
        rows_of_pair(f, p, row);
        if (!p->converged)
            st = vt_fit_compounds(p->set, row, p->peak.target > 0 ? &p->peak : NULL, &p->row, &p->fit);
    }
    VT_TRY(vt_agree(comm, st));
    for (int k = 0; k < f->n_pairs; k++) {
        VT_TRY(share_row(comm, k, &f->pair[k].row, sizeof f->pair[k].row));
        VT_TRY(share_row(comm, k, &f->pair[k].fit, sizeof f->pair[k].fit));
        f->pair[k].fit.model = NULL, f->pair[k].fit.self = NULL;
    }
    return VT_OK;
}

/* The enthalpy of mixing that a pair is fitted to [kJ/mol]; NAN if it is to none. */
static double mixing_target(const struct vt_target_set *s)
{
    for (int k = 0; k < s->n; k++)
        if (s->target[k].kind == VT_TARGET_MIXING && s->target[k].fit)
            return s->target[k].value / vt_units_factor("kJ/mol");
    return NAN;
}

/* One more point for every pair that is not done: its liquid at the depth it has now. Collective. */
static enum vt_status measure_liquids(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    enum vt_status st = VT_OK;
    struct vt_mixture *mixture = NULL;
    struct vt_eam *tables = NULL;
    struct vt_fitted_pair **of = NULL;
    int n = 0;
    VT_TRY_GOTO(st, made, vt_alloc(&mixture, f->n_pairs));
    VT_TRY_GOTO(st, made, vt_alloc(&tables, f->n_pairs));
    VT_TRY_GOTO(st, made, vt_alloc(&of, f->n_pairs));
    for (int k = 0; k < f->n_pairs; k++) {
        struct vt_fitted_pair *p = &f->pair[k];
        if (p->converged) continue;
        const struct vt_zhou_element *row[2];
        rows_of_pair(f, p, row);
        VT_TRY_GOTO(st, made, vt_zhou_tabulate(row, 2, &p->row, 1, &tables[n]));
        vt_eam_seal(&tables[n]);
        mixture[n] =
            (struct vt_mixture){.a = p->set->symbol[0], .b = p->set->symbol[1], .tables = &tables[n]};
        of[n++] = p;
    }
made:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done, vt_mixtures_measure(comm, o->cache, &vt_liquid_defaults, n, mixture));
    for (int k = 0; k < n; k++) {
        const struct vt_mixture *m = &mixture[k];
        if (m->status != VT_OK) continue; /* told by the pool; the depth is halved towards 1 below */
        of[k]->depth[of[k]->n++] = (struct vt_depth){of[k]->row.epsilon, m->enthalpy, m->error};
        of[k]->volume = m->mixed.volume / (0.5 * (m->pure[0].volume + m->pure[1].volume)) - 1;
        of[k]->volume_error = m->mixed.volume_error / m->mixed.volume;
        vt_log(VT_LOG_INFO,
               "%s-%s: depth %.4f distance %.4f A (%.3f) stretch %.4f: %.2f +- %.2f kJ/mol, target %.3g",
               m->a, m->b, of[k]->row.epsilon, of[k]->row.r_0,
               of[k]->row.r_0 / (0.5 * (of[k]->row.r_a + of[k]->row.r_b)), of[k]->row.stretch, m->enthalpy,
               m->error, mixing_target(of[k]->set));
    }
done:
    for (int k = 0; k < n; k++) vt_eam_release(&tables[k]);
    free(of);
    free(tables);
    free(mixture);
    return st;
}

/* Pairs that did not get there have the best of the depths that were tried. Collective. */
static enum vt_status give_up(MPI_Comm comm, struct vt_fitted *f)
{
    for (int k = 0; k < f->n_pairs; k++) {
        struct vt_fitted_pair *p = &f->pair[k];
        if (p->converged) continue;
        double target = mixing_target(p->set);
        int best = 0;
        for (int q = 1; q < p->n; q++)
            if (fabs(p->depth[q].enthalpy - target) < fabs(p->depth[best].enthalpy - target)) best = q;
        if (p->n) p->row.epsilon = p->depth[best].epsilon;
        vt_log(VT_LOG_WARNING,
               "%s-%s: no depth was found that gives %.3g kJ/mol within %g; fit.txt has what was tried",
               p->row.a, p->row.b, target, ENOUGH);
    }
    return fit_compounds(comm, f);
}

/* Depths of all pairs that are not done, so that their liquids mix as they should. Collective. */
static enum vt_status settle_depths(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    for (int round = 0;; round++) {
        VT_TRY(fit_compounds(comm, f));
        int open = 0;
        for (int k = 0; k < f->n_pairs; k++) {
            if (!o->liquids || isnan(mixing_target(f->pair[k].set))) f->pair[k].converged = true;
            open += !f->pair[k].converged;
        }
        if (open == 0) return VT_OK;
        if (round == VT_DEPTHS_MAX) return give_up(comm, f);
        vt_log(VT_LOG_INFO, "round %d of liquids: %d pairs", round + 1, open);
        for (int k = 0; k < f->n_pairs; k++) f->pair[k].n_before = f->pair[k].n;
        VT_TRY(measure_liquids(comm, o, f));
        for (int k = 0; k < f->n_pairs; k++) {
            struct vt_fitted_pair *p = &f->pair[k];
            if (p->converged) continue;
            if (p->n == p->n_before)
                p->row.epsilon = sqrt(p->row.epsilon); /* no liquid there */
            else
                p->converged = vt_next_depth(p->depth, p->n, mixing_target(p->set), ENOUGH, &p->row.epsilon);
            p->row.epsilon = rint(p->row.epsilon * 1e6) / 1e6;
        }
    }
}

static int species_of(const struct vt_material *m, const char *symbol)
{
    int s = 0;
    while (strcmp(m->species[s].symbol, symbol) != 0) s++;
    return s;
}

/* The peaks that a glass of this alloy has and that count. */
static void take_peaks(const struct vt_target_set *alloy, const struct vt_glass *glass, struct vt_fitted *f)
{
    const struct vt_material *m = &glass->material;
    for (int k = 0; k < f->n_pairs; k++) {
        struct vt_fitted_pair *p = &f->pair[k];
        const struct vt_target *t = vt_peak_target(alloy, p->row.a, p->row.b);
        if (!t || !t->fit) continue;
        int pair = vt_species_pair(species_of(m, p->row.a), species_of(m, p->row.b), m->n_species);
        double found = glass->peak[pair].value;
        vt_log(VT_LOG_INFO, "%s: first peak in %s at %.3f A, target %.3g", t->compound, alloy->alloy.name,
               found, t->value);
        if (!isfinite(found)) continue;
        const struct vt_zhou_element *row[2];
        rows_of_pair(f, p, row);
        p->peak = (struct vt_peak_aim){t->value, t->tolerance, found, vt_pair_wall(row, &p->row)};
    }
}

/* A glass of each alloy that has peaks to be met, and whose elements are all there. Collective. */
static enum vt_status measure_peaks(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    struct vt_eam tables;
    VT_TRY(vt_agree(comm, vt_fitted_tables(f, &tables)));
    enum vt_status st = VT_OK;
    for (int k = 0; k < f->targets.n_alloys && st == VT_OK; k++) {
        const struct vt_target_set *s = &f->targets.alloy[k];
        bool wanted = false;
        for (int t = 0; t < s->n; t++) wanted |= s->target[t].kind == VT_TARGET_PEAK && s->target[t].fit;
        for (int e = 0; e < s->alloy.n; e++) wanted &= row_of(f, s->alloy.symbol[e]) != NULL;
        if (!wanted) continue;
        struct vt_glass_options options = GLASS;
        struct vt_glass glass;
        char composition[512];
        vt_alloy_composition(&s->alloy, composition, sizeof composition);
        options.composition = composition, options.tables = &tables, options.cache = o->cache;
        st = vt_glass_measure(comm, &options, &glass);
        if (st == VT_OK) take_peaks(s, &glass, f);
    }
    vt_eam_release(&tables);
    return st;
}

static enum vt_status fit_pairs(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    for (int k = 0; k < f->n_pairs; k++) {
        struct vt_fitted_pair *p = &f->pair[k];
        double mixing = mixing_target(p->set);
        p->row.epsilon = o->liquids && !isnan(mixing) ? vt_first_depth(mixing) : 1;
        strcpy(p->row.a, p->set->symbol[0]);
        strcpy(p->row.b, p->set->symbol[1]);
    }
    for (int glasses = 0;; glasses++) {
        bool open = false;
        VT_TRY(settle_depths(comm, o, f));
        if (!o->liquids) return VT_OK;
        VT_TRY(measure_peaks(comm, o, f));
        if (glasses == GLASSES_MAX) return VT_OK;
        for (int k = 0; k < f->n_pairs; k++) {
            struct vt_fitted_pair *p = &f->pair[k];
            if (!(p->peak.target > 0) || fabs(p->peak.found - p->peak.target) < NEAR_PEAK) continue;
            p->converged = false, p->n = 0;
            open = true;
        }
        if (!open) return VT_OK;
    }
}

enum vt_status vt_fit_check(const struct vt_fit_options *o)
{
    struct vt_fitted f = {0};
    VT_TRY(vt_targets_read(o->targets, &f.targets));
    enum vt_status st = select_sets(o, &f);
    vt_fitted_release(&f);
    return st;
}

enum vt_status vt_fit_targets(MPI_Comm comm, const struct vt_fit_options *o, struct vt_fitted *f)
{
    *f = (struct vt_fitted){0};
    VT_TRY(vt_agree(comm, vt_targets_read(o->targets, &f->targets)));
    VT_TRY(vt_agree(comm, select_sets(o, f)));
    VT_TRY(fit_elements(comm, o, f));
    return fit_pairs(comm, o, f);
}

void vt_fitted_release(struct vt_fitted *f)
{
    free(f->element);
    free(f->pair);
    vt_targets_release(&f->targets);
    *f = (struct vt_fitted){0};
}

/* -------------------------------------------------------------------------------------------- results */

enum vt_status vt_fitted_tables(const struct vt_fitted *f, struct vt_eam *tables)
{
    const struct vt_zhou_element *row[VT_SPECIES_MAX];
    struct vt_zhou_pair *pairs = NULL;
    if (f->n_elements > VT_SPECIES_MAX)
        return VT_RAISE(VT_EINPUT, "%d elements; tables hold at most %d", f->n_elements, VT_SPECIES_MAX);
    for (int k = 0; k < f->n_elements; k++) row[k] = &f->element[k].row;
    VT_TRY(vt_alloc(&pairs, f->n_pairs + 1));
    for (int k = 0; k < f->n_pairs; k++) pairs[k] = f->pair[k].row;
    enum vt_status st = vt_zhou_tabulate(row, f->n_elements, pairs, f->n_pairs, tables);
    free(pairs);
    if (st != VT_OK) return st;
    snprintf(tables->comment[0], sizeof tables->comment[0], "Zhou-Johnson-Wadley form, fitted by Vitrum");
    vt_eam_seal(tables);
    return VT_OK;
}

void vt_fitted_element_rows(const struct vt_fitted *f, FILE *out)
{
    fprintf(out, "/* zhou_elements.def: made by `vitrum potential fit`, not by hand; columns as in "
                 "zhou_parameters.c. */\n");
    for (int k = 0; k < f->n_elements; k++) {
        const struct vt_zhou_element *e = &f->element[k].row;
        fprintf(out,
                "    {\"%s\", %d, %.5g, \"%s\", %.4f, %.6f, %.6f, %.6f, %.6f, %.6f, %.2f, %.1f, %.2f, FIT,\n"
                "     %.6f, %.6f, %.6f, %.6f, %.6f, %.6f, %.6f, %.6f, %.6f, %.6f, %g},\n",
                e->symbol, e->z, e->mass, e->structure, e->lattice, e->F0, e->F2, e->F3_minus, e->F3_plus,
                e->eta, e->rho_l, e->r_s, e->r_c, e->r_e, e->f_e, e->rho_e, e->rho_s, e->alpha, e->beta, e->A,
                e->B, e->kappa, e->lambda, e->density_scale);
    }
}

void vt_fitted_pair_rows(const struct vt_fitted *f, FILE *out)
{
    fprintf(out, "/* zhou_pairs.def: made by `vitrum potential fit`, not by hand; columns as in "
                 "zhou_parameters.c. */\n");
    for (int k = 0; k < f->n_pairs; k++) {
        const struct vt_fitted_pair *p = &f->pair[k];
        double mixing = mixing_target(p->set);
        fprintf(out, "    {\"%s\", \"%s\", %.6f, %.6f, %.6f, %.6f, %.6f},", p->row.a, p->row.b,
                p->row.epsilon, p->row.r_0, p->row.stretch, p->row.r_a, p->row.r_b);
        if (p->n && !isnan(mixing))
            fprintf(out, " /* %.3g, reached %.1f +- %.1f kJ/mol */", mixing, p->depth[p->n - 1].enthalpy,
                    p->depth[p->n - 1].error);
        fprintf(out, "\n");
    }
}

static void put_targets(const struct vt_target_set *s, const double *value, FILE *out)
{
    fprintf(out, "  %-18s %-10s %12s %12s %10s %9s  %s\n", "property", "of", "target", "result", "tolerance",
            "residual", "source");
    for (int k = 0; k < s->n; k++) {
        const struct vt_target *t = &s->target[k];
        const struct vt_target_name *name = &vt_target_names[t->kind];
        double unit = vt_units_factor(name->unit);
        char of[32], residual[16] = "-";
        snprintf(of, sizeof of, "%s%s%s", t->compound, *t->compound ? " " : "", t->structure);
        if (t->fit && isfinite(value[k]))
            snprintf(residual, sizeof residual, "%+.2f", (value[k] - t->value) / t->tolerance);
        fprintf(out, "  %-18s %-10s %12.5g ", name->name, of, t->value / unit);
        if (isfinite(value[k]))
            fprintf(out, "%12.5g ", value[k] / unit);
        else
            fprintf(out, "%12s ", "not sought");
        if (isfinite(t->tolerance))
            fprintf(out, "%10.3g ", t->tolerance / unit);
        else
            fprintf(out, "%10s ", "-");
        fprintf(out, "%9s  %s, in %s\n", residual, t->source, name->unit);
    }
}

static void put_parameters(const struct vt_fit *fit, const char *const *names, FILE *out)
{
    fprintf(out, "  sum of squares %.4g of %d residuals, %d parameters%s\n", fit->sum, fit->m, fit->n,
            fit->converged ? "" : "; steps used up before convergence");
    for (int a = 0; a < fit->n; a++) {
        fprintf(out, "  %-8s %12.6f ", names[a], fit->p[a]);
        if (fit->at_bound[a]) {
            fprintf(out, "at its bound, %g to %g\n", fit->low[a], fit->high[a]);
            continue;
        }
        fprintf(out, "+- %-10.3g correlations", sqrt(fit->covariance[a][a]));
        for (int b = 0; b < a; b++)
            fprintf(out, " %5.2f",
                    fit->covariance[a][b] / sqrt(fit->covariance[a][a] * fit->covariance[b][b]));
        fprintf(out, "\n");
    }
}

static enum vt_status report_element(const struct vt_fitted_element *e, FILE *out)
{
    enum vt_status st = VT_OK;
    struct vt_eam tables = {0};
    struct vt_eam_curves curves = {0};
    double *value = NULL, eos[VT_EOS_POINTS];
    VT_TRY_GOTO(st, done, vt_zhou_tabulate((const struct vt_zhou_element *[]){&e->row}, 1, NULL, 0, &tables));
    VT_TRY_GOTO(st, done, vt_eam_curves_init(&curves, &tables));
    VT_TRY_GOTO(st, done, vt_alloc(&value, e->set->n));
    VT_TRY_GOTO(st, done, vt_element_properties(e->set, &curves, 0, value, eos));
    fprintf(out, "\n%s (%s)\n", e->set->symbol[0], e->set->structure);
    if (*e->set->remark) fprintf(out, "  %s\n", e->set->remark);
    put_targets(e->set, value, out);
    put_parameters(&e->fit, vt_fit_element_parameters, out);
done:
    free(value);
    vt_eam_curves_release(&curves);
    vt_eam_release(&tables);
    return st;
}

static enum vt_status report_pair(const struct vt_fitted *f, const struct vt_fitted_pair *p, FILE *out)
{
    static const char *const names[] = {"sigma", "stretch"};
    const struct vt_zhou_element *row[2];
    enum vt_status st = VT_OK;
    struct vt_eam tables = {0};
    struct vt_eam_curves curves = {0};
    double *value = NULL;
    rows_of_pair(f, p, row);
    VT_TRY_GOTO(st, done, vt_zhou_tabulate(row, 2, &p->row, 1, &tables));
    VT_TRY_GOTO(st, done, vt_eam_curves_init(&curves, &tables));
    VT_TRY_GOTO(st, done, vt_alloc(&value, p->set->n));
    VT_TRY_GOTO(st, done, vt_compound_properties(p->set, &curves, (const int[]){0, 1}, value));
    for (int k = 0; k < p->set->n; k++)
        if (p->set->target[k].kind == VT_TARGET_MIXING && p->n)
            value[k] = p->depth[p->n - 1].enthalpy * vt_units_factor("kJ/mol");
        else if (p->set->target[k].kind == VT_TARGET_STRETCH)
            value[k] = p->row.stretch;
    fprintf(out, "\n%s-%s\n", p->row.a, p->row.b);
    put_targets(p->set, value, out);
    put_parameters(&p->fit, names, out);
    if (p->peak.target > 0)
        fprintf(out, "  first peak in the glass %.3f A, target %.3g, tolerance %.2g\n", p->peak.found,
                p->peak.target, p->peak.tolerance);
    for (int k = 0; k < p->n; k++)
        fprintf(out, "  depth %.6f: %.2f +- %.2f kJ/mol\n", p->depth[k].epsilon, p->depth[k].enthalpy,
                p->depth[k].error);
    if (p->n && !p->converged) fprintf(out, "  the enthalpy was not met in %d rounds\n", p->n);
    if (p->n)
        fprintf(out, "  volume of the liquid over that of its parts: %+.2f +- %.2f %%\n", 100 * p->volume,
                100 * p->volume_error);
done:
    free(value);
    vt_eam_curves_release(&curves);
    vt_eam_release(&tables);
    return st;
}

enum vt_status vt_fitted_report(const struct vt_fitted *f, FILE *out)
{
    fprintf(
        out,
        "Fitted potentials. Residual: (result - target)/tolerance. Errors of parameters: what changes the\n"
        "sum of squares by 1, tolerances being standard errors.\n");
    for (int k = 0; k < f->n_elements; k++) VT_TRY(report_element(&f->element[k], out));
    for (int k = 0; k < f->n_pairs; k++) VT_TRY(report_pair(f, &f->pair[k], out));
    return VT_OK;
}
