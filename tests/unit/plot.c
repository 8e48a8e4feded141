/* Figures: what gnuplot is told and what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/plot.h"

static const double x[] = {1, 2, 3, 4, 5, 6}, y[] = {1, 4, 2, 5, 3, 6}, e[] = {1, 1, 1, 1, 1, 1};

static char *draw(struct vt_plot *f)
{
    char *svg;
    enum vt_status st = vt_plot_svg(f, &svg);
    if (st) print_error("%s\n", vt_message());
    assert_int_equal(st, VT_OK);
    vt_plot_release(f);
    return svg;
}

/* One panel with one series. */
static char *draw_one(const struct vt_plot_series *series)
{
    struct vt_plot f = {.id = "one", .about = "test", .x_title = "x"};
    int panel;
    assert_int_equal(vt_plot_add_panel(&f, NULL, "y", 200, &panel), VT_OK);
    assert_int_equal(vt_plot_add_series(&f, panel, series), VT_OK);
    return draw(&f);
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *c = text; (c = strstr(c, word)); c += strlen(word)) n++;
    return n;
}

/* The text a reader sees: tags dropped, the three entities that gnuplot writes decoded. */
static void strip_tags(char *svg)
{
    static const char *const entity[][2] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
    char *to = svg;
    for (char *c = svg; *c;) {
        if (*c == '<') {
            c = strchr(c, '>') + 1;
            continue;
        }
        int known = -1;
        for (int k = 0; k < 3; k++)
            if (!strncmp(c, entity[k][0], strlen(entity[k][0]))) known = k;
        *to++ = known < 0 ? *c : *entity[known][1];
        c += known < 0 ? 1 : (int)strlen(entity[known][0]);
    }
    *to = '\0';
}

static void names_come_out_as_they_were_given(void **state)
{
    (void)state;
    static const char name[] = "a_b^c &amp; <b>{x} 'q' \"r\" @z ~k \\n `ls` $(ls) 日本";
    char *svg = draw_one(&(struct vt_plot_series){.name = name, .n = 6, .x = x, .y = y});
    assert_null(strstr(svg, "<b>"));
    strip_tags(svg);
    if (!strstr(svg, name)) print_error("%s\n", svg);
    assert_non_null(strstr(svg, name));
    free(svg);
}

static void control_characters_and_broken_utf8_end_no_string(void **state)
{
    (void)state;
    char *svg =
        draw_one(&(struct vt_plot_series){.name = "a\nset output 'evil'\n\xff\xc3z", .n = 6, .x = x, .y = y});
    for (const char *c = svg; *c;) {
        int n = vt_utf8_bytes(c);
        assert_true(n > 0); /* the figure is valid UTF-8 */
        c += n;
    }
    strip_tags(svg);
    assert_non_null(strstr(svg, "a set output 'evil' ?"
                                "?z"));
    free(svg);
    assert_null(fopen("evil", "r"));
}

static void markup_of_titles_is_typeset(void **state)
{
    (void)state;
    struct vt_plot f = {.id = "markup", .x_title = "S_{eq} [k_{B}]"};
    int panel;
    assert_int_equal(vt_plot_add_panel(&f, "title", "y", 100, &panel), VT_OK);
    char *svg = draw(&f);
    assert_null(strstr(svg, "_{"));
    assert_non_null(strstr(svg, ">eq<"));
    free(svg);
}

static void a_nan_breaks_the_line(void **state)
{
    (void)state;
    double gap[6];
    memcpy(gap, y, sizeof gap);
    char *whole = draw_one(&(struct vt_plot_series){.color = 1, .n = 6, .x = x, .y = gap});
    gap[2] = NAN;
    char *broken = draw_one(&(struct vt_plot_series){.color = 1, .n = 6, .x = x, .y = gap});
    /* The curve is the one path in the series' colour; each stretch of it starts with M. */
    const char *a = strstr(whole, "<path stroke='var(--c1"), *b = strstr(broken, "<path stroke='var(--c1");
    assert_non_null(a), assert_non_null(b);
    *strchr(a, '>') = *strchr(b, '>') = '\0';
    assert_int_equal(count(a, "M"), 1);
    assert_int_equal(count(b, "M"), 2);
    free(whole);
    free(broken);
}

