/* dsc_options.h: options of `vitrum dsc`. */
#ifndef VT_DSC_OPTIONS_H
#define VT_DSC_OPTIONS_H

#include <stdint.h>

#include "core/params.h"

enum vt_dsc_up { VT_DSC_UP_TOLD, VT_DSC_UP_ENDO, VT_DSC_UP_EXO };
enum vt_dsc_axis { VT_DSC_AXIS_AUTO, VT_DSC_AXIS_REDUCED, VT_DSC_AXIS_KELVIN };

struct vt_dsc_options {
    char glass[VT_TEXT_SIZE], liquid[VT_TEXT_SIZE], columns[VT_TEXT_SIZE];
    char reference[VT_TEXT_SIZE], entropy[VT_TEXT_SIZE], composition[VT_TEXT_SIZE];
    int up, axis, baseline;                           /* baseline: degree less 1 */
    double rate, mass;                                /* internal units; NaN: told by the table */
    double smooth, tg, entropy_tg, temperature_error; /* K */
    int64_t resamples, seed;
    int64_t segment, reference_segment; /* of tables, from 1; 0: the only one */
};
extern const struct vt_param vt_dsc_params[];

#endif
