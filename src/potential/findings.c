/* findings.c: the table of what is allowed, and how a finding is judged:
 *
 *     meets    inside the range, or no farther from the value than allowed
 *     near     outside by no more than is allowed once again, or by less than two standard errors
 *     misses   farther outside
 *
 * A verdict on a use is that of the worst finding that decides it: a potential is trusted no more than its
 * weakest part. Findings that scatter between good potentials, or whose reference is uncertain, are shown and
 * decide nothing. */
#include "potential/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const vt_use_names[VT_USES] = {"structure", "thermodynamics", "mechanics", "running"};
const char *const vt_verdict_names[] = {"meets", "near", "misses", "no reference", "not computed"};

const struct vt_property_row vt_property_rows[VT_PROPERTIES] = {
    [VT_P_LOWEST] =
        {"margin of", "meV", 1, VT_STRUCTURE, true, 0, false,
         "to the next of fcc, hcp and bcc, an atom: the right one must be lowest, by however little"},
    [VT_P_A] = {"lattice constant a", "angstrom", 4, VT_STRUCTURE, true, 1, true,
                "at rest against room temperature is 0.3 to 0.5 %; 1 % is 3 % of the density of a glass"},
    [VT_P_C] = {"lattice constant c", "angstrom", 4, VT_STRUCTURE, true, 1, true, "as a"},
    [VT_P_COHESIVE] = {"cohesive energy", "eV", 3, VT_THERMODYNAMICS, true, 1, true,
                       "measured to about 1 %; it sets the scale of all energies"},
    [VT_P_BULK] = {"bulk modulus", "GPa", 1, VT_MECHANICS, true, 5, true,
                   "measured values differ by 2 to 3 %, and by as much between 0 and 300 K"},
    [VT_P_C11] = {"C11", "GPa", 1, VT_MECHANICS, false, 15, true,
                  "good potentials scatter by so much; no glass has this orientation"},
    [VT_P_C12] = {"C12", "GPa", 1, VT_MECHANICS, false, 15, true, "as C11"},
    [VT_P_C13] = {"C13", "GPa", 1, VT_MECHANICS, false, 15, true, "as C11"},
    [VT_P_C33] = {"C33", "GPa", 1, VT_MECHANICS, false, 15, true, "as C11"},
    [VT_P_C44] = {"C44", "GPa", 1, VT_MECHANICS, false, 15, true, "as C11"},
    [VT_P_SHEAR] =
        {"shear modulus", "GPa", 1, VT_MECHANICS, true, 20, true,
         "mean over directions (Hill); falls by 5 to 10 % between 0 and 300 K, and errors of C11 - C12 "
         "and C44 add"},
    [VT_P_STABLE] = {"mechanically stable", "", 0, VT_MECHANICS, true, 0, false,
                     "no strain and no motion of atoms against each other may lower the energy"},
    [VT_P_VACANCY] = {"vacancy energy", "eV", 3, VT_THERMODYNAMICS, false, 20, true,
                      "measured and computed values scatter by 10 to 20 %"},
    [VT_P_ABOVE] = {"energy of", "meV", 1, VT_THERMODYNAMICS, false, 20, false,
                    "an atom; first-principles values differ by 10 to 20 meV"},
    [VT_P_EOS] =
        {"departure from Rose's curve", "meV", 0, VT_MECHANICS, false, 50, false,
         "an atom, root mean square at 0.7 to 1.45 of the volume; metals keep to the curve to some 50 meV"},
    [VT_P_EXPANSION] = {"thermal expansion at 300 K", "1e-6/K", 1, VT_THERMODYNAMICS, false, 25, true,
                        "linear; follows from the third derivative, to which nothing was fitted"},
    [VT_P_MELTING] = {"melting point", "K", 0, VT_THERMODYNAMICS, false, 10, true,
                      "not fitted; good potentials come to 10 %"},
    [VT_P_MIXING] = {"mixing enthalpy at 2000 K", "kJ/mol", 1, VT_THERMODYNAMICS, true, 5, false,
                     "liquid, equal parts; the references are estimates (Miedema) good to about 5 kJ/mol"},
    [VT_P_VOLUME] = {"volume of", "A^3", 3, VT_STRUCTURE, true, 3, true,
                     "an atom; three times 1 % of a length"},
    [VT_P_COMPOUND_BULK] = {"bulk modulus of", "GPa", 1, VT_MECHANICS, false, 10, true,
                            "the references are rounded first-principles values"},
    [VT_P_FORMATION] = {"formation energy of", "kJ/mol", 1, VT_THERMODYNAMICS, false, 5, false,
                        "a compound at rest over its elements; below 0 or it would fall apart"},
    [VT_P_COMPOUND_STABLE] = {"mechanically stable:", "", 0, VT_MECHANICS, false, 0, false,
                              "some compounds are stable only when hot, B2 CuZr and TiNi among them"},
    [VT_P_LIQUID] = {"density at 1500 K", "g/cm^3", 3, VT_STRUCTURE, false, 2, true, "of the liquid"},
    [VT_P_SEPARATION] =
        {"concentration waves,", "1", 2, VT_STRUCTURE, true, 5, false,
         "of the liquid at 1500 K, over those of an ideal mixture; where it separates the longest "
         "ones grow to hundreds"},
    [VT_P_DENSITY] = {"density at 300 K", "g/cm^3", 3, VT_STRUCTURE, true, 2, true,
                      "measured alloys of a class differ by 1 to 2 %; a fast quench costs 0.5 %"},
    [VT_P_PEAK] = {"first peak", "angstrom", 3, VT_STRUCTURE, true, 0.08, false,
                   "diffraction resolves 2 pi/Q_max, some 0.3 A; its peaks are known to a quarter of that"},
    [VT_P_CRYSTAL] = {"crystalline atoms", "%", 2, VT_STRUCTURE, true, 2, false,
                      "with the neighbours of fcc, hcp or bcc; a glass holds none, chance makes a few"},
    [VT_P_ICOSAHEDRA] = {"icosahedra", "%", 1, VT_STRUCTURE, false, 0, false,
                         "atoms in the middle of one; no measured value"},
    [VT_P_TG] = {"glass transition from", "K", 0, VT_THERMODYNAMICS, true, 10, true,
                 "the rate moves it by 15 to 60 K a decade; the range is that of 1e12 to 1e13 K/s"},
    [VT_P_GLASS_BULK] = {"bulk modulus of the glass", "GPa", 1, VT_MECHANICS, true, 5, true,
                         "the range holds the class of alloys"},
    [VT_P_GLASS_SHEAR] = {"shear modulus of the glass", "GPa", 1, VT_MECHANICS, true, 10, true,
                          "glasses quenched at such rates are softer by a third; below 20 GPa none is"},
    [VT_P_KINK_F] = {"largest kink of F:", "%", 2, VT_RUNNING, true, 2, false,
                     "jump of F'' in what a liquid visits, of its largest value near: energy drifts where "
                     "atoms cross it"},
    [VT_P_KINK_RHO] = {"largest kink of rho:", "%", 2, VT_RUNNING, true, 2, false, "as F"},
    [VT_P_KINK_PHI] = {"largest kink of phi:", "%", 2, VT_RUNNING, true, 2, false, "as F"},
    [VT_P_STEP_PHI] = {"phi at the cut-off,", "meV", 4, VT_RUNNING, true, 0.01, false,
                       "each pair that crosses the cut-off changes the energy by so much"},
    [VT_P_CUT_PHI] =
        {"force at the cut-off,", "meV/A", 4, VT_RUNNING, true, 0.5, false,
         "of phi; 1e-4 of the forces in a solid: a step that crosses it errs by less than others do"},
    [VT_P_STEP_RHO] = {"rho at the cut-off,", "%", 4, VT_RUNNING, true, 0.001, false,
                       "of the density in the crystal; as phi, with F' of some eV"},
    [VT_P_CUT_RHO] = {"slope of rho there,", "%/A", 4, VT_RUNNING, true, 0.05, false,
                      "of the density in the crystal; as the force"},
    [VT_P_REPULSION] =
        {"atoms repel from,", "angstrom", 2, VT_RUNNING, true, 0.3, false,
         "in the density of a crystal; nearer ones would fuse, and random starts come to 1 angstrom"},
    [VT_P_CORE] = {"energy at 1 A,", "eV", 1, VT_RUNNING, true, 5, false,
                   "of two atoms in the density of a crystal; at 3000 K the odds of 10 eV are 1e-17"},
    [VT_P_RANGE] =
        {"end of F over its use,", "1", 2, VT_RUNNING, true, 0.2, false,
         "last density over that in crystals at 3/4 of their volume; beyond, F is a straight line"},
    [VT_P_KNOTS] = {"knots of F to the crystal,", "1", 0, VT_RUNNING, true, 50, false,
                    "from 0 to the density of the crystal; cubics through fewer err by more than 1e-5 eV"},
};

