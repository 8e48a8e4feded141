/* weights.h: pairs of species and their weights in totals. */
#ifndef VT_WEIGHTS_H
#define VT_WEIGHTS_H

#include <stdbool.h>

#include "core/material.h"

enum { VT_SPECIES_PAIRS_MAX = VT_SPECIES_MAX * (VT_SPECIES_MAX + 1) / 2, VT_PAIR_LABEL = 8 };

/* Unordered pairs of n species: 0-0, 0-1, ..., 0-(n-1), 1-1, ... */
static inline int vt_species_pairs(int n)
{
    return n * (n + 1) / 2;
}
/* The index of a pair, in either order. */
static inline int vt_species_pair(int a, int b, int n)
{
    int low = a < b ? a : b, high = a < b ? b : a;
    return low * n - low * (low - 1) / 2 + high - low;
}

/* What is scattered: with f = 1, X-rays (form factors), or neutrons (lengths; core/scattering.h). Form
 * factors are f0(q) + f' + i f'' where the energy of the photons [eV] is told, f0 alone where it is NAN. */
enum vt_radiation { VT_NUMBER, VT_XRAY, VT_NEUTRON };
struct vt_probe {
    enum vt_radiation radiation;
    double energy;
};

/* How an element scatters at q [1/angstrom], real and imaginary part [electrons or fm]; false if that is not
 * known. */
bool vt_amplitude(int z, const struct vt_probe *probe, double q, double f[2]);
/* Share of each unordered pair in a total at q [1/angstrom]: c_a c_b Re(f_a f_b*) / |<f>|^2; unlike pairs are
 * doubled, so the sum is 1. False if a species scatters in no known way.
 *
 * weight  (pairs) */
bool vt_weights_at(const struct vt_material *material, const struct vt_probe *probe, double q,
                   double *weight);
/* |<f>|^2 and <|f|^2> [electrons^2 or fm^2]; false likewise. */
bool vt_mean_scattering(const struct vt_material *material, const struct vt_probe *probe, double q,
                        double *mean_squared, double *mean_square);
/* The formula of the weights, for those who read a curve: X-rays (with f' and f'' or without) or neutrons. */
const char *vt_weights_text(enum vt_radiation radiation, bool anomalous);
/* f = 1, and Z: what form factors become at q -> 0. */
void vt_weights_number(const struct vt_material *material, double *weight);
void vt_weights_xray(const struct vt_material *material, double *weight);
/* label (pairs): "Cu-Zr", ... */
void vt_pair_labels(const struct vt_material *material, char (*label)[VT_PAIR_LABEL]);

#endif
