/* Parameter tables: what is read is what was written, and every mistake is named with what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/params.h"
#include "core/units.h"

struct shear {
    double rate, strain, pressure, temperature;
    int64_t seed;
    int plane;
    bool flip;
    char save[VT_TEXT_SIZE], note[VT_TEXT_SIZE];
};
struct common {
    double time;
    int64_t every;
};

static const struct vt_param shear_table[] = {
    {"rate", "/s", VT_REAL, offsetof(struct shear, rate), VT_REQUIRED, 1e6, 1e14, "shear rate", NULL},
    {"strain", "1", VT_REAL, offsetof(struct shear, strain), 2, 0, INFINITY, "shear strain at the end", NULL},
    {"pressure", "GPa", VT_REAL, offsetof(struct shear, pressure), 6, -1, 60, "pressure held", NULL},
    {"temperature", "K", VT_REAL, offsetof(struct shear, temperature), VT_UNSET, 1, 1e4, "of the bath", NULL},
    {"seed", "1", VT_INT, offsetof(struct shear, seed), 1, 0, INFINITY, "of the random numbers", NULL},
    {"plane", "", VT_CHOICE, offsetof(struct shear, plane), 1, 0, 0, "flow and gradient", "xy|xz|yz"},
    {"flip", "", VT_BOOL, offsetof(struct shear, flip), 1, 0, 1, "turn the lattice | back", NULL},
    {"save", "", VT_TEXT, offsetof(struct shear, save), 0, 0, 0, "name of the state", NULL},
    {"note", "", VT_TEXT, offsetof(struct shear, note), 0, 0, 0, "remark", "none yet"},
    {0},
};
static const struct vt_param common_table[] = {
    {"time", "ps", VT_REAL, offsetof(struct common, time), 50, 0, INFINITY, "duration", NULL},
    {"every", "1", VT_INT, offsetof(struct common, every), 100, 1, 1e6, "steps between samples", NULL},
    {0},
};

struct options {
    struct shear shear;
    struct common common;
};

static enum vt_status read_text(const char *text, struct options *o)
{
    struct vt_params sets[2] = {{shear_table, &o->shear}, {common_table, &o->common}};
    struct vt_yaml *root;
    enum vt_status st = vt_yaml_parse(text, strlen(text), "p.yaml", &root);
    if (st == VT_OK) st = vt_params_read(root, "shear", sets, 2);
    vt_yaml_release(root);
    return st;
}

static void read_fine(const char *text, struct options *o)
{
    memset(o, 0xee, sizeof *o); /* what is not filled would show */
    if (read_text(text, o) != VT_OK) fail_msg("%s", vt_message());
}

static void assert_refused(const char *text, const char *message)
{
    struct options o;
    assert_int_equal(read_text(text, &o), VT_EINPUT);
    if (strcmp(vt_message(), message) != 0) fail_msg("\"%s\"\nis not\n\"%s\"", vt_message(), message);
}

static void presets_fill_what_is_not_given(void **state)
{
    (void)state;
    struct options o;
    read_fine("rate: 1e10 /s\n", &o);
    assert_true(o.shear.rate == 1e10 * 1e-12);
    assert_true(o.shear.strain == 2);
    assert_true(o.shear.pressure == 6 * VT_GPA);
    assert_true(isnan(o.shear.temperature));
    assert_int_equal(o.shear.seed, 1);
    assert_int_equal(o.shear.plane, 1);
    assert_true(o.shear.flip);
    assert_string_equal(o.shear.save, "");
    assert_string_equal(o.shear.note, "none yet");
    assert_true(o.common.time == 50);
    assert_int_equal(o.common.every, 100);
}

