/* The report: what it says, what it leaves out, and that it is one safe page.
 *
 * unit_report PAGE.html leaves the page of the made-up results there, to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/units.h"
#include "io/report.h"
#include "io/report_parts.h"
#include "tools/fake_results.h"

static char folder[] = "/tmp/vitrum-report-XXXXXX", file[64], quick[64];

/* quick: stands for gnuplot where a test looks at words only; some hundred figures take their time. */
static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return 1;
    snprintf(file, sizeof file, "%s/report.html", folder);
    snprintf(quick, sizeof quick, "%s/gnuplot", folder);
    FILE *f = fopen(quick, "w");
    if (!f) return 1;
    fputs("#!/bin/sh\necho '<svg><defs></defs><g></g></svg>'\n", f);
    return fclose(f) || chmod(quick, 0700);
}

static int remove_folder(void **state)
{
    (void)state;
    remove(file), remove(quick);
    return rmdir(folder); /* fails if anything else was left behind */
}

static char *read_page(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = NULL;
    size_t size = 0;
    ssize_t length = getdelim(&text, &size, '\0', f);
    assert_true(length > 0);
    fclose(f);
    return text;
}

static char *drawn_page_of(const struct vt_results *r)
{
    enum vt_status st = vt_report_write(file, r);
    if (st) print_error("%s\n", vt_message());
    assert_int_equal(st, VT_OK);
    return read_page(file);
}

/* With empty figures. */
static char *page_of(const struct vt_results *r)
{
    char *path = strdup(getenv("PATH"));
    assert_non_null(path);
    setenv("PATH", folder, 1);
    char *page = drawn_page_of(r);
    setenv("PATH", path, 1);
    free(path);
    return page;
}

/* The page of the made-up run, drawn once. */
static const char *fake_page(struct vt_results *results)
{
    static struct vt_results r;
    static char *page;
    if (!page) {
        assert_int_equal(fake_results(&r), VT_OK);
        page = drawn_page_of(&r);
    }
    if (results) *results = r;
    return page;
}

static void assert_has(const char *page, const char *text)
{
    if (!strstr(page, text)) print_error("the page lacks: %s\n", text);
    assert_non_null(strstr(page, text));
}

static void assert_lacks(const char *page, const char *text)
{
    if (strstr(page, text)) print_error("the page has: %s\n", text);
    assert_null(strstr(page, text));
}

/* ---- numbers and units ---- */

/* The rounding rule and its examples: Particle Data Group, Review of Particle Physics, introduction 5.3:
 * 0.827 +- 0.119 is 0.83 +- 0.12 and 0.827 +- 0.367 is 0.8 +- 0.4. */
