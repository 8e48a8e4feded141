/* operator.h: an operator makes datasets from datasets. One file (cv_*.c), one descriptor, one line in
 * operators.def. */
#ifndef VT_OPERATOR_H
#define VT_OPERATOR_H

#include "analysis/kernel.h"

/* The jackknife estimate of the bias of dataset `of` is put into dataset `into` (same shape). */
struct vt_bias_pair {
    const char *of, *into; /* NULL ends a list */
};

struct vt_operator {
    const char *name, *help;
    const struct vt_param *params;
    size_t options_size;
    const char *reads; /* the kernel whose datasets it needs */
    /* Does it suit a kernel of this reach? NULL if any will do. given: its options as they stand in the
     * protocol (presets are not the user's fault). Local. */
    enum vt_status (*check)(const void *options, const struct vt_yaml *given, double reach);
    /* Append datasets "NAME/..." to results, which hold those of the kernel. It is called for the whole and
     * for every part left out, so its errors come about like a kernel's. Local. */
    enum vt_status (*apply)(const void *options, const struct vt_measured *what, struct vt_results *results);
    const struct vt_bias_pair *biases; /* NULL if none */
};

/* All operators, ended by NULL. */
const struct vt_operator *const *vt_operator_list(void);

#endif
