/* Numbers of many runs stand in the row of their own label and q; values of variables in few words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expand.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/yaml.h"
#include "study/sweep_rows.h"
#include "study/sweep_words.h"

/* A row of values with labels, or at q. */
static struct vt_dataset *add(struct vt_results *r, const char *path, const char *unit, const char *axis,
                              int n, const char *const *labels, const double *q, const double *values)
{
    struct vt_dataset *d;
    assert_int_equal(vt_results_add(r, path, unit, "", 1, &n, &d), VT_OK);
    assert_int_equal(vt_dataset_axis(d, 0, axis, "", q, labels), VT_OK);
    memcpy(d->value, values, (size_t)n * sizeof *values);
    return d;
}

/* Meet and take the k-th dataset of each of n runs. */
static void gather(struct vt_sweep_rows *rows, struct vt_results *r, int n)
{
    for (int k = 0; k < n; k++) assert_int_equal(vt_sweep_rows_meet(rows, &r->item[k]), VT_OK);
    assert_int_equal(vt_sweep_rows_close(rows, n), VT_OK);
    for (int k = 0; k < n; k++) vt_sweep_rows_take(rows, k, &r->item[k]);
}

static void check_value(const struct vt_sweep_quantity *q, int run, size_t row, double value)
{
    double x = q->value[(size_t)run * q->size + row];
    if (isnan(value))
        assert_true(isnan(x));
    else
        assert_true(x == value);
}

