/* eam_file.c: setfl (eam/alloy), eam.fs and funcfl files.
 *
 * setfl and eam.fs:
 *
 *     lines 1-3   comments
 *     line 4      n  symbol_1 ... symbol_n
 *     line 5      n_rho  d_rho  n_r  d_r  cut-off
 *     n times     a line: atomic number, mass, lattice constant, structure
 *                 F_a(k d_rho), k = 0 .. n_rho - 1
 *                 rho_a(k d_r), k = 0 .. n_r - 1        eam.fs: n such tables, rho_ab for b = 1 .. n
 *     then        r phi_ab(r) for a = 1 .. n, b = 1 .. a
 *
 * funcfl, of one element:
 *
 *     line 1      comment
 *     line 2      atomic number, mass, lattice constant, structure
 *     line 3      n_rho  d_rho  n_r  d_r  cut-off
 *     then        F(k d_rho), k = 0 .. n_rho - 1;  Z(k d_r), rho(k d_r), k = 0 .. n_r - 1
 *
 * in eV and angstrom. In eam.fs, rho_ab is the density that an atom a gives at a place of species b. The Z of
 * funcfl is an effective charge, r phi = 27.2 0.529 Z^2 (hartree times bohr, with the digits of DYNAMO).
 * Numbers may be broken into lines in any way and may be written by Fortran: 1.5D+00, or 1.5-100 where the
 * exponent has three digits. Nothing may follow the last table.
 *
 * Nothing in a file says which format it has. Line 4 of setfl and eam.fs names elements, that of funcfl holds
 * numbers. Between setfl and eam.fs the numbers are counted: eam.fs holds n (n - 1) n_r more. The suffix
 * decides only where the count fits neither, that is for a broken file.
 *
 * Reference: LAMMPS manual, pair_style eam, eam/alloy and eam/fs. */
#include "io/eam_file.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "io/replace.h"

enum {
    KNOTS_MIN = 5, /* the derivative at a knot takes five */
    KNOTS_MAX = 10000000,
    NUMBERS_MAX = 1 << 28, /* of one block: counts of elements sent by MPI stay far below INT_MAX */
    SPARE_WORDS = 8,       /* words in the line of an element that are not table values, at most */
    Z_NAMED = 103,         /* largest atomic number with a symbol */
};

static const double COULOMB = 27.2 * 0.529; /* of effective charges, eV angstrom */

struct cursor {
    const char *name;
    const char *at, *end;
    int64_t line;  /* of at, from 1 */
    bool one_line; /* ends with the line, not with the file */
};

struct word {
    char text[64]; /* cut if longer */
    size_t length;
    int64_t line;
};

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next word; false at the end. */
static bool next_word(struct cursor *c, struct word *w)
{
    for (; c->at < c->end && blank(*c->at); c->at++) c->line += *c->at == '\n';
    w->line = c->line;
    const char *begin = c->at;
    while (c->at < c->end && !blank(*c->at)) c->at++;
    w->length = (size_t)(c->at - begin);
    size_t kept = w->length < sizeof w->text ? w->length : sizeof w->text - 1;
    memcpy(w->text, begin, kept);
    w->text[kept] = '\0';
    for (size_t k = 0; k < kept; k++)
        if (!isprint((unsigned char)w->text[k])) w->text[k] = '?';
    return w->length > 0;
}

/* The rest of this line without its end, as a cursor of its own. */
static struct cursor rest_of_line(struct cursor *c)
{
    struct cursor rest = *c;
    while (c->at < c->end && *c->at != '\n') c->at++;
    rest.end = c->at;
    rest.one_line = true;
    if (c->at < c->end) {
        c->at++;
        c->line++;
    }
    return rest;
}