static void errors_are_bands_on_lines_and_bars_on_dots_and_boxes(void **state)
{
    (void)state;
    char *line = draw_one(&(struct vt_plot_series){.n = 6, .x = x, .y = y, .error = e});
    char *dots = draw_one(&(struct vt_plot_series){.mark = VT_PLOT_DOTS, .n = 6, .x = x, .y = y, .error = e});
    assert_null(
        strstr(dots, "xlink")); /* a name space that a picture by itself does not have: no viewer opens it */
    assert_int_equal(count(line, "<polygon"), 1);
    assert_int_equal(count(dots, "<polygon"), 0);
    assert_int_equal(count(line, "href=\"#one-dot\""), 0);
    assert_true(count(dots, "href=\"#one-dot\"") >= 6);
    char *bars = draw_one(
        &(struct vt_plot_series){.mark = VT_PLOT_BARS, .n = 6, .x = x, .y = y, .error = e, .width = 0.1});
    assert_int_equal(count(bars, "<polygon"), 6);
    free(bars);
    free(line);
    free(dots);
}

static void colours_are_variables_with_a_fallback(void **state)
{
    (void)state;
    char *svg = draw_one(&(struct vt_plot_series){.color = 1, .n = 6, .x = x, .y = y, .error = e});
    assert_null(strstr(svg, "rgb("));
    assert_non_null(strstr(svg, "'var(--c1,#e06a00)'"));
    assert_null(strstr(svg, "gnuplot"));
    free(svg);
}

/* Every coordinate of every curve lies within the view box, also where the range has no width. */
static void degenerate_data_are_drawn(void **state)
{
    (void)state;
    static const double same[6] = {7, 7, 7, 7, 7, 7}, tiny[6] = {1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9},
                        huge[6] = {1e9, 2e9, 3e9, 4e9, 5e9, 6e9},
                        none[6] = {NAN, NAN, NAN, INFINITY, NAN, NAN};
    const double *data[] = {same, tiny, huge, none};
    for (size_t a = 0; a < 4; a++)
        for (size_t b = 0; b < 4; b++)
            for (int n = 0; n <= 6; n += n ? 5 : 1) {
                char *svg =
                    draw_one(&(struct vt_plot_series){.n = n, .x = data[a], .y = data[b], .error = e});
                assert_non_null(strstr(svg, "</svg>"));
                assert_null(strstr(svg, "nan"));
                free(svg);
            }
}

static void lanes_show_the_longest_label_that_fits(void **state)
{
    (void)state;
    struct vt_plot f = {.id = "lanes", .x_title = "x", .width = 540};
    int panel;
    assert_int_equal(vt_plot_add_panel(&f, NULL, NULL, 60, &panel), VT_OK);
    assert_int_equal(vt_plot_add_lane(&f, panel, "main"), VT_OK);
    static const struct vt_plot_span span[] = {
        {.x0 = 0, .x1 = 90, .label = "long enough", .short_label = "S1"},
        {.x0 = 90, .x1 = 99, .label = "too long for this", .short_label = "S2"},
        {.x0 = 99, .x1 = 100, .label = "neither", .short_label = "S3"},
    };
    for (int k = 0; k < 3; k++) assert_int_equal(vt_plot_add_span(&f, panel, &span[k]), VT_OK);
    char *svg = draw(&f);
    assert_non_null(strstr(svg, "long enough"));
    assert_null(strstr(svg, "S1<"));
    assert_null(strstr(svg, "too long"));
    assert_non_null(strstr(svg, "S2<"));
    assert_null(strstr(svg, "S3<"));
    free(svg);
}

/* Two labels hardly give a scale: an axis of 120 pixels or more has three. Ranges that multiples of a coarse
 * step divide badly: -0.22 to 0.1 has two of 0.2. */
static void an_axis_has_three_labels(void **state)
{
    (void)state;
    static const double high[] = {0.1, 0.14, 0.19, 0.35, 0.9};
    for (size_t k = 0; k < sizeof high / sizeof *high; k++)
        for (double height = 120; height < 250; height += 25) {
            double two[] = {-0.22, high[k]};
            struct vt_plot f = {.id = "axis", .x_title = "x"};
            int panel;
            assert_int_equal(vt_plot_add_panel(&f, NULL, NULL, height, &panel), VT_OK);
            assert_int_equal(
                vt_plot_add_series(&f, panel, &(struct vt_plot_series){.n = 2, .x = x, .y = two}), VT_OK);
            char *svg = draw(&f);
            assert_true(count(svg, "text-anchor=\"end\"") >= 3); /* labels left of the axis */
            free(svg);
        }
}

