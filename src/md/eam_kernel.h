/* eam_kernel.h: the two hot loops of EAM, built for several instruction sets from one source. */
#ifndef VT_EAM_KERNEL_H
#define VT_EAM_KERNEL_H

#include <stdint.h>

#include "core/exact.h"
#include "core/material.h"
#include "md/system.h"

/* Tables as the loops read them: rows of four coefficients c3 c2 c1 c0 of the cubic between two knots,
 * value = ((c3 p + c2) p + c1) p + c0 with p from 0 to 1. */
struct vt_eam_rows {
    int n_species;
    int last_row; /* of each table */
    double cutoff2, inverse_dr;
    const double (*row)[4];                      /* all pair tables, one after the other */
    int rho_at[VT_SPECIES_MAX][VT_SPECIES_MAX];  /* first row of the density that [giver] makes at [place] */
    int rphi_at[VT_SPECIES_MAX][VT_SPECIES_MAX]; /* first row of r phi of a pair, symmetric */
    double rho_magic;                            /* rounds densities: vt_round */
};

/* One thread's share of a pass: atoms [begin, end). */
struct vt_eam_job {
    const struct vt_eam_rows *rows;
    const double (*x)[4]; /* owned and ghosts; the fourth lane is F' in the second pass */
    const int32_t *species;
    int n; /* owned */
    int begin, end;
    const int64_t *list; /* as in struct vt_pairs */
    const int32_t *partner;
    int32_t *inner; /* partners within the cut-off, from list[i] on: written by the first pass */
    int32_t *n_inner;
    double *rho;               /* n + 1: added to; [n] takes what ghosts would get */
    double (*f)[4];            /* n + 1: added to */
    enum vt_want want;         /* VT_FORCES or VT_TOTALS */
    struct vt_exact totals[7]; /* added to: pair energy, then the virial in the order of vt_state */
    int32_t *scratch_j;        /* room for the longest partner list and a block */
    double *scratch_r2;
};

/* Quanta of forces, energies and virials: 2^-40 eV/angstrom and eV. Exact sums reach 2^12. */
#define VT_FORCE_MAGIC  VT_MAGIC(0x1p-40)
#define VT_ENERGY_MAGIC VT_MAGIC(0x1p-40)

struct vt_eam_kernel {
    const char *name;
    void (*density)(struct vt_eam_job *job);
    void (*force)(struct vt_eam_job *job);
};

extern const struct vt_eam_kernel vt_eam_kernel_portable;
#ifdef __x86_64__
extern const struct vt_eam_kernel vt_eam_kernel_avx2, vt_eam_kernel_avx512;
#endif

#endif
