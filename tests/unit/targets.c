/* Files of targets: what is read, and what is refused with which words. */
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/units.h"
#include "potential/targets.h"

static const char good[] =
    "elements:\n"
    "  Zr:\n"
    "    structure: hcp\n"
    "    cut_off: 7 A\n"
    "    targets:\n"
    "      - a: {value: 0.3232 nm, tolerance: 0.1 %, source: handbook}\n"
    "      - energy_above: {structure: bcc, value: 80 meV, tolerance: 0.02 eV, source: x}\n"
    "pairs:\n"
    "  Cu-Zr:\n"
    "    targets:\n"
    "      - volume: {compound: CuZr, structure: B2, a: 3 A, tolerance: 1 %, source: x}\n"
    "      - mixing_enthalpy: {value: -23 kJ/mol, tolerance: 1 kJ/mol, source: x, fit: no}\n";

static enum vt_status read_text(const char *text, struct vt_targets *t)
{
    char path[] = "/tmp/vitrum-targets-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    enum vt_status st = vt_targets_read(path, t);
    unlink(path);
    return st;
}

static void values_have_units_and_tolerances_may_be_shares(void **state)
{
    (void)state;
    struct vt_targets t;
    check_ok(read_text(good, &t));
    const struct vt_target_set *zr = vt_targets_find(&t, "Zr", NULL), *pair = vt_targets_find(&t, "Zr", "Cu");
    assert_non_null(zr);
    assert_ptr_equal(pair, vt_targets_find(&t, "Cu", "Zr"));
    assert_null(vt_targets_find(&t, "Cu", NULL));
    assert_true(zr->r_s == 6.2 && zr->r_c == 7);
    assert_true(fabs(zr->target[0].value - 3.232) < 1e-12 &&
                fabs(zr->target[0].tolerance - 3.232e-3) < 1e-12);
    assert_true(fabs(zr->target[1].value - 0.08) < 1e-12 && zr->target[1].tolerance == 0.02);
    assert_string_equal(zr->target[1].structure, "bcc");
    assert_true(fabs(pair->target[0].value - 13.5) < 1e-12); /* 27/2: from the lattice */
    assert_true(fabs(pair->target[0].tolerance - 0.135) < 1e-12);
    /* 1 kJ/mol = 0.01036427 eV (CODATA 2018) */
    assert_true(fabs(pair->target[1].value + 23 * 0.01036427) < 1e-7);
    assert_true(!pair->target[1].fit && pair->target[1].temperature == 2000);
    vt_targets_release(&t);
}

/* Replace the first `from` in the good file by `to`, and find `words` in what is said. */
static void faults_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *words;
    } wrong[] = {
        {"- a: {value: 0.3232 nm", "- aa: {value: 0.3232 nm", ":6: 'aa' is no property"},
        {"0.3232 nm", "0.3232 GPa", ":6: "},
        {"0.1 %", "0 %", "tolerance: must be above 0"},
        {"0.1 %", "0.1 eV", "tolerance: "},
        {"structure: bcc", "structure: bxc", ":7: structure: 'bxc' is not known"},
        {"{structure: bcc, ", "{", "structure: of what?"},
        {"structure: hcp", "structure: B2", "fcc, hcp or bcc, not 'B2'"},
        {"cut_off: 7 A", "cut_off: 6 A", "must be below cut_off"},
        {"structure: B2, a: 3 A", "structure: B2", "lattice constants a of structure B2"},
        {"Cu-Zr", "CuZr", "a pair such as Cu-Zr"},
        {"pairs:", "pair:", ":8: 'pair' is not known"},
        {", source: handbook", "", "source"},
        {"value: -23 kJ/mol, ", "", "a value is due"},
        {"- a: {", "- a: {temperature: 2000 K, ", ":6: 'temperature' is no key of a of an element"},
        {"- a: {", "- a: {x: 0.1, ", ":6: 'x' is no key of a of an element"},
        {"- a: {", "- volume: {", ":6: volume is no property of an element"},
        {"- volume: {", "- C44: {", ":11: C44 is no property of a pair"},
        {"compound: CuZr, structure: B2, a: 3 A, ", "value: 13 A^3, ", ":11: volume: of which compound?"},
        {"compound: CuZr", "compound: NiTi", "'NiTi' is no compound of Cu and Zr"},
        {"compound: CuZr", "compound: Cu2", "'Cu2' is no compound of Cu and Zr"},
        {"- mixing_enthalpy: {", "- mixing_enthalpy: {temperature: 1500 K, ", "temperature"},
        {"  Cu-Zr:\n", "  Cu-Zr:\n    cut_off: 7 A\n", "'cut_off' is no key of a pair"},
        {"Cu-Zr", "Zr-Zr", "two elements are due"},
        {"Cu-Zr", "Cu-Zz", "Zz is no element"},
        {"pairs:\n",
         "alloys:\n  Cu50Zr50:\n    targets:\n      - first_peak: {pair: Cu-Ni, value: 2.7 A, source: x}\n"
         "pairs:\n",
         ":11: pair: 'Cu-Ni' is no pair of Cu50Zr50"},
        {"pairs:\n", "pairs:\n  Zr-Cu: {targets: [stretch: {value: 1, tolerance: 0.1, source: x}]}\n",
         "Cu-Zr: the same as Zr-Cu above"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[2048];
        struct vt_targets t;
        const char *at = strstr(good, wrong[k].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, wrong[k].to,
                 at + strlen(wrong[k].from));
        assert_int_equal(read_text(text, &t), VT_EINPUT);
        if (!strstr(vt_message(), wrong[k].words)) fail_msg("%s: %s", wrong[k].words, vt_message());
    }
}

static void the_built_in_targets_are_whole(void **state)
{
    (void)state;
    struct vt_targets t;
    check_ok(vt_targets_read(NULL, &t));
    assert_int_equal(t.n_elements, 8);
    assert_int_equal(t.n_pairs, 19); /* 10 of each alloy, Cu-Zr in both */
    for (int k = 0; k < t.n_pairs; k++)
        for (int e = 0; e < 2; e++) assert_non_null(vt_targets_find(&t, t.pair[k].symbol[e], NULL));
    vt_targets_release(&t);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(values_have_units_and_tolerances_may_be_shares),
    cmocka_unit_test(faults_are_named_with_their_line),
    cmocka_unit_test(the_built_in_targets_are_whole),
};
CHECK_MPI_MAIN(tests)