static void labels_are_matched_not_counted(void **state)
{
    static const char *const one[] = {"Cu", "Zr", "all"}, *const two[] = {"Al", "Zr", "all"},
                             *const three[] = {"Cu", "all"};
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    (void)state;
    add(&r, "msd/d", "1", "species", 3, one, NULL, (const double[]){1, 2, 3});
    add(&r, "msd/d", "1", "species", 3, two, NULL, (const double[]){4, 5, 6});
    add(&r, "msd/d", "1", "species", 2, three, NULL, (const double[]){7, 8});
    gather(&rows, &r, 3);
    assert_int_equal(rows.n, 1);
    static const char *const labels[] = {"Al", "Cu", "Zr", "all"};
    static const double values[3][4] = {{NAN, 1, 2, 3}, {4, NAN, 5, 6}, {NAN, 7, NAN, 8}};
    assert_int_equal(rows.item[0].as.axis[0].n, 4);
    for (int k = 0; k < 4; k++) {
        assert_string_equal(rows.item[0].as.axis[0].label[k], labels[k]);
        for (int run = 0; run < 3; run++) check_value(&rows.item[0], run, (size_t)k, values[run][k]);
    }
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

static void lists_of_q_are_united(void **state)
{
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    (void)state;
    add(&r, "isf/tau", "ps", "q", 2, NULL, (const double[]){2, 4}, (const double[]){20, 40});
    add(&r, "isf/tau", "ps", "q", 2, NULL, (const double[]){1, 2}, (const double[]){11, 21});
    gather(&rows, &r, 2);
    static const double q[] = {1, 2, 4}, values[2][3] = {{NAN, 20, 40}, {11, 21, NAN}};
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.item[0].size, 3);
    for (int k = 0; k < 3; k++) {
        assert_true(rows.item[0].as.axis[0].value[k] == q[k]);
        for (int run = 0; run < 2; run++) check_value(&rows.item[0], run, (size_t)k, values[run][k]);
    }
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

static void a_q_of_each_run_is_a_quantity(void **state)
{
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    (void)state;
    add(&r, "isf/tau", "ps", "q", 1, NULL, (const double[]){4}, (const double[]){10});
    add(&r, "isf/tau", "ps", "q", 1, NULL, (const double[]){2.7}, (const double[]){30});
    gather(&rows, &r, 2);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.item[0].as.n_axes, 0);
    assert_string_equal(rows.item[1].as.path, "isf/tau_q");
    for (int run = 0; run < 2; run++) {
        check_value(&rows.item[0], run, 0, run ? 30 : 10);
        check_value(&rows.item[1], run, 0, run ? 2.7 : 4);
    }
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

static void of_stretches_only_the_stage_is_kept(void **state)
{
    static const char *const three[] = {"stage", "stretch 1", "stretch 2"}, *const one[] = {"stage"};
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    (void)state;
    add(&r, "xpcs/tau", "ps", "stretch", 3, three, NULL, (const double[]){5, 6, 7});
    add(&r, "xpcs/tau", "ps", "stretch", 1, one, NULL, (const double[]){8});
    gather(&rows, &r, 2);
    assert_int_equal(rows.item[0].size, 1);
    check_value(&rows.item[0], 0, 0, 5);
    check_value(&rows.item[0], 1, 0, 8);
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

/* Times of the second run: those of the first times `factor`. */
static void check_curves(double factor, int quantities)
{
    static const char *const species[] = {"Cu", "all"};
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    for (int run = 0; run < 2; run++) {
        struct vt_dataset *d;
        const double scale = run ? factor : 1, time[] = {0.1 * scale, scale};
        assert_int_equal(vt_results_add(&r, "stages/02-hold/msd/msd", "1", "", 2, (const int[]){2, 2}, &d),
                         VT_OK);
        assert_int_equal(vt_dataset_axis(d, 0, "species", "", NULL, species), VT_OK);
        assert_int_equal(vt_dataset_axis(d, 1, "time", "ps", time, NULL), VT_OK);
        for (int k = 0; k < 4; k++) d->value[k] = 10 * run + k;
        assert_true(vt_sweep_is_curve(d) && !vt_sweep_is_number(d));
    }
    gather(&rows, &r, 2);
    assert_int_equal(rows.n, quantities);
    for (int run = 0; quantities && run < 2; run++)
        for (int k = 0; k < 4; k++) check_value(&rows.item[0], run, (size_t)k, 10 * run + k);
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

static void curves_need_the_same_times(void **state)
{
    (void)state;
    check_curves(1, 1);
    check_curves(2, 0);
}

static void another_unit_is_left_out(void **state)
{
    struct vt_results r = {0};
    struct vt_sweep_rows rows = {0};
    (void)state;
    vt_log_init(false, VT_LOG_ERROR);
    add(&r, "isf/tau", "ps", "q", 1, NULL, (const double[]){4}, (const double[]){10});
    add(&r, "isf/tau", "1", "q", 1, NULL, (const double[]){4}, (const double[]){10});
    gather(&rows, &r, 2);
    assert_int_equal(rows.n, 0);
    vt_sweep_rows_release(&rows);
    vt_results_release(&r);
}

/* ---- words ---- */

/* The list of values in text as a variable of a sweep; root is the caller's. */
static void read_variable(struct vt_sweep_variable *v, const char *name, const char *text,
                          struct vt_yaml **root)
{
    assert_int_equal(vt_yaml_parse(text, strlen(text), "x.yaml", root), VT_OK);
    *v = (struct vt_sweep_variable){.name = name, .n = (*root)->n};
    assert_int_equal(vt_alloc(&v->value, v->n), VT_OK);
    assert_int_equal(vt_alloc(&v->text, v->n), VT_OK);
    assert_int_equal(vt_alloc(&v->word, v->n), VT_OK);
    for (int k = 0; k < v->n; k++) {
        v->value[k] = (*root)->item[k];
        assert_int_equal(vt_yaml_flow(v->value[k], &v->text[k]), VT_OK);
        assert_int_equal(vt_sweep_word(v, k), VT_OK);
    }
    assert_int_equal(vt_sweep_numbers(v), VT_OK);
    assert_int_equal(vt_sweep_brief(v), VT_OK);
}

static void release_variable(struct vt_sweep_variable *v, struct vt_yaml *root)
{
    for (int k = 0; k < v->n; k++) {
        free(v->text[k]);
        free(v->word[k]);
        free(v->brief[k]);
    }
    free(v->text);
    free(v->word);
    free(v->brief);
    free(v->value);
    free(v->number);
    vt_yaml_release(root);
}

static void few_words_tell_values_apart(void **state)
{
    static const struct {
        const char *list, *brief[2];
    } cases[] = {
        {"[{period: 10 ps, cycles: 4, amplitude: 1 %}, {period: 10 ps, cycles: 4, amplitude: 3 %}]",
         {"amplitude 1 %", "amplitude 3 %"}},
        {"[{a: 1 K, b: 2 K}, {a: 1 K, c: 3 K}]", {"b 2 K", "c 3 K"}},
        {"[{Cu: 50, Zr: 50}, {Cu: 50, Zr: 40, Al: 10}]", {"Cu50Zr50", "Cu50Zr40Al10"}},
        {"[as-cast, twisted]", {"as-cast", "twisted"}},
        {"[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b, "
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa c]",
         {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… (no. 1)",
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… (no. 2)"}},
    };
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct vt_sweep_variable v;
        struct vt_yaml *root;
        read_variable(&v, "v", cases[k].list, &root);
        for (int i = 0; i < 2; i++) assert_string_equal(v.brief[i], cases[k].brief[i]);
        release_variable(&v, root);
    }
}

static void numbers_have_the_unit_of_the_first(void **state)
{
    struct vt_sweep_variable v;
    struct vt_yaml *root;
    (void)state;
    read_variable(&v, "t", "[1 ps, 1000 fs, 2 ns]", &root);
    assert_string_equal(v.unit, "ps");
    static const double ps[] = {1, 1, 2000};
    for (int k = 0; k < 3; k++) assert_true(fabs(v.number[k] - ps[k]) <= 1e-12 * ps[k]);
    release_variable(&v, root);
    read_variable(&v, "t", "[1 ps, 1 GPa]", &root);
    assert_null(v.number);
    release_variable(&v, root);
    read_variable(&v, "t", "[1, 2]", &root);
    assert_string_equal(v.unit, "1");
    assert_true(v.number[1] == 2);
    release_variable(&v, root);
}

static void titles_have_ranges(void **state)
{
    struct vt_sweep s = {.n_variables = 3};
    struct vt_yaml *root[3];
    char title[VT_TEXT_SIZE] = "at $P, $T and $TT of $state for 5 $$";
    (void)state;
    read_variable(&s.variable[0], "P", "[0 GPa, 7 GPa, 3 GPa]", &root[0]);
    read_variable(&s.variable[1], "T", "[400 K, 300 K]", &root[1]);
    read_variable(&s.variable[2], "state", "[old, new]", &root[2]);
    vt_sweep_title(&s, title, sizeof title);
    assert_string_equal(title, "at 0 to 7 GPa, 300 and 400 K and $TT of old, new for 5 $");
    for (int k = 0; k < 3; k++) release_variable(&s.variable[k], root[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_matched_not_counted),
        cmocka_unit_test(lists_of_q_are_united),
        cmocka_unit_test(a_q_of_each_run_is_a_quantity),
        cmocka_unit_test(of_stretches_only_the_stage_is_kept),
        cmocka_unit_test(curves_need_the_same_times),
        cmocka_unit_test(another_unit_is_left_out),
        cmocka_unit_test(few_words_tell_values_apart),
        cmocka_unit_test(numbers_have_the_unit_of_the_first),
        cmocka_unit_test(titles_have_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
