/* eam_page.c: EAM tables as pictures, with what bounds them: cut-off, ends of tables, minima, the density in
 * the crystal. See eam_page.h. */
#include "io/eam_page.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "core/provenance.h"
#include "io/folder.h"
#include "io/replace.h"
#include "io/report_parts.h"

static const char page_mark[] = "<!DOCTYPE html>\n<!-- Vitrum potential -->";
static const char page_name[] = "potential.html";

enum { POINTS = 500 }; /* of a curve, more than pixels of its figure */

/* Figures that are drawn, and the page that will hold them. */
struct page {
    const struct vt_eam *e;
    FILE *html;
    int n;
    size_t capacity;
    struct picture {
        char name[32], *svg;
    } * picture;
};

/* Plain text: four digits and a true minus. */
static struct vt_report_text number(double value)
{
    struct vt_report_text t;
    snprintf(t.text, sizeof t.text, "%s%.4g", value < 0 ? "−" : "", fabs(value));
    return t;
}

/* ---- parts of figures ---- */

/* A table with spacing d as it stands; divided by r if r_phi; its logarithm if lg. */
static enum vt_status add_curve(struct vt_plot *f, int panel, const char *name, int color,
                                const double *table, int n, double d, bool r_phi, bool lg)
{
    double x[POINTS], y[POINTS];
    int step = (n - 1) / POINTS + 1, m = 0;
    for (int k = r_phi ? 1 : 0; k < n; k += step, m++) {
        x[m] = k * d;
        y[m] = r_phi ? table[k] / x[m] : table[k];
        if (lg) y[m] = y[m] > 0 ? log10(y[m]) : NAN;
    }
    return vt_plot_add_series(
        f, panel,
        &(struct vt_plot_series){.name = name,
                                 .color = color % VT_PLOT_COLORS,
                                 .mark = color < VT_PLOT_COLORS ? VT_PLOT_LINE : VT_PLOT_DASHED,
                                 .n = m,
                                 .x = x,
                                 .y = y});
}

/* A line over the height of a panel whose range is set, or a point at y. */
static enum vt_status add_mark(struct vt_plot *f, int panel, const char *name, int color,
                               enum vt_plot_mark mark, double x, double y)
{
    const struct vt_plot_panel *p = &f->panel[panel];
    double inset = 1e-4 * (p->y_max - p->y_min); /* with both ends outside it would not be drawn */
    double at[] = {x, x}, from_to[] = {p->y_min + inset, p->y_max - inset};
    if (mark == VT_PLOT_DOTS) from_to[0] = y;
    return vt_plot_add_series(f, panel,
                              &(struct vt_plot_series){.name = name,
                                                       .color = color,
                                                       .mark = mark,
                                                       .n = mark == VT_PLOT_DOTS ? 1 : 2,
                                                       .x = at,
                                                       .y = from_to});
}

enum { CRYSTAL_COLOR = 2, MINIMUM_COLOR = 3 };

/* Cut-off and end of the tables over r. */
static enum vt_status add_r_marks(struct vt_plot *f, int panel, const struct vt_eam *e, bool named)
{
    char text[96];
    double end = (e->n_r - 1) * e->d_r;
    bool one = fabs(end - e->cutoff) < 1.5 * e->d_r;
    snprintf(text, sizeof text, one ? "cut-off, end of table %s Å" : "cut-off %s Å", number(e->cutoff).text);
    VT_TRY(add_mark(f, panel, named ? text : NULL, VT_PLOT_NEUTRAL, VT_PLOT_DASHED, e->cutoff, 0));
    snprintf(text, sizeof text, "end of table %s Å", number(end).text);
    return one ? VT_OK : add_mark(f, panel, named ? text : NULL, VT_PLOT_NEUTRAL, VT_PLOT_THIN, end, 0);
}

static double r_end(const struct vt_eam *e)
{
    return 1.03 * fmax(e->cutoff, (e->n_r - 1) * e->d_r);
}