/* "1.5D+00", "1.5-100" and what C writes; no names such as inf, no hexadecimal. */
static bool number_of_word(const struct word *w, double *value)
{
    char text[sizeof w->text + 1];
    size_t n = 0;
    if (w->length >= sizeof w->text) return false;
    for (size_t k = 0; k < w->length; k++) {
        char c = w->text[k];
        if (c == 'd' || c == 'D' || c == 'E') c = 'e';
        if (!isdigit((unsigned char)c) && !strchr("+-.e", c)) return false;
        bool sign = c == '+' || c == '-';
        if (sign && k > 0 && text[n - 1] != 'e') {
            if (memchr(text, 'e', n)) return false;
            text[n++] = 'e';
        }
        if (n + 1 >= sizeof text) return false;
        text[n++] = c;
    }
    text[n] = '\0';
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

/* "FILE, line N: expected WHAT, found ..." */
static enum vt_status unexpected(const struct cursor *c, const struct word *w, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum vt_status unexpected(const struct cursor *c, const struct word *w, const char *format, ...)
{
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (w->length == 0)
        return VT_RAISE(VT_EINPUT, "%s, line %lld: expected %s, but the %s", c->name, (long long)w->line,
                        what, c->one_line ? "line ends" : "file ends (is it truncated?)");
    return VT_RAISE(VT_EINPUT, "%s, line %lld: expected %s, found '%.40s'%s", c->name, (long long)w->line,
                    what, w->text, w->length > 40 ? "..." : "");
}

static enum vt_status read_count(struct cursor *c, const char *what, int min, int max, int *value)
{
    struct word w;
    double v;
    if (!next_word(c, &w) || !number_of_word(&w, &v) || v != floor(v) || v < min || v > max)
        return unexpected(c, &w, "%s (a whole number from %d to %d)", what, min, max);
    *value = (int)v;
    return VT_OK;
}

static enum vt_status read_positive(struct cursor *c, const char *what, double *value)
{
    struct word w;
    if (!next_word(c, &w) || !number_of_word(&w, value) || !(*value > 0))
        return unexpected(c, &w, "%s (a number above 0)", what);
    return VT_OK;
}

static enum vt_status read_table(struct cursor *c, double *table, int n, const char *what, const char *a,
                                 const char *b)
{
    for (int k = 0; k < n; k++) {
        struct word w;
        if (!next_word(c, &w) || !number_of_word(&w, &table[k]))
            return unexpected(c, &w, "number %d of %d of %s %s%s%s (finite)", k + 1, n, what, a,
                              *b ? "-" : "", b);
    }
    return VT_OK;
}

/* Files of LAMMPS may say "UNITS: real": kcal/mol. */
static enum vt_status check_units(const struct cursor *line)
{
    static const char tag[] = "UNITS:";
    struct cursor c = *line;
    struct word w;
    c.at = memmem(c.at, (size_t)(c.end - c.at), tag, strlen(tag));
    if (!c.at) return VT_OK;
    c.at += strlen(tag);
    if (next_word(&c, &w) && strcmp(w.text, "metal") == 0) return VT_OK;
    return unexpected(&c, &w, "UNITS: metal (eV and angstrom)");
}

static enum vt_status read_comments(struct cursor *c, struct vt_eam *e, int n_lines)
{
    for (int k = 0; k < n_lines; k++) {
        if (c->at == c->end)
            return VT_RAISE(VT_EINPUT,
                            "%s, line %d: expected comment line %d of %d, but the file ends (is it empty?)",
                            c->name, k + 1, k + 1, n_lines);
        struct cursor line = rest_of_line(c);
        if (k == 0) VT_TRY(check_units(&line));
        while (line.end > line.at && blank(line.end[-1])) line.end--;
        size_t n = (size_t)(line.end - line.at);
        if (n >= sizeof e->comment[k]) n = sizeof e->comment[k] - 1;
        for (size_t i = 0; i < n; i++)
            e->comment[k][i] = iscntrl((unsigned char)line.at[i]) ? ' ' : line.at[i];
    }
    return VT_OK;
}

static enum vt_status read_symbols(struct cursor *c, struct vt_eam *e)
{
    VT_TRY(read_count(c, "the number of elements, as line 4 of setfl and eam.fs has it", 1, VT_SPECIES_MAX,
                      &e->n_species));
    for (int a = 0; a < e->n_species; a++) {
        struct word w;
        bool good = next_word(c, &w) && w.length < sizeof e->element[a].symbol;
        for (size_t k = 0; good && k < w.length; k++) good = isalpha((unsigned char)w.text[k]);
        if (!good)
            return unexpected(c, &w, "element symbol %d of %d (at most 3 letters)", a + 1, e->n_species);
        memcpy(e->element[a].symbol, w.text, w.length + 1);
        for (int b = 0; b < a; b++)
            if (strcmp(e->element[a].symbol, e->element[b].symbol) == 0)
                return unexpected(c, &w, "each element once");
    }
    return VT_OK;
}

static enum vt_status read_sizes(struct cursor *c, struct vt_eam *e)
{
    VT_TRY(read_count(c, "n_rho, the number of embedding energies", KNOTS_MIN, KNOTS_MAX, &e->n_rho));
    VT_TRY(read_positive(c, "d_rho, the spacing of the densities", &e->d_rho));
    VT_TRY(read_count(c, "n_r, the number of distances", KNOTS_MIN, KNOTS_MAX, &e->n_r));
    VT_TRY(read_positive(c, "d_r, the spacing of the distances", &e->d_r));
    VT_TRY(read_positive(c, "the cut-off", &e->cutoff));
    /* Some files count the last interval, some do not: one or two spacings are left open. */
    if (e->cutoff > (e->n_r + 1) * e->d_r)
        return VT_RAISE(VT_EINPUT, "%s, line %lld: the tables end at %g angstrom, before the cut-off of %g",
                        c->name, (long long)c->line, (e->n_r - 1) * e->d_r, e->cutoff);
    return VT_OK;
}

static int64_t count_words(struct cursor c)
{
    int64_t words = 0;
    struct word w;
    while (next_word(&c, &w)) words++;
    return words;
}

/* Take memory for the tables, unless the file can not hold them. */
static enum vt_status alloc_tables(const struct cursor *c, struct vt_eam *e, int64_t need, int64_t words)
{
    int64_t n = e->n_species;
    if (n * n * e->n_r > NUMBERS_MAX || n * e->n_rho > NUMBERS_MAX || words < need / 2)
        return VT_RAISE(VT_EINPUT,
                        "%s, line %lld: %d element%s with n_rho = %d and n_r = %d need %lld numbers, the "
                        "file has %lld (is it truncated, or are these not the sizes?)",
                        c->name, (long long)c->line, e->n_species, n > 1 ? "s" : "", e->n_rho, e->n_r,
                        (long long)need, (long long)words);
    return vt_eam_alloc(e);
}

/* setfl or eam.fs? */
static enum vt_status tell_format(const struct cursor *c, struct vt_eam *e)
{
    int64_t n = e->n_species, n_r = e->n_r, words = count_words(*c);
    int64_t alloy = n * (e->n_rho + n_r) + n * (n + 1) / 2 * n_r;
    int64_t fs = alloy + n * (n - 1) * n_r;
    size_t length = strlen(c->name);
    if (n == 1)
        e->finnis_sinclair = false; /* the formats are one */
    else if (words >= alloy && words <= alloy + SPARE_WORDS * n && words < fs)
        e->finnis_sinclair = false;
    else if (words >= fs && words <= fs + SPARE_WORDS * n)
        e->finnis_sinclair = true;
    else
        e->finnis_sinclair = length > 3 && strcmp(c->name + length - 3, ".fs") == 0;
    return alloc_tables(c, e, e->finnis_sinclair ? fs : alloy, words);
}

/* name: what messages call it. */
static enum vt_status read_element(struct cursor *c, struct vt_eam_element *element, const char *name,
                                   int z_min, int z_max)
{
    struct word w;
    double v;
    while (c->at < c->end && blank(*c->at)) c->line += *c->at++ == '\n';
    struct cursor line = rest_of_line(c);
    if (!next_word(&line, &w) || !number_of_word(&w, &v) || v != floor(v) || v < z_min || v > z_max)
        return unexpected(&line, &w,
                          "the atomic number of %s, %d to %d (line: atomic number, mass, lattice constant, "
                          "structure)",
                          name, z_min, z_max);
    element->z = (int)v;
    if (!next_word(&line, &w) || !number_of_word(&w, &v) || !(v > 0))
        return unexpected(&line, &w, "the mass of %s in u after its atomic number", name);
    element->mass = v;
    if (next_word(&line, &w) && number_of_word(&w, &v)) element->lattice = v;
    bool named = next_word(&line, &w);
    snprintf(element->structure, sizeof element->structure, "%s", named ? w.text : "none");
    return VT_OK;
}

static enum vt_status read_end(struct cursor *c)
{
    struct word w;
    if (!next_word(c, &w)) return VT_OK;
    return unexpected(c, &w, "nothing after the last table (tables of ADP and the like are not read)");
}

static enum vt_status read_body(struct cursor *c, struct vt_eam *e)
{
    int n = e->n_species;
    size_t row = (size_t)e->n_r * sizeof(double);
    for (int a = 0; a < n; a++) {
        const char *symbol = e->element[a].symbol;
        VT_TRY(read_element(c, &e->element[a], symbol, 0, 200));
        VT_TRY(read_table(c, vt_eam_f(e, a), e->n_rho, "the embedding energy of", symbol, ""));
        for (int b = 0; b < n; b++) {
            if (b > 0 && !e->finnis_sinclair)
                memcpy(vt_eam_rho(e, a, b), vt_eam_rho(e, a, 0), row);
            else
                VT_TRY(read_table(c, vt_eam_rho(e, a, b), e->n_r, "the density of", symbol,
                                  e->finnis_sinclair ? e->element[b].symbol : ""));
        }
    }
    for (int a = 0; a < n; a++)
        for (int b = 0; b <= a; b++) {
            VT_TRY(read_table(c, vt_eam_rphi(e, a, b), e->n_r, "r phi of", e->element[a].symbol,
                              e->element[b].symbol));
            if (b < a) memcpy(vt_eam_rphi(e, b, a), vt_eam_rphi(e, a, b), row);
        }
    return read_end(c);
}

/* Numbers at the beginning of a line. */
static int leading_numbers(struct cursor line)
{
    struct word w;
    double v;
    int n = 0;
    while (next_word(&line, &w) && number_of_word(&w, &v)) n++;
    return n;
}

/* Sound setfl has a count and a name in line 4; sound funcfl numbers in lines 2 and 3, and if one of these is
 * broken the other still tells. */
static bool is_funcfl(struct cursor c)
{
    struct cursor line[4];
    struct word w;
    double n;
    for (int k = 0; k < 4; k++) line[k] = rest_of_line(&c);
    if (next_word(&line[3], &w) && number_of_word(&w, &n) && n >= 1 && next_word(&line[3], &w) &&
        isalpha((unsigned char)w.text[0]))
        return false;
    return leading_numbers(line[1]) >= 2 || leading_numbers(line[2]) >= 5;
}

static enum vt_status read_funcfl(struct cursor *c, struct vt_eam *e)
{
    struct vt_eam_element *element = &e->element[0];
    e->n_species = 1;
    VT_TRY(read_comments(c, e, 1));
    snprintf(e->comment[1], sizeof e->comment[1], "from funcfl: r phi = 27.2 * 0.529 Z^2");
    VT_TRY(read_element(c, element, "the element", 1, Z_NAMED));
    memcpy(element->symbol, vt_element_symbol(element->z), sizeof element->symbol);
    VT_TRY(read_sizes(c, e));
    VT_TRY(alloc_tables(c, e, e->n_rho + 2 * (int64_t)e->n_r, count_words(*c)));
    VT_TRY(read_table(c, e->f, e->n_rho, "the embedding energy of", element->symbol, ""));
    int64_t begin = c->line;
    VT_TRY(read_table(c, e->rphi, e->n_r, "the effective charge of", element->symbol, ""));
    for (int k = 0; k < e->n_r; k++) {
        double z = e->rphi[k];
        e->rphi[k] = COULOMB * z * z;
        if (!isfinite(e->rphi[k]))
            return VT_RAISE(VT_EINPUT, "%s, lines %lld to %lld: %g is too large for an effective charge",
                            c->name, (long long)begin, (long long)c->line, z);
    }
    VT_TRY(read_table(c, e->rho, e->n_r, "the density of", element->symbol, ""));
    return read_end(c);
}

static enum vt_status read_setfl(struct cursor *c, struct vt_eam *e)
{
    VT_TRY(read_comments(c, e, 3));
    VT_TRY(read_symbols(c, e));
    VT_TRY(read_sizes(c, e));
    VT_TRY(tell_format(c, e));
    return read_body(c, e);
}

enum vt_status vt_eam_parse(const char *text, size_t length, const char *name, struct vt_eam *e)
{
    *e = (struct vt_eam){0};
    struct cursor c = {.name = name, .at = text, .end = text + length, .line = 1};
    enum vt_status st = is_funcfl(c) ? read_funcfl(&c, e) : read_setfl(&c, e);
    if (st == VT_OK)
        vt_eam_seal(e);
    else
        vt_eam_release(e);
    return st;
}

enum vt_status vt_eam_read(const char *path, struct vt_eam *e)
{
    *e = (struct vt_eam){0};
    enum vt_status st = VT_OK;
    char *text = NULL;
    size_t capacity = 0, length = 0;
    FILE *file = fopen(path, "rb");
    if (!file) return VT_RAISE(VT_EINPUT, "cannot open the potential %s: %s", path, strerror(errno));
    for (;;) {
        VT_TRY_GOTO(st, done, vt_grow(&text, &capacity, length + (1 << 16)));
        size_t got = fread(text + length, 1, capacity - length, file);
        length += got;
        if (got == 0) break;
    }
    if (ferror(file))
        st = VT_RAISE(VT_EINPUT, "cannot read the potential %s: %s", path, strerror(errno));
    else
        st = vt_eam_parse(text, length, path, e);
done:
    free(text);
    fclose(file);
    return st;
}

enum vt_status vt_eam_broadcast(MPI_Comm comm, struct vt_eam *e)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    struct vt_eam head = *e;
    VT_TRY(vt_mpi(MPI_Bcast(&head, sizeof head, MPI_BYTE, 0, comm)));
    enum vt_status st = VT_OK;
    if (rank != 0) {
        *e = head;
        e->f = e->rho = e->rphi = NULL;
        st = vt_eam_alloc(e);
    }
    st = vt_agree(comm, st);
    int n = head.n_species;
    if (st == VT_OK) st = vt_mpi(MPI_Bcast(e->f, n * head.n_rho, MPI_DOUBLE, 0, comm));
    if (st == VT_OK) st = vt_mpi(MPI_Bcast(e->rho, n * n * head.n_r, MPI_DOUBLE, 0, comm));
    if (st == VT_OK) st = vt_mpi(MPI_Bcast(e->rphi, n * n * head.n_r, MPI_DOUBLE, 0, comm));
    if (st != VT_OK && rank != 0) vt_eam_release(e);
    return st;
}

static void write_table(FILE *file, const double *table, int n)
{
    for (int k = 0; k < n; k++) fprintf(file, "%.16e%c", table[k], k % 5 == 4 || k == n - 1 ? '\n' : ' ');
}

static void write_all(FILE *file, const struct vt_eam *e, bool fs)
{
    int n = e->n_species;
    for (int k = 0; k < 3; k++) fprintf(file, "%s\n", e->comment[k]);
    fprintf(file, "%d", n);
    for (int a = 0; a < n; a++) fprintf(file, " %s", e->element[a].symbol);
    fprintf(file, "\n%d %.17g %d %.17g %.17g\n", e->n_rho, e->d_rho, e->n_r, e->d_r, e->cutoff);
    for (int a = 0; a < n; a++) {
        const struct vt_eam_element *element = &e->element[a];
        fprintf(file, "%d %.17g %.17g %s\n", element->z, element->mass, element->lattice,
                *element->structure ? element->structure : "none");
        write_table(file, vt_eam_f(e, a), e->n_rho);
        for (int b = 0; b < (fs ? n : 1); b++) write_table(file, vt_eam_rho(e, a, b), e->n_r);
    }
    for (int a = 0; a < n; a++)
        for (int b = 0; b <= a; b++) write_table(file, vt_eam_rphi(e, a, b), e->n_r);
}

static enum vt_status write_file(const char *path, const struct vt_eam *e, bool fs)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    write_all(out.file, e, fs);
    enum vt_status st = vt_replace_commit(&out);
    vt_replace_abandon(&out);
    return st;
}

enum vt_status vt_eam_write_setfl(const char *path, const struct vt_eam *e)
{
    for (int a = 0, b; a < e->n_species; a++)
        if (!vt_eam_one_density(e, a, &b))
            return VT_RAISE(VT_EINPUT,
                            "%s: setfl can not hold Finnis-Sinclair tables (%s gives %s and %s different "
                            "densities); eam.fs can",
                            path, e->element[a].symbol, e->element[0].symbol, e->element[b].symbol);
    return write_file(path, e, false);
}

enum vt_status vt_eam_write_fs(const char *path, const struct vt_eam *e)
{
    return write_file(path, e, true);
}
