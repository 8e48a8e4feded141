/* check.c: crystals of elements and compounds at rest, by lattice sums, and the tables.
 *
 * Crystals of elements are sought from where their energy has a minimum along the volume, not from the
 * reference; compounds from the lattice that is given for them. */
#include "potential/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"
#include "potential/sanity.h"
#include "potential/supercell.h"

const char *const vt_check_structures[VT_CHECK_STRUCTURES] = {"fcc", "hcp", "bcc"};

/* ------------------------------------------------------------------------------------------- findings */

/* Internal units in one unit of the row. */
static double unit_of(enum vt_property property)
{
    const char *unit = vt_property_rows[property].unit;
    if (!*unit || !strcmp(unit, "1")) return 1;
    return !strcmp(unit, "1e-6/K") ? 1e-6 : vt_units_factor(unit);
}

static enum vt_status add_range(struct vt_check *c, const char *subject, enum vt_property property,
                                const char *what, double value, double error, double low, double high,
                                const char *source)
{
    double unit = unit_of(property);
    struct vt_finding f = {.property = property,
                           .value = value / unit,
                           .error = error / unit,
                           .low = low / unit,
                           .high = high / unit};
    snprintf(f.subject, sizeof f.subject, "%s", subject);
    snprintf(f.what, sizeof f.what, "%s", what);
    snprintf(f.source, sizeof f.source, "%s", source);
    return vt_findings_add(&c->findings, &f);
}

enum vt_status vt_check_add(struct vt_check *c, const char *subject, enum vt_property property,
                            const char *what, double value, double error, const struct vt_target *t)
{
    return add_range(c, subject, property, what, value, error, t ? t->low : NAN, t ? t->high : NAN,
                     t ? t->source : "");
}

enum vt_status vt_check_missing(struct vt_check *c, const char *subject, enum vt_property property,
                                const char *what, enum vt_lack lack, const char *reason)
{
    VT_TRY(add_range(c, subject, property, what, NAN, NAN, NAN, NAN, reason));
    c->findings.item[c->findings.n - 1].lack = lack;
    return VT_OK;
}

enum vt_status vt_check_all_missing(struct vt_check *c, const char *subject, enum vt_property first,
                                    enum vt_property last, const char *reason)
{
    bool told[VT_USES] = {false};
    for (enum vt_property p = first; p <= last; p++) {
        const struct vt_property_row *row = &vt_property_rows[p];
        bool counts = row->decides && !told[row->use];
        VT_TRY(vt_check_missing(c, subject, p, "", counts ? VT_NOT_THERE : VT_NOTHING_KNOWN, reason));
        told[row->use] |= counts;
    }
    return VT_OK;
}

enum vt_lack vt_check_lack(const struct vt_target *reference)
{
    return reference ? VT_NOT_THERE : VT_NOTHING_KNOWN;
}

static enum vt_status add_subject(struct vt_check *c, enum vt_check_kind kind, const char *name, int a, int b)
{
    VT_TRY(vt_grow(&c->subject, &c->capacity, c->n + 1));
    struct vt_check_subject *s = &c->subject[c->n++];
    *s = (struct vt_check_subject){.kind = kind, .species = {a, b}};
    snprintf(s->name, sizeof s->name, "%s", name);
    return VT_OK;
}

