/* The record of verdicts: what is read, what is refused with which words, and what replaces what. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "md/eam_builtin.h"
#include "potential/check_text.h"
#include "potential/verdicts.h"

static const char good[] = "- checksum: \"a0324cf12f4a8665\"\n"
                           "  potential: \"builtin:CuZr\"\n"
                           "  elements: Cu, Zr\n"
                           "  date: \"2025-12-31\"\n"
                           "  version: 0.1.0 (0123abc)\n"
                           "  command: vitrum potential check CuZr\n"
                           "  structure:\n"
                           "    verdict: misses\n"
                           "    met: 3\n"
                           "    of: 6\n"
                           "    misses: [\"Zr lattice constant c: 5.4 A (+4.9 %)\"]\n"
                           "    near:\n"
                           "      - \"a \\\"near\\\" one: 1\"\n"
                           "      - \"another: 2\"\n"
                           "    not_computed: [first peak]\n"
                           "  thermodynamics: {verdict: no reference, met: 0, of: 0}\n"
                           "  mechanics: {verdict: near, met: 1, of: 2, near: [x]}\n"
                           "  running: {verdict: meets, met: 11, of: 11}\n"
                           "- checksum: 0000000000000001\n"
                           "  potential: \"C:\\\\other\"\n"
                           "  elements: Cu\n"
                           "  alloys: Cu50Zr50\n"
                           "  date: x\n"
                           "  version: x\n"
                           "  command: x\n"
                           "  structure: {verdict: meets, met: 1, of: 1}\n"
                           "  thermodynamics: {verdict: meets, met: 1, of: 1}\n"
                           "  mechanics: {verdict: meets, met: 1, of: 1}\n"
                           "  running: {verdict: meets, met: 1, of: 1}\n";

static char path[] = "/tmp/vitrum-verdicts-XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file);
}

static int remove_file(void **state)
{
    (void)state;
    char partial[64];
    snprintf(partial, sizeof partial, "%s.partial", path);
    return unlink(path) || !access(partial, F_OK);
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static char *read_text(void)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    return text;
}

static void assert_the_good_ones(const struct vt_verdicts *v)
{
    assert_int_equal(v->n, 2);
    const struct vt_recorded *r = vt_verdicts_find(v, UINT64_C(0xa0324cf12f4a8665));
    assert_ptr_equal(r, &v->item[0]);
    assert_ptr_equal(vt_verdicts_find(v, 1), &v->item[1]);
    assert_null(vt_verdicts_find(v, 2));
    assert_string_equal(r->potential, "builtin:CuZr");
    assert_string_equal(r->alloys, "none");
    const struct vt_recorded_use *s = &r->use[VT_STRUCTURE];
    assert_true(s->verdict == VT_MISSES && s->met == 3 && s->judged == 6);
    assert_true(s->misses.n == 1 && s->near.n == 2 && s->missing.n == 1);
    assert_string_equal(s->misses.text[0], "Zr lattice constant c: 5.4 A (+4.9 %)");
    assert_string_equal(s->near.text[0], "a \"near\" one: 1");
    assert_string_equal(s->missing.text[0], "first peak");
    assert_int_equal(r->use[VT_THERMODYNAMICS].verdict, VT_NO_REFERENCE);
    assert_int_equal(r->use[VT_MECHANICS].verdict, VT_NEAR);
    assert_int_equal(r->use[VT_RUNNING].verdict, VT_MEETS);
    assert_string_equal(v->item[1].potential, "C:\\other");
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    struct vt_verdicts v, again;
    write_text(good);
    check_ok(vt_verdicts_read(path, &v));
    assert_the_good_ones(&v);
    strcpy(v.item[1].command, "a\ttab, \"quotes\", back\\slash: # 50 %");
    check_ok(vt_verdicts_write(path, &v));
    check_ok(vt_verdicts_read(path, &again));
    assert_the_good_ones(&again);
    assert_string_equal(again.item[1].command, v.item[1].command);
    vt_verdicts_release(&v);
    vt_verdicts_release(&again);
}

static void an_empty_record_holds_nothing(void **state)
{
    (void)state;
    struct vt_verdicts v;
    write_text("[]\n");
    check_ok(vt_verdicts_read(path, &v));
    assert_int_equal(v.n, 0);
    vt_verdicts_release(&v);
}

/* Replace the first `from` in the good file by `to`, and find `words` in what is said. */
static void faults_are_named_with_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *words;
    } wrong[] = {
        {"a0324cf12f4a8665", "a0324cf12f4a866", ":1: checksum: 16 of 0 to 9 and a to f"},
        {"a0324cf12f4a8665", "A0324CF12F4A8665", "not 'A0324CF12F4A8665'"},
        {"a0324cf12f4a8665", "0000000000000001",
         ":19: checksum 0000000000000001 stands twice, first in line 1"},
        {"  date:", "  data:", ":4: "},
        {"  potential: \"builtin:CuZr\"\n", "", "'potential'"},
        {"verdict: misses", "verdict: mises", ":8: structure: key 'verdict'"},
        {"verdict: misses", "verdict: near",
         ":8: structure: verdict is 'near', but by its findings it is 'misses'"},
        {"verdict: meets, met: 11", "verdict: near, met: 11", ":18: running: verdict is 'near'"},
        {"met: 3", "met: 4", "met (4), near (2) and misses (1) must add up to `of`, not 6"},
        {"met: 3", "met: 3.5", ":9: "},
        {"met: 3", "met: -1", ":9: "},
        {"[first peak]", "first peak", ":15: "},
        {"[first peak]", "{first: peak}", ":15: not_computed: a list of texts is due"},
        {"[first peak]", "[[first peak]]", ":15: not_computed: a text is due"},
        {"  running: {verdict: meets, met: 11, of: 11}\n", "", "'running'"},
        {"{verdict: meets, met: 11, of: 11}", "meets", ":18: "},
        {"- checksum", "- a text\n- checksum", ":1: a map is due"},
        {"- checksum: \"a", "verdicts:\n- checksum: \"a", ":1: this is no record of verdicts"},
        {"\"builtin:CuZr\"", "\"builtin:CuZr", ": did not find expected key"},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[4096];
        struct vt_verdicts v;
        const char *at = strstr(good, wrong[k].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, wrong[k].to,
                 at + strlen(wrong[k].from));
        write_text(text);
        assert_int_equal(vt_verdicts_read(path, &v), VT_EINPUT);
        assert_int_equal(v.n, 0);
        if (strncmp(vt_message(), path, strlen(path)) != 0) fail_msg("no file: %s", vt_message());
        if (!strstr(vt_message(), wrong[k].words)) fail_msg("%s: %s", wrong[k].words, vt_message());
    }
    struct vt_verdicts v;
    assert_int_equal(vt_verdicts_read("/tmp/vitrum-no-such-file", &v), VT_EINPUT);
    write_text("elements:\n  Zr: {}\n");
    assert_int_equal(vt_verdicts_read(path, &v), VT_EINPUT);
    assert_non_null(strstr(vt_message(), ":1: this is no record of verdicts"));
}

