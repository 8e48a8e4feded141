/* properties.c: elements and compounds at rest.
 *
 *     bulk modulus, Reuss    1 / sum_{ab <= 3} S_ab,  S = C^-1          (the answer to pressure)
 *     shear modulus, Hill    mean of Voigt's and Reuss's averages over directions
 *     Rose's curve           E(V) = -E_c (1 + x + 0.05 x^3) e^-x,  x = (r/r_0 - 1)/l,
 *                            l = sqrt(E_c/(9 B V_0)),  r/r_0 = (V/V_0)^(1/3)
 *
 * Rose's curve takes the target's E_c, B and V_0, so its deviations do not follow those of the fit.
 *
 * References: Hill, Proc. Phys. Soc. A 65, 349 (1952); Rose et al., PRB 29, 2963 (1984). */
#include "potential/properties.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

#include "potential/supercell.h"

void vt_elastic_means(const double stiff[6][6], double *bulk, double *shear)
{
    double c[36], s[36];
    gsl_permutation *p = gsl_permutation_alloc(6);
    int sign;
    memcpy(c, stiff, sizeof c);
    gsl_matrix_view C = gsl_matrix_view_array(c, 6, 6), S = gsl_matrix_view_array(s, 6, 6);
    *bulk = *shear = 0;
    if (!p || gsl_linalg_LU_decomp(&C.matrix, p, &sign) || gsl_linalg_LU_det(&C.matrix, sign) == 0 ||
        gsl_linalg_LU_invert(&C.matrix, p, &S.matrix)) {
        gsl_permutation_free(p);
        return;
    }
    gsl_permutation_free(p);
    double soft = 0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) soft += s[6 * a + b];
    *bulk = 1 / soft;
    double voigt = 0, reuss = 0;
    for (int a = 0; a < 3; a++) {
        int b = (a + 1) % 3;
        voigt += stiff[a][a] - stiff[a][b] + 3 * stiff[a + 3][a + 3];
        reuss += 4 * (s[7 * a] - s[6 * a + b]) + 3 * s[7 * (a + 3)];
    }
    *shear = 0.5 * (voigt / 15 + 15 / reuss);
}

enum vt_status vt_rest_elastic(struct vt_rest *rest, const struct vt_eam_curves *curves)
{
    VT_TRY(vt_crystal_elastic(&rest->crystal, curves, rest->C, &rest->stable));
    vt_elastic_means((const double(*)[6])rest->C, &rest->bulk, &rest->shear);
    return VT_OK;
}

enum vt_status vt_rest_find(const struct vt_prototype *p, const struct vt_lattice *start,
                            const int species[2], const struct vt_eam_curves *curves, bool elastic,
                            struct vt_rest *rest)
{
    *rest = (struct vt_rest){.crystal = vt_prototype_make(p, start, species)};
    enum vt_status st = vt_crystal_relax(&rest->crystal, curves, VT_CRYSTAL_ALL);
    if (st == VT_EPHYSICS) return VT_OK;
    VT_TRY(st);
    rest->found = true;
    rest->lattice = vt_prototype_lattice(p, &rest->crystal);
    rest->energy = vt_crystal_energy(&rest->crystal, curves, NULL, NULL) / rest->crystal.n;
    rest->volume = vt_crystal_volume(&rest->crystal) / rest->crystal.n;
    return elastic ? vt_rest_elastic(rest, curves) : VT_OK;
}

struct vt_lattice vt_lattice_of_volume(const char *structure, double volume)
{
    if (strcmp(structure, "fcc") == 0) return (struct vt_lattice){.a = cbrt(4 * volume)};
    if (strcmp(structure, "bcc") == 0) return (struct vt_lattice){.a = cbrt(2 * volume)};
    double a = cbrt(sqrt(2) * volume);
    return (struct vt_lattice){.a = a, .c = a * sqrt(8. / 3)};
}

static const struct vt_target *find(const struct vt_target_set *set, enum vt_target_kind kind)
{
    for (int k = 0; k < set->n; k++)
        if (set->target[k].kind == kind) return &set->target[k];
    return NULL;
}

double vt_target_volume(const struct vt_target_set *set)
{
    const struct vt_target *a = find(set, VT_TARGET_A), *c = find(set, VT_TARGET_C);
    if (!a) return NAN;
    double a3 = pow(a->value, 3);
    if (strcmp(set->structure, "fcc") == 0) return a3 / 4;
    if (strcmp(set->structure, "bcc") == 0) return a3 / 2;
    return c ? a3 * (c->value / a->value) * sqrt(3) / 4 : a3 / sqrt(2);
}

double vt_rose(double share, double E_c, double B, double V_0)
{
    double x = (cbrt(share) - 1) / sqrt(E_c / (9 * B * V_0));
    return -E_c * (1 + x + 0.05 * x * x * x) * exp(-x);
}

