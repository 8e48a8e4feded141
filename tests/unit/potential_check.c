/* The check of a potential, as far as it needs no run: from crystals to text, datasets and a page. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "md/eam_builtin.h"
#include "potential/check_page.h"
#include "potential/check_results.h"
#include "potential/check_text.h"

static struct vt_eam tables;
static struct vt_targets targets;
static struct vt_alloy alloy;
static struct vt_check check;

static int make(void **state)
{
    (void)state;
    const struct vt_check_options options = {.source = "builtin:Cu,Zr,Mg",
                                             .tables = &tables,
                                             .targets = &targets,
                                             .n_alloys = 1,
                                             .alloy = &alloy,
                                             .without_runs = true};
    check_ok(vt_eam_builtin("Cu,Zr,Mg", &tables));
    check_ok(vt_targets_read(NULL, &targets));
    check_ok(vt_alloy_parse("{Cu: 50, Zr: 50}", &alloy));
    check_ok(vt_check_potential(MPI_COMM_WORLD, &options, &check));
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    vt_check_release(&check);
    vt_targets_release(&targets);
    vt_eam_release(&tables);
    return 0;
}

static const struct vt_finding *find(const char *subject, enum vt_property property, const char *what)
{
    for (int k = 0; k < check.findings.n; k++) {
        const struct vt_finding *f = &check.findings.item[k];
        if (!strcmp(f->subject, subject) && f->property == property && (!what || !strcmp(f->what, what)))
            return f;
    }
    fail_msg("nothing is found of %s, %s", subject, vt_property_rows[property].name);
    return NULL;
}

/* Cu as the fit left it (tests/unit/properties.c), found without being told where to look; and of Mg, of
 * which there are no targets, its crystal and its energy (hcp; 1.53 eV in PRB 69, 144113). */
static void elements_stand_beside_their_references(void **state)
{
    (void)state;
    const struct vt_finding *a = find("Cu", VT_P_A, NULL);
    assert_true(fabs(a->value - 3.615) < 6e-3 && a->low == 3.615 && a->verdict == VT_MEETS);
    const struct vt_finding *c44 = find("Cu", VT_P_C44, NULL);
    assert_true(fabs(c44->value - 83.9) < 0.1 && c44->low == 75.4 && c44->verdict == VT_MEETS);
    /* Bulk and shear modulus of the measured constants of Cu: 137 and 47.3 GPa. */
    assert_true(fabs(find("Cu", VT_P_SHEAR, NULL)->low - 47.3) < 0.1);
    assert_true(find("Cu", VT_P_LOWEST, "fcc")->verdict == VT_MEETS);
    const struct vt_finding *mg = find("Mg", VT_P_COHESIVE, NULL);
    assert_true(fabs(mg->value - 1.53) < 0.02 && mg->verdict == VT_NO_REFERENCE);
    assert_true(find("Mg", VT_P_LOWEST, "hcp")->verdict == VT_NO_REFERENCE);
    const struct vt_finding *melting = find("Zr", VT_P_MELTING, NULL);
    assert_true(melting->verdict == VT_NOT_COMPUTED && strstr(melting->source, "--static"));
}

/* Atoms that only repel make no crystal: no value to be off, and yet no use for them. */
static void a_crystal_that_is_not_there_misses(void **state)
{
    (void)state;
    struct vt_eam repulsive;
    struct vt_check bad;
    const struct vt_check_options options = {
        .source = "x", .tables = &repulsive, .targets = &targets, .without_runs = true};
    check_ok(vt_eam_builtin("Cu", &repulsive));
    memset(vt_eam_f(&repulsive, 0), 0, (size_t)repulsive.n_rho * sizeof(double));
    double *z = vt_eam_rphi(&repulsive, 0, 0);
    for (int k = 0; k < repulsive.n_r; k++) z[k] = 100 * exp(-2 * k * repulsive.d_r);
    check_ok(vt_check_potential(MPI_COMM_WORLD, &options, &bad));
    char text[200];
    bool said = false;
    for (enum vt_use use = VT_STRUCTURE; use <= VT_MECHANICS; use++)
        assert_true(vt_findings_verdict(&bad.findings, use) == VT_MISSES);
    for (int k = 0; k < bad.findings.n; k++) {
        if (!vt_finding_decides(&bad.findings.item[k], VT_STRUCTURE, VT_MISSES)) continue;
        vt_check_reason(&bad.findings.item[k], text, sizeof text);
        said |= !strcmp(text, "Cu lowest structure: no fcc crystal was found");
    }
    assert_true(said);
    vt_check_release(&bad);
    vt_eam_release(&repulsive);
}