/* How far a value lies outside of what is right; 0 inside. */
static double outside(const struct vt_finding *f)
{
    return f->value > f->high ? f->value - f->high : f->value < f->low ? f->value - f->low : 0;
}

static enum vt_verdict judge(struct vt_finding *f)
{
    const struct vt_property_row *row = &vt_property_rows[f->property];
    f->deviation = NAN;
    if (isnan(f->value)) return VT_NOT_COMPUTED;
    if (isnan(f->low) || isnan(f->high)) return VT_NO_REFERENCE;
    double off = outside(f), edge = f->value > f->high ? f->high : f->low;
    if (!isfinite(edge)) edge = f->low > -INFINITY ? f->low : f->high;
    double allowed = row->percent ? row->allowed / 100 * fabs(edge) : row->allowed;
    f->deviation = row->percent && off != 0 ? 100 * off / fabs(edge) : off;
    /* A range has its room in itself. */
    double beyond = fabs(off) - (f->low == f->high ? allowed : 0), rounding = 1e-12 * fabs(edge);
    if (beyond <= rounding) return VT_MEETS;
    return beyond <= allowed + rounding || beyond <= 2 * f->error ? VT_NEAR : VT_MISSES;
}

enum vt_status vt_findings_add(struct vt_findings *f, const struct vt_finding *finding)
{
    VT_TRY(vt_grow(&f->item, &f->capacity, f->n + 1));
    struct vt_finding *own = &f->item[f->n++];
    *own = *finding;
    own->verdict = judge(own);
    return VT_OK;
}

