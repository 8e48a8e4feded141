/* units.h: quantities with their unit.
 *
 * Inside: angstrom, ps, eV, u (atomic mass unit), K; stress in eV/angstrom^3; angles in
 * rad. Outside: whatever unit is written. Note that eV = u (angstrom/ps)^2 x 9648.533...: see
 * VT_FORCE_TO_ACCELERATION. */
#ifndef VT_UNITS_H
#define VT_UNITS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/* CODATA 2018 (exact where the SI is). */
#define VT_KB       8.617333262145179e-5 /* Boltzmann constant, eV/K */
#define VT_GPA      (1 / 160.2176634)    /* 1 GPa in eV/angstrom^3: 160.2176634 GPa = 1 eV/angstrom^3 */
#define VT_AVOGADRO 6.02214076e23        /* 1/mol */
#define VT_GAS      8.31446261815324     /* k_B N_A, J/(mol K) */
/* 1 eV/(angstrom u) in angstrom/ps^2: e / (u * 1e4), with e = 1.602176634e-19 C, u = 1.66053906660e-27 kg. */
#define VT_FORCE_TO_ACCELERATION 9648.533215665
/* u (angstrom/ps)^2 in eV. */
#define VT_MASS_SPEED2 (1 / VT_FORCE_TO_ACCELERATION)
/* u/angstrom^3 in g/cm^3. */
#define VT_DENSITY 1.66053906660

/* Parse "6 GPa", "1e12 K/s", "50ps" into the internal unit of the quantity that unit_name belongs to.
 *
 * unit_name  the unit a parameter is documented in ("GPa", "K/s", "angstrom", "1"); any unit of the
 *            same quantity is accepted. "1" stands for a bare number, "%" for a fraction (5 % = 0.05).
 * Fails with VT_EINPUT and says which units fit when the unit is missing or of another quantity. Local. */
enum vt_status vt_units_parse(const char *text, const char *unit_name, double *value);

/* The same with what messages shall tell to write; "": nothing. */
enum vt_status vt_units_parse_like(const char *text, const char *unit_name, const char *example,
                                   double *value);

/* The scale of a unit as instruments write it: number in unit is factor * number + offset in unit_name. Here
 * "degC" and "degF" (or C, F, with the degree sign) are units of temperature; a bare number ("1") may also be
 * in %, and its unit "-" or "". False if unit is none of that quantity. */
bool vt_units_scale(const char *unit, const char *unit_name, double *factor, double *offset);

/* A number in unit `from` times *factor is that in unit `to`; "1" is that of bare numbers. False if one of
 * them is no unit, or they are of different quantities. */
bool vt_units_ratio(const char *from, const char *to, double *factor);

/* Does text begin with a decimal number, as a quantity does? ".5 K", "-5 K", "77" do. */
bool vt_units_is_quantity(const char *text);

/* Factor with internal = factor * (value in unit_name). Asserts that the unit is known. */
double vt_units_factor(const char *unit_name);

/* A value a person could write there: "6 GPa". */
const char *vt_units_example(const char *unit_name);

/* "GPa, MPa, bar, ..." : the units that fit where unit_name does. */
void vt_units_list(const char *unit_name, char *text, size_t size);

/* Write value (internal) in unit_name, with the fewest digits that read back to the same bits: "6 GPa". */
void vt_units_format(double value, const char *unit_name, char *text, size_t size);

#endif