/* About the distance of neighbours in an alloy. */
static double r_near(const struct vt_eam *e, int a, int b)
{
    double r_a, r_b, phi;
    vt_eam_crystal(e, a, &r_a);
    vt_eam_crystal(e, b, &r_b);
    if (r_a + r_b > 0) return 0.5 * (r_a + r_b);
    return vt_eam_phi_minimum(e, a, b, &r_a, &phi) ? r_a : 0.45 * e->cutoff;
}

/* Extremes of a table, or of phi, between two arguments. */
static void extremes(const double *table, int n, double d, bool r_phi, double from, double to, double *low,
                     double *high)
{
    for (int k = (int)fmin(n, fmax(1, from / d)); k < n && k * d <= to; k++) {
        double y = r_phi ? table[k] / (k * d) : table[k];
        if (isfinite(y)) *low = fmin(*low, y), *high = fmax(*high, y);
    }
}

static void set_range(struct vt_plot_panel *p, double low, double high)
{
    double room = high > low ? 0.06 * (high - low) : 1;
    p->y_min = low - room, p->y_max = high + room;
}

/* ---- figures ---- */

/* Draw f on the page, if st says that it was built; release it in any case. */
static enum vt_status draw(struct page *page, struct vt_plot *f, enum vt_status st)
{
    char *svg = NULL;
    if (st == VT_OK) st = vt_grow(&page->picture, &page->capacity, page->n + 1);
    if (st == VT_OK) st = vt_plot_svg(f, &svg);
    if (st == VT_OK) {
        struct picture *p = &page->picture[page->n++];
        snprintf(p->name, sizeof p->name, "%s.svg", f->id);
        p->svg = svg;
        fprintf(page->html, "<div class=\"figure small\">%s</div>\n", svg);
    }
    vt_plot_release(f);
    return st;
}

static enum vt_status add_f(struct vt_plot *f, const struct vt_eam *e, int a)
{
    const double *table = vt_eam_f(e, a);
    char text[96];
    double nearest, crystal = vt_eam_crystal(e, a, &nearest), end = (e->n_rho - 1) * e->d_rho;
    double low = table[0], high = low, rho = 0, lowest;
    bool found = vt_eam_f_minimum(e, a, &rho, &lowest);
    int panel;
    VT_TRY(vt_plot_add_panel(f, e->element[a].symbol, "F [eV]", 170, &panel));
    /* The end may lie at 10^4 eV: what matters is not far from the crystal. */
    extremes(table, e->n_rho, e->d_rho, false, 0, crystal > 0 ? fmax(2.5 * crystal, 1.5 * rho) : end, &low,
             &high);
    set_range(&f->panel[panel], low, high);
    snprintf(text, sizeof text, "end of table %s", number(end).text);
    VT_TRY(add_mark(f, panel, text, VT_PLOT_NEUTRAL, VT_PLOT_THIN, end, 0));
    if (crystal > 0 && crystal <= end) {
        snprintf(text, sizeof text, "in the crystal %s", number(crystal).text);
        VT_TRY(add_mark(f, panel, text, CRYSTAL_COLOR, VT_PLOT_DASHED, crystal, 0));
    }
    VT_TRY(add_curve(f, panel, NULL, 0, table, e->n_rho, e->d_rho, false, false));
    if (!found) return VT_OK;
    snprintf(text, sizeof text, "minimum %s eV at %s", number(lowest).text, number(rho).text);
    return add_mark(f, panel, text, MINIMUM_COLOR, VT_PLOT_DOTS, rho, lowest);
}