static void values_are_rounded_to_their_error(void **state)
{
    (void)state;
    static const struct {
        double value, error;
        const char *text;
    } known[] = {
        {0.827, 0.119, "0.83 ± 0.12"},
        {0.827, 0.367, "0.8 ± 0.4"},
        {-4.79834, 0.0164, "−4.798 ± 0.016"},
        {17.04, 0.96, "17.0 ± 1.0"},
        {17.04, 0.9499, "17.0 ± 0.9"},
        {1234.5, 123, "1230 ± 120"},
        {0.00001, 0.02, "0.000 ± 0.020"},
        {-0.00001, 0.02, "0.000 ± 0.020"},
        {1.2345e12, 2e10, "(1.234 ± 0.020) × 10<sup>12</sup>"},
        {-1.5e-7, 2e-9, "(−1.500 ± 0.020) × 10<sup>−7</sup>"},
        {300, NAN, "300"},
        {300, 0, "300"},
        {-5.01234, NAN, "−5.012"},
        {1e12, NAN, "1 × 10<sup>12</sup>"},
        {0, NAN, "0"},
        {0, 0.3, "0.00 ± 0.30"},
        {NAN, 0.1, "–"},
        {INFINITY, NAN, "–"},
        {999.96, NAN, "1000"},
        {4000, NAN, "4000"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        assert_string_equal(vt_report_format(known[k].value, known[k].error).text, known[k].text);
}

static void units_are_typeset_and_escaped(void **state)
{
    (void)state;
    assert_string_equal(vt_report_unit("1", true).text, "");
    assert_string_equal(vt_report_unit("eV/atom", true).text, "eV/atom");
    assert_string_equal(vt_report_unit("angstrom^3/atom", true).text, "Å<sup>3</sup>/atom");
    assert_string_equal(vt_report_unit("A^-2", false).text, "Å^{−2}");
    assert_string_equal(vt_report_unit("k_B/atom", true).text, "<i>k</i><sub>B</sub>/atom");
    assert_string_equal(vt_report_unit("k_B", false).text, "k_{B}");
    assert_string_equal(vt_report_unit("GPA", true).text, "GPA"); /* not every A is an angstrom */
    assert_string_equal(vt_report_unit("<s>", true).text, "&#60;s&#62;");
    assert_string_equal(vt_report_unit("a_b", false).text, "a\\_b");
    assert_string_equal(vt_report_axis("V", "A^3").text, "V [Å^{3}]");
    assert_string_equal(vt_report_axis("g(r)", "1").text, "g(r)");
    assert_string_equal(vt_report_quantity("1e12 K/s").text, "1 × 10<sup>12</sup>\u00a0K/s");
    assert_string_equal(vt_report_quantity("5 angstrom").text, "5\u00a0Å");
    assert_string_equal(vt_report_quantity("xy").text, "xy");
}

/* ---- what is compared ---- */

static void states_are_compared_at_equal_temperature_and_pressure(void **state)
{
    (void)state;
    struct vt_results results = {0};
    assert_int_equal(fake_results(&results), VT_OK);
    for (int holds = 0; holds < 2; holds++) {
        if (holds) { /* as if 05 and 07 had held still, nearer to the shear but under pressure */
            assert_int_equal(vt_results_note(&results, "stages/05-compress", "kind", "hold"), VT_OK);
            assert_int_equal(vt_results_note(&results, "stages/07-unload", "kind", "hold"), VT_OK);
        }
        struct vt_report r;
        assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
        assert_int_equal(r.n_stages, FAKE_STAGES);
        assert_string_equal(r.stage[r.before].path, "stages/04-hold");
        assert_string_equal(r.stage[r.after].path, "stages/08-hold");
        assert_true(r.same_temperature && r.same_pressure);
        vt_report_model_release(&r);
    }
    vt_results_release(&results);
}

static void a_control_branch_has_the_colour_of_the_state_it_came_from(void **state)
{
    (void)state;
    struct vt_results results;
    struct vt_report r;
    fake_page(&results);
    assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
    assert_string_equal(vt_report_line_name(&r, 2), "as-cast");
    assert_string_equal(vt_report_line_name(&r, 8), "hpt");
    assert_string_equal(vt_report_line_name(&r, 9), "as-cast");
    assert_int_equal(vt_report_color(&r, 9), vt_report_color(&r, 2));
    assert_int_not_equal(vt_report_color(&r, 8), vt_report_color(&r, 2));
    assert_false(r.stage[9].sheared);
    assert_true(r.stage[8].sheared);
    vt_report_model_release(&r);
}

static void averages_of_rows_keep_the_mean(void **state)
{
    (void)state;
    struct vt_results results;
    struct vt_report r;
    fake_page(&results);
    assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
    double x[FAKE_ROWS], y[FAKE_ROWS], few_x[50], few_y[50], all = 0, some = 0;
    assert_int_equal(vt_report_rows(&r, 2, "time", "temperature", FAKE_ROWS, x, y), FAKE_ROWS);
    assert_int_equal(vt_report_rows(&r, 2, "time", "temperature", 50, few_x, few_y), 50);
    assert_int_equal(vt_report_rows(&r, 2, "time", "nothing", 50, few_x, few_y), 0);
    for (int k = 0; k < FAKE_ROWS; k++) all += y[k] / FAKE_ROWS;
    for (int k = 0; k < 50; k++) some += few_y[k] / 50; /* 300 rows: 6 in each */
    assert_true(fabs(all - some) < 1e-9);
    assert_true(x[0] > fake_stage[2].start &&
                x[FAKE_ROWS - 1] <= fake_stage[2].start + fake_stage[2].duration + 1e-9);
    vt_report_model_release(&r);
}

/* ---- the page ---- */

static const struct vt_dataset *find(const struct vt_results *r, const char *path)
{
    const struct vt_dataset *d = vt_results_find(r, path);
    assert_non_null(d);
    return d;
}

static void the_page_states_the_changes_with_errors(void **state)
{
    (void)state;
    struct vt_results r;
    const char *page = fake_page(&r);
    const struct vt_dataset *a = find(&r, "stages/04-hold/entropy/s_xray"),
                            *b = find(&r, "stages/08-hold/entropy/s_xray");
    assert_has(page, vt_report_format(a->value[0], a->error[0]).text);
    char change[80];
    double error = sqrt(a->error[0] * a->error[0] + b->error[0] * b->error[0]);
    snprintf(change, sizeof change, "+%s", vt_report_format(b->value[0] - a->value[0], error).text);
    assert_has(page, change);
    a = find(&r, "stages/04-hold/inherent/thermo/potential_energy");
    b = find(&r, "stages/08-hold/inherent/thermo/potential_energy");
    snprintf(change, sizeof change, "+%.1f", 1000 * (b->value[0] - a->value[0]));
    assert_has(page, change); /* meV/atom in the summary */
    assert_has(page, "not validated for this alloy");
    assert_has(page, "2 × 10<sup>13</sup>\u00a0K/s");
    for (int p = 0; p < FAKE_PAIRS; p++) assert_has(page, fake_pair[p]);
    assert_has(page, "cbf29ce484222325");
}

/* What is said of the cooling covers all of it, with the rate of each range: the rate at the glass transition
 * need not be the first one. */
static void several_quenches_are_one_cooling(void **state)
{
    (void)state;
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    char *page = page_of(&r);
    assert_has(page, "by cooling the melt from 2000 to 77&nbsp;K at 2 × 10<sup>13</sup>\u00a0K/s.");
    free(page);
    /* as if the melt had been cooled as well, and the glass been held before it was cooled further */
    static const struct {
        const char *stage, *kind, *options;
    } as_if[] = {{"stages/02-melt", "quench", "rate: 2e14 K/s\n"},
                 {"stages/04-hold", "quench", "rate: 1e14 K/s\n"}};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(vt_results_note(&r, as_if[k].stage, "kind", as_if[k].kind), VT_OK);
        assert_int_equal(vt_results_note(&r, as_if[k].stage, "options", as_if[k].options), VT_OK);
    }
    assert_int_equal(vt_results_note(&r, "stages/03-quench", "kind", "hold"), VT_OK);
    page = page_of(&r);
    assert_has(
        page,
        "by cooling the melt from 2000 to 77&nbsp;K: 2000&nbsp;→&nbsp;2000&nbsp;K at 2 × "
        "10<sup>14</sup>\u00a0K/s, held for 96&nbsp;ps, 77&nbsp;→&nbsp;77&nbsp;K at 1 × 10<sup>14</sup>");
    free(page);
    vt_results_release(&r);
}

/* |d| < bound or |d| < 2 e is met, unless e > bound: then a shift of the bound could not have been seen. */
static void a_verdict_needs_an_error_below_the_bound(void **state)
{
    (void)state;
    static const struct {
        double difference, error, bound;
        enum vt_report_verdict verdict;
    } known[] = {
        {0.01, 0.01, 0.03, VT_REPORT_MET},          {0.029, 0.001, 0.03, VT_REPORT_MET},
        {0.05, 0.029, 0.03, VT_REPORT_MET},         {0.05, 0.02, 0.03, VT_REPORT_NOT_MET},
        {0.01, 0.05, 0.03, VT_REPORT_NOT_RESOLVED}, {0.09, 0.05, 0.03, VT_REPORT_NOT_RESOLVED},
        {0.11, 0.05, 0.03, VT_REPORT_NOT_MET},      {4.9, 3.4, 2, VT_REPORT_NOT_RESOLVED},
        {0.01, NAN, 0.03, VT_REPORT_NOT_RESOLVED},  {1, NAN, 0.03, VT_REPORT_NOT_RESOLVED},
        {0.01, 0, 0.03, VT_REPORT_NOT_RESOLVED},    {NAN, 0.01, 0.03, VT_REPORT_NOT_RESOLVED},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int sign = -1; sign <= 1; sign += 2)
            assert_int_equal(vt_report_judge(sign * known[k].difference, known[k].error, known[k].bound),
                             known[k].verdict);
}

/* The worst quantity decides for the branches; without a hold in each there is nothing to say. */
static void branches_are_compared_in_the_liquid(void **state)
{
    (void)state;
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    struct vt_dataset *s = vt_results_find(&r, "stages/11-hold/entropy/s_partial_sum");
    static const struct {
        double shift, error;
        const char *verdict;
    } with[] = {{0, 0.016, "criterion <b>met</b>"},
                {0, 0.06, "criterion <b>not resolved</b>"},
                {0.3, 0.06, "criterion <b>not met</b>"}};
    double value = s->value[0];
    for (int k = 0; k < 3; k++) {
        s->value[0] = value + with[k].shift, s->error[0] = with[k].error;
        char *page = page_of(&r);
        assert_has(page, "Do the branches meet?");
        assert_has(page, with[k].verdict);
        free(page);
    }
    /* held at another temperature */
    const struct vt_dataset *stage = find(&r, "timeline/stage");
    for (size_t k = 0; k < vt_dataset_size(stage); k++)
        if (stage->value[k] == 11) vt_results_find(&r, "timeline/target_temperature")->value[k] = 1100;
    char *page = page_of(&r);
    assert_lacks(page, "Do the branches meet?");
    free(page);
    vt_results_release(&r);
}

/* E_pot + E_kin - 3 k_B T of harmonic vibrations is a constant, whatever target the sample lags behind. */
static void harmonic_energy_is_flat_against_the_measured_temperature(void **state)
{
    (void)state;
    struct vt_results r = {0};
    struct vt_dataset *kinetic;
    int rows = FAKE_STAGES * FAKE_ROWS;
    assert_int_equal(fake_results(&r), VT_OK);
    assert_int_equal(vt_results_add(&r, "timeline/kinetic_energy", "eV/atom", "", 1, &rows, &kinetic), VT_OK);
    const struct vt_dataset *t = find(&r, "timeline/temperature"), *stage = find(&r, "timeline/stage");
    struct vt_dataset *energy = vt_results_find(&r, "timeline/potential_energy"),
                      *target = vt_results_find(&r, "timeline/target_temperature"),
                      *pressure = vt_results_find(&r, "timeline/pressure");
    for (int k = 0; k < rows; k++) {
        kinetic->value[k] = 1.5 * VT_KB * t->value[k];
        energy->value[k] = -5 + 1.5 * VT_KB * t->value[k];
        target->value[k] = 1.05 * t->value[k];
        if (stage->value[k] == 9) pressure->value[k] = 0.25;
    }
    char *page = drawn_page_of(&r), *plot = strstr(page, "id=\"energy-plot\"");
    assert_non_null(plot);
    *strstr(plot, "</svg>") = '\0';
    int lines = 0;
    for (char *c = plot; (c = strstr(c, " d='M")); c++) {
        double x, y, first = NAN;
        int length, points = 0;
        char command;
        for (char *p = c + 4; sscanf(p, " %c%lf,%lf%n", &command, &x, &y, &length) == 3; p += length) {
            if (!points++) first = y;
            if (points > 4) assert_true(fabs(y - first) < 0.2); /* pixels; frames and ticks are shorter */
        }
        lines += points > 4;
    }
    assert_true(lines >= 3);
    plot[strlen(plot)] = '<';
    assert_has(plot, "09 heat <b>+0.25&nbsp;GPa</b>"); /* and the pressure that was not held is told */
    assert_null(strstr(plot, "10 heat <b>"));
    free(page);
    vt_results_release(&r);
}

/* The spread of an average over a ramp is its drift: no "±" beside it. */
static void what_changes_during_a_stage_has_no_error(void **state)
{
    (void)state;
    const char *page = fake_page(NULL), *c = strstr(page, "<h2 id=\"states\"");
    const char *end = strstr(c, "</table>");
    int ramps = 0, states = 0;
    for (; (c = strstr(c, "<tr")) && c < end; c++) {
        const char *close = strstr(c, "</tr>"), *error = strstr(c, "±");
        bool ramp = !strncmp(c, "<tr class=\"ramp\"", 16), has_error = error && error < close;
        if (!strncmp(c, "<tr><th>", 8)) continue;
        assert_true(ramp != has_error);
        ramps += ramp, states += !ramp;
    }
    assert_int_equal(ramps, 7); /* melt, quench, compress, shear, unload, two heatings */
    assert_int_equal(states, 5);
    assert_has(page, "<br>→&nbsp;");
}

/* Rebinned, a constant stays a constant, the mean stays the mean, and an error never falls below what fully
 * correlated bins have: that of one of them. */
static void wider_bins_keep_the_mean_and_do_not_shrink_errors(void **state)
{
    (void)state;
    double x[10], y[10], e[10], sum = 0;
    for (int k = 0; k < 10; k++) x[k] = 0.02 * (k + 0.5), y[k] = k * k, e[k] = 0.3, sum += k < 8 ? k * k : 0;
    assert_int_equal(vt_report_rebin(10, 4, x, y, e), 2); /* the last two fill no bin */
    assert_true(fabs(4 * (y[0] + y[1]) - sum) < 1e-12);
    for (int k = 0; k < 2; k++) {
        assert_true(fabs(x[k] - 0.08 * (k + 0.5)) < 1e-12);
        assert_true(fabs(e[k] - 0.3) < 1e-12);
    }
    assert_int_equal(vt_report_rebin(2, 1, x, y, NULL), 2); /* groups of one change nothing */
    assert_true(fabs(4 * (y[0] + y[1]) - sum) < 1e-12);
}

/* Each kernel looks at moments of its own, so its blocks have their own temperatures. */
static void blocks_take_the_temperature_of_their_kernel(void **state)
{
    (void)state;
    struct vt_results results = {0};
    struct vt_report r;
    struct vt_report_blocks b;
    struct vt_dataset *d;
    int n = FAKE_BLOCKS;
    assert_int_equal(fake_results(&results), VT_OK);
    static const char *const path[] = {"blocks/temperature", "blocks/pdf/temperature",
                                       "blocks/entropy/temperature"};
    for (int k = 0; k < 3; k++) { /* from the least to the most special */
        char full[80];
        snprintf(full, sizeof full, "stages/09-heat/%s", path[k]);
        if (k) assert_int_equal(vt_results_add(&results, full, "K", "", 1, &n, &d), VT_OK);
        assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
        assert_true(vt_report_blocks(&r, 8, "blocks/entropy/s_xray", &b));
        assert_string_equal(b.temperature->path, full);
        assert_true(vt_report_blocks(&r, 8, "inherent/blocks/thermo/potential_energy", &b));
        assert_string_equal(b.temperature->path, "stages/09-heat/inherent/blocks/temperature");
        vt_report_model_release(&r);
    }
    vt_results_release(&results);
}

static void inherent_levels_bear_their_difference(void **state)
{
    (void)state;
    struct vt_results r = {0};
    struct vt_dataset *d;
    assert_int_equal(fake_results(&r), VT_OK);
    char *page = drawn_page_of(&r);
    assert_lacks(page, "id=\"s-inherent\""); /* not measured, not shown */
    struct vt_report_value v[2];
    static const char *const stage[] = {"04-hold", "08-hold"};
    for (int k = 0; k < 2; k++) {
        char path[80];
        snprintf(path, sizeof path, "stages/%s/inherent/thermo/potential_energy", stage[k]);
        d = vt_results_find(&r, path);
        v[k] = (struct vt_report_value){1000 * d->value[0], 1000 * d->error[0], ""};
    }
    char note[64];
    snprintf(note, sizeof note, "+%s",
             vt_report_format(v[1].value - v[0].value, hypot(v[0].error, v[1].error)).text);
    const char *plot = strstr(page, "id=\"e-inherent\"");
    assert_non_null(plot);
    assert_true(strstr(plot, note) < strstr(plot, "</svg>"));
    free(page);
    for (int k = 0; k < 2; k++) {
        char path[80];
        snprintf(path, sizeof path, "stages/%s/inherent/entropy/s_xray", stage[k]);
        assert_int_equal(vt_results_add(&r, path, "k_B/atom", "", 0, NULL, &d), VT_OK);
        d->value[0] = -6 + 0.25 * k;
    }
    page = drawn_page_of(&r);
    assert_has(page, "id=\"s-inherent\"");
    assert_has(page, "+0.25");
    free(page);
    vt_results_release(&r);
}

static void the_page_is_self_contained(void **state)
{
    (void)state;
    const char *page = fake_page(NULL);
    assert_lacks(page, "<script");
    assert_lacks(page, " src=");
    assert_lacks(page, "@import");
    assert_lacks(page, "url(");
    for (const char *c = page; (c = strstr(c, "://")); c++) /* the name of the SVG namespace is no link */
        assert_memory_equal(c, "://www.w3.org/2000/svg\"", strlen("://www.w3.org/2000/svg\""));
    assert_has(page, "<!DOCTYPE html>");
    assert_has(page, "<svg ");
}

/* Every element that is opened is closed in order; ids are unique and links between them lead somewhere. */
static void the_page_is_well_formed(void **state)
{
    (void)state;
    const char *page = fake_page(NULL), *open[64];
    int depth = 0, elements = 0;
    for (const char *c = strstr(page, "<html"); (c = strchr(c, '<')); c++) {
        const char *end = strchr(c, '>');
        assert_non_null(end);
        const char *name = c + 1 + (c[1] == '/');
        size_t length = strcspn(name, " \t\n/>");
        bool is_void = (length == 4 && !strncmp(name, "meta", 4)) || (length == 2 && !strncmp(name, "br", 2));
        if (c[1] == '/') {
            assert_true(depth > 0);
            depth--;
            if (strncmp(open[depth], name, length)) print_error("%.60s closed by %.20s\n", open[depth], c);
            assert_memory_equal(open[depth], name, length);
            assert_false(open[depth][length] >= 'a' && open[depth][length] <= 'z');
        } else if (end[-1] != '/' && !is_void) {
            assert_true(depth < 64);
            open[depth++] = name;
        }
        elements++;
        c = end;
    }
    assert_int_equal(depth, 0);
    assert_true(elements > 1000);

    int ids = 0;
    for (const char *c = page; (c = strstr(c, " id=\"")); c += 5, ids++) {
        char id[80];
        size_t length = strcspn(c + 5, "\"");
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)length, c + 5);
        assert_null(strstr(c + 5, id));
    }
    assert_true(ids > 20);
    for (const char *c = page; (c = strstr(c, "href=\"#")); c += 7) {
        char id[80];
        snprintf(id, sizeof id, " id=\"%.*s\"", (int)strcspn(c + 7, "\""), c + 7);
        assert_has(page, id);
    }
}