/* Energies of CuZr over its elements are those of the crystals that were found; a pair without targets gets a
 * B2. */
static void pairs_have_compounds(void **state)
{
    (void)state;
    const struct vt_finding *volume = find("Cu-Zr", VT_P_VOLUME, "CuZr B2");
    assert_true(fabs(volume->value - 17.36) < 0.3 && volume->verdict == VT_MEETS);
    assert_true(find("Cu-Zr", VT_P_FORMATION, "CuZr B2")->value < 0);
    assert_true(find("Cu-Mg", VT_P_VOLUME, "CuMg B2")->verdict == VT_NO_REFERENCE);
}

/* Energies fall to the minimum and rise behind it, at the volume of the crystal. */
static void curves_have_their_minimum_at_rest(void **state)
{
    (void)state;
    for (int s = 0; s < check.n; s++) {
        const struct vt_check_subject *subject = &check.subject[s];
        int best = 0;
        if (!subject->curve) continue;
        const double *e = subject->curve->energy[!strcmp(subject->about, "fcc") ? 0 : 1];
        for (int k = 0; k < VT_CHECK_POINTS; k++)
            if (e[k] < e[best]) best = k;
        double spacing = subject->curve->volume[1] - subject->curve->volume[0];
        assert_true(fabs(subject->curve->volume[best] - subject->volume) <= 0.5 * spacing + 1e-9);
        assert_true(fabs(e[best] + subject->cohesive) < 0.01);
    }
}

static void text_fits_a_hundred_columns_and_says_all(void **state)
{
    (void)state;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    vt_check_print(out, &check);
    fclose(out);
    int column = 0;
    for (const char *c = text; *c; c++) {
        column = *c == '\n' ? 0 : column + 1;
        if (column > 100) fail_msg("too long: ...%.60s", c - 60);
    }
    static const char *const words[] = {
        "Verdict\n",  "  structure", "\nZr (hcp)",   "\nCu50Zr50",
        "\nCu-Mg ",   "meets",       "no reference", "not computed: thermal expansion at 300 K",
        "[1] Pearson"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (!strstr(text, words[k])) fail_msg("the text lacks '%s'", words[k]);
    assert_null(strstr(text, ",,"));
    free(text);
}

static void markdown_is_made_of_whole_tables(void **state)
{
    (void)state;
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    vt_check_print_markdown(out, &check);
    fclose(out);
    int rows = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int bars = 0;
        for (char *c = line; *c; c++) bars += *c == '|';
        if (*line == '|') rows++, assert_true(bars == 4 || bars == 10);
    }
    assert_true(rows > 60);
    free(text);
}

/* Every finding that has a value is a dataset, and no two share one. */
static void datasets_hold_every_finding(void **state)
{
    (void)state;
    struct vt_results r = {0};
    int computed = 0, values = 0;
    check_ok(vt_check_results(&check, &r));
    for (int k = 0; k < check.findings.n; k++) computed += check.findings.item[k].verdict != VT_NOT_COMPUTED;
    for (int k = 0; k < r.n; k++) {
        values +=
            strlen(r.item[k].path) > 6 && !strcmp(r.item[k].path + strlen(r.item[k].path) - 6, "/value");
        assert_ptr_equal(vt_results_find(&r, r.item[k].path), &r.item[k]);
    }
    assert_int_equal(values, computed);
    const struct vt_dataset *bulk = vt_results_find(&r, "Zr/bulk_modulus/value");
    assert_non_null(bulk);
    assert_string_equal(bulk->unit, "GPa");
    assert_string_equal(vt_results_get_note(&r, "Zr/bulk_modulus", "verdict"), "meets");
    assert_non_null(vt_results_find(&r, "Cu-Zr/volume_of_CuZr_B2/reference"));
    vt_results_release(&r);
}