/* What a gives to each element, or to all the same. */
static enum vt_status add_rho(struct vt_plot *f, const struct vt_eam *e, int a)
{
    int panel, b, n = vt_eam_one_density(e, a, &b) ? 1 : e->n_species;
    double low = 0, high = 0;
    VT_TRY(vt_plot_add_panel(f, e->element[a].symbol, "ρ given", 170, &panel));
    for (b = 0; b < n; b++)
        extremes(vt_eam_rho(e, a, b), e->n_r, e->d_r, false, 0.75 * r_near(e, a, a), INFINITY, &low, &high);
    set_range(&f->panel[panel], low, high);
    for (b = 0; b < n; b++) {
        char text[96];
        snprintf(text, sizeof text, "to %s", e->element[b].symbol);
        VT_TRY(
            add_curve(f, panel, n > 1 ? text : NULL, b, vt_eam_rho(e, a, b), e->n_r, e->d_r, false, false));
    }
    return add_r_marks(f, panel, e, true);
}

static enum vt_status add_phi(struct vt_plot *f, const struct vt_eam *e, int a, int b)
{
    const double *table = vt_eam_rphi(e, a, b);
    char text[96];
    double low = 0, high = 0, r, phi;
    bool found = vt_eam_phi_minimum(e, a, b, &r, &phi);
    int near, far;
    snprintf(text, sizeof text, "%s-%s", e->element[a].symbol, e->element[b].symbol);
    VT_TRY(vt_plot_add_panel(f, text, "φ [eV]", 150, &near));
    extremes(table, e->n_r, e->d_r, true, 0.9 * r_near(e, a, b), INFINITY, &low, &high);
    if (found) low = phi, high = fmax(high, -1.5 * phi);
    set_range(&f->panel[near], low, high);
    f->panel[near].zero = true;
    VT_TRY(add_curve(f, near, NULL, 0, table, e->n_r, e->d_r, true, false));
    VT_TRY(add_r_marks(f, near, e, true));
    if (found) {
        snprintf(text, sizeof text, "minimum %s eV at %s Å", number(phi).text, number(r).text);
        VT_TRY(add_mark(f, near, text, MINIMUM_COLOR, VT_PLOT_DOTS, r, phi));
    }
    VT_TRY(vt_plot_add_panel(f, NULL, "lg(φ/eV)", 90, &far));
    low = high = 0;
    extremes(table, e->n_r, e->d_r, true, 0, INFINITY, &low, &high);
    set_range(&f->panel[far], -3, fmax(0, ceil(log10(high))));
    VT_TRY(add_curve(f, far, NULL, 0, table, e->n_r, e->d_r, true, true));
    return add_r_marks(f, far, e, false);
}

static enum vt_status draw_embedding(struct page *page)
{
    const struct vt_eam *e = page->e;
    vt_report_heading(page->html, "embedding", "Embedding energy");
    fprintf(page->html,
            "<p class=\"caption\">F of the density ρ at the place of an atom. Densities have no unit: only "
            "their ratio to that in the crystal counts. The crystal is the one that the tables name, with "
            "their lattice constant.</p>\n<div class=\"figures small\">\n");
    for (int a = 0; a < e->n_species; a++) {
        char id[24];
        snprintf(id, sizeof id, "F-%s", e->element[a].symbol);
        struct vt_plot f = {.id = id, .about = "Embedding energy", .x_title = "ρ", .width = 350};
        f.x_max = 1.02 * (e->n_rho - 1) * e->d_rho;
        VT_TRY(draw(page, &f, add_f(&f, e, a)));
    }
    fprintf(page->html, "</div>\n");
    return VT_OK;
}

static enum vt_status draw_density(struct page *page)
{
    const struct vt_eam *e = page->e;
    vt_report_heading(page->html, "density", "Density");
    fprintf(page->html,
            "<p class=\"caption\">The density that an atom gives at a distance, %s.</p>\n"
            "<div class=\"figures small\">\n",
            e->finnis_sinclair ? "to atoms of each element (Finnis-Sinclair)" : "the same to all elements");
    for (int a = 0; a < e->n_species; a++) {
        char id[24];
        snprintf(id, sizeof id, "rho-%s", e->element[a].symbol);
        struct vt_plot f = {.id = id,
                            .about = "Density that an atom gives",
                            .x_title = "r [Å]",
                            .width = 350,
                            .x_max = r_end(e)};
        VT_TRY(draw(page, &f, add_rho(&f, e, a)));
    }
    fprintf(page->html, "</div>\n");
    return VT_OK;
}