static void the_verdict_on_the_potential_is_told(void **state)
{
    (void)state;
    static const char evil[] = "<script>x</script>";
    static const struct {
        const char *path, *key, *text;
    } note[] = {
        {"potential_verdict", "judged", "yes"},
        {"potential_verdict", "potential", "some.eam.fs"},
        {"potential_verdict", "elements", "Cu, Zr, Al"},
        {"potential_verdict", "used_elements", "Cu, Zr"},
        {"potential_verdict", "checksum", "a0324cf12f4a8665"},
        {"potential_verdict", "used_checksum", "a0324cf12f4a8665"},
        {"potential_verdict", "alloys", "Cu50Zr50"},
        {"potential_verdict", "date", "2025-12-31"},
        {"potential_verdict", "version", "0.1.0 (0123abc)"},
        {"potential_verdict", "command", evil},
        {"potential_verdict/structure", "verdict", "misses"},
        {"potential_verdict/structure", "met", "3"},
        {"potential_verdict/structure", "of", "15"},
        {"potential_verdict/structure", "misses", "Zr lattice constant c: 5.4 A (-4.9 %)\n<script>"},
        {"potential_verdict/structure", "near", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10"},
        {"potential_verdict/structure", "not_computed", "first peak\nglass transition"},
        {"potential_verdict/running", "verdict", "meets"},
        {"potential_verdict/running", "met", "11"},
        {"potential_verdict/running", "of", "11"},
    };
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    char *page = page_of(&r); /* of a program that knew nothing of verdicts */
    assert_lacks(page, "erdict on the potential");
    assert_lacks(page, "not judged");
    assert_lacks(page, "id=\"potential\"");
    free(page);
    for (size_t k = 0; k < sizeof note / sizeof *note; k++)
        assert_int_equal(vt_results_note(&r, note[k].path, note[k].key, note[k].text), VT_OK);
    page = page_of(&r);
    assert_has(
        page,
        "Verdict on the potential: structure <b class=\"misses\">misses</b>, running <b "
        "class=\"meets\">meets</b>; 2 properties that decide were not computed (<a href=\"#potential\">");
    assert_has(page, "<h2 id=\"potential\">");
    assert_has(page, "<td>3 of 15</td>");
    assert_has(page, "</span> Zr lattice constant c: 5.4 Å (−4.9 %); &#60;script&#62;<br>");
    assert_has(page, "</span> 1; 2; 3; 4; 5; 6; 7; 8; and 2 more</td>");
    assert_has(page, ">first peak, glass transition</td>");
    assert_has(page, "this sample has Cu, Zr only");
    assert_lacks(page, "<script");
    assert_lacks(page, "last digits");
    free(page);

    assert_int_equal(vt_results_note(&r, "potential_verdict", "used_checksum", "3f6ea6ad91bda9e8"), VT_OK);
    assert_int_equal(vt_results_note(&r, "potential_verdict", "used_elements", "Al, Cu, Zr"), VT_OK);
    page = page_of(&r);
    assert_has(page, "last digits");
    assert_lacks(page, "this sample has");
    free(page);

    vt_results_remove(&r, "potential_verdict");
    assert_int_equal(vt_results_note(&r, "potential_verdict", "judged", "no"), VT_OK);
    assert_int_equal(vt_results_note(&r, "potential_verdict", "command", "vitrum potential check x.fs"),
                     VT_OK);
    page = page_of(&r);
    assert_has(page,
               "The potential was not judged:</span> <code>vitrum potential check x.fs</code> does it.");
    assert_lacks(page, "id=\"potential\"");
    free(page);
    vt_results_release(&r);
}

static void text_of_users_is_escaped(void **state)
{
    (void)state;
    static const char evil[] = "<script>alert(1)</script>&\"'\xff</pre>";
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    static const char *const key[] = {"title",       "protocol", "potential", "potential_note",
                                      "composition", "atoms",    "host"};
    for (size_t k = 0; k < sizeof key / sizeof *key; k++)
        assert_int_equal(vt_results_note(&r, "", key[k], evil), VT_OK);
    static const char *const stage_key[] = {"save", "options"};
    for (size_t k = 0; k < 2; k++)
        assert_int_equal(vt_results_note(&r, "stages/03-quench", stage_key[k], evil), VT_OK);
    assert_int_equal(vt_results_note(&r, "stages/10-heat", "branch", evil), VT_OK);
    assert_int_equal(
        vt_results_note(&r, "stages/06-shear", "options", "strain: <script>\nrate: 1e9 <script>\n"), VT_OK);
    char *page = page_of(&r);
    assert_lacks(page, "<script");
    assert_has(page, "&#60;script&#62;");
    assert_has(page, "\ufffd");
    free(page);
    vt_results_release(&r);
}

/* A table over "all", Cu and Zr and one more axis (columns 0: none) of the two states that are compared. */
static void add_local(struct vt_results *r, const char *leaf, int rows, const char *const *row, int columns,
                      const char *const *column, const double *value)
{
    static const char *const stage[] = {"04-hold", "08-hold"};
    for (int s = 0; s < 2; s++) {
        char path[128];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "stages/%s/%s", stage[s], leaf);
        assert_int_equal(vt_results_add(r, path, "1", "", columns ? 2 : 1, (const int[]){rows, columns}, &d),
                         VT_OK);
        assert_int_equal(vt_dataset_axis(d, 0, "centre", "", NULL, row), VT_OK);
        if (columns) assert_int_equal(vt_dataset_axis(d, 1, "index", "", NULL, column), VT_OK);
        memcpy(d->value, value, vt_dataset_size(d) * sizeof(double));
    }
}

