/* reduce_series.c: see reduce_series.h.
 *
 * A thread reads, reduces and writes one file at a time; files share nothing, so who does which does not
 * matter. Ranks get equal parts of the list. */
#include "study/reduce_series.h"

#include <gsl/gsl_vector.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/weights.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"
#include "io/curve_file.h"
#include "io/folder.h"
#include "io/replace.h"

enum { PATH_SIZE = 4352, KINDS = VT_ORDINATE_INTENSITY + 1 };

/* ---------------------------------------------------------------------------------- one pattern in */

static enum vt_status check_kind(const char *path, const struct vt_curve_file *c,
                                 const struct vt_reduce_options *o)
{
    static const char *const name[] = {"told", "QA", "Qnm", "twotheta", "dspacing"};
    if (c->abscissa == VT_ABSCISSA_R ||
        (c->ordinate != VT_ORDINATE_UNKNOWN && c->ordinate != VT_ORDINATE_INTENSITY))
        return VT_RAISE(VT_EINPUT, "%s: it holds %s: an intensity against q or 2theta is due", path,
                        c->abscissa == VT_ABSCISSA_R   ? "a function of r"
                        : c->ordinate == VT_ORDINATE_S ? "S(q)"
                        : c->ordinate == VT_ORDINATE_F ? "F(q)"
                                                       : "something else");
    if (c->abscissa == VT_ABSCISSA_UNKNOWN && o->format == VT_FORMAT_TOLD)
        return VT_RAISE(
            VT_EINPUT,
            "%s: it does not tell what its first column is: give dataformat = QA, Qnm, twotheta or dspacing",
            path);
    bool angle = c->abscissa == VT_ABSCISSA_TWO_THETA;
    if (c->abscissa != VT_ABSCISSA_UNKNOWN && o->format != VT_FORMAT_TOLD &&
        (angle != (o->format == VT_FORMAT_TWO_THETA) || o->format == VT_FORMAT_SPACING ||
         (c->length == 'n' && o->format == VT_FORMAT_QA) || (c->length == 'A' && o->format == VT_FORMAT_QNM)))
        return VT_RAISE(VT_EINPUT, "%s: dataformat is %s, and the file says that its first column is %s",
                        path, name[o->format],
                        angle              ? "2theta"
                        : c->length == 'n' ? "q in 1/nm"
                        : c->length == 'A' ? "q in 1/A"
                                           : "q");
    if ((angle || o->format == VT_FORMAT_TWO_THETA) && isnan(o->how.wavelength))
        return VT_RAISE(
            VT_EINPUT, "%s: it holds angles, which need the wavelength (angstrom) or the energy (keV)", path);
    return VT_OK;
}

/* q of a first column, in 1/angstrom. */
static double to_q(const struct vt_curve_file *c, const struct vt_reduce_options *o, double x)
{
    if (c->abscissa == VT_ABSCISSA_TWO_THETA || o->format == VT_FORMAT_TWO_THETA)
        return 4 * M_PI / o->how.wavelength * sin((x * (M_PI / 180) - o->twothetazero) / 2);
    if (o->format == VT_FORMAT_SPACING) return 2 * M_PI / x;
    bool converted = c->abscissa == VT_ABSCISSA_Q && c->length == 'n'; /* by the reader, which knew */
    return o->format == VT_FORMAT_QNM && !converted ? x / 10 : x;
}

/* The last point first. */
static void turn(struct vt_pattern *p)
{
    double *const column[] = {p->q, p->y, p->error};
    for (int d = 0; d < 3; d++) {
        if (!column[d]) continue;
        gsl_vector_view view = gsl_vector_view_array(column[d], (size_t)p->n);
        gsl_vector_reverse(&view.vector);
    }
}

