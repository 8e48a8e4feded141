/* series_member.h: one curve of a series, and its S_eq with what may be wrong with it.
 *
 *     dS_eq = sum_k c_k dg_k,  c_k = -2 pi rho r_k^2 ln g_k w_k      to first order in errors of the curve
 *     rho dS_eq/drho = S_eq - sum_k c_k (g_k - 1)                    at fixed G(r); S_eq at fixed g(r)
 *
 * Counting errors of a file are taken as independent of each other. Noise, as it is beyond the last shell
 * that can be seen, is taken with its correlation (analysis/noise.h): the same at all r, as in the sine
 * transform of noise that is even in q. */
#ifndef VT_SERIES_MEMBER_H
#define VT_SERIES_MEMBER_H

#include "study/curve_files.h"
#include "study/curve_series.h"

enum { VT_SHELLS_MAX = 40 };

struct vt_shells {
    int n;
    double edge[VT_SHELLS_MAX + 1]; /* 0 .. r_max; of shell k: edge[k], edge[k + 1] */
};
/* The shells of options; n = 0 if none are asked for. */
enum vt_status vt_shells_read(const struct vt_series_options *options, struct vt_shells *shells);

struct vt_member {
    double temperature, density, density_error; /* density_error: of a slope, else NaN */
    double s, below;                            /* k_B an atom; below split_at */
    double counted, noise;                      /* errors of s; NaN if not known */
    double per_density;                         /* rho dS/drho */
    double lowest;
    int negative;
    double shell[VT_SHELLS_MAX];
};

/* What members are made with. */
struct vt_member_rule {
    const struct vt_series_options *options;
    const struct vt_density *density;
    struct vt_shells shells;
};

/* Can the curve be a member? A vt_curve_check; rule is a struct vt_member_rule. */
enum vt_status vt_member_check(const struct vt_measured_curve *curve, const void *rule);
/* temperature and density are there already; fills the rest. Local. */
enum vt_status vt_member_evaluate(const struct vt_measured_curve *curve, const struct vt_member_rule *rule,
                                  struct vt_member *m);
/* Temperatures and densities of n members, of the slope of each or of their mean if that is asked for. */
enum vt_status vt_member_densities(int n, const struct vt_measured_curve *curve,
                                   const struct vt_member_rule *rule, struct vt_member *m);

#endif