/* Crystals are told in the table and in the summary, the commonest indices as bars in their order, chemical
 * order from both kinds of neighbours; a table without labels is none of ours. */
static void local_order_is_shown(void **state)
{
    (void)state;
    static const char *const centre[] = {"all", "Cu", "Zr"},
                             *const index[] = {"<0,0,12,0>", "<0,2,8,2>", "other"},
                             *const pair[] = {"Cu-Cu", "Cu-Zr", "Zr-Zr"};
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    add_local(&r, "voronoi/indices", 3, centre, 3, index,
              (const double[]){0.1, 0.2, 0.7, 0.15, 0.25, 0.6, 0.05, 0.15, 0.8});
    add_local(&r, "voronoi/icosahedra", 3, centre, 0, NULL, (const double[]){0.1, 0.15, 0.05});
    add_local(&r, "voronoi/five_fold", 3, centre, 0, NULL, (const double[]){0.5, 0.6, 0.4});
    add_local(&r, "voronoi/partial", 2, centre + 1, 2, centre + 1, (const double[]){7.1, 5.2, 9.3, 6.4});
    add_local(&r, "voronoi/warren_cowley", 2, centre + 1, 2, centre + 1,
              (const double[]){0.11, -0.12, -0.13, 0.14});
    add_local(&r, "voronoi/cargill_spaepen", 3, pair, 0, NULL, (const double[]){-0.21, 0.22, -0.23});
    add_local(&r, "angles/distribution", 3, NULL, 3, NULL, (const double[9]){0});
    assert_int_equal(fake_number(&r, "04-hold", "inherent/crystal/crystalline", "1", "", 0.004, 0.001),
                     VT_OK);
    assert_int_equal(fake_number(&r, "08-hold", "inherent/crystal/crystalline", "1", "", 0.31, 0.02), VT_OK);
    char *page = page_of(&r);
    assert_has(page, "<h2 id=\"local\">");
    assert_has(page, "<td class=\"word\">a glass or a liquid, no crystals</td>");
    assert_has(page, "<td>31.0 ± 2.0</td><td class=\"word near\">partly crystallised</td>");
    assert_has(page, "31&#8239;% of the atoms stand as in a crystal (stage 08 hold): partly crystallised");
    char *first = strstr(page, "voronoi-1");
    assert_non_null(first);
    assert_true(strstr(first, "&lt;0,2,8,2&gt;") < strstr(first, "&lt;0,0,12,0&gt;"));
    assert_has(page, "Icosahedra around Cu");
    assert_has(page, "<td>−0.12</td><td>0.22</td>");
    assert_has(page, "<td>−0.13</td><td>0.22</td>");
    assert_lacks(page, "Bond angles");
    free(page);
    vt_results_release(&r);
}

