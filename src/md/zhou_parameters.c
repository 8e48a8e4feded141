/* zhou_parameters.c: the numbers behind the built-in potentials; form and meaning: zhou_parameters.h and
 * docs/theory/potentials.md.
 *
 * FIT  made by `vitrum potential fit` from src/potential/targets.yaml, and nothing else: zhou_elements.def
 * and zhou_pairs.def are what that command writes. What they reach: docs/theory/potentials.md. ZJW  Zhou,
 * Johnson & Wadley, PRB 69, 144113 (2004), in the digits of the EAM_code that LAMMPS distributes
 *      (tools/eam_database), of metals that the two alloys do not need. Masses: IUPAC 2021. Ag, Fe and Mg are
 *      where fits of fcc, bcc and hcp metals begin. */
#include "md/zhou_parameters.h"

#define ZJW "Zhou, Johnson & Wadley, PRB 69, 144113 (2004)"
#define FIT "fitted by Vitrum to crystals and liquids"

// clang-format off
const struct vt_zhou_element vt_zhou_elements[] = {
    /* first line: symbol, Z, mass, structure, lattice constant, F0, F2, F3-, F3+, eta, rho_l, r_s, r_c, source;
     * second: r_e, f_e, rho_e, rho_s, alpha, beta, A, B, kappa, lambda, density_scale */
#include "md/zhou_elements.def"
    {"Ag", 47,  107.87, "fcc", 4.0860, -1.750000,  0.744561, -1.150650, -1.150650,  0.783924, 0.85, 6.2, 7.15, ZJW,
     2.891814, 1.106232, 14.604100, 14.604144,  9.132010, 4.870405, 0.277758, 0.419611, 0.339710, 0.750758, 1},
    {"Au", 79,  196.97, "fcc", 4.0780, -2.980000,  1.706587, -1.134778, -1.134778,  1.021095, 0.85, 6.2, 7.15, ZJW,
     2.885034, 1.529021, 19.991632, 19.991509,  9.516052, 5.075228, 0.229762, 0.356666, 0.356570, 0.748798, 1},
    {"Pd", 46,  106.42, "fcc", 3.8910, -2.360000,  1.481742, -1.675615, -1.675615,  1.130000, 0.85, 6.2, 7.15, ZJW,
     2.750897, 1.595417, 21.335246, 21.940073,  8.697397, 4.638612, 0.406763, 0.598880, 0.397263, 0.754799, 1},
    {"Pt", 78,  195.08, "fcc", 3.9240, -4.170000,  3.010561, -2.420128, -2.420128,  1.450000, 0.25, 6.2, 7.15, ZJW,
     2.771916, 2.336509, 33.367564, 35.205357,  7.105782, 3.789750, 0.556398, 0.696037, 0.385255, 0.770510, 1},
    {"Pb", 82,   207.2, "fcc", 4.9510, -1.440000,  0.702726, -0.538766, -0.538766,  0.935380, 0.85, 6.2, 7.15, ZJW,
     3.499723, 0.647872,  8.450154,  8.450063,  9.121799, 5.212457, 0.161219, 0.236884, 0.250805, 0.764955, 1},
    {"Fe", 26,  55.845, "bcc", 2.8660, -2.540000,  0.200269, -0.148770, -0.148770,  0.391750, 0.85, 6.2, 7.15, ZJW,
     2.481987, 1.885957, 20.041463, 20.041463,  9.818270, 5.236411, 0.392811, 0.646243, 0.170306, 0.340613, 1},
    {"Mo", 42,   95.95, "bcc", 3.1470, -3.710000,  0.875874,  0.776222,  0.776222,  0.790879, 0.85, 6.2, 7.15, ZJW,
     2.728100, 2.723710, 29.354065, 29.354065,  8.393531, 4.476550, 0.708787, 1.120373, 0.137640, 0.275280, 1},
    {"Ta", 73,  180.95, "bcc", 3.3030, -5.140000,  1.640098,  0.221375,  0.221375,  0.848843, 0.85, 6.2, 7.15, ZJW,
     2.860082, 3.086341, 33.787168, 33.787168,  8.489528, 4.527748, 0.611679, 1.032101, 0.176977, 0.353954, 1},
    {"W",  74,  183.84, "bcc", 3.1650, -4.960000,  0.661935,  0.348147,  0.348147,  0.582714, 0.85, 6.2, 7.15, ZJW,
     2.740840, 3.487340, 37.234847, 37.234847,  8.900114, 4.746728, 0.882435, 1.394592, 0.139209, 0.278417, 1},
    {"Mg", 12,  24.305, "hcp", 3.2090, -0.900000,  0.122838, -0.226010, -0.226010,  0.431425, 0.85, 6.2, 7.15, ZJW,
     3.196291, 0.544323,  7.132600,  7.132600, 10.228708, 5.455311, 0.137518, 0.225930, 0.500000, 1.000000, 1},
};
// clang-format on

const struct vt_zhou_pair vt_zhou_pairs[] = {
/* a, b, epsilon, r_0, stretch, r_a, r_b */
#include "md/zhou_pairs.def"
};

const int vt_zhou_elements_n = sizeof vt_zhou_elements / sizeof *vt_zhou_elements;
const int vt_zhou_pairs_n = sizeof vt_zhou_pairs / sizeof *vt_zhou_pairs;
