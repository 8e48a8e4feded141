/* cmd_potential.c: vitrum potential make | show | fit | check: EAM tables written to a file, described, found
 * or judged. */
#include "cli/cmd_potential.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd_potential_check.h"
#include "cli/cmd_potential_fit.h"
#include "core/parallel.h"
#include "io/eam_file.h"
#include "io/eam_page.h"
#include "io/replace.h"
#include "md/eam_builtin.h"
#include "potential/verdict_notes.h"

static const char usage[] =
    "usage: vitrum potential make SOURCE -o FILE [--elements LIST] [--format setfl|eam.fs] [--force]\n"
    "       vitrum potential make --elements LIST -o FILE [--format setfl|eam.fs] [--force]\n"
    "       vitrum potential show SOURCE [-o FOLDER [--force]]\n"
    "       vitrum potential fit [TARGETS.yaml] -o FOLDER ...    (vitrum potential fit --help)\n"
    "       vitrum potential check SOURCE ...                    (vitrum potential check --help)\n"
    "SOURCE is a setfl, eam.fs or funcfl file, or builtin:NAME with NAME CuZrAlHfCo, ZrTiCuNiBe or\n"
    "a list of elements such as Cu,Zr,Al; `builtin:` may be left out where no file is called so, in\n"
    "a protocol too.\n"
    "  -o FILE         tables for other programs: eam.fs if FILE ends in .fs, else setfl\n"
    "  --elements LIST such as Cu,Zr: only these, in this order; without SOURCE the built-in ones\n"
    "  -o FOLDER       plots of F, rho and phi: potential.html and SVG files (needs gnuplot)\n"
    "  --force         replace what is there";

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

struct options {
    const char *source, *output, *elements, *format;
    bool force;
};

static enum vt_status read_options(const char *command, int argc, char **argv, struct options *o)
{
    *o = (struct options){0};
    const struct {
        const char *name;
        const char **value;
    } option[] = {{"-o", &o->output}, {"--elements", &o->elements}, {"--format", &o->format}};
    size_t options = strcmp(command, "make") == 0 ? 3 : 1;
    for (int k = 0; k < argc; k++) {
        size_t q = 0;
        while (q < options && strcmp(argv[k], option[q].name) != 0) q++;
        if (strcmp(argv[k], "--force") == 0)
            o->force = true;
        else if (q < options && k + 1 < argc && argv[k + 1][0] != '-' && !*option[q].value)
            *option[q].value = argv[++k];
        else if (argv[k][0] != '-' && !o->source)
            o->source = argv[k];
        else
            return VT_RAISE(VT_EINPUT, "potential %s: '%s' %s\n%s", command, argv[k],
                            q == options       ? "was not expected here"
                            : *option[q].value ? "stands twice"
                                               : "needs a value after it",
                            usage);
    }
    return VT_OK;
}

/* "Cu, Zr" as symbols; text is what they point into. */
static enum vt_status split(char *text, const char **symbol, int *n)
{
    char *rest;
    *n = 0;
    for (char *s = strtok_r(text, ", ", &rest); s; s = strtok_r(NULL, ", ", &rest)) {
        if (*n == VT_SPECIES_MAX) return VT_RAISE(VT_EINPUT, "--elements: more than %d", VT_SPECIES_MAX);
        for (int k = 0; k < *n; k++)
            if (strcmp(symbol[k], s) == 0) return VT_RAISE(VT_EINPUT, "--elements: %s stands twice", s);
        symbol[(*n)++] = s;
    }
    return VT_OK;
}

static enum vt_status load(const struct options *o, struct vt_eam *e)
{
    char text[256];
    const char *symbol[VT_SPECIES_MAX];
    int n;
    if (!o->source) return vt_eam_builtin_elements(o->elements, e);
    /* What can be no file's name is a name mistyped: say which names there are. */
    bool file = access(o->source, F_OK) == 0 || strpbrk(o->source, "./:");
    VT_TRY(file ? vt_eam_load(o->source, e) : vt_eam_builtin(o->source, e));
    if (!o->elements) return VT_OK;
    snprintf(text, sizeof text, "%s", o->elements);
    enum vt_status st = split(text, symbol, &n);
    if (st == VT_OK) st = vt_prefix(vt_eam_select(e, symbol, n), "%s", o->source);
    if (st != VT_OK) vt_eam_release(e);
    return st;
}

/* By --format, or else by the ending of the name. */
static enum vt_status choose_format(const struct options *o, bool *fs)
{
    size_t length = strlen(o->output);
    *fs = o->format ? strcmp(o->format, "eam.fs") == 0 : length > 3 && !strcmp(o->output + length - 3, ".fs");
    if (!o->format || *fs || strcmp(o->format, "setfl") == 0) return VT_OK;
    return VT_RAISE(VT_EINPUT, "potential make: --format is '%s'; setfl or eam.fs is right", o->format);
}