static enum vt_status draw_pairs(struct page *page)
{
    const struct vt_eam *e = page->e;
    vt_report_heading(page->html, "pairs", "Pair energy");
    fprintf(page->html,
            "<p class=\"caption\">φ of the distance of two atoms; below, its logarithm where φ is "
            "positive. How an energy is shared between F and φ is a convention of the potential: "
            "minima of two potentials do not compare.</p>\n<div class=\"figures small\">\n");
    for (int a = 0; a < e->n_species; a++)
        for (int b = a; b < e->n_species; b++) {
            char id[24];
            snprintf(id, sizeof id, "phi-%s-%s", e->element[a].symbol, e->element[b].symbol);
            struct vt_plot f = {
                .id = id, .about = "Pair energy", .x_title = "r [Å]", .width = 350, .x_max = r_end(e)};
            VT_TRY(draw(page, &f, add_phi(&f, e, a, b)));
        }
    fprintf(page->html, "</div>\n");
    return VT_OK;
}

/* ---- tables ---- */

static void put_row(FILE *out, const char *title, const char *text)
{
    fprintf(out, "<tr><th scope=\"row\">%s</th><td>", title);
    vt_report_escape(out, text);
    fprintf(out, "</td></tr>\n");
}

static void put_head(FILE *out, const struct vt_eam *e, const char *source)
{
    char text[160];
    fprintf(out, "<div class=\"scroll\"><table class=\"text\"><tbody>\n");
    put_row(out, "Tables", source);
    for (int k = 0; k < 3; k++)
        if (*e->comment[k]) put_row(out, "Comment", e->comment[k]);
    put_row(out, "Form", e->finnis_sinclair ? "Finnis-Sinclair" : "alloy");
    snprintf(text, sizeof text, "%016llx", (unsigned long long)e->checksum);
    put_row(out, "Checksum", text);
    snprintf(text, sizeof text, "%g Å", e->cutoff);
    put_row(out, "Cut-off", text);
    snprintf(text, sizeof text, "%d, each %g Å, to %g Å", e->n_r, e->d_r, (e->n_r - 1) * e->d_r);
    put_row(out, "Distances", text);
    snprintf(text, sizeof text, "%d, each %g, to %g", e->n_rho, e->d_rho, (e->n_rho - 1) * e->d_rho);
    put_row(out, "Densities", text);
    snprintf(text, sizeof text, "Vitrum %s (%s)", vt_version, vt_commit);
    put_row(out, "Drawn by", text);
    fprintf(out, "</tbody></table></div>\n");
}

static void put_elements(FILE *out, const struct vt_eam *e)
{
    fprintf(out, "<div class=\"scroll\"><table><thead><tr><th>Element</th><th>Z</th><th>Mass [u]</th>"
                 "<th>Lattice</th><th>Constant [Å]</th><th>ρ in the crystal</th><th>F ends at<br>[ρ in the "
                 "crystal]</th><th>Minimum of F<br>[eV]</th><th>at ρ</th></tr></thead><tbody>\n");
    for (int a = 0; a < e->n_species; a++) {
        const struct vt_eam_element *s = &e->element[a];
        double nearest, rho = NAN, f = NAN, crystal = vt_eam_crystal(e, a, &nearest);
        vt_eam_f_minimum(e, a, &rho, &f);
        fprintf(out, "<tr><th scope=\"row\">%s</th><td>%d</td><td>%g</td><td>", s->symbol, s->z, s->mass);
        vt_report_escape(out, s->structure);
        fprintf(out, "</td><td>%g</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n", s->lattice,
                vt_report_brief(crystal, 4).text,
                vt_report_brief((e->n_rho - 1) * e->d_rho / crystal, 3).text, vt_report_brief(f, 4).text,
                vt_report_brief(rho, 4).text);
    }
    fprintf(out, "</tbody></table></div>\n");
}