const struct vt_target *vt_check_target(const struct vt_target_set *set, enum vt_target_kind kind,
                                        const char *structure)
{
    for (int k = 0; set && k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        if (t->kind == kind && (!structure || !strcmp(t->structure, structure))) return t;
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------- elements */

/* What is known of a species once its crystals are found. */
struct element {
    int ground; /* the lowest structure; -1: none found */
    struct vt_rest rest[VT_CHECK_STRUCTURES];
    struct vt_sane sane;
};

/* The volume at which a structure's energy has its lowest minimum; NAN if it has none. */
static double best_volume(const char *structure, const int kinds[2], const struct vt_eam_curves *curves)
{
    const double least = 5, step = 1.02;
    double best = INFINITY, found = NAN, e[3] = {NAN, NAN, NAN};
    const char *same = strcmp(structure, "B2") ? structure : "bcc";
    for (double v = least; v < 100; v *= step) {
        struct vt_lattice l = vt_lattice_of_volume(same, v);
        struct vt_crystal crystal = vt_prototype_make(vt_prototype_find(structure), &l, kinds);
        e[0] = e[1], e[1] = e[2];
        e[2] = vt_crystal_energy(&crystal, curves, NULL, NULL) / crystal.n;
        if (e[1] < e[0] && e[1] <= e[2] && e[1] < best) best = e[1], found = v / step;
    }
    return found;
}

static enum vt_status find_rest(const char *structure, const int kinds[2], const struct vt_eam_curves *curves,
                                struct vt_rest *rest)
{
    double volume = best_volume(structure, kinds, curves);
    *rest = (struct vt_rest){0};
    if (isnan(volume)) return VT_OK;
    struct vt_lattice l = vt_lattice_of_volume(strcmp(structure, "B2") ? structure : "bcc", volume);
    return vt_rest_find(vt_prototype_find(structure), &l, kinds, curves, true, rest);
}

static enum vt_status find_element(int species, const struct vt_eam_curves *curves, struct element *e)
{
    const int kinds[2] = {species, species};
    double rho[VT_CRYSTAL_ATOMS];
    e->ground = -1;
    for (int s = 0; s < VT_CHECK_STRUCTURES; s++) {
        VT_TRY(find_rest(vt_check_structures[s], kinds, curves, &e->rest[s]));
        if (e->rest[s].found && (e->ground < 0 || e->rest[s].energy < e->rest[e->ground].energy))
            e->ground = s;
    }
    /* Without a crystal, something of the right size to judge the tables by. */
    struct vt_lattice l = vt_lattice_of_volume("fcc", 15);
    struct vt_crystal crystal =
        e->ground < 0 ? vt_prototype_make(vt_prototype_find("fcc"), &l, kinds) : e->rest[e->ground].crystal;
    vt_crystal_densities(&crystal, curves, rho);
    e->sane = (struct vt_sane){cbrt(sqrt(2) * vt_crystal_volume(&crystal) / crystal.n), rho[0], rho[0]};
    return VT_OK;
}

/* Take a crystal at 3/4 of its volume into account. */
static void squeeze(const struct vt_crystal *at_rest, const struct vt_eam_curves *curves,
                    struct element *element)
{
    struct vt_crystal c = vt_crystal_stretched(at_rest, cbrt(0.75));
    double rho[VT_CRYSTAL_ATOMS];
    vt_crystal_densities(&c, curves, rho);
    for (int i = 0; i < c.n; i++) {
        struct vt_sane *s = &element[c.species[i]].sane;
        s->most = fmax(s->most, rho[i]);
    }
}

static enum vt_status add_curve(const struct element *e, const struct vt_target_set *set,
                                const struct vt_rest *stable, const struct vt_eam_curves *curves,
                                struct vt_check_subject *subject)
{
    const struct vt_target *E_c = vt_check_target(set, VT_TARGET_COHESIVE, NULL),
                           *B = vt_check_target(set, VT_TARGET_BULK, NULL);
    double V_0 = set ? vt_target_volume(set) : NAN;
    VT_TRY(vt_alloc(&subject->curve, 1));
    for (int k = 0; k < VT_CHECK_POINTS; k++) {
        double v = stable->volume * (0.65 + 0.95 * k / (VT_CHECK_POINTS - 1));
        subject->curve->volume[k] = v;
        subject->curve->rose[k] = E_c && B ? vt_rose(v / V_0, E_c->value, B->value, V_0) : NAN;
        for (int s = 0; s < VT_CHECK_STRUCTURES; s++) {
            const struct vt_rest *r = &e->rest[s];
            struct vt_crystal c = vt_crystal_stretched(&r->crystal, r->found ? cbrt(v / r->volume) : 1);
            subject->curve->energy[s][k] = r->found ? vt_crystal_energy(&c, curves, NULL, NULL) / c.n : NAN;
        }
    }
    return VT_OK;
}

/* Shear modulus of the elastic constants that are targets; false if some are missing. */
static bool target_shear(const struct vt_target_set *set, double *shear, const char **source)
{
    static const enum vt_target_kind kinds[] = {VT_TARGET_C11, VT_TARGET_C12, VT_TARGET_C44, VT_TARGET_C13,
                                                VT_TARGET_C33};
    double c[5], C[6][6] = {{0}}, bulk;
    bool hexagonal = set && !strcmp(set->structure, "hcp");
    for (int k = 0; k < (hexagonal ? 5 : 3); k++) {
        const struct vt_target *t = vt_check_target(set, kinds[k], NULL);
        if (!t) return false;
        c[k] = t->value;
        *source = t->source;
    }
    if (!hexagonal) c[3] = c[1], c[4] = c[0];
    C[0][0] = C[1][1] = c[0], C[0][1] = C[1][0] = c[1], C[2][2] = c[4];
    C[0][2] = C[2][0] = C[1][2] = C[2][1] = c[3];
    C[3][3] = C[4][4] = c[2];
    C[5][5] = hexagonal ? 0.5 * (c[0] - c[1]) : c[2];
    vt_elastic_means((const double(*)[6])C, &bulk, shear);
    return true;
}

static enum vt_status add_elastic(struct vt_check *c, const char *name, const struct vt_target_set *set,
                                  const struct vt_rest *r, bool hexagonal)
{
    static const struct {
        enum vt_property property;
        enum vt_target_kind target;
        int a, b;
        bool hexagonal;
    } row[] = {{VT_P_C11, VT_TARGET_C11, 0, 0, false},
               {VT_P_C12, VT_TARGET_C12, 0, 1, false},
               {VT_P_C13, VT_TARGET_C13, 0, 2, true},
               {VT_P_C33, VT_TARGET_C33, 2, 2, true},
               {VT_P_C44, VT_TARGET_C44, 3, 3, false}};
    double shear = NAN;
    const char *source = "";
    VT_TRY(vt_check_add(c, name, VT_P_BULK, "", r->bulk, NAN, vt_check_target(set, VT_TARGET_BULK, NULL)));
    for (size_t k = 0; k < sizeof row / sizeof *row; k++)
        if (hexagonal || !row[k].hexagonal)
            VT_TRY(vt_check_add(c, name, row[k].property, "", r->C[row[k].a][row[k].b], NAN,
                                vt_check_target(set, row[k].target, NULL)));
    if (!target_shear(set, &shear, &source)) shear = NAN;
    VT_TRY(add_range(c, name, VT_P_SHEAR, "", r->shear, NAN, shear, shear, source));
    return add_range(c, name, VT_P_STABLE, "", r->stable, NAN, 1, 1, "");
}

static enum vt_status add_order(struct vt_check *c, const char *name, const struct vt_target_set *set,
                                const struct element *e, int right)
{
    double lowest = INFINITY;
    for (int s = 0; s < VT_CHECK_STRUCTURES; s++)
        if (s != right && e->rest[s].found) lowest = fmin(lowest, e->rest[s].energy - e->rest[right].energy);
    if (isinf(lowest))
        return vt_check_missing(c, name, VT_P_LOWEST, "", VT_NOTHING_KNOWN, "there is no other crystal");
    VT_TRY(add_range(c, name, VT_P_LOWEST, vt_check_structures[right], lowest, NAN, set ? 0 : NAN,
                     set ? INFINITY : NAN, ""));
    for (int s = 0; s < VT_CHECK_STRUCTURES; s++) {
        char what[32];
        if (s == right || !e->rest[s].found) continue;
        snprintf(what, sizeof what, "%s over %s", vt_check_structures[s], vt_check_structures[right]);
        VT_TRY(vt_check_add(c, name, VT_P_ABOVE, what, e->rest[s].energy - e->rest[right].energy, NAN,
                            vt_check_target(set, VT_TARGET_ABOVE, vt_check_structures[s])));
    }
    return VT_OK;
}

static enum vt_status add_eos(struct vt_check *c, const char *name, const struct vt_target_set *set,
                              const struct vt_rest *rest, const struct vt_eam_curves *curves)
{
    const struct vt_target *t = vt_check_target(set, VT_TARGET_EOS, NULL);
    double eos[VT_EOS_POINTS], sum = 0;
    if (!t) return VT_OK;
    vt_rest_eos(set, rest, curves, eos);
    for (int k = 0; k < VT_EOS_POINTS; k++) sum += eos[k] * eos[k] / VT_EOS_POINTS;
    return vt_check_add(c, name, VT_P_EOS, "", sqrt(sum), NAN, t);
}

static enum vt_status check_element(struct vt_check *c, int species, const struct vt_eam_curves *curves,
                                    struct element *element)
{
    struct element *e = &element[species];
    const char *name = curves->tables->element[species].symbol;
    const struct vt_target_set *set = vt_targets_find(c->options.targets, name, NULL);
    VT_TRY(add_subject(c, VT_CHECK_ELEMENT, name, species, species));
    struct vt_check_subject *subject = &c->subject[c->n - 1];
    VT_TRY(find_element(species, curves, e));
    int right = e->ground;
    for (int s = 0; set && s < VT_CHECK_STRUCTURES; s++)
        if (!strcmp(set->structure, vt_check_structures[s])) right = s;
    if (set) snprintf(subject->remark, sizeof subject->remark, "%s", set->remark);
    if (right >= 0) snprintf(subject->about, sizeof subject->about, "%s", vt_check_structures[right]);
    if (right < 0 || !e->rest[right].found) {
        char reason[64];
        snprintf(reason, sizeof reason, "no %s crystal was found",
                 right < 0 ? "stable" : vt_check_structures[right]);
        return vt_check_all_missing(c, name, VT_P_LOWEST, VT_P_EXPANSION - 1, reason);
    }
    const struct vt_rest *r = &e->rest[right];
    subject->structure = vt_check_structures[right];
    subject->volume = r->volume;
    subject->cohesive = -r->energy;
    bool hexagonal = !strcmp(vt_check_structures[right], "hcp");
    double vacancy;
    VT_TRY(add_curve(e, set, r, curves, subject));
    for (int s = 0; s < VT_CHECK_STRUCTURES; s++)
        if (e->rest[s].found) squeeze(&e->rest[s].crystal, curves, element);
    VT_TRY(vt_check_add(c, name, VT_P_A, "", r->lattice.a, NAN, vt_check_target(set, VT_TARGET_A, NULL)));
    if (hexagonal)
        VT_TRY(vt_check_add(c, name, VT_P_C, "", r->lattice.c, NAN, vt_check_target(set, VT_TARGET_C, NULL)));
    VT_TRY(vt_check_add(c, name, VT_P_COHESIVE, "", -r->energy, NAN,
                        vt_check_target(set, VT_TARGET_COHESIVE, NULL)));
    VT_TRY(add_order(c, name, set, e, right));
    VT_TRY(add_elastic(c, name, set, r, hexagonal));
    VT_TRY(vt_vacancy_energy(&r->crystal, curves->tables, &vacancy));
    VT_TRY(
        vt_check_add(c, name, VT_P_VACANCY, "", vacancy, NAN, vt_check_target(set, VT_TARGET_VACANCY, NULL)));
    return add_eos(c, name, set, r, curves);
}

/* ---------------------------------------------------------------------------------------------- pairs */

/* Energy of its atoms in the elements' lowest crystals, an atom; NAN if one has none. */
static double energy_apart(const struct vt_crystal *crystal, const struct element *element)
{
    double sum = 0;
    for (int i = 0; i < crystal->n; i++) {
        const struct element *e = &element[crystal->species[i]];
        sum += e->ground < 0 ? NAN : e->rest[e->ground].energy / crystal->n;
    }
    return sum;
}

static const struct vt_target *compound_target(const struct vt_target_set *set, enum vt_target_kind kind,
                                               const struct vt_target *like)
{
    for (int k = 0; like && k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        if (t->kind == kind && !strcmp(t->compound, like->compound) && !strcmp(t->structure, like->structure))
            return t;
    }
    return NULL;
}

static enum vt_status add_compound(struct vt_check *c, const char *pair, const char *what,
                                   const struct vt_rest *r, const struct vt_target_set *set,
                                   const struct vt_target *like, const struct element *element)
{
    if (!r->found)
        return vt_check_missing(c, pair, VT_P_VOLUME, what, vt_check_lack(like), "no such crystal was found");
    VT_TRY(vt_check_add(c, pair, VT_P_VOLUME, what, r->volume, NAN,
                        compound_target(set, VT_TARGET_VOLUME, like)));
    VT_TRY(vt_check_add(c, pair, VT_P_COMPOUND_BULK, what, r->bulk, NAN,
                        compound_target(set, VT_TARGET_BULK, like)));
    VT_TRY(vt_check_add(c, pair, VT_P_FORMATION, what, r->energy - energy_apart(&r->crystal, element), NAN,
                        compound_target(set, VT_TARGET_FORMATION, like)));
    return vt_check_add(c, pair, VT_P_COMPOUND_STABLE, what, r->stable, NAN, NULL);
}

static enum vt_status check_pair(struct vt_check *c, int a, int b, const struct vt_eam_curves *curves,
                                 struct element *element)
{
    const struct vt_eam *e = curves->tables;
    const struct vt_target_set *set =
        vt_targets_find(c->options.targets, e->element[a].symbol, e->element[b].symbol);
    bool turned = set && strcmp(set->symbol[0], e->element[a].symbol) != 0;
    const int kinds[2] = {turned ? b : a, turned ? a : b};
    char pair[16], what[32];
    struct vt_rest rest;
    int compounds = 0;
    snprintf(pair, sizeof pair, "%s-%s", e->element[kinds[0]].symbol, e->element[kinds[1]].symbol);
    VT_TRY(add_subject(c, VT_CHECK_PAIR, pair, kinds[0], kinds[1]));
    for (int k = 0; set && k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        if (!*t->structure || compound_target(set, t->kind, t) != t) continue;
        bool first = true;
        for (int q = 0; q < k; q++)
            first &= strcmp(set->target[q].compound, t->compound) ||
                     strcmp(set->target[q].structure, t->structure);
        if (!first) continue;
        snprintf(what, sizeof what, "%s %s", t->compound, t->structure);
        VT_TRY(vt_compound_rest(set, t, curves, kinds, &rest));
        VT_TRY(add_compound(c, pair, what, &rest, set, t, element));
        if (rest.found) squeeze(&rest.crystal, curves, element);
        compounds++;
    }
    if (compounds) return VT_OK;
    snprintf(what, sizeof what, "%s%s B2", e->element[kinds[0]].symbol, e->element[kinds[1]].symbol);
    VT_TRY(find_rest("B2", kinds, curves, &rest));
    if (rest.found) squeeze(&rest.crystal, curves, element);
    return add_compound(c, pair, what, &rest, NULL, NULL, element);
}

/* ---------------------------------------------------------------------------------------------- whole */

static enum vt_status check_at_rest(struct vt_check *c, const struct vt_eam_curves *curves)
{
    int n = curves->tables->n_species;
    struct element *element;
    struct vt_sane sane[VT_SPECIES_MAX];
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&element, n));
    VT_TRY_GOTO(st, done, add_subject(c, VT_CHECK_TABLES, "tables", -1, -1));
    for (int a = 0; a < n; a++) VT_TRY_GOTO(st, done, check_element(c, a, curves, element));
    for (int a = 0; a < n; a++)
        for (int b = a + 1; b < n; b++) VT_TRY_GOTO(st, done, check_pair(c, a, b, curves, element));
    for (int a = 0; a < n; a++) sane[a] = element[a].sane;
    VT_TRY_GOTO(st, done, vt_sanity_check(curves, sane, &c->findings));
    for (int k = 0; k < c->options.n_alloys; k++)
        VT_TRY_GOTO(st, done, add_subject(c, VT_CHECK_ALLOY, c->options.alloy[k].name, -1, -1));
done:
    free(element);
    return st;
}