enum vt_status vt_reduce_pattern(const char *path, const struct vt_reduce_options *o, struct vt_pattern *p,
                                 char temperature[VT_REDUCE_TEMPERATURE])
{
    struct vt_curve_file c;
    *p = (struct vt_pattern){0};
    *temperature = '\0';
    enum vt_status st = vt_curve_read(path, &c);
    VT_TRY_GOTO(st, done, st);
    const char *note = vt_curve_note(&c, "temperature");
    if (note) snprintf(temperature, VT_REDUCE_TEMPERATURE, "%s", note);
    VT_TRY_GOTO(st, done, check_kind(path, &c, o));
    if ((c.abscissa == VT_ABSCISSA_TWO_THETA || o->format == VT_FORMAT_TWO_THETA) && c.x[c.n - 1] > 180)
        VT_TRY_GOTO(st, done,
                    VT_RAISE(VT_EINPUT, "%s: 2theta ends at %g, beyond 180 degrees: is it an angle?", path,
                             c.x[c.n - 1]));
    *p = (struct vt_pattern){0, c.x, c.y, c.error}; /* they are the pattern's now */
    c.x = c.y = c.error = NULL;
    for (int k = 0; k < c.n; k++) {
        double q = to_q(&c, o, p->q[k]);
        if (q <= 0 || isinf(q)) continue;
        p->q[p->n] = q;
        p->y[p->n] = p->y[k];
        if (p->error) p->error[p->n] = p->error[k];
        p->n++;
    }
    if (o->format == VT_FORMAT_SPACING) turn(p);
    if (p->n < 4) st = VT_RAISE(VT_EINPUT, "%s: only %d points at q > 0", path, p->n);
done:
    vt_curve_release(&c);
    return st;
}

/* ---------------------------------------------------------------------------------- one result out */

/* FOLDER/NAME.gr; NAME is that of the input without folder and ending. */
static void output_path(const char *folder, const char *input, enum vt_ordinate kind, char path[PATH_SIZE])
{
    const char *name = strrchr(input, '/') ? strrchr(input, '/') + 1 : input, *dot = strrchr(name, '.');
    int length = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
    snprintf(path, PATH_SIZE, "%.4000s/%.*s%s", folder, length > 255 ? 255 : length, name,
             vt_curve_ending(kind));
}

/* What all files of a series share. */
struct series {
    int n;
    char *const *paths;
    const char *folder;
    const struct vt_reduce_options *options;
    const struct vt_pattern *background; /* NULL: none */
    struct vt_reduce_notes notes;
};

static enum vt_status write_all(const struct series *s, const char *input, const char *temperature,
                                const struct vt_reducer *w)
{
    const struct vt_pattern *curve[KINDS] = {[VT_ORDINATE_INTENSITY] = &w->i,
                                             [VT_ORDINATE_S] = &w->s,
                                             [VT_ORDINATE_F] = &w->f,
                                             [VT_ORDINATE_REDUCED] = &w->g};
    const struct vt_reduction *how = &s->options->how;
    const struct {
        const char *key;
        double value;
    } used[] = {{"qmin", w->qmin}, {"qmax", w->qmax}, {"qmaxinst", w->qmaxinst}};
    struct vt_curve_line note[sizeof s->notes.line / sizeof *s->notes.line + 2];
    char path[PATH_SIZE], weights[200], method[200], scale[100], limit[3][40];
    const char *const comment[] = {weights, method, scale};
    snprintf(weights, sizeof weights, "weights of pairs: %s",
             vt_weights_text(how->neutron ? VT_NEUTRON : VT_XRAY, vt_reduction_anomalous(how)));
    snprintf(method, sizeof method, "scale by Krogh-Moe and Norman%s%s",
             vt_reduction_compton(how) ? "; Compton scattering subtracted" : "",
             how->rpoly > 0 ? "; what is smooth is taken out of F as a polynomial, as PDFgetX3 does" : "");
    snprintf(scale, sizeof scale, "intensity times %.10g is electron units an atom", w->scale);
    memcpy(note + 1, s->notes.line, (size_t)s->notes.n * sizeof *note);
    note[0] = (struct vt_curve_line){"inputfile", input};
    for (int k = 1; k <= s->notes.n; k++) /* limits that were not given are those of the data */
        for (int u = 0; u < 3; u++) {
            if (strcmp(note[k].key, used[u].key) != 0) continue;
            vt_units_format(used[u].value, "1", limit[u], sizeof limit[u]);
            note[k].text = limit[u];
        }
    int n_notes = s->notes.n + 1;
    if (*temperature) note[n_notes++] = (struct vt_curve_line){"temperature", temperature};
    for (int kind = 0; kind < KINDS; kind++) {
        if (!s->options->writes[kind]) continue;
        output_path(s->folder, input, (enum vt_ordinate)kind, path);
        VT_TRY(vt_curve_write(path, &(struct vt_curve_out){.kind = (enum vt_ordinate)kind,
                                                           .n = curve[kind]->n,
                                                           .x = curve[kind]->q,
                                                           .y = curve[kind]->y,
                                                           .error = curve[kind]->error,
                                                           .n_notes = n_notes,
                                                           .note = note,
                                                           .n_comments = 3,
                                                           .comment = comment,
                                                           .many = true}));
    }
    return VT_OK;
}