static struct vt_recorded nothing_judged(uint64_t checksum, const char *potential)
{
    struct vt_recorded r = {
        .checksum = checksum, .elements = "Cu", .date = "x", .version = "x", .command = "x"};
    snprintf(r.potential, sizeof r.potential, "%s", potential);
    for (enum vt_use use = 0; use < VT_USES; use++) r.use[use].verdict = VT_NO_REFERENCE;
    return r;
}

/* A record is replaced by checksum, whatever it is called; the others stay as they are. */
static void an_entry_replaces_that_of_the_same_tables(void **state)
{
    (void)state;
    struct vt_verdicts v;
    struct vt_recorded other = nothing_judged(2, "new"), same = nothing_judged(1, "same tables");
    write_text(good);
    check_ok(vt_verdicts_record(path, &other));
    check_ok(vt_verdicts_record(path, &same));
    check_ok(vt_verdicts_record(path, &same));
    check_ok(vt_verdicts_read(path, &v));
    assert_int_equal(v.n, 3);
    assert_true(v.item[0].checksum == UINT64_C(0xa0324cf12f4a8665) &&
                v.item[0].use[VT_STRUCTURE].near.n == 2);
    assert_string_equal(v.item[1].potential, "same tables");
    assert_string_equal(v.item[2].potential, "new");
    vt_verdicts_release(&v);
    unlink(path);
    check_ok(vt_verdicts_record(path, &other)); /* a new file */
    check_ok(vt_verdicts_read(path, &v));
    assert_int_equal(v.n, 1);
    vt_verdicts_release(&v);
}

