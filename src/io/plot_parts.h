/* plot_parts.h: what the files of the plots share: colours by number, and the script for gnuplot. */
#ifndef VT_PLOT_PARTS_H
#define VT_PLOT_PARTS_H

#include "io/plot.h"

/* Colours travel through gnuplot as numbers (#0102kk for variable kk) and come out as var(--name, #fallback).
 */
/* Variables by number: the series' colours first. */
enum {
    VT_PLOT_INK = VT_PLOT_COLORS,
    VT_PLOT_FRAME,
    VT_PLOT_GRID,
    VT_PLOT_SHADE,
    VT_PLOT_GREY,
    VT_PLOT_VARIABLES
};
struct vt_plot_variable {
    const char *name, *light, *dark;
};
extern const struct vt_plot_variable vt_plot_variable[VT_PLOT_VARIABLES];

/* The script that draws the figure, of the given width, in pixels; *height is what came out. */
enum vt_status vt_plot_script(FILE *out, const struct vt_plot *figure, double width, double *height);

#endif