static void what_is_required_has_no_value_before_it_is_read(void **state)
{
    (void)state;
    static const struct vt_param table[] = {
        {"a", "K", VT_REAL, offsetof(struct shear, rate), VT_REQUIRED, 0, 1, "", NULL},
        {"b", "1", VT_INT, offsetof(struct shear, seed), VT_REQUIRED, 0, 1, "", NULL},
        {"c", "", VT_CHOICE, offsetof(struct shear, plane), VT_REQUIRED, 0, 0, "", "x|y"},
        {"d", "", VT_BOOL, offsetof(struct shear, flip), VT_REQUIRED, 0, 0, "", NULL},
        {"e", "", VT_TEXT, offsetof(struct shear, save), VT_REQUIRED, 0, 0, "", NULL},
        {0}};
    struct shear o;
    memset(&o, 0xee, sizeof o);
    o.flip = true;
    vt_params_preset(&(struct vt_params){table, &o}, 1);
    assert_true(isnan(o.rate) && o.seed == 0 && o.plane == 0 && !o.flip && !*o.save);
    for (int k = 0; k < 5; k++) { /* each of them alone is missed when the others are there */
        static const char *const line[] = {"a: 1 K\n", "b: 1\n", "c: y\n", "d: yes\n", "e: x\n"};
        char text[128] = "", word[32];
        for (int other = 0; other < 5; other++)
            if (other != k) strcat(text, line[other]);
        struct vt_yaml *root;
        assert_int_equal(vt_yaml_parse(text, strlen(text), "f", &root), VT_OK);
        assert_int_equal(vt_params_read(root, "s", &(struct vt_params){table, &o}, 1), VT_EINPUT);
        snprintf(word, sizeof word, "f:1: s: key '%c' is missing", "abcde"[k]);
        if (!strstr(vt_message(), word)) fail_msg("%s", vt_message());
        vt_yaml_release(root);
    }
}

static void every_kind_is_read(void **state)
{
    (void)state;
    struct options o;
    read_fine("rate: 0.01 1/ps\nstrain: 0.5\npressure: 6000 MPa\ntemperature: 77 K\nseed: 9007199254740993\n"
              "plane: yz\nflip: no\nsave: as cast\nnote: \"a: b # c\"\ntime: 1 ns\nevery: 1e3\n",
              &o);
    assert_true(fabs(o.shear.rate - 0.01) < 1e-17);
    assert_true(o.shear.strain == 0.5);
    assert_true(fabs(o.shear.pressure / (6 * VT_GPA) - 1) < 1e-15);
    assert_true(o.shear.temperature == 77);
    assert_true(o.shear.seed == 9007199254740993); /* 2^53 + 1: not by way of a double */
    assert_int_equal(o.shear.plane, 2);
    assert_false(o.shear.flip);
    assert_string_equal(o.shear.save, "as cast");
    assert_string_equal(o.shear.note, "a: b # c");
    assert_true(o.common.time == 1000);
    assert_int_equal(o.common.every, 1000);
    read_fine("{rate: 1e10 /s, flip: True, every: 2.5e3}", &o);
    assert_true(o.shear.flip);
    assert_int_equal(o.common.every, 2500);
}

static void bounds_belong_to_the_range_in_every_unit(void **state)
{
    (void)state;
    struct options o;
    read_fine("{rate: 1e14 /s, pressure: 60 GPa}", &o);
    read_fine("{rate: 1e6 /s, pressure: -1 GPa}", &o);
    read_fine("{rate: 0.1 /fs, pressure: 600 kbar}", &o);
    assert_true(o.shear.pressure <= 60 * VT_GPA);
    read_fine("{rate: 1e-3 /ns, pressure: -10000 bar}", &o);
    assert_true(o.shear.pressure >= -1 * VT_GPA);
    /* 50 kbar in eV/angstrom^3 is rounded to above 5 GPa. */
    static const struct vt_param table[] = {
        {"a", "GPa", VT_REAL, offsetof(struct shear, rate), 0, -5, 5, "", NULL},
        {"b", "GPa", VT_REAL, offsetof(struct shear, strain), 0, -5, 5, "", NULL},
        {0}};
    struct shear bound;
    struct vt_yaml *root;
    static const char text[] = "{a: 50 kbar, b: -50 kbar}";
    assert_int_equal(vt_yaml_parse(text, strlen(text), "f", &root), VT_OK);
    assert_int_equal(vt_params_read(root, "s", &(struct vt_params){table, &bound}, 1), VT_OK);
    assert_true(bound.rate == 5 * VT_GPA && bound.strain == -5 * VT_GPA);
    vt_yaml_release(root);
    read_fine("{rate: 1 /ns, every: 1e6, seed: 9223372036854775807}", &o);
    assert_true(o.shear.seed == INT64_MAX);
}