static void a_record_that_cannot_be_read_stays_as_it_is(void **state)
{
    (void)state;
    struct vt_recorded bad = nothing_judged(2, "no UTF-8: \xff\xfe"), sound = nothing_judged(3, "sound");
    write_text("material: {}\n");
    assert_int_equal(vt_verdicts_record(path, &sound), VT_EINPUT);
    char *text = read_text();
    assert_string_equal(text, "material: {}\n");
    free(text);
    write_text(good);
    assert_int_equal(vt_verdicts_record(path, &bad), VT_EINPUT);
    text = read_text();
    assert_string_equal(text, good);
    free(text);
}

/* What goes on record is what the text says. */
static void a_check_is_recorded_as_it_is_told(void **state)
{
    (void)state;
    struct vt_eam tables;
    struct vt_targets targets;
    struct vt_check check;
    struct vt_recorded r;
    check_ok(vt_eam_builtin("Cu,Zr,Be", &tables));
    check_ok(vt_targets_read(NULL, &targets));
    const struct vt_check_options options = {
        .source = "builtin:Cu,Zr,Be", .tables = &tables, .targets = &targets, .without_runs = true};
    check_ok(vt_check_potential(MPI_COMM_WORLD, &options, &check));
    check_ok(vt_recorded_make(&check, "vitrum potential check Cu,Zr,Be --static", &r));
    assert_true(r.checksum == tables.checksum);
    assert_string_equal(r.potential, "builtin:Cu,Zr,Be");
    assert_string_equal(r.elements, "Cu, Zr, Be");
    assert_string_equal(r.alloys, "none");
    assert_true(strlen(r.date) == 10 && r.date[4] == '-');
    int lines = 0;
    for (enum vt_use use = 0; use < VT_USES; use++) {
        const struct vt_recorded_use *u = &r.use[use];
        int judged, met;
        vt_check_count(&check.findings, use, &judged, &met);
        assert_int_equal(u->verdict, vt_findings_verdict(&check.findings, use));
        assert_true(u->judged == judged && u->met == met && met + u->near.n + u->misses.n == judged);
        lines += u->near.n + u->misses.n;
        char names[1000], all[1000] = "";
        vt_check_missing_names(&check, use, names, sizeof names);
        for (int k = 0; k < u->missing.n; k++)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", k ? ", " : "", u->missing.text[k]);
        assert_string_equal(all, names);
    }
    assert_true(lines > 0);
    write_text("[]\n");
    check_ok(vt_verdicts_record(path, &r));
    vt_recorded_release(&r);
    vt_check_release(&check);
    vt_targets_release(&targets);
    vt_eam_release(&tables);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_reads_back),
    cmocka_unit_test(an_empty_record_holds_nothing),
    cmocka_unit_test(faults_are_named_with_their_line),
    cmocka_unit_test(an_entry_replaces_that_of_the_same_tables),
    cmocka_unit_test(a_record_that_cannot_be_read_stays_as_it_is),
    cmocka_unit_test(a_check_is_recorded_as_it_is_told),
};

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, make_file, remove_file);
    MPI_Finalize();
    return failed;
}