/* A curve of q, of pairs if rows > 0, with errors. */
static void add_of_q(struct vt_results *r, const char *stage, const char *leaf, int rows)
{
    enum { N = 60 };
    char path[128];
    double q[N];
    struct vt_dataset *d;
    for (int k = 0; k < N; k++) q[k] = 0.1 * (k + 1);
    snprintf(path, sizeof path, "stages/%s/%s", stage, leaf);
    assert_int_equal(
        vt_results_add(r, path, "1", "", rows ? 2 : 1, rows ? (const int[]){rows, N} : (const int[]){N}, &d),
        VT_OK);
    if (rows) assert_int_equal(vt_dataset_axis(d, 0, "pair", "", NULL, fake_pair), VT_OK);
    assert_int_equal(vt_dataset_axis(d, rows > 0, "q", "1/angstrom", q, NULL), VT_OK);
    assert_int_equal(vt_dataset_errors(d), VT_OK);
    for (size_t k = 0; k < vt_dataset_size(d); k++) d->value[k] = 1 + sin((double)k), d->error[k] = 0.1;
}

/* S(q) of both states with its change, G(r) with its window; the entropies and their factors with errors as
 * of independent numbers, also where no states are compared. */
static void scattering_and_partial_against_total_are_shown(void **state)
{
    (void)state;
    static const char *const stage[] = {"04-hold", "08-hold"};
    struct vt_results r = {0};
    struct vt_dataset *d;
    assert_int_equal(fake_results(&r), VT_OK);
    for (int s = 0; s < 2; s++) {
        char path[128];
        add_of_q(&r, stage[s], "sq/s_xray", 0);
        add_of_q(&r, stage[s], "sq/reduced_xray", 0);
        add_of_q(&r, stage[s], "sq/a_partial", FAKE_PAIRS);
        assert_int_equal(fake_number(&r, stage[s], "sq/s_eq_xray", "k_B/atom", "", -4, 0.03), VT_OK);
        snprintf(path, sizeof path, "stages/%s/sq", stage[s]);
        assert_int_equal(vt_results_note(&r, path, "options", "q_max: 20 /A\nwindow: lorch\n"), VT_OK);
        for (int q = 0; q < 2; q++) {
            snprintf(path, sizeof path, "stages/%s/entropy/%s", stage[s], q ? "s_xray" : "s_partial_sum");
            d = vt_results_find(&r, path);
            d->value[0] = q ? -4 - s : -8, d->error[0] = 0.04;
        }
    }
    add_of_q(&r, "08-hold", "sq_direct/s_xray", 0);
    vt_results_find(&r, "stages/08-hold/sq_direct/s_xray")->value[3] = NAN;
    char *page = page_of(&r);
    assert_has(page, "<h2 id=\"scattering\">");
    assert_has(page, "<svg id=\"s-of-q-0\"");
    assert_has(page, "<svg id=\"s-of-q-1\"");
    assert_has(page, "<svg id=\"reduced-xray\"");
    assert_has(page, "<svg id=\"a-partial-0\"");
    assert_has(page, ", window: lorch. Its ripples");
    assert_has(page, "through the window</th><td>−4.000 ± 0.030</td><td>−4.000 ± 0.030</td>");
    /* 8 / 4 and 8 / 5 with errors of 0.04: 2 (0.04/8 (+) 0.04/4), 1.6 (0.04/8 (+) 0.04/5) */
    assert_has(page, "X-ray</th><td>2.000 ± 0.022</td><td>1.600 ± 0.015</td><td>−0.400 ± 0.027</td>");
    assert_has(page, "<i>S</i><sub>2</sub> changes 0.00 ± 0.06 times as much");
    free(page);
    for (int s = 0; s < FAKE_STAGES; s++)
        if (strcmp(fake_stage[s].kind, "hold") != 0) {
            char path[64];
            snprintf(path, sizeof path, "stages/%s", fake_stage[s].name);
            vt_results_remove(&r, path);
        }
    page = page_of(&r); /* four holds, and no shear between them */
    assert_has(page, "Entropy: partial against total");
    assert_has(page, "<small>12 hold</small>");
    assert_has(page, "<svg id=\"s-of-q-0\"");
    assert_lacks(page, "Share of change");
    free(page);
    vt_results_release(&r);
}

