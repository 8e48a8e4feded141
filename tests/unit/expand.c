/* $NAME in a YAML text: values where names stood, the rest byte for byte, and clear refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expand.h"

static struct vt_yaml *root, *values;
static char *out;

static void clear(void)
{
    vt_yaml_release(root);
    vt_yaml_release(values);
    free(out);
    root = values = NULL;
    out = NULL;
}

/* Variables are the keys of a map. */
static enum vt_status expand(const char *text, const char *map, const struct vt_expansion *with)
{
    struct vt_variable variable[8];
    struct vt_expansion how = *with;
    clear();
    assert_int_equal(vt_yaml_parse(text, strlen(text), "x.yaml", &root), VT_OK);
    assert_int_equal(vt_yaml_parse(map, strlen(map), "values", &values), VT_OK);
    for (int k = 0; k < values->n; k++) variable[k] = (struct vt_variable){values->key[k], values->item[k]};
    how.n = values->n, how.variable = variable;
    return vt_expand(root, text, strlen(text), &how, &out);
}

static void check_expands(const char *text, const char *map, const char *expected)
{
    assert_int_equal(expand(text, map, &(struct vt_expansion){.last = true}), VT_OK);
    assert_string_equal(out, expected);
}

static void values_take_the_places_of_names_and_no_byte_else_changes(void **state)
{
    (void)state;
    check_expands("a: $T # $T in a comment\n\nb: [$T, x$T-y, \"$T\"]  \nc: '$x'\n", "{T: 600 K, x: 1}",
                  "a: 600 K # $T in a comment\n\nb: [600 K, x600 K-y, 600 K]  \nc: 1\n");
    /* characters of more than one byte before it: libyaml counts characters, we need bytes */
    check_expands("title: G\u00e4\u00dfe \u2013 $T\nb: $T # \u00e4\nc: {d: $T}\n", "{T: 7}",
                  "title: G\u00e4\u00dfe \u2013 7\nb: 7 # \u00e4\nc: {d: 7}\n");
    check_expands("\xef\xbb\xbf"
                  "a: $T\r\nb: $T\r\n",
                  "{T: 7}",
                  "\xef\xbb\xbf"
                  "a: 7\r\nb: 7\r\n");
    check_expands("a: $list\nb: {c: $map}\n", "{list: [1 K, 2 K], map: {x: {y: [1]}, z: q}}",
                  "a: [1 K, 2 K]\nb: {c: {x: {y: [1]}, z: q}}\n");
    check_expands("a: cost $$T, 5 $, $5\n", "{T: 7}", "a: \"cost $T, 5 $, $5\"\n");
}

/* What is read again is what was meant, also where a text would mean something else in another place. */
static void values_read_back_as_they_were(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "600 K", "-5",   "-.5 K",     "a: b",        "x, y",   "[1]", "{a}",      "#no",    "a #b", "",
        " a ",   "it's", "say \"x\"", "back\\slash", "*alias", "&a",  "!tag",     "- x",    "-",    "?",
        "key:",  "%x",   "@x",        "`x",          "|",      ">",   "1e12 K/s", "a\nb\tc"};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct vt_yaml node = {.kind = VT_YAML_SCALAR, .text = (char *)texts[k]};
        struct vt_variable variable = {"v", &node};
        const char *text = "{a: [$v, 1], b: $v}\n";
        clear();
        assert_int_equal(vt_yaml_parse(text, strlen(text), "x.yaml", &root), VT_OK);
        assert_int_equal(vt_expand(root, text, strlen(text),
                                   &(struct vt_expansion){.n = 1, .variable = &variable, .last = true}, &out),
                         VT_OK);
        assert_int_equal(vt_yaml_parse(out, strlen(out), "again", &values), VT_OK);
        assert_string_equal(vt_yaml_get(values, "a")->item[0]->text, texts[k]);
        assert_string_equal(vt_yaml_get(values, "a")->item[1]->text, "1");
        assert_string_equal(vt_yaml_get(values, "b")->text, texts[k]);
    }
}