void vt_findings_release(struct vt_findings *f)
{
    free(f->item);
    *f = (struct vt_findings){0};
}

/* Names that lead over to what they are of, as they are called without it. */
static const char *const alone[VT_PROPERTIES] = {
    [VT_P_LOWEST] = "lowest structure",
    [VT_P_ABOVE] = "energy of other structures",
    [VT_P_VOLUME] = "volume of compounds",
    [VT_P_COMPOUND_BULK] = "bulk modulus of compounds",
    [VT_P_FORMATION] = "formation energy",
    [VT_P_COMPOUND_STABLE] = "stability of compounds",
    [VT_P_TG] = "glass transition",
    [VT_P_REPULSION] = "repulsion",
    [VT_P_RANGE] = "end of F",
    [VT_P_KNOTS] = "knots of F",
};

void vt_property_title(enum vt_property property, char *text, size_t size)
{
    const char *name = alone[property] ? alone[property] : vt_property_rows[property].name;
    int length = (int)strlen(name);
    while (strchr(":,", name[length - 1])) length--;
    snprintf(text, size, "%.*s", length, name);
}

void vt_finding_title(const struct vt_finding *f, char *text, size_t size)
{
    if (*f->what)
        snprintf(text, size, "%s %s", vt_property_rows[f->property].name, f->what);
    else
        vt_property_title(f->property, text, size);
}

bool vt_finding_decides(const struct vt_finding *f, enum vt_use use, enum vt_verdict verdict)
{
    const struct vt_property_row *row = &vt_property_rows[f->property];
    bool absent = f->verdict == VT_NOT_COMPUTED && f->lack == VT_NOT_THERE;
    return row->use == use && row->decides && (absent ? VT_MISSES : f->verdict) == verdict;
}

enum vt_verdict vt_findings_verdict(const struct vt_findings *f, enum vt_use use)
{
    for (int verdict = VT_MISSES; verdict >= VT_MEETS; verdict--)
        for (int k = 0; k < f->n; k++)
            if (vt_finding_decides(&f->item[k], use, (enum vt_verdict)verdict))
                return (enum vt_verdict)verdict;
    return VT_NO_REFERENCE;
}