static void nothing_is_shown_that_was_not_measured(void **state)
{
    (void)state;
    struct vt_results r = {0};
    char *page = page_of(&r); /* not even a note */
    assert_lacks(page, "<svg");
    assert_lacks(page, "<table");
    assert_lacks(page, "<h2");
    assert_lacks(page, "entropy");
    free(page);

    assert_int_equal(fake_results(&r), VT_OK);
    for (int k = 0; k < FAKE_STAGES; k++) {
        char path[64];
        snprintf(path, sizeof path, "stages/%s/entropy", fake_stage[k].name);
        vt_results_remove(&r, path);
        snprintf(path, sizeof path, "stages/%s/blocks", fake_stage[k].name);
        vt_results_remove(&r, path);
        snprintf(path, sizeof path, "stages/%s/inherent", fake_stage[k].name);
        vt_results_remove(&r, path);
    }
    page = page_of(&r);
    assert_has(page, "Pair distribution");
    assert_has(page, "Energy and volume");
    assert_lacks(page, "<i>S</i><sub>eq</sub>");
    assert_lacks(page, "Two-body entropy");
    assert_lacks(page, "Inherent structure");
    assert_lacks(page, "<i>E</i><sub>IS</sub>");
    free(page);
    vt_results_release(&r);
}

static void an_unfinished_run_says_so(void **state)
{
    (void)state;
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    assert_int_equal(vt_results_note(&r, "", "complete", "no"), VT_OK);
    vt_results_remove(&r, "stages/08-hold");
    vt_results_remove(&r, "stages/09-heat");
    char *page = page_of(&r);
    assert_has(page, "Incomplete");
    free(page);
    vt_results_release(&r);
}

