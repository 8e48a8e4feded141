/* check_runs.c: what a check finds out by runs, through the pool. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"
#include "potential/check.h"
#include "potential/glass.h"
#include "study/liquid.h"

/* Say of all subjects of a kind that properties from .. to were not computed. */
static enum vt_status leave_out(struct vt_check *c, enum vt_check_kind kind, enum vt_property from,
                                enum vt_property to, const char *reason)
{
    for (int k = 0; k < c->n; k++)
        for (enum vt_property p = from; p <= to && c->subject[k].kind == kind; p++)
            VT_TRY(vt_check_missing(c, c->subject[k].name, p, "", VT_LEFT_OUT, reason));
    return VT_OK;
}

/* ---------------------------------------------------------------------------------------------- mixing */

static const struct vt_liquid_times BRIEF = {3000, 0.2, 2000, 0.1, 0.4, 1};

static enum vt_status add_mixing(struct vt_check *c, const struct vt_check_subject *s,
                                 const struct vt_mixture *m)
{
    const struct vt_target_set *set = vt_targets_find(c->options.targets, m->a, m->b);
    double kJ = vt_units_factor("kJ/mol");
    const struct vt_target *t = vt_check_target(set, VT_TARGET_MIXING, NULL);
    if (m->status != VT_OK)
        return vt_check_missing(c, s->name, VT_P_MIXING, "", vt_check_lack(t),
                                "one of its liquids failed, see the log");
    return vt_check_add(c, s->name, VT_P_MIXING, "", kJ * m->enthalpy, kJ * m->error, t);
}

static enum vt_status check_mixing(MPI_Comm comm, struct vt_check *c)
{
    const struct vt_eam *e = c->options.tables;
    struct vt_mixture *mixture;
    int n = 0;
    VT_TRY(vt_agree(comm, vt_alloc(&mixture, c->n)));
    for (int k = 0; k < c->n; k++)
        if (c->subject[k].kind == VT_CHECK_PAIR)
            mixture[n++] = (struct vt_mixture){.a = e->element[c->subject[k].species[0]].symbol,
                                               .b = e->element[c->subject[k].species[1]].symbol,
                                               .tables = e};
    enum vt_status st = n ? vt_mixtures_measure(comm, c->options.cache,
                                                c->options.brief ? &BRIEF : &vt_liquid_defaults, n, mixture)
                          : VT_OK;
    n = 0;
    for (int k = 0; k < c->n && st == VT_OK; k++)
        if (c->subject[k].kind == VT_CHECK_PAIR) st = add_mixing(c, &c->subject[k], &mixture[n++]);
    free(mixture);
    return vt_agree(comm, st);
}

/* ---------------------------------------------------------------------------------------------- alloys */

static enum vt_status add_estimate(struct vt_check *c, const struct vt_alloy *alloy,
                                   enum vt_property property, const char *what, struct vt_estimate e,
                                   double unit, const struct vt_target *t, const char *if_missing)
{
    if (isnan(e.value)) {
        enum vt_lack lack = property == VT_P_PEAK ? VT_NOTHING_KNOWN : vt_check_lack(t); /* too few atoms */
        return vt_check_missing(c, alloy->name, property, what, lack, if_missing);
    }
    return vt_check_add(c, alloy->name, property, what, unit * e.value, unit * e.error, t);
}

static enum vt_status add_peaks(struct vt_check *c, const struct vt_alloy *alloy,
                                const struct vt_target_set *set, const struct vt_glass *g)
{
    const struct vt_material *m = &g->material;
    char label[VT_SPECIES_PAIRS_MAX][VT_PAIR_LABEL];
    vt_pair_labels(m, label);
    for (int a = 0, p = 0; a < m->n_species; a++)
        for (int b = a; b < m->n_species; b++, p++) {
            const struct vt_target *t = vt_peak_target(set, m->species[a].symbol, m->species[b].symbol);
            VT_TRY(add_estimate(c, alloy, VT_P_PEAK, label[p], g->peak[p], 1, t, "too few pairs for a peak"));
        }
    return VT_OK;
}

/* The species that is farthest from being mixed. */
static enum vt_status add_separation(struct vt_check *c, const struct vt_alloy *alloy,
                                     const struct vt_glass *g)
{
    static const struct vt_target mixed = {.low = 0, .high = 5, .source = ""};
    int worst = 0;
    if (g->material.n_species == 1) return VT_OK;
    for (int s = 1; s < g->material.n_species; s++)
        if (g->demixing[s].value > g->demixing[worst].value) worst = s;
    return add_estimate(c, alloy, VT_P_SEPARATION, g->material.species[worst].symbol, g->demixing[worst], 1,
                        &mixed, "it was not measured");
}

