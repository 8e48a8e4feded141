/* scattering.h: how strongly elements scatter X-rays and neutrons. */
#ifndef VT_SCATTERING_H
#define VT_SCATTERING_H

/* Form factor [electrons] of the neutral atom at q [1/angstrom], up to 75; NAN for an element that has none
 * here (z from 1 to 98 have one). Without anomalous dispersion. */
double vt_form_factor(int z, double q);
/* f' and, through absorption, f'' (positive) at a photon energy [keV], in electrons; NAN where xraylib has
 * none. Its tables smear an absorption edge over some 200 eV. */
double vt_anomalous(int z, double energy, double *absorption);
/* Incoherent scattering function [electrons] of the atom at q [1/angstrom]: 0 at q = 0, z far away; NAN where
 * xraylib has none. Without the recoil factor of the energy. */
double vt_compton(int z, double q);
/* Bound coherent scattering length [fm] of the natural element; NAN if it has none here. */
double vt_neutron_length(int z);

#endif