static void notes_stand_in_their_panel(void **state)
{
    (void)state;
    struct vt_plot f = {.id = "note", .x_title = "x"};
    int panel;
    for (int k = 0; k < 2; k++) {
        assert_int_equal(vt_plot_add_panel(&f, NULL, "y", 100, &panel), VT_OK);
        assert_int_equal(vt_plot_add_series(&f, panel, &(struct vt_plot_series){.n = 6, .x = x, .y = y}),
                         VT_OK);
    }
    assert_int_equal(vt_plot_add_note(&f, panel, 3, 2, "+9_8 ± 0.2"), VT_OK);
    char *svg = draw(&f);
    strip_tags(svg);
    assert_int_equal(count(svg, "+9_8 ± 0.2"), 1);
    free(svg);
}

static void missing_gnuplot_is_one_clear_error(void **state)
{
    (void)state;
    char *path = strdup(getenv("PATH")), *svg;
    struct vt_plot f = {.id = "none", .x_title = "x"};
    int panel;
    assert_int_equal(vt_plot_add_panel(&f, NULL, "y", 100, &panel), VT_OK);
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(vt_plot_svg(&f, &svg), VT_EWORLD);
    setenv("PATH", path, 1);
    assert_null(svg);
    assert_non_null(strstr(vt_message(), "gnuplot-nox"));
    vt_plot_release(&f);
    free(path);
}

static void utf8_characters_are_told_from_other_bytes(void **state)
{
    (void)state;
    assert_int_equal(vt_utf8_bytes(""), 0);
    assert_int_equal(vt_utf8_bytes("a"), 1);
    assert_int_equal(vt_utf8_bytes("Å"), 2);
    assert_int_equal(vt_utf8_bytes("−"), 3);
    assert_int_equal(vt_utf8_bytes("😀"), 4);
    /* A lone continuation, a cut character, overlong forms, a surrogate, beyond U+10FFFF (RFC 3629). */
    static const char *const bad[] = {"\x80",         "\xc3",         "\xe2\x88",         "\xc0\xaf",
                                      "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) assert_int_equal(vt_utf8_bytes(bad[k]), 0);
}

/* A map: its picture lies in the SVG itself, under a link that an <svg> in a page knows, and spans the panel.
 */
static void a_map_lies_in_the_figure(void **state)
{
    (void)state;
    const double value[] = {0, 0.5, 1, NAN, 0.2, 7};
    struct vt_plot f = {.id = "map", .about = "test", .x_title = "x"};
    int panel;
    assert_int_equal(vt_plot_add_panel(&f, NULL, "y", 200, &panel), VT_OK);
    assert_int_equal(vt_plot_add_image(&f, panel,
                                       &(struct vt_plot_image){.n_x = 3,
                                                               .n_y = 2,
                                                               .x0 = 10,
                                                               .x1 = 40,
                                                               .y0 = 0,
                                                               .y1 = 2,
                                                               .value = value,
                                                               .low = 0,
                                                               .high = 1}),
                     VT_OK);
    char *svg = draw(&f);
    double at[2], size[2];
    const char *image = strstr(svg, "<image ");
    assert_non_null(image);
    assert_int_equal(sscanf(strstr(image, " x="), " x='%lf' y='%lf' width='%lf' height='%lf'", &at[0], &at[1],
                            &size[0], &size[1]),
                     4);
    assert_true(fabs(size[1] - 200) < 2 && fabs(size[0] - (540 - 78 - 18)) < 2); /* the panel, all of it */
    assert_true(strstr(image, " href='data:image/png;base64,") && !strstr(svg, "xlink:"));
    free(svg);
}

/* Dots with errors, standing alone, are XML: no link by a name that is not declared. */
static void errors_bring_no_unknown_points(void **state)
{
    (void)state;
    char *svg = draw_one(&(struct vt_plot_series){.mark = VT_PLOT_DOTS, .n = 6, .x = x, .y = y, .error = e});
    assert_true(!strstr(svg, "xlink:") && count(svg, "<use ") == 6);
    free(svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_out_as_they_were_given),
        cmocka_unit_test(control_characters_and_broken_utf8_end_no_string),
        cmocka_unit_test(markup_of_titles_is_typeset),
        cmocka_unit_test(a_nan_breaks_the_line),
        cmocka_unit_test(errors_are_bands_on_lines_and_bars_on_dots_and_boxes),
        cmocka_unit_test(colours_are_variables_with_a_fallback),
        cmocka_unit_test(degenerate_data_are_drawn),
        cmocka_unit_test(lanes_show_the_longest_label_that_fits),
        cmocka_unit_test(an_axis_has_three_labels),
        cmocka_unit_test(notes_stand_in_their_panel),
        cmocka_unit_test(missing_gnuplot_is_one_clear_error),
        cmocka_unit_test(utf8_characters_are_told_from_other_bytes),
        cmocka_unit_test(a_map_lies_in_the_figure),
        cmocka_unit_test(errors_bring_no_unknown_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