/* In a file an example of the quantity, if the key would take it; of a command its preset, or none. */
static void examples_are_those_of_the_key(void **state)
{
    (void)state;
    static const struct vt_param table[] = {
        {"cooling", "K/s", VT_REAL, 0, VT_UNSET, 1e-6, 1e16, "of a laboratory or a simulation", NULL},
        {"small", "K/s", VT_REAL, 0, VT_UNSET, 1e-6, 10, "of a laboratory", NULL},
        {"spread", "K", VT_REAL, 0, 20, 0, 1e5, "", NULL},
        {0},
    };
    static const struct {
        const char *file, *text, *say;
    } bad[] = {{"p.yaml", "cooling: 3", "a unit is due (write 1e12 K/s, for example); units"},
               {VT_COMMAND_LINE, "cooling: 3", "a unit is due; units that fit: K/s"},
               {"p.yaml", "small: 3", "a unit is due; units that fit: K/s"},
               {"p.yaml", "spread: 3 GPa", "not of temperature (write 20 K, for example)"},
               {VT_COMMAND_LINE, "spread: x", "a decimal number is due, for example 20 K; units"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct vt_yaml *root;
        double value;
        assert_int_equal(vt_yaml_parse(bad[k].text, strlen(bad[k].text), bad[k].file, &root), VT_OK);
        for (int row = 0; row < 3; row++) {
            const struct vt_param one[2] = {table[row], {0}};
            if (strncmp(bad[k].text, one[0].name, strlen(one[0].name)) != 0) continue;
            assert_int_equal(vt_params_read(root, "s", &(struct vt_params){one, &value}, 1), VT_EINPUT);
        }
        if (!strstr(vt_message(), bad[k].say)) fail_msg("'%s' without '%s'", vt_message(), bad[k].say);
        vt_yaml_release(root);
    }
}

static void mistakes_name_file_line_key_value_and_cure(void **state)
{
    (void)state;
    assert_refused("strain: 1\nrate: 5\n",
                   "p.yaml:2: shear: key 'rate': value '5': a unit is due (write 1e10 /s, for example); "
                   "units that fit: /s, /ms, /us, /ns, /ps, /fs");
    assert_refused("rate: 5 GPa\n",
                   "p.yaml:1: shear: key 'rate': value '5 GPa': GPa is a unit of pressure, not of rate "
                   "(write 1e10 /s, for example); units that fit: /s, /ms, /us, /ns, /ps, /fs");
    assert_refused("rate: 1e10 /s\npressure: 61 GPa\n",
                   "p.yaml:2: shear: key 'pressure': value '61 GPa': out of range; what fits: -1 to 60 GPa");
    assert_refused("rate: 1e5 /s\n",
                   "p.yaml:1: shear: key 'rate': value '1e5 /s': out of range; what fits: 1e6 to 1e14 /s");
    assert_refused("rate: 1e10 /s\nstrain: -1\n",
                   "p.yaml:2: shear: key 'strain': value '-1': out of range; what fits: at least 0");
    assert_refused("rate: 1e10 /s\nevery: 1.5\n",
                   "p.yaml:2: shear: key 'every': value '1.5': a whole number is due, for example 2");
    assert_refused("rate: 1e10 /s\nevery: 0\n",
                   "p.yaml:2: shear: key 'every': value '0': out of range; what fits: 1 to 1000000");
    assert_refused("rate: 1e10 /s\nevery: 5 ps\n",
                   "p.yaml:2: shear: key 'every': value '5 ps': a bare number is due, without 'ps'");
    assert_refused(
        "rate: 1e10 /s\nseed: 9223372036854775808\n",
        "p.yaml:2: shear: key 'seed': value '9223372036854775808': the number does not fit in 64 bits");
    assert_refused("rate: 1e10 /s\nflip: maybe\n",
                   "p.yaml:2: shear: key 'flip': value 'maybe': true or false is due");
    assert_refused(
        "rate: 1e10 /s\nplane: zx\n",
        "p.yaml:2: shear: key 'plane': value 'zx': do you mean xz? One of these is due: xy, xz, yz");
    assert_refused("rate: 1e10 /s\nplane: basal\n",
                   "p.yaml:2: shear: key 'plane': value 'basal': one of these is due: xy, xz, yz");
    assert_refused("rate: [1, 2]\n", "p.yaml:1: shear: key 'rate': one value is due, not a list");
    assert_refused("rate: {a: 2}\n", "p.yaml:1: shear: key 'rate': one value is due, not a map of keys");
    assert_refused("save:\n", "p.yaml:1: shear: key 'save': no value is given; what fits: text");
    assert_refused("plane:\n", "p.yaml:1: shear: key 'plane': no value is given; what fits: xy, xz, yz");
    assert_refused(
        "rate: 1e10 /s\n\nratee: 5\n",
        "p.yaml:3: shear: unknown key 'ratee': do you mean 'rate'? Keys that fit: rate, strain, pressure, "
        "temperature, seed, plane, flip, save, note, time, every");
    assert_refused(
        "colour: red\n",
        "p.yaml:1: shear: unknown key 'colour'; keys that fit: rate, strain, pressure, temperature, seed, "
        "plane, flip, save, note, time, every");
    assert_refused("- 1\n", "p.yaml:1: shear: 'key: value' lines are due here, not a list");
    assert_refused("fast\n", "p.yaml:1: shear: 'key: value' lines are due here, not 'fast'");
    assert_refused("\n\nplane: xy\n",
                   "p.yaml:3: shear: key 'rate' is missing (shear rate, for example 1e10 /s)");
    struct options o;
    struct vt_params set = {shear_table, &o.shear};
    assert_int_equal(vt_params_read(NULL, "shear", &set, 1), VT_EINPUT);
    assert_string_equal(vt_message(), "shear: key 'rate' is missing (shear rate, for example 1e10 /s)");
}

static void a_text_too_long_is_refused_not_cut(void **state)
{
    (void)state;
    char text[700] = "rate: 1e10 /s\nsave: ";
    size_t used = strlen(text);
    struct options o;
    memset(text + used, 'x', VT_TEXT_SIZE - 1);
    read_fine(text, &o);
    assert_int_equal(strlen(o.shear.save), VT_TEXT_SIZE - 1);
    text[used + VT_TEXT_SIZE - 1] = 'x';
    assert_int_equal(read_text(text, &o), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "512 bytes, at most 511 fit"));
}