static enum vt_status draw_all(struct page *page, const char *source)
{
    put_head(page->html, page->e, source);
    put_elements(page->html, page->e);
    VT_TRY(draw_embedding(page));
    VT_TRY(draw_density(page));
    return draw_pairs(page);
}

/* ---- files ---- */

/* FOLDER/NAME: text, or for a picture its SVG on white paper, as it may be looked at alone. */
static enum vt_status write_file(const char *folder, const char *name, const char *title, const char *text)
{
    char *path = NULL;
    struct vt_replace out;
    VT_TRY(vt_alloc(&path, strlen(folder) + strlen(name) + 2));
    sprintf(path, "%s/%s", folder, name);
    enum vt_status st = vt_replace_open(&out, path);
    free(path);
    VT_TRY(st);
    if (title) {
        vt_report_put_head(out.file, page_mark, title);
        fputs(text, out.file);
        vt_report_put_foot(out.file);
    } else {
        const char *body = strchr(text, '>') + 1;
        fprintf(out.file, "%.*s<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%s", (int)(body - text),
                text, body);
    }
    st = vt_replace_commit(&out);
    vt_replace_abandon(&out);
    return st;
}

static enum vt_status write_all(const char *folder, const struct page *page, const char *html)
{
    char title[128] = "Potential of ";
    for (int a = 0; a < page->e->n_species; a++)
        snprintf(title + strlen(title), sizeof title - strlen(title), "%s%s", a ? "-" : "",
                 page->e->element[a].symbol);
    VT_TRY(vt_folder_make(folder));
    for (int k = 0; k < page->n; k++)
        VT_TRY(write_file(folder, page->picture[k].name, NULL, page->picture[k].svg));
    return write_file(folder, page_name, title, html);
}

enum vt_status vt_eam_page_write(const char *folder, const struct vt_eam *e, const char *source)
{
    char *html = NULL;
    size_t size;
    struct page page = {.e = e, .html = open_memstream(&html, &size)};
    if (!page.html) return VT_RAISE(VT_EWORLD, "no memory for the page");
    enum vt_status st = draw_all(&page, source);
    bool failed = ferror(page.html);
    if ((fclose(page.html) || failed) && !st) st = VT_RAISE(VT_EWORLD, "no memory for the page");
    if (!st) st = write_all(folder, &page, html);
    for (int k = 0; k < page.n; k++) free(page.picture[k].svg);
    free(page.picture);
    free(html);
    return st;
}

/* Does the page in the folder begin with our mark? */
static bool is_ours(const char *path)
{
    char start[sizeof page_mark] = "";
    FILE *file = fopen(path, "r");
    if (!file) return false;
    bool ours =
        fread(start, 1, sizeof page_mark - 1, file) == sizeof page_mark - 1 && !strcmp(start, page_mark);
    fclose(file);
    return ours;
}

enum vt_status vt_eam_page_check(const char *folder)
{
    char path[4096];
    struct stat s;
    if (snprintf(path, sizeof path, "%s/%s", folder, page_name) >= (int)sizeof path)
        return VT_RAISE(VT_EINPUT, "the folder name '%.60s...' is too long", folder);
    if (stat(folder, &s))
        return errno == ENOENT ? VT_OK : VT_RAISE(VT_EINPUT, "'%s': %s", folder, strerror(errno));
    if (!S_ISDIR(s.st_mode)) return VT_RAISE(VT_EINPUT, "'%s' is a file; a folder is right", folder);
    DIR *dir = opendir(folder);
    if (!dir) return VT_RAISE(VT_EINPUT, "cannot look into the folder '%s': %s", folder, strerror(errno));
    int entries = 0;
    while (readdir(dir)) entries++;
    closedir(dir);
    if (entries <= 2 || is_ours(path)) return VT_OK;
    return VT_RAISE(VT_EINPUT,
                    "the folder '%s' is not empty and holds no %s of ours; name another, or --force", folder,
                    page_name);
}
