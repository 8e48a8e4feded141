/* eam_rows.h: EAM tables as the force loops read them. */
#ifndef VT_EAM_ROWS_H
#define VT_EAM_ROWS_H

#include <stdint.h>

#include "core/eam.h"
#include "core/material.h"
#include "core/status.h"

/* A row is the cubic ((c0 p + c1) p + c2) p + c3 for k dr <= r < (k + 1) dr, p = r/dr - k - 1/2 from -1/2 to
 * 1/2. There are tables of rho, rho'/r, r phi and phi'/r. Those of densities end with row guard_rho, those of
 * phi with guard_phi >= guard_rho: the guard is 0 and serves all greater distances, and all from the cut-off
 * on. */
struct vt_eam_rows {
    double inverse_dr;
    double cutoff2; /* of the potential, or where its last table ends, squared */
    int guard_rho, guard_phi;
    double (*row)[4];
    /* Where tables begin, in bytes from the first row. [species of i][species of j]: the density that j makes
     * at i and the one that i makes at j; the derivatives of both over r; phi'/r; r phi */
    int32_t rho_of_j[VT_SPECIES_MAX][VT_SPECIES_MAX], rho_of_i[VT_SPECIES_MAX][VT_SPECIES_MAX];
    int32_t pull_of_j[VT_SPECIES_MAX][VT_SPECIES_MAX], pull_of_i[VT_SPECIES_MAX][VT_SPECIES_MAX];
    int32_t pair_pull[VT_SPECIES_MAX][VT_SPECIES_MAX], rphi[VT_SPECIES_MAX][VT_SPECIES_MAX];
    /* Beyond these, no table of the pair's densities, or none at all, holds anything [angstrom]. */
    double near[VT_SPECIES_MAX][VT_SPECIES_MAX], far[VT_SPECIES_MAX][VT_SPECIES_MAX];
    double rho_magic; /* rounds densities: vt_round */
};

/* VT_EINPUT when the tables are too large to be addressed. */
enum vt_status vt_eam_rows_make(struct vt_eam_rows *rows, const struct vt_eam *tables);
void vt_eam_rows_release(struct vt_eam_rows *rows);

/* What the loops see at distance r of the table that begins at `first` and ends with a guard. */
double vt_eam_rows_at(const struct vt_eam_rows *rows, int32_t first, int guard, double r);

#endif