void vt_rest_eos(const struct vt_target_set *set, const struct vt_rest *stable,
                 const struct vt_eam_curves *curves, double eos[VT_EOS_POINTS])
{
    static const double share[VT_EOS_POINTS] = {0.7, 0.78, 0.86, 0.94, 1.1, 1.25, 1.45}; /* of the volume */
    const struct vt_target *E_c = find(set, VT_TARGET_COHESIVE), *B = find(set, VT_TARGET_BULK);
    double V_0 = vt_target_volume(set);
    for (int k = 0; k < VT_EOS_POINTS; k++) eos[k] = NAN;
    if (!E_c || !B || isnan(V_0)) return;
    for (int k = 0; k < VT_EOS_POINTS; k++) {
        struct vt_crystal c = vt_crystal_stretched(&stable->crystal, cbrt(share[k] * V_0 / stable->volume));
        eos[k] =
            vt_crystal_energy(&c, curves, NULL, NULL) / c.n - vt_rose(share[k], E_c->value, B->value, V_0);
    }
}

/* The same in all gauges of F and rho. */
static double curvature(const struct vt_rest *r, const struct vt_eam_curves *curves, int species)
{
    double rho[VT_CRYSTAL_ATOMS], slope[2];
    vt_crystal_densities(&r->crystal, curves, rho);
    const double step = 0.01 * rho[0];
    for (int side = 0; side < 2; side++)
        vt_eam_curves_f(curves, species, rho[0] + (side ? step : -step), &slope[side]);
    return rho[0] * rho[0] * (slope[1] - slope[0]) / (2 * step);
}

static double modulus(const struct vt_rest *r, enum vt_target_kind kind)
{
    switch (kind) {
    case VT_TARGET_BULK:
        return r->bulk;
    case VT_TARGET_C11:
        return r->C[0][0];
    case VT_TARGET_C12:
        return r->C[0][1];
    case VT_TARGET_C13:
        return r->C[0][2];
    case VT_TARGET_C33:
        return r->C[2][2];
    case VT_TARGET_C44:
        return r->C[3][3];
    default:
        return NAN;
    }
}

enum vt_status vt_element_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                     int species, double *value, double eos[VT_EOS_POINTS])
{
    const int kinds[2] = {species, species};
    double volume = vt_target_volume(set);
    if (isnan(volume)) volume = 15;
    struct vt_rest stable, other;
    for (int k = 0; k < set->n; k++) value[k] = NAN;
    for (int k = 0; eos && k < VT_EOS_POINTS; k++) eos[k] = NAN;
    struct vt_lattice start = vt_lattice_of_volume(set->structure, volume);
    VT_TRY(vt_rest_find(vt_prototype_find(set->structure), &start, kinds, curves, true, &stable));
    if (!stable.found) return VT_OK;
    if (eos) vt_rest_eos(set, &stable, curves, eos);
    for (int k = 0; k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        switch (t->kind) {
        case VT_TARGET_A:
            value[k] = stable.lattice.a;
            break;
        case VT_TARGET_C:
            value[k] = stable.lattice.c;
            break;
        case VT_TARGET_COHESIVE:
            value[k] = -stable.energy;
            break;
        case VT_TARGET_VACANCY:
            VT_TRY(vt_vacancy_energy(&stable.crystal, curves->tables, &value[k]));
            break;
        case VT_TARGET_ABOVE:
            start = vt_lattice_of_volume(t->structure, stable.volume);
            VT_TRY(vt_rest_find(vt_prototype_find(t->structure), &start, kinds, curves, false, &other));
            if (other.found) value[k] = other.energy - stable.energy;
            break;
        case VT_TARGET_EOS:
            value[k] = 0;
            for (int p = 0; eos && p < VT_EOS_POINTS; p++) value[k] += eos[p] * eos[p] / VT_EOS_POINTS;
            value[k] = sqrt(value[k]);
            break;
        case VT_TARGET_CURVATURE:
            value[k] = curvature(&stable, curves, species);
            break;
        default:
            value[k] = modulus(&stable, t->kind);
        }
    }
    return VT_OK;
}

enum vt_status vt_compound_rest(const struct vt_target_set *set, const struct vt_target *t,
                                const struct vt_eam_curves *curves, const int species[2],
                                struct vt_rest *rest)
{
    /* The more frequent species comes first in a prototype: which one is that in Zr2Cu, CuAl2? */
    const char *b = strstr(t->compound, set->symbol[1]), *a = strstr(t->compound, set->symbol[0]);
    const char *digit = b ? b + strlen(set->symbol[1]) : "", *digit_a = a ? a + strlen(set->symbol[0]) : "";
    bool second = *digit >= '2' && *digit <= '9' && !(*digit_a >= '2' && *digit_a <= '9');
    const int order[2] = {species[second], species[!second]};
    return vt_rest_find(vt_prototype_find(t->structure), &t->lattice, order, curves, true, rest);
}

enum vt_status vt_compound_properties(const struct vt_target_set *set, const struct vt_eam_curves *curves,
                                      const int species[2], double *value)
{
    struct vt_rest rest = {0};
    const struct vt_target *last = NULL;
    for (int k = 0; k < set->n; k++) {
        const struct vt_target *t = &set->target[k];
        value[k] = NAN;
        if (!*t->structure) continue;
        if (!last || strcmp(last->compound, t->compound) != 0 || strcmp(last->structure, t->structure) != 0)
            VT_TRY(vt_compound_rest(set, t, curves, species, &rest));
        last = t;
        if (!rest.found) continue;
        value[k] = t->kind == VT_TARGET_VOLUME ? rest.volume : modulus(&rest, t->kind);
    }
    return VT_OK;
}
