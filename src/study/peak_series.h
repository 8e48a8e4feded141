/* peak_series.h: place, width and height of peaks of a series of measured curves against temperature: the
 * first sharp diffraction peak of S(q), F(q) or I(q), the shells of G(r) or g(r) (analysis/peak.h). */
#ifndef VT_PEAK_SERIES_H
#define VT_PEAK_SERIES_H

#include "core/dataset.h"
#include "core/params.h"

enum { VT_PEAKS_MAX = 8 };

struct vt_peaks_options {
    char peaks[VT_TEXT_SIZE], temperatures[VT_TEXT_SIZE];
    double part;
    int form, kind;
};
extern const struct vt_param vt_peaks_params[];

/* Read n files and append datasets peaks/... to results: position_K, width_K, height_K, base_K and mixing_K
 * of the K-th range, NaN where a curve has no peak there, which is warned of. Files that are of no use are
 * left out, with a warning, and counted in *refused. Local. */
enum vt_status vt_peak_series(int n, char *const *paths, const struct vt_peaks_options *options,
                              struct vt_results *results, int *refused);
/* Peaks in results. */
int vt_peak_series_count(const struct vt_results *results);
/* All of it against temperature; *svg is the caller's to free. */
enum vt_status vt_peak_series_figure(const struct vt_results *results, char **svg);

#endif
