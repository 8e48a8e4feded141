/* cmd_potential.c: vitrum potential make | show: EAM tables written to a file, or described. */
#include "cli/cmd_potential.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/eam_file.h"
#include "io/replace.h"
#include "md/eam_builtin.h"

static const char usage[] =
    "usage: vitrum potential make builtin:NAME -o FILE [--force]\n"
    "       vitrum potential show builtin:NAME|FILE\n"
    "NAME is CuZrAlHfCo, ZrTiCuNiBe or a list of elements such as Cu,Zr,Al; `builtin:` may be\n"
    "left out where no file is called so, in a protocol too";

static bool asks_for_help(int argc, char **argv)
{
    for (int k = 0; k < argc; k++)
        if (strcmp(argv[k], "--help") == 0 || strcmp(argv[k], "-h") == 0) return true;
    return false;
}

static enum vt_status help(void)
{
    puts(usage);
    return VT_OK;
}

static enum vt_status make(int argc, char **argv)
{
    const char *what = NULL, *path = NULL;
    bool force = false;
    if (asks_for_help(argc, argv)) return help();
    for (int k = 0; k < argc; k++) {
        if (strcmp(argv[k], "--force") == 0)
            force = true;
        else if (strcmp(argv[k], "-o") == 0 && !path && k + 1 < argc)
            path = argv[++k];
        else if (argv[k][0] != '-' && !what)
            what = argv[k];
        else
            return VT_RAISE(VT_EINPUT, "potential make: '%s' %s\n%s", argv[k],
                            strcmp(argv[k], "-o") == 0 && !path ? "needs a file after it"
                                                                : "was not expected here",
                            usage);
    }
    if (!what || !path)
        return VT_RAISE(VT_EINPUT, "potential make: %s is missing\n%s",
                        what ? "-o FILE" : "the name of a built-in potential", usage);
    VT_TRY(vt_prefix(vt_replace_check(path), "potential make: -o"));
    if (!force && access(path, F_OK) == 0) return VT_RAISE(VT_EINPUT, "%s exists; --force replaces it", path);
    struct vt_eam e;
    VT_TRY(strncmp(what, "builtin:", 8) == 0 ? vt_eam_load(what, &e) : vt_eam_builtin(what, &e));
    enum vt_status st = vt_eam_write_setfl(path, &e);
    if (st == VT_OK) printf("%s: %s\n", path, e.comment[0]);
    vt_eam_release(&e);
    return st;
}

/* Distance of the last knot that is not zero. */
static double reach(const double *table, int n, double d)
{
    while (n > 1 && table[n - 1] == 0) n--;
    return (n - 1) * d;
}

/* The lowest phi beyond 1 angstrom, by a parabola through three knots. */
static void minimum(const struct vt_eam *e, int a, int b, double *r, double *phi)
{
    const double *rphi = vt_eam_rphi(e, a, b);
    int begin = (int)ceil(1 / e->d_r), best = begin;
    *r = *phi = 0;
    if (begin < 1) begin = best = 1;
    for (int k = begin; k < e->n_r; k++)
        if (rphi[k] / k < rphi[best] / best) best = k;
    if (best == begin || best >= e->n_r - 1) return;
    double y[3];
    for (int k = 0; k < 3; k++) y[k] = rphi[best - 1 + k] / ((best - 1 + k) * e->d_r);
    double bend = y[0] - 2 * y[1] + y[2], shift = bend > 0 ? 0.5 * (y[0] - y[2]) / bend : 0;
    *r = (best + shift) * e->d_r;
    *phi = y[1] - 0.25 * (y[0] - y[2]) * shift;
}

static void print(const struct vt_eam *e)
{
    int n = e->n_species;
    printf("format       %s\n", n == 1               ? "setfl or eam.fs (the same for one element)"
                                : e->finnis_sinclair ? "eam.fs (Finnis-Sinclair)"
                                                     : "setfl (eam/alloy)");
    for (int k = 0; k < 3; k++) printf("comment      %s\n", e->comment[k]);
    printf("checksum     %016llx\n", (unsigned long long)e->checksum);
    printf("cut-off      %g angstrom\n", e->cutoff);
    printf("tables       r: %d x %g angstrom, to %g; rho: %d x %g, to %g\n", e->n_r, e->d_r,
           (e->n_r - 1) * e->d_r, e->n_rho, e->d_rho, (e->n_rho - 1) * e->d_rho);
    printf("\nelement   Z    mass [u]   lattice [angstrom]     lowest F [eV]  at rho\n");
    for (int a = 0; a < n; a++) {
        const struct vt_eam_element *s = &e->element[a];
        const double *f = vt_eam_f(e, a);
        int best = 0;
        for (int k = 0; k < e->n_rho; k++)
            if (f[k] < f[best]) best = k;
        printf("%-7s %3d %11.4f   %-7s %10.4f %17.4f %8.4g\n", s->symbol, s->z, s->mass, s->structure,
               s->lattice, f[best], best * e->d_rho);
    }
    printf("\npair     rho > 0 to [angstrom]   phi to [angstrom]   lowest phi [eV]  at r [angstrom]\n");
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++) {
            double r, phi;
            minimum(e, a, b, &r, &phi);
            printf("%-2s-%-2s %11.4f, %-10.4f %17.4f %17.4f %16.4f\n", e->element[a].symbol,
                   e->element[b].symbol, reach(vt_eam_rho(e, a, b), e->n_r, e->d_r),
                   reach(vt_eam_rho(e, b, a), e->n_r, e->d_r), reach(vt_eam_rphi(e, a, b), e->n_r, e->d_r),
                   phi, r);
        }
    printf("(rho: the density that the first gives, then the second; how an energy is shared between F and\n"
           "phi is a convention of the potential, so minima of two potentials do not compare)\n");
}

static enum vt_status show(int argc, char **argv)
{
    if (asks_for_help(argc, argv)) return help();
    if (argc != 1 || argv[0][0] == '-')
        return VT_RAISE(VT_EINPUT, "potential show: one file or builtin:NAME is right\n%s", usage);
    struct vt_eam e;
    VT_TRY(vt_eam_load(argv[0], &e));
    print(&e);
    vt_eam_release(&e);
    return VT_OK;
}

enum vt_status vt_cmd_potential(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "make") == 0) return make(argc - 2, argv + 2);
    if (strcmp(word, "show") == 0) return show(argc - 2, argv + 2);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return help();
    if (*word) return VT_RAISE(VT_EINPUT, "potential: '%s' is neither make nor show\n%s", word, usage);
    return VT_RAISE(VT_EINPUT, "potential: make or show?\n%s", usage);
}
