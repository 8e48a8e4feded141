/* zhou_parameters.h: the rows of the built-in potentials; functions of them are in eam_builtin.h. */
#ifndef VT_ZHOU_PARAMETERS_H
#define VT_ZHOU_PARAMETERS_H

/* Angstrom, eV, u; densities in each row's own unit (only f_e : rho_e : rho_s matter). */
struct vt_zhou_element {
    char symbol[4];
    int z;
    double mass;
    char structure[4];
    double lattice;
    double F0, F2, F3_minus, F3_plus; /* embedding energy around rho_e: below, above */
    double eta;                       /* exponent of the embedding energy at high density */
    double rho_l;                     /* where the low-density branch ends, in rho_e */
    double r_s, r_c;                  /* f and phi of this element are switched off between the two */
    const char *source;
    double r_e, f_e, rho_e, rho_s, alpha, beta, A, B, kappa, lambda;
    double density_scale; /* w in f -> w f, F(rho) -> F(rho/w): nothing in a pure metal, a choice in alloys */
};

struct vt_zhou_pair {
    char a[4], b[4];
    double epsilon;  /* depth, over the mean of the elements' own */
    double r_0;      /* the minimum of phi */
    double stretch;  /* of distances from the minimum */
    double r_a, r_b; /* minima of the elements' own phi */
};

extern const struct vt_zhou_element vt_zhou_elements[];
extern const int vt_zhou_elements_n;
extern const struct vt_zhou_pair vt_zhou_pairs[];
extern const int vt_zhou_pairs_n;

#endif