enum vt_status vt_check_alloys(const struct vt_check_options *o)
{
    for (int k = 0; k < o->n_alloys; k++) {
        const char *symbol[VT_SPECIES_MAX];
        struct vt_eam part;
        for (int s = 0; s < o->alloy[k].n; s++) symbol[s] = o->alloy[k].symbol[s];
        VT_TRY(
            vt_prefix(vt_eam_subset(o->tables, symbol, o->alloy[k].n, &part), "alloy %s", o->alloy[k].name));
        vt_eam_release(&part);
    }
    return VT_OK;
}

/* Every rank does the same: it is a matter of seconds, and they need the same subjects for the runs. */
enum vt_status vt_check_potential(MPI_Comm comm, const struct vt_check_options *options, struct vt_check *c)
{
    struct vt_eam_curves curves = {0};
    *c = (struct vt_check){.options = *options};
    enum vt_status st = vt_check_alloys(options);
    if (st == VT_OK) st = vt_eam_curves_init(&curves, options->tables);
    if (st == VT_OK) st = check_at_rest(c, &curves);
    vt_eam_curves_release(&curves);
    st = vt_agree(comm, st);
    return st == VT_OK ? vt_check_runs(comm, c) : st;
}

void vt_check_release(struct vt_check *c)
{
    for (int k = 0; k < c->n; k++) free(c->subject[k].curve);
    free(c->subject);
    vt_findings_release(&c->findings);
    *c = (struct vt_check){0};
}