static enum vt_status make(int argc, char **argv)
{
    struct options o;
    struct vt_eam e;
    bool fs;
    if (asks_for_help(argc, argv)) return help();
    VT_TRY(read_options("make", argc, argv, &o));
    if ((!o.source && !o.elements) || !o.output)
        return VT_RAISE(VT_EINPUT, "potential make: %s is missing\n%s",
                        o.output ? "SOURCE, the name of a potential," : "-o FILE", usage);
    VT_TRY(choose_format(&o, &fs));
    VT_TRY(vt_prefix(vt_replace_check(o.output), "potential make: -o"));
    if (!o.force && access(o.output, F_OK) == 0)
        return VT_RAISE(VT_EINPUT, "%s exists; --force replaces it", o.output);
    VT_TRY(load(&o, &e));
    enum vt_status st = fs ? vt_eam_write_fs(o.output, &e) : vt_eam_write_setfl(o.output, &e);
    if (st == VT_OK) printf("%s (%s): %s\n", o.output, fs ? "eam.fs" : "setfl", e.comment[0]);
    vt_eam_release(&e);
    return st;
}

static enum vt_status print_verdict(const struct vt_eam *e, const char *source)
{
    struct vt_recorded r;
    char line[256];
    bool found;
    VT_TRY(vt_verdict_seek(NULL, source, e->checksum, &r, &found));
    vt_verdict_line(&r, line, sizeof line);
    if (found)
        printf("verdict      %s\n             (%s, `%s`)\n", line, r.date, r.command);
    else
        printf("verdict      not judged: `vitrum potential check %s` does\n", source);
    vt_recorded_release(&r);
    return VT_OK;
}

static enum vt_status print(const struct vt_eam *e, const char *source)
{
    int n = e->n_species;
    printf("format       %s\n", n == 1               ? "setfl, eam.fs or funcfl (one element)"
                                : e->finnis_sinclair ? "eam.fs (Finnis-Sinclair)"
                                                     : "setfl (eam/alloy)");
    for (int k = 0; k < 3; k++) printf("comment      %s\n", e->comment[k]);
    printf("checksum     %016llx\n", (unsigned long long)e->checksum);
    VT_TRY(print_verdict(e, source));
    printf("cut-off      %g angstrom\n", e->cutoff);
    printf("tables       r: %d x %g angstrom, to %g; rho: %d x %g, to %g\n", e->n_r, e->d_r,
           (e->n_r - 1) * e->d_r, e->n_rho, e->d_rho, (e->n_rho - 1) * e->d_rho);
    printf("\nelement   Z    mass [u]   lattice [angstrom]  rho there     lowest F [eV]  at rho\n");
    for (int a = 0; a < n; a++) {
        const struct vt_eam_element *s = &e->element[a];
        const double *f = vt_eam_f(e, a);
        double nearest;
        int best = 0;
        for (int k = 0; k < e->n_rho; k++)
            if (f[k] < f[best]) best = k;
        printf("%-7s %3d %11.4f   %-7s %10.4f %10.4g %17.4f %7.4g\n", s->symbol, s->z, s->mass, s->structure,
               s->lattice, vt_eam_crystal(e, a, &nearest), f[best], best * e->d_rho);
    }
    printf("\npair     rho > 0 to [angstrom]   phi to [angstrom]   lowest phi [eV]  at r [angstrom]\n");
    for (int a = 0; a < n; a++)
        for (int b = a; b < n; b++) {
            double r, phi;
            printf("%-2s-%-2s %11.4f, %-10.4f %17.4f", e->element[a].symbol, e->element[b].symbol,
                   vt_eam_reach(vt_eam_rho(e, a, b), e->n_r, e->d_r),
                   vt_eam_reach(vt_eam_rho(e, b, a), e->n_r, e->d_r),
                   vt_eam_reach(vt_eam_rphi(e, a, b), e->n_r, e->d_r));
            if (vt_eam_phi_minimum(e, a, b, &r, &phi))
                printf(" %17.4f %16.4f\n", phi, r);
            else
                printf(" %17s %16s\n", "none", "");
        }
    printf("(rho: the density that the first gives, then the second; how an energy is shared between F and\n"
           "phi is a convention of the potential, so minima of two potentials do not compare)\n");
    return VT_OK;
}

static enum vt_status show(int argc, char **argv)
{
    if (asks_for_help(argc, argv)) return help();
    struct options o;
    struct vt_eam e;
    VT_TRY(read_options("show", argc, argv, &o));
    if (!o.source) return VT_RAISE(VT_EINPUT, "potential show: one file or builtin:NAME is right\n%s", usage);
    if (o.output && !o.force) VT_TRY(vt_prefix(vt_eam_page_check(o.output), "potential show: -o"));
    VT_TRY(vt_eam_load(o.source, &e));
    enum vt_status st = print(&e, o.source);
    if (st == VT_OK && o.output) st = vt_eam_page_write(o.output, &e, o.source);
    if (st == VT_OK && o.output) printf("\nplots in %s/potential.html\n", o.output);
    vt_eam_release(&e);
    return st;
}

/* What one rank does for all. */
static enum vt_status alone(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "make") == 0) return make(argc - 2, argv + 2);
    if (strcmp(word, "show") == 0) return show(argc - 2, argv + 2);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return help();
    if (*word)
        return VT_RAISE(VT_EINPUT, "potential: '%s' is none of make, show, fit and check\n%s", word, usage);
    return VT_RAISE(VT_EINPUT, "potential: make, show, fit or check?\n%s", usage);
}

enum vt_status vt_cmd_potential(MPI_Comm comm, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "fit") == 0) return vt_cmd_potential_fit(comm, argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "check") == 0) return vt_cmd_potential_check(comm, argc - 1, argv + 1);
    int rank;
    MPI_Comm_rank(comm, &rank);
    return vt_agree(comm, rank == 0 ? alone(argc, argv) : VT_OK);
}
