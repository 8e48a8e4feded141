/* dma_tables.h: tables of a dynamic mechanical analysis, sorted into scans: at one frequency against
 * temperature, and at one temperature against frequency. A table that goes through several frequencies at
 * each of many temperatures is both. */
#ifndef VT_DMA_TABLES_H
#define VT_DMA_TABLES_H

#include <stdbool.h>

#include "core/params.h"
#include "study/names.h"

enum { VT_DMA_TABLES = 64 };

struct vt_dma_options {
    char columns[VT_TEXT_SIZE], frequency[VT_TEXT_SIZE], temperature[VT_TEXT_SIZE], peak[VT_TEXT_SIZE],
        wing[VT_TEXT_SIZE], tg[VT_TEXT_SIZE];
    double energy, master, overlap;
    int64_t reference;
    int tables, quantity, model, base, law;
    bool cole_cole;
};
extern const struct vt_param vt_dma_params[];
enum { VT_DMA_TABLES_TOLD, VT_DMA_TABLES_STATES, VT_DMA_TABLES_FREQUENCIES };
enum { VT_DMA_TAN_DELTA, VT_DMA_LOSS };
enum { VT_DMA_ARRHENIUS, VT_DMA_VFT };

struct vt_dma_scan {
    int state;
    bool sweep;         /* x is a frequency [Hz], at one temperature; else x is T [K], at one frequency */
    double frequency;   /* [Hz]; NAN of a sweep, or where nobody tells it */
    double temperature; /* [K]; NAN unless a sweep */
    char name[VT_NAME + 40]; /* "cast, 1 Hz" */
    int n;
    double *x, *storage, *loss, *tan_delta; /* x ascending; moduli [GPa] NULL if not there */
};

struct vt_dma {
    int n_states;
    char state[VT_DMA_TABLES][VT_NAME]; /* names of the files, without ending; one if all are one state */
    int n;
    struct vt_dma_scan *scan;
    size_t capacity;
};

/* Read n tables. VT_EINPUT where a table cannot be read (io/table_file.h), has neither tan(delta) nor both
 * moduli nor the loss angle, a modulus that is not positive, temperatures that recur with no frequency known,
 * a temperature that goes up and down, or too few points for a scan: ten temperatures at one frequency, or
 * six frequencies at one temperature. Local. */
enum vt_status vt_dma_read(int n, char *const *paths, const struct vt_dma_options *options,
                           struct vt_dma *dma);
void vt_dma_release(struct vt_dma *dma);

/* A list of one value, or of n, in the unit; what: the option. Values are in that unit. Local. */
enum vt_status vt_dma_each(const char *what, const char *text, const char *unit, int n, double *value);
/* One range FROM-TO, or n of them. Local. */
enum vt_status vt_dma_ranges(const char *what, const char *text, int n, double (*range)[2]);

#endif