static void sections_go_and_lines_stay(void **state)
{
    (void)state;
    static const char *const drop[] = {"sweep", NULL};
    const char *text = "a: 1\nsweep:\n  x: $unknown\n\n# on b\nb: $T\nprepare:\n  - c\n";
    const struct vt_expansion lines = {.drop = drop, .keep_lines = true, .last = true},
                              none = {.drop = drop, .rename = {"prepare", "protocol"}, .last = true};
    assert_int_equal(expand(text, "{T: 7}", &lines), VT_OK);
    assert_string_equal(out, "a: 1\n\n\n\n\nb: 7\nprepare:\n  - c\n");
    assert_int_equal(expand(text, "{T: 7}", &none), VT_OK);
    assert_string_equal(out, "a: 1\nb: 7\nprotocol:\n  - c\n");
    assert_int_equal(expand("{a: 1, sweep: 2}\n", "{T: 7}", &none), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "x.yaml:1: key 'sweep' must begin a line of its own"));
}

static void check_refused(const char *text, const char *message)
{
    assert_int_equal(expand(text, "{T: 7, list: [1, 2]}", &(struct vt_expansion){.last = true}), VT_EINPUT);
    if (!strstr(vt_message(), message)) print_error("%s\n", vt_message());
    assert_non_null(strstr(vt_message(), message));
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    check_refused("a: 1\nb: $lst\n", "x.yaml:2: $lst is not known here; did you mean $list?");
    check_refused("a: x$list\n", "x.yaml:1: $list is a list or a map: it can only stand alone");
    check_refused("a: 1\nb: |\n  $T\n  x\n", "x.yaml:2: a value with $ in it must stand on one line");
    /* before the last pass, names of the next one stay */
    assert_int_equal(expand("a: $T $$ $later\n", "{T: 7}", &(struct vt_expansion){0}), VT_OK);
    assert_string_equal(out, "a: 7 $$ $later\n");
}

/* *text after a size was chosen, or NULL and the message. */
static char *sized(const char *text, const char *choice)
{
    size_t length = strlen(text);
    char *copy = strdup(text);
    assert_non_null(copy);
    if (vt_expand_size(&copy, &length, "x.yaml", choice, true) == VT_OK) {
        assert_int_equal(length, strlen(copy));
        return copy;
    }
    free(copy);
    return NULL;
}

static void a_size_is_chosen(void **state)
{
    (void)state;
    const char *text =
        "size: demo\nsizes:\n  demo: {n: 2, t: 1 ps}\n  hour: {n: 30, t: 5 ps}\na: {n: $n, t: $t}\n";
    char *demo = sized(text, NULL), *hour = sized(text, "hour"), *none = sized("a: 5 $\n", NULL);
    assert_string_equal(demo, "\n\n\n\na: {n: 2, t: 1 ps}\n");
    assert_string_equal(hour, "\n\n\n\na: {n: 30, t: 5 ps}\n");
    assert_string_equal(none, "a: 5 $\n");
    free(demo);
    free(hour);
    free(none);
    static const struct {
        const char *text, *choice, *message;
    } wrong[] = {
        {"size: demo\na: 1\n", NULL, "x.yaml:1: size: there are no `sizes`"},
        {"a: 1\n", "demo", "x.yaml: size 'demo': the file has no `sizes`"},
        {"sizes:\n  x: {n: 1}\na: $n\n", NULL, "x.yaml:2: key 'size' is missing"},
        {"size: x\nsizes:\n  x: {n: 1}\na: 1\n", NULL, "x.yaml:3: sizes: 'n' is used nowhere"},
        {"size: x\nsizes:\n  x: {n: 1}\n  y: {n: 1, m: 2}\na: $n\n", NULL,
         "x.yaml:4: sizes: y: 'm' is in this set"},
        {"size: x\nsizes:\n  x: {n: 1, m: 1}\n  y: {n: 1}\na: $n $m\n", NULL,
         "x.yaml:4: sizes: y: 'm' is missing"},
        {"size: x\nsizes: [1]\na: 1\n", NULL, "x.yaml:2: sizes: a map of sets is due"},
        {"a: $x\n", NULL, "x.yaml:1: $x is not known here: there are no variables"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        assert_null(sized(wrong[k].text, wrong[k].choice));
        if (!strstr(vt_message(), wrong[k].message)) print_error("%s\n", vt_message());
        assert_non_null(strstr(vt_message(), wrong[k].message));
    }
}

static int end(void **state)
{
    (void)state;
    clear();
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_take_the_places_of_names_and_no_byte_else_changes),
        cmocka_unit_test(values_read_back_as_they_were),
        cmocka_unit_test(sections_go_and_lines_stay),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_size_is_chosen),
    };
    (void)argc;
    (void)argv;
    return cmocka_run_group_tests(tests, NULL, end);
}