static void page_is_whole_or_not_there(void **state)
{
    (void)state;
    char folder[] = "/tmp/vitrum-check-XXXXXX", path[64];
    struct vt_results none = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/check.html", folder);
    char *programs = strdup(getenv("PATH"));
    setenv("PATH", folder, 1); /* no gnuplot there */
    assert_int_equal(vt_check_page_write(path, &check, &none), VT_EWORLD);
    assert_true(access(path, F_OK) != 0);
    setenv("PATH", programs, 1);
    free(programs);
    check_ok(vt_check_page_write(path, &check, &none));
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "</html>"));
    assert_non_null(strstr(text, "id=\"energy-Zr\""));
    assert_true(!strstr(text, ">nan") && !strstr(text, "nan<") && !strstr(text, "nan "));
    free(text);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* fails if anything else was left behind */
}

static void an_alloy_needs_its_elements(void **state)
{
    (void)state;
    struct vt_check other;
    struct vt_check_options options = check.options;
    struct vt_alloy wrong;
    check_ok(vt_alloy_parse("Cu46Zr46Al8", &wrong));
    options.alloy = &wrong;
    assert_int_equal(vt_check_potential(MPI_COMM_WORLD, &options, &other), VT_EINPUT);
    if (!strstr(vt_message(), "Cu46Zr46Al8") || !strstr(vt_message(), "no Al")) fail_msg("%s", vt_message());
    vt_check_release(&other);
}

static void alloys_are_read_from_formulas_and_maps(void **state)
{
    (void)state;
    struct vt_alloy a, b;
    char text[64];
    check_ok(vt_alloy_parse("Zr46.75Ti8.25Cu7.5Ni10Be27.5", &a));
    check_ok(vt_alloy_parse("{Be: 27.5, Ni: 10 at.%, Cu: 7.5, Ti: 8.25, Zr: 46.75}", &b));
    assert_true(a.n == 5 && vt_alloy_same(&a, &b));
    assert_string_equal(a.name, "Zr46.75Ti8.25Cu7.5Ni10Be27.5");
    check_ok(vt_alloy_parse("Cu46Zr46Al8", &a));
    vt_alloy_composition(&a, text, sizeof text);
    assert_string_equal(text, "{Cu: 46, Zr: 46, Al: 8}");
    assert_true(!vt_alloy_same(&a, &b));
    static const struct {
        const char *text, *words;
    } wrong[] = {{"Cu46Zr46", "sums to 92"},
                 {"Cu46Xx54", "'Xx' is not an element"},
                 {"CuZr", "Cu: its at.% is due"},
                 {"Cu50Cu50", "Cu stands twice"},
                 {"{Cu: 50", "alloy"},
                 {"{Cu: fifty, Zr: 50}", "Cu: its at.% is due"},
                 {"50Cu", "an element is due"},
                 {"{Cu: 100 K}", "no number of at.%"},
                 {"", "sums to 0"}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        assert_int_equal(vt_alloy_parse(wrong[k].text, &a), VT_EINPUT);
        if (!strstr(vt_message(), wrong[k].words)) fail_msg("'%s': %s", wrong[k].text, vt_message());
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(elements_stand_beside_their_references),
    cmocka_unit_test(a_crystal_that_is_not_there_misses),
    cmocka_unit_test(pairs_have_compounds),
    cmocka_unit_test(curves_have_their_minimum_at_rest),
    cmocka_unit_test(text_fits_a_hundred_columns_and_says_all),
    cmocka_unit_test(markdown_is_made_of_whole_tables),
    cmocka_unit_test(datasets_hold_every_finding),
    cmocka_unit_test(page_is_whole_or_not_there),
    cmocka_unit_test(an_alloy_needs_its_elements),
    cmocka_unit_test(alloys_are_read_from_formulas_and_maps),
};

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, make, unmake);
    MPI_Finalize();
    return failed;
}