static void a_run_that_has_only_been_created_is_drawn(void **state)
{
    (void)state;
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    for (int k = 1; k < FAKE_STAGES; k++) {
        char path[64];
        snprintf(path, sizeof path, "stages/%s", fake_stage[k].name);
        vt_results_remove(&r, path);
    }
    assert_int_equal(vt_results_note(&r, "stages/01-create", "duration", "0"), VT_OK);
    char *page = page_of(&r); /* no stage has a length, so there is no lane to draw */
    assert_has(page, "01 create");
    free(page);
    vt_results_release(&r);
}

static void a_branch_is_as_sheared_as_the_state_it_starts_from(void **state)
{
    (void)state;
    static const char *const from[] = {"as-cast", "hpt"};
    struct vt_results results = {0};
    assert_int_equal(fake_results(&results), VT_OK);
    for (int sheared = 0; sheared < 2; sheared++) {
        char options[64];
        snprintf(options, sizeof options, "to: 1200 K\nfrom: %s\n", from[sheared]);
        assert_int_equal(vt_results_note(&results, "stages/10-heat", "options", options), VT_OK);
        assert_int_equal(vt_results_note(&results, "stages/10-heat", "branch", "again-2"), VT_OK);
        struct vt_report r;
        assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
        assert_int_equal(r.stage[9].sheared, sheared);
        assert_int_not_equal(vt_report_color(&r, 9), vt_report_color(&r, 8));
        vt_report_model_release(&r);
    }
    vt_results_release(&results);
}

static void missing_errors_and_empty_blocks_are_no_trouble(void **state)
{
    (void)state;
    struct vt_results r = {0};
    assert_int_equal(fake_results(&r), VT_OK);
    for (int k = 0; k < r.n; k++) { /* as a run of one frame a stage leaves them */
        struct vt_dataset *d = &r.item[k];
        for (size_t i = 0; d->error && i < vt_dataset_size(d); i++) d->error[i] = NAN;
        if (strstr(d->path, "/blocks/"))
            for (size_t i = 0; i < vt_dataset_size(d); i += 3) d->value[i] = NAN;
    }
    char *page = page_of(&r);
    assert_lacks(page, "nan<"); /* "provenance" has one of its own */
    assert_lacks(page, "nan ");
    assert_lacks(page, "within this one sample</small>"); /* no error, no significance ... */
    assert_has(page, "criterion <b>not resolved</b>");    /* ... and no verdict */
    free(page);
    vt_results_release(&r);
}

/* Of 2000 even times some hundred are drawn, up to the last: a step behind the first 512 is seen on the axis.
 */