static void no_map_or_an_empty_value_means_presets(void **state)
{
    (void)state;
    struct common o = {0, 0};
    struct vt_params set = {common_table, &o};
    assert_int_equal(vt_params_read(NULL, "hold", &set, 1), VT_OK);
    assert_true(o.time == 50);
    struct vt_yaml *root;
    assert_int_equal(vt_yaml_parse("hold:\n", 6, "f", &root), VT_OK);
    assert_int_equal(vt_params_read(root->item[0], "hold", &set, 1), VT_OK);
    assert_true(o.time == 50);
    assert_true(vt_params_given(root, "hold"));
    assert_false(vt_params_given(root, "melt"));
    assert_false(vt_params_given(root->item[0], "hold"));
    assert_false(vt_params_given(NULL, "hold"));
    vt_yaml_release(root);
}

/* The echo is itself a protocol: reading it gives the same options, bit for bit. */
static void the_echo_reads_back_to_the_same_options(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "rate: 1e10 /s\n",
        "{rate: 3.3e9 1/s, strain: 0.1, pressure: 123.4 bar, temperature: 77.35 K, seed: 9007199254740993, "
        "plane: xy, flip: no, save: \"a \\\"b\\\" \\\\ \\n\\t: # c\", time: 7 fs}",
    };
    for (unsigned k = 0; k < sizeof texts / sizeof *texts; k++) {
        struct options a, b;
        memset(&a, 0, sizeof a);
        memset(&b, 0, sizeof b);
        assert_int_equal(read_text(texts[k], &a), VT_OK);
        struct vt_params sets[2] = {{shear_table, &a.shear}, {common_table, &a.common}};
        char echo[2000], cut[20];
        size_t length = vt_params_echo(sets, 2, echo, sizeof echo);
        assert_int_equal(length, strlen(echo));
        if (read_text(echo, &b) != VT_OK) fail_msg("%s\n%s", vt_message(), echo);
        assert_true(a.shear.rate == b.shear.rate && a.shear.strain == b.shear.strain);
        assert_true(a.shear.pressure == b.shear.pressure && a.common.time == b.common.time);
        assert_int_equal(isnan(a.shear.temperature), isnan(b.shear.temperature));
        if (!isnan(a.shear.temperature)) assert_true(a.shear.temperature == b.shear.temperature);
        assert_true(a.shear.seed == b.shear.seed && a.shear.plane == b.shear.plane);
        assert_true(a.shear.flip == b.shear.flip && a.common.every == b.common.every);
        assert_string_equal(a.shear.save, b.shear.save);
        assert_string_equal(a.shear.note, b.shear.note);
        assert_int_equal(vt_params_echo(sets, 2, cut, sizeof cut), length); /* what would be needed */
        assert_int_equal(strlen(cut), sizeof cut - 1);
        assert_int_equal(vt_params_echo(sets, 2, NULL, 0), length);
    }
    struct options a;
    read_fine("rate: 1e10 /s\n", &a);
    char echo[400];
    vt_params_echo(&(struct vt_params){shear_table, &a.shear}, 1, echo, sizeof echo);
    assert_string_equal(echo, "rate: 1e10 /s\nstrain: 2\npressure: 6 GPa\nseed: 1\nplane: xz\nflip: true\n"
                              "note: \"none yet\"\n");
}

