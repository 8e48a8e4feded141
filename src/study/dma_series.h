/* dma_series.h: what tables of a dynamic mechanical analysis tell: peaks of each scan against temperature,
 * their law in frequency, wings, what changes from state to state, spectra at one temperature, master curves.
 */
#ifndef VT_DMA_SERIES_H
#define VT_DMA_SERIES_H

#include <stdio.h>

#include "analysis/arrhenius.h"
#include "analysis/loss_peak.h"
#include "analysis/response.h"
#include "analysis/superposition.h"
#include "analysis/wing.h"
#include "core/dataset.h"
#include "study/dma_tables.h"

/* Of one scan; of a sweep only `spectrum`. */
struct vt_dma_found {
    bool has_peak, has_wing, has_spectrum;
    struct vt_loss_peak peak;
    struct vt_wing wing;
    struct vt_response_fit spectrum; /* omega [rad/s], moduli in GPa */
};

/* T_p against frequency, of one state. */
struct vt_dma_law {
    int n; /* peaks; 0: no law */
    double temperature[VT_DMA_TABLES], error[VT_DMA_TABLES], frequency[VT_DMA_TABLES];
    struct vt_arrhenius arrhenius; /* of tau = 1 / (2 pi f) [s] */
    bool has_vft, has_curvature;
    struct vt_vft vft;
    struct vt_curvature curvature;
};

struct vt_dma_master {
    int n; /* sweeps; 0: no master curve */
    int reference;
    struct vt_sweep
        *sweep;   /* in y [0] log10 of the loss, or tan(delta); [1] of the storage modulus, if there */
    int *scan;    /* number of each */
    double *logs; /* what sweeps point to */
    double energy, energy_error, reduced; /* by the shifts */
};

struct vt_dma_series {
    const struct vt_dma_options *options;
    struct vt_dma dma;
    struct vt_dma_found *found;                 /* (dma.n) */
    struct vt_dma_law law[VT_DMA_TABLES];       /* of each state */
    struct vt_dma_master master[VT_DMA_TABLES]; /* of each state */
    double tg[VT_DMA_TABLES];                   /* NAN: not given */
};

/* Read and analyse n tables. What is not found in a scan is warned of; VT_EINPUT where nothing at all is
 * found. series is released by the caller, also after a failure. Local. */
enum vt_status vt_dma_analyse(int n, char *const *paths, const struct vt_dma_options *options,
                              struct vt_dma_series *series);
void vt_dma_series_release(struct vt_dma_series *series);

/* Number of the scan that a scan is compared to: of the reference state, at the same frequency; -1: none. */
int vt_dma_compared(const struct vt_dma_series *series, int scan);

/* Datasets dma/... */
enum vt_status vt_dma_put(const struct vt_dma_series *series, struct vt_results *results);
/* peaks.csv: a line for each scan against temperature. */
void vt_dma_write_peaks(const struct vt_dma_series *series, FILE *out);
/* A few lines for people. */
void vt_dma_say(const struct vt_dma_series *series, FILE *out);

/* Figures; *svg is the caller's to free, NULL where there is nothing to draw. */
enum vt_status vt_dma_draw_scans(const struct vt_dma_series *series, char **svg);
enum vt_status vt_dma_draw_law(const struct vt_dma_series *series, char **svg);
enum vt_status vt_dma_draw_master(const struct vt_dma_series *series, char **svg);
enum vt_status vt_dma_draw_cole_cole(const struct vt_dma_series *series, char **svg);

#endif