static void many_times_are_thinned_not_cut(void **state)
{
    (void)state;
    enum { TIMES = 2000 };
    static const char *const species[] = {"Cu", "all"};
    struct vt_results results = {0};
    struct vt_report r;
    struct vt_dataset *d;
    double time[TIMES];
    assert_int_equal(fake_results(&results), VT_OK);
    for (int k = 0; k < TIMES; k++) time[k] = 0.05 * (k + 1);
    assert_int_equal(
        vt_results_add(&results, "stages/04-hold/msd/msd", "A^2", "", 2, (const int[]){2, TIMES}, &d), VT_OK);
    assert_int_equal(vt_dataset_axis(d, 0, "species", "", NULL, species), VT_OK);
    assert_int_equal(vt_dataset_axis(d, 1, "time", "ps", time, NULL), VT_OK);
    for (int k = 0; k < 2 * TIMES; k++) d->value[k] = k % TIMES < TIMES / 2 ? 1 : 1e6;
    assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_int_equal(vt_report_motion(out, &r), VT_OK);
    fclose(out);
    char *page = read_page(file), *at = strstr(page, "<svg id=\"msd\"");
    assert_non_null(at);
    *strstr(at, "</svg>") = '\0';
    assert_has(at, ">6<"); /* log10 of 1e6 */
    free(page);
    vt_report_model_release(&r);
    vt_results_release(&results);
}

/* A cycle of 20 frames fills every second of 40 phases: the loop is drawn from those. Two stages, the other
 * one without any: a dot for each phase that was seen, and no trouble. */
static void loops_are_drawn_from_the_phases_that_were_seen(void **state)
{
    (void)state;
    enum { PHASES = 40 };
    static const char *const stage[] = {"04-hold", "08-hold"}, *const leaf[] = {"strain", "stress"};
    struct vt_results results = {0};
    struct vt_report r;
    assert_int_equal(fake_results(&results), VT_OK);
    for (int s = 0; s < 2; s++) {
        fake_number(&results, stage[s], "moduli/storage", "GPa", "", 30, 0.1);
        fake_number(&results, stage[s], "moduli/loss", "GPa", "", 3, 0.1);
        fake_number(&results, stage[s], "moduli/strain_amplitude", "1", "", 0.01, NAN);
        for (int v = 0; v < 2; v++) {
            char path[64];
            struct vt_dataset *d;
            snprintf(path, sizeof path, "stages/%s/moduli/loop_%s", stage[s], leaf[v]);
            assert_int_equal(vt_results_add(&results, path, "1", "", 1, (const int[]){PHASES}, &d), VT_OK);
            for (int k = 0; k < PHASES; k++)
                d->value[k] = s || k % 2 ? NAN : (v ? 0.3 : 0.01) * sin(2 * M_PI * k / PHASES);
        }
    }
    assert_int_equal(vt_report_model_create(&r, &results), VT_OK);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_int_equal(vt_report_moduli(out, &r), VT_OK);
    fclose(out);
    char *page = read_page(file), *at = strstr(page, "<svg id=\"loops\"");
    int dots = 0;
    assert_non_null(at);
    *strstr(at, "</svg>") = '\0';
    while ((at = strstr(at, "<use "))) at++, dots++;
    print_message("  %d dots\n", dots);
    assert_true(dots >= PHASES / 2 && dots < PHASES); /* some are of the key */
    free(page);
    vt_report_model_release(&r);
    vt_results_release(&results);
}

static void a_failed_report_leaves_the_old_one(void **state)
{
    (void)state;
    struct vt_results r;
    fake_page(&r);
    FILE *old = fopen(file, "w");
    assert_non_null(old);
    fputs("old", old);
    fclose(old);
    char *path = strdup(getenv("PATH"));
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(vt_report_write(file, &r), VT_EWORLD);
    setenv("PATH", path, 1);
    free(path);
    assert_non_null(strstr(vt_message(), "gnuplot"));
    char *page = read_page(file);
    assert_string_equal(page, "old");
    free(page);
    assert_int_equal(vt_report_write("/nonexistent/report.html", &r), VT_EWORLD);
    assert_non_null(strstr(vt_message(), "/nonexistent/report.html"));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        struct vt_results r = {0};
        enum vt_status st = fake_results(&r);
        if (!st) st = vt_report_write(argv[1], &r);
        if (st) fprintf(stderr, "%s\n", vt_message());
        vt_results_release(&r);
        return (int)st;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_rounded_to_their_error),
        cmocka_unit_test(units_are_typeset_and_escaped),
        cmocka_unit_test(states_are_compared_at_equal_temperature_and_pressure),
        cmocka_unit_test(a_control_branch_has_the_colour_of_the_state_it_came_from),
        cmocka_unit_test(averages_of_rows_keep_the_mean),
        cmocka_unit_test(the_page_states_the_changes_with_errors),
        cmocka_unit_test(several_quenches_are_one_cooling),
        cmocka_unit_test(a_verdict_needs_an_error_below_the_bound),
        cmocka_unit_test(branches_are_compared_in_the_liquid),
        cmocka_unit_test(harmonic_energy_is_flat_against_the_measured_temperature),
        cmocka_unit_test(what_changes_during_a_stage_has_no_error),
        cmocka_unit_test(wider_bins_keep_the_mean_and_do_not_shrink_errors),
        cmocka_unit_test(blocks_take_the_temperature_of_their_kernel),
        cmocka_unit_test(inherent_levels_bear_their_difference),
        cmocka_unit_test(the_page_is_self_contained),
        cmocka_unit_test(the_page_is_well_formed),
        cmocka_unit_test(the_verdict_on_the_potential_is_told),
        cmocka_unit_test(text_of_users_is_escaped),
        cmocka_unit_test(local_order_is_shown),
        cmocka_unit_test(scattering_and_partial_against_total_are_shown),
        cmocka_unit_test(nothing_is_shown_that_was_not_measured),
        cmocka_unit_test(an_unfinished_run_says_so),
        cmocka_unit_test(a_run_that_has_only_been_created_is_drawn),
        cmocka_unit_test(a_branch_is_as_sheared_as_the_state_it_starts_from),
        cmocka_unit_test(missing_errors_and_empty_blocks_are_no_trouble),
        cmocka_unit_test(many_times_are_thinned_not_cut),
        cmocka_unit_test(loops_are_drawn_from_the_phases_that_were_seen),
        cmocka_unit_test(a_failed_report_leaves_the_old_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