struct material {
    const struct vt_yaml *composition;
};
static const struct vt_param material_table[] = {
    {"composition", "at.%", VT_NODE, offsetof(struct material, composition), VT_REQUIRED, 0, 0,
     "of the sample", "{Cu: 64, Zr: 36}"},
    {0},
};

static void a_list_or_map_is_handed_to_its_owner(void **state)
{
    (void)state;
    struct material m;
    struct vt_params set = {material_table, &m};
    struct vt_yaml *root;
    static const char text[] = "composition: {Cu: 44, Zr: [1, \"\", b c]}\n";
    assert_int_equal(vt_yaml_parse(text, strlen(text), "f", &root), VT_OK);
    assert_int_equal(vt_params_read(root, "material", &set, 1), VT_OK);
    assert_ptr_equal(m.composition, root->item[0]);
    char echo[100];
    vt_params_echo(&set, 1, echo, sizeof echo);
    assert_string_equal(echo, "composition: {Cu: 44, Zr: [1, \"\", \"b c\"]}\n");
    vt_yaml_release(root);
    assert_int_equal(vt_yaml_parse("composition: Cu\n", 16, "f", &root), VT_OK);
    assert_int_equal(vt_params_read(root, "material", &set, 1), VT_EINPUT);
    assert_string_equal(vt_message(),
                        "f:1: material: key 'composition': value 'Cu': a list or map is due, for "
                        "example {Cu: 64, Zr: 36}");
    assert_null(m.composition);
    vt_yaml_release(root);
    assert_int_equal(vt_params_read(NULL, "material", &set, 1), VT_EINPUT);
    assert_string_equal(vt_message(),
                        "material: key 'composition' is missing (of the sample: {Cu: 64, Zr: 36})");
}