static enum vt_status reduce_one(const struct series *s, const char *path, struct vt_reducer *w)
{
    struct vt_pattern p;
    char temperature[VT_REDUCE_TEMPERATURE];
    enum vt_status st = vt_reduce_pattern(path, s->options, &p, temperature);
    if (st == VT_OK)
        st = vt_prefix(vt_reduce(w, &s->options->how, &s->options->alloy, &p, s->background), "%s", path);
    if (st == VT_OK) st = write_all(s, path, temperature, w);
    vt_pattern_release(&p);
    return st;
}

/* ---------------------------------------------------------------------------- names, before all work */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool same_file(const struct stat *a, const char *path)
{
    struct stat b;
    return !stat(path, &b) && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

/* No two inputs may give the same output: those differ in NAME only. */
static enum vt_status check_apart(const struct series *s)
{
    enum vt_status st;
    char **name = NULL, path[PATH_SIZE];
    VT_TRY(vt_alloc(&name, s->n + 1));
    for (int k = 0; k < s->n; k++) {
        output_path("", s->paths[k], VT_ORDINATE_REDUCED, path);
        name[k] = strdup(path);
        if (!name[k]) VT_TRY_GOTO(st, done, VT_RAISE(VT_EWORLD, "no memory for the names of %d files", s->n));
    }
    qsort(name, (size_t)s->n, sizeof *name, by_name);
    st = VT_OK;
    for (int k = 1; k < s->n && st == VT_OK; k++)
        if (!strcmp(name[k], name[k - 1]))
            st = VT_RAISE(VT_EINPUT,
                          "reduce: two inputs would both write %s%s: reduce them into different folders",
                          s->folder, name[k]);
done:
    for (int k = 0; k < s->n; k++) free(name[k]);
    free(name);
    return st;
}

static enum vt_status check_outputs(const struct series *s, int64_t begin, int64_t end, bool force)
{
    char path[PATH_SIZE];
    struct stat there;
    for (int64_t k = begin; k < end; k++)
        for (int kind = 0; kind < KINDS; kind++) {
            if (!s->options->writes[kind]) continue;
            output_path(s->folder, s->paths[k], (enum vt_ordinate)kind, path);
            if (stat(path, &there)) continue;
            VT_TRY(vt_replace_check(path));
            if (same_file(&there, s->paths[k]) || same_file(&there, s->options->backgroundfile))
                return VT_RAISE(VT_EINPUT, "reduce: %s is an input: give another folder with -o", path);
            if (!force)
                return VT_RAISE(VT_EINPUT,
                                "reduce: %s exists; give another folder with -o, or --force to replace it",
                                path);
        }
    return VT_OK;
}

/* -------------------------------------------------------------------------------------- the series */

/* Reduce files [begin, end); refusal (end - begin) gets a message, to be freed, for each that is left out. */
static enum vt_status reduce_range(const struct series *s, int64_t begin, int64_t end, char **refusal)
{
    int64_t done = 0;
    int failed = 0;
    const double start = vt_clock();
    char why[1024] = "";
    enum vt_status st = VT_OK;
#pragma omp parallel default(none) shared(s, begin, end, refusal, done, failed, why, st, start)
    {
        struct vt_reducer w = {0};
#pragma omp for schedule(dynamic)
        for (int64_t k = begin; k < end; k++) {
            int stop;
#pragma omp atomic read
            stop = failed;
            if (stop) continue;
            enum vt_status one = reduce_one(s, s->paths[k], &w);
            if (one == VT_EINPUT) refusal[k - begin] = strdup(vt_message());
            if (one != VT_OK && !(one == VT_EINPUT && refusal[k - begin])) {
#pragma omp critical(reduce_failed)
                if (st == VT_OK) {
                    st = one == VT_EINPUT ? VT_EWORLD : one;
                    snprintf(why, sizeof why, "%s", vt_message());
                }
#pragma omp atomic write
                failed = 1;
            }
            int64_t so_far;
#pragma omp atomic capture
            so_far = ++done;
            if (omp_get_thread_num() == 0 && vt_clock() - start > 2)
                vt_progress(30, "%lld of %lld patterns (of this rank)", (long long)so_far,
                            (long long)(end - begin));
        }
        vt_reducer_release(&w);
    }
    if (st != VT_OK) vt_message_set(why);
    return st;
}

/* Refusals of all ranks, in the order of the list, as warnings of rank 0; *refused is their number. */
static enum vt_status tell(MPI_Comm comm, int64_t n, char *const *refusal, int *refused)
{
    int rank, ranks, mine = 0;
    char *text = NULL, *all = NULL;
    size_t used = 0, *begin = NULL, *received = NULL;
    enum vt_status st;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    for (int64_t k = 0; k < n; k++) used += refusal[k] ? strlen(refusal[k]) + 1 : 0;
    VT_TRY_GOTO(st, agree, vt_alloc(&text, used + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&begin, ranks + 1));
    VT_TRY_GOTO(st, agree, vt_alloc(&received, ranks + 1));
    used = 0;
    for (int64_t k = 0; k < n; k++) {
        if (!refusal[k]) continue;
        strcpy(text + used, refusal[k]);
        used += strlen(refusal[k]) + 1;
        mine++;
    }
    for (int r = 1; r <= ranks; r++) begin[r] = used; /* all to rank 0 */
agree:
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    VT_TRY_GOTO(st, done, vt_exchange(comm, text, begin, &all, received));
    for (size_t at = 0; rank == 0 && at < received[ranks]; at += strlen(all + at) + 1)
        vt_log(VT_LOG_WARNING, "left out: %s", all + at);
    st = vt_mpi(MPI_Allreduce(&mine, refused, 1, MPI_INT, MPI_SUM, comm));
done:
    free(text), free(all), free(begin), free(received);
    return st;
}

static enum vt_status prepare(struct series *s, struct vt_pattern *background, int64_t begin, int64_t end,
                              bool force)
{
    const char *file = s->options->backgroundfile;
    char temperature[VT_REDUCE_TEMPERATURE];
    VT_TRY(check_apart(s));
    VT_TRY(check_outputs(s, begin, end, force));
    if (*file) {
        VT_TRY(vt_prefix(vt_reduce_pattern(file, s->options, background, temperature), "background"));
        s->background = background;
    }
    return vt_reduce_notes_make(s->options, &s->notes);
}

enum vt_status vt_reduce_series(MPI_Comm comm, int n, char *const *paths, const char *folder, bool force,
                                const struct vt_reduce_options *o, int *refused)
{
    struct series s = {.n = n, .paths = paths, .folder = folder, .options = o};
    struct vt_pattern background = {0};
    char **refusal = NULL;
    int rank, ranks;
    int64_t begin, end;
    enum vt_status st;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    vt_share(n, ranks, rank, &begin, &end);
    *refused = 0;
    VT_TRY_GOTO(st, done, vt_agree(comm, prepare(&s, &background, begin, end, force)));
    VT_TRY_GOTO(st, done, vt_agree(comm, rank == 0 ? vt_folder_make(folder) : VT_OK));
    VT_TRY_GOTO(st, done, vt_agree(comm, vt_alloc(&refusal, end - begin + 1)));
    st = reduce_range(&s, begin, end, refusal);
    if (st == VT_OK) st = vt_folder_sync(folder);
    VT_TRY_GOTO(st, done, vt_agree(comm, st));
    st = tell(comm, end - begin, refusal, refused);
done:
    for (int64_t k = 0; refusal && k < end - begin; k++) free(refusal[k]);
    free(refusal);
    vt_reduce_notes_release(&s.notes);
    vt_pattern_release(&background);
    return st;
}
