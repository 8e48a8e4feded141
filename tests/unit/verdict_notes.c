/* What a run says of its potential: which verdict is found, and what goes into the results. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "md/eam_builtin.h"
#include "potential/verdict_notes.h"

/* Whoever changes rows of the built-in potentials checks them again: `vitrum potential check builtin:NAME
 * --record src/potential/verdicts.yaml`, and takes the old entry out. On other processors the last digits of
 * the tables differ, and then the name tells which entry is meant. */
static void the_verdicts_on_built_in_potentials_are_on_those_of_today(void **state)
{
    (void)state;
    static const char *const name[] = {"builtin:CuZrAlHfCo", "builtin:ZrTiCuNiBe"};
    struct vt_verdicts v;
    check_ok(vt_verdicts_read(NULL, &v));
    for (int k = 0; k < v.n; k++) {
        struct vt_eam e;
        if (strncmp(v.item[k].potential, "builtin:", 8) != 0) continue;
        check_ok(vt_eam_load(v.item[k].potential, &e));
#ifdef __x86_64__
        if (__builtin_cpu_supports("fma") && e.checksum != v.item[k].checksum)
            fail_msg("%s in verdicts.yaml is not that of the program: check it again", v.item[k].potential);
#endif
        vt_eam_release(&e);
    }
    vt_verdicts_release(&v);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        struct vt_recorded r;
        bool found;
        check_ok(vt_verdict_seek(NULL, name[k], 1, &r, &found)); /* by name */
        assert_true(found);
        assert_string_equal(r.potential, name[k]);
        vt_recorded_release(&r);
        check_ok(vt_verdict_seek("", name[k] + 8, 1, &r, &found)); /* NAME alone is taken for it */
        assert_true(found);
        vt_recorded_release(&r);
    }
}

static void what_was_not_judged_has_no_verdict(void **state)
{
    (void)state;
    static const char *const name[] = {"builtin:Cu,Zr", "CuZr.eam.fs", "/tmp/CuZrAlHfCo", "builtin:"};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        struct vt_recorded r;
        bool found = true;
        check_ok(vt_verdict_seek(NULL, name[k], 1, &r, &found));
        assert_false(found);
        assert_true(r.checksum == 0 && r.use[0].near.n == 0);
    }
}

static struct vt_protocol read_protocol(const char *composition, const char *potential)
{
    struct vt_protocol p = {0};
    char text[1024];
    int length = snprintf(
        text, sizeof text,
        "material:\n  composition: {%s}\n  atoms: 300\n  potential: %s\nprotocol:\n  - hold: {time: 1 ps}\n",
        composition, potential);
    check_ok(vt_protocol_parse(text, (size_t)length, "p.yaml", MPI_COMM_SELF, &p));
    return p;
}

static const char *note(const struct vt_results *r, const char *use, const char *key)
{
    char path[64];
    snprintf(path, sizeof path, "potential_verdict%s%s", *use ? "/" : "", use);
    const char *text = vt_results_get_note(r, path, key);
    return text ? text : "(none)";
}

/* A sample of two of its elements, in another order: the potential is the same. */
static void parts_of_a_potential_have_the_verdict_of_the_whole(void **state)
{
    (void)state;
    struct vt_protocol p = read_protocol("Zr: 50, Cu: 50", "builtin:CuZrAlHfCo");
    struct vt_results r = {0};
    struct vt_eam whole;
    struct vt_recorded recorded;
    bool found;
    check_ok(vt_eam_load("builtin:CuZrAlHfCo", &whole));
    assert_true(p.source_checksum == whole.checksum && p.tables.checksum != whole.checksum);
    check_ok(vt_verdict_seek(NULL, "builtin:CuZrAlHfCo", whole.checksum, &recorded, &found));
    check_ok(vt_verdict_note(&p, &r));
    assert_string_equal(note(&r, "", "judged"), "yes");
    assert_string_equal(note(&r, "", "potential"), "builtin:CuZrAlHfCo");
    assert_string_equal(note(&r, "", "elements"), "Cu, Zr, Al, Hf, Co");
    assert_string_equal(note(&r, "", "used_elements"), "Zr, Cu");
    assert_string_equal(note(&r, "", "date"), recorded.date);
    for (enum vt_use use = 0; use < VT_USES; use++) {
        const struct vt_recorded_use *u = &recorded.use[use];
        const char *lines = note(&r, vt_use_names[use], "near");
        assert_string_equal(note(&r, vt_use_names[use], "verdict"), vt_verdict_names[u->verdict]);
        assert_int_equal(atoi(note(&r, vt_use_names[use], "of")), u->judged);
        for (int k = 0; k < u->near.n; k++) assert_non_null(strstr(lines, u->near.text[k]));
        int breaks = 0;
        for (; *lines; lines++) breaks += *lines == '\n';
        assert_int_equal(breaks, u->near.n ? u->near.n - 1 : 0);
    }
    vt_recorded_release(&recorded);
    vt_eam_release(&whole);
    vt_results_release(&r);
    vt_protocol_release(&p);
}

static void an_unknown_potential_is_noted_as_such(void **state)
{
    (void)state;
    struct vt_protocol p = read_protocol("Cu: 50, Zr: 50", "builtin:Cu,Zr");
    struct vt_results r = {0};
    check_ok(vt_verdict_note(&p, &r));
    assert_string_equal(note(&r, "", "judged"), "no");
    assert_string_equal(note(&r, "", "command"), "vitrum potential check builtin:Cu,Zr");
    assert_string_equal(note(&r, "structure", "verdict"), "(none)");
    vt_results_release(&r);
    vt_protocol_release(&p);
}

/* Who names a record means it: one that does not have the potential is an error, even where the program has.
 */
static void a_record_of_ones_own_must_have_the_potential(void **state)
{
    (void)state;
    char path[] = "/tmp/vitrum-verdicts-XXXXXX";
    struct vt_recorded mine = {.checksum = 7,
                               .potential = "mine.eam.fs",
                               .elements = "Cu",
                               .alloys = "none",
                               .date = "2025-12-31",
                               .version = "x",
                               .command = "x"},
                       r;
    bool found;
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, "[]\n", 3) == 3 && close(file) == 0);
    for (enum vt_use use = 0; use < VT_USES; use++) mine.use[use].verdict = VT_NO_REFERENCE;
    check_ok(vt_verdicts_record(path, &mine));
    check_ok(vt_verdict_seek(path, "renamed.eam.fs", 7, &r, &found));
    assert_true(found && r.checksum == 7);
    char line[256];
    vt_verdict_line(&r, line, sizeof line);
    assert_string_equal(line, "structure no reference, thermodynamics no reference, mechanics no reference, "
                              "running no reference");
    vt_recorded_release(&r);
    assert_int_equal(vt_verdict_seek(path, "builtin:CuZrAlHfCo", 8, &r, &found), VT_EINPUT);
    assert_false(found);
    assert_non_null(strstr(vt_message(), "has no verdict on builtin:CuZrAlHfCo (checksum 0000000000000008)"));
    unlink(path);
    assert_int_equal(vt_verdict_seek(path, "renamed.eam.fs", 7, &r, &found), VT_EINPUT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_verdicts_on_built_in_potentials_are_on_those_of_today),
    cmocka_unit_test(what_was_not_judged_has_no_verdict),
    cmocka_unit_test(parts_of_a_potential_have_the_verdict_of_the_whole),
    cmocka_unit_test(an_unknown_potential_is_noted_as_such),
    cmocka_unit_test(a_record_of_ones_own_must_have_the_potential),
};
CHECK_MPI_MAIN(tests)