static void assert_printed(bool markdown, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    vt_params_print(out, shear_table, markdown);
    fclose(out);
    if (strcmp(text, expected) != 0) fail_msg("\n%s\nis not\n%s", text, expected);
    free(text);
}

static void tables_print_aligned_and_as_markdown(void **state)
{
    (void)state;
    assert_printed(false, "key          unit  default   range        meaning\n"
                          "rate         /s    required  1e6 to 1e14  shear rate\n"
                          "strain             2         at least 0   shear strain at the end\n"
                          "pressure     GPa   6         -1 to 60     pressure held\n"
                          "temperature  K     none      1 to 10000   of the bath\n"
                          "seed               1         at least 0   of the random numbers\n"
                          "plane              xz        xy, xz, yz   flow and gradient\n"
                          "flip               true      true, false  turn the lattice | back\n"
                          "save               none      text         name of the state\n"
                          "note               none yet  text         remark\n");
    assert_printed(true, "| key | unit | default | range | meaning |\n"
                         "|---|---|---|---|---|\n"
                         "| `rate` | /s | required | 1e6 to 1e14 | shear rate |\n"
                         "| `strain` | | 2 | at least 0 | shear strain at the end |\n"
                         "| `pressure` | GPa | 6 | -1 to 60 | pressure held |\n"
                         "| `temperature` | K | none | 1 to 10000 | of the bath |\n"
                         "| `seed` | | 1 | at least 0 | of the random numbers |\n"
                         "| `plane` | | xz | xy, xz, yz | flow and gradient |\n"
                         "| `flip` | | true | true, false | turn the lattice \\| back |\n"
                         "| `save` | | none | text | name of the state |\n"
                         "| `note` | | none yet | text | remark |\n");
}

static void the_nearest_word_is_offered_only_when_it_is_near(void **state)
{
    (void)state;
    static const char *const words[] = {"temperature", "time", "rate", "r_max", "every",
                                        "strain",      "save", "xy",   "xz"};
    static const struct {
        const char *word, *near;
    } known[] = {{"temprature", "temperature"},
                 {"temperatrue", "temperature"},
                 {"temp", "temperature"},
                 {"Time", "time"},
                 {"tiem", "time"},
                 {"rates", "rate"},
                 {"rmax", "r_max"},
                 {"r-max", "r_max"},
                 {"evry", "every"},
                 {"stain", "strain"},
                 {"yx", "xy"},
                 {"colour", NULL},
                 {"t", NULL},
                 {"", NULL},
                 {"pressure", NULL},
                 {"a_word_of_more_than_sixty_four_letters_is_near_to_nothing_at_all_", NULL}};
    for (unsigned k = 0; k < sizeof known / sizeof *known; k++) {
        const char *near = vt_nearest(known[k].word, words, sizeof words / sizeof *words);
        if (!near != !known[k].near || (near && strcmp(near, known[k].near) != 0))
            fail_msg("'%s' gives %s", known[k].word, near ? near : "nothing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets_fill_what_is_not_given),
        cmocka_unit_test(what_is_required_has_no_value_before_it_is_read),
        cmocka_unit_test(every_kind_is_read),
        cmocka_unit_test(bounds_belong_to_the_range_in_every_unit),
        cmocka_unit_test(examples_are_those_of_the_key),
        cmocka_unit_test(mistakes_name_file_line_key_value_and_cure),
        cmocka_unit_test(a_text_too_long_is_refused_not_cut),
        cmocka_unit_test(no_map_or_an_empty_value_means_presets),
        cmocka_unit_test(the_echo_reads_back_to_the_same_options),
        cmocka_unit_test(a_list_or_map_is_handed_to_its_owner),
        cmocka_unit_test(tables_print_aligned_and_as_markdown),
        cmocka_unit_test(the_nearest_word_is_offered_only_when_it_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