static enum vt_status add_glass(struct vt_check *c, const struct vt_alloy *alloy, const struct vt_glass *g)
{
    static const struct vt_target glassy = {.low = 0, .high = 0.02, .source = ""};
    static const char outside[] = "its lines do not cross between 300 and 1500 K";
    const struct vt_target_set *set = vt_targets_find_alloy(c->options.targets, alloy);
    const struct vt_estimate *e = g->number;
    double density = vt_units_factor("g/cm^3"), GPa = vt_units_factor("GPa");
    const struct vt_target *t = vt_check_target(set, VT_TARGET_TG, NULL);
    VT_TRY(add_estimate(c, alloy, VT_P_LIQUID, "", e[VT_GLASS_LIQUID_DENSITY], density, NULL, ""));
    VT_TRY(add_separation(c, alloy, g));
    VT_TRY(add_estimate(c, alloy, VT_P_DENSITY, "", e[VT_GLASS_DENSITY], density,
                        vt_check_target(set, VT_TARGET_DENSITY, NULL), ""));
    VT_TRY(add_peaks(c, alloy, set, g));
    VT_TRY(add_estimate(c, alloy, VT_P_CRYSTAL, "", e[VT_GLASS_CRYSTALLINE], 1, &glassy, ""));
    VT_TRY(add_estimate(c, alloy, VT_P_ICOSAHEDRA, "", e[VT_GLASS_ICOSAHEDRA], 1, NULL, ""));
    VT_TRY(add_estimate(c, alloy, VT_P_TG, "enthalpy", e[VT_GLASS_TG_ENTHALPY], 1, t, outside));
    VT_TRY(add_estimate(c, alloy, VT_P_TG, "volume", e[VT_GLASS_TG_VOLUME], 1, t, outside));
    VT_TRY(add_estimate(c, alloy, VT_P_GLASS_BULK, "", e[VT_GLASS_BULK], GPa,
                        vt_check_target(set, VT_TARGET_BULK, NULL), ""));
    return add_estimate(c, alloy, VT_P_GLASS_SHEAR, "", e[VT_GLASS_SHEAR], GPa,
                        vt_check_target(set, VT_TARGET_SHEAR, NULL), "");
}

static enum vt_status check_alloy(MPI_Comm comm, struct vt_check *c, const struct vt_alloy *alloy)
{
    char composition[512];
    struct vt_glass glass;
    struct vt_glass_options o = vt_glass_defaults;
    vt_alloy_composition(alloy, composition, sizeof composition);
    o.composition = composition;
    o.tables = c->options.tables;
    o.cache = c->options.cache;
    o.replicas = c->options.replicas;
    if (c->options.brief) {
        o.atoms = 260;
        o.rate = 1000;
        o.melt = 0.5;
        o.settle = o.strained = 0.3;
        o.liquid = o.glass = 1;
    }
    enum vt_status st = vt_glass_measure(comm, &o, &glass);
    if (st == VT_OK) {
        for (int k = 0; k < c->n; k++) {
            struct vt_check_subject *s = &c->subject[k];
            if (s->kind == VT_CHECK_ALLOY && !strcmp(s->name, alloy->name))
                snprintf(s->about, sizeof s->about, "%d glasses of %lld atoms, %.0e K/s", o.replicas,
                         (long long)vt_material_atoms(&glass.material), 1e12 * o.rate);
        }
        return add_glass(c, alloy, &glass);
    }
    if (st == VT_ESTOP || st == VT_EWORLD) return st;
    char reason[256]; /* a glass that cannot be made is a finding */
    snprintf(reason, sizeof reason, "%.255s", vt_message());
    return vt_check_all_missing(c, alloy->name, VT_P_LIQUID, VT_P_GLASS_SHEAR, reason);
}

/* ---------------------------------------------------------------------------------------------- all */

enum vt_status vt_check_runs(MPI_Comm comm, struct vt_check *c)
{
    static const char no_runs[] = "runs were left out (--static)";
    if (c->options.without_runs) {
        VT_TRY(leave_out(c, VT_CHECK_ELEMENT, VT_P_EXPANSION, VT_P_MELTING, no_runs));
        VT_TRY(leave_out(c, VT_CHECK_PAIR, VT_P_MIXING, VT_P_MIXING, no_runs));
        return leave_out(c, VT_CHECK_ALLOY, VT_P_LIQUID, VT_P_GLASS_SHEAR, no_runs);
    }
    VT_TRY(check_mixing(comm, c));
    VT_TRY(vt_check_expansion(comm, c));
    if (c->options.melting)
        VT_TRY(vt_check_melting(comm, c));
    else
        VT_TRY(
            leave_out(c, VT_CHECK_ELEMENT, VT_P_MELTING, VT_P_MELTING, "it is found on request (--melting)"));
    for (int k = 0; k < c->options.n_alloys; k++) VT_TRY(check_alloy(comm, c, &c->options.alloy[k]));
    return VT_OK;
}
