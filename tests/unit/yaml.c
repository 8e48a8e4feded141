/* The YAML tree: lines, kinds, and one clear error for everything that is not a protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/yaml.h"

static struct vt_yaml *parsed(const char *text)
{
    struct vt_yaml *root = NULL;
    if (vt_yaml_parse(text, strlen(text), "p.yaml", &root) != VT_OK) fail_msg("%s", vt_message());
    return root;
}

static void assert_refused_bytes(const char *text, size_t length, const char *start, const char *word)
{
    struct vt_yaml *root = (struct vt_yaml *)1;
    assert_int_equal(vt_yaml_parse(text, length, "p.yaml", &root), VT_EINPUT);
    assert_null(root);
    if (strncmp(vt_message(), start, strlen(start)) != 0 || !strstr(vt_message(), word))
        fail_msg("\"%s\" does not begin with \"%s\" or lacks \"%s\"", vt_message(), start, word);
}

static void assert_refused(const char *text, const char *start, const char *word)
{
    assert_refused_bytes(text, strlen(text), start, word);
}

static void a_protocol_becomes_a_tree_that_knows_its_lines(void **state)
{
    (void)state;
    struct vt_yaml *root = parsed("# comment\n"
                                  "title: Cu44Zr44, HPT at 77 K\n"
                                  "material:\n"
                                  "  composition: {Cu: 44,\n"
                                  "                Zr: 56}\n"
                                  "protocol:\n"
                                  "  - melt: {time: 50 ps}\n"
                                  "\n"
                                  "  - quench:\n"
                                  "      rate: 1e12 K/s   # fast\n"
                                  "  - minimise:\n");
    assert_int_equal(root->kind, VT_YAML_MAP);
    assert_int_equal(root->n, 3);
    assert_string_equal(root->key[2], "protocol");
    assert_int_equal(root->key_line[2], 6);
    assert_string_equal(vt_yaml_get(root, "title")->text, "Cu44Zr44, HPT at 77 K");
    const struct vt_yaml *composition = vt_yaml_get(vt_yaml_get(root, "material"), "composition");
    assert_int_equal(composition->n, 2);
    assert_int_equal(composition->key_line[1], 5);
    assert_string_equal(composition->item[1]->text, "56");
    const struct vt_yaml *protocol = vt_yaml_get(root, "protocol");
    assert_int_equal(protocol->kind, VT_YAML_LIST);
    assert_int_equal(protocol->n, 3);
    const struct vt_yaml *rate = vt_yaml_get(vt_yaml_get(protocol->item[1], "quench"), "rate");
    assert_int_equal(rate->line, 10);
    assert_string_equal(rate->text, "1e12 K/s");
    assert_string_equal(rate->file, "p.yaml");
    const struct vt_yaml *empty = vt_yaml_get(protocol->item[2], "minimise");
    assert_int_equal(empty->kind, VT_YAML_SCALAR);
    assert_string_equal(empty->text, "");
    assert_int_equal(empty->line, 11);
    assert_null(vt_yaml_get(root, "measure"));
    assert_int_equal(VT_RAISE_AT(rate, "%d", 5), VT_EINPUT);
    assert_string_equal(vt_message(), "p.yaml:10: 5");
    vt_yaml_release(root);
}

static void line_ends_byte_order_mark_and_utf8_do_not_matter(void **state)
{
    (void)state;
    struct vt_yaml *root = parsed("\xef\xbb\xbftitle: Glas f\xc3\xbcr 2 \xc3\x85\r\nr_max: 15 A\r\n");
    assert_string_equal(vt_yaml_get(root, "title")->text, "Glas f\xc3\xbcr 2 \xc3\x85");
    assert_string_equal(vt_yaml_get(root, "r_max")->text, "15 A");
    assert_int_equal(vt_yaml_get(root, "r_max")->line, 2);
    vt_yaml_release(root);
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    assert_refused("a: 1\nb: [1, 2\nc: 3\n", "p.yaml:3: ", "flow sequence that began in line 2");
    assert_refused("a: 1\n\tb: 2\n", "p.yaml:2: ", "indent with spaces");
    assert_refused("a: 1\n b: 2\n", "p.yaml:2: ", "mapping values");
    assert_refused("a: 1\nb: 2\na: 3\n", "p.yaml:3: ", "key 'a' is given twice; the first is in line 1");
    assert_refused("x: {b: 1, b: 1}\n", "p.yaml:1: ", "twice");
    assert_refused("a: 1\nb: &x 5\n", "p.yaml:2: ", "anchor &x");
    assert_refused("- &x a: 1\n", "p.yaml:1: ", "anchor &x");
    assert_refused("a: 1\nb: *x\n", "p.yaml:2: ", "alias *x");
    assert_refused("a: 1\n<<: *x\n", "p.yaml:2: ", "alias *x");
    assert_refused("a: !!float 5\n", "p.yaml:1: ", "tag");
    assert_refused("a: !x [5]\n", "p.yaml:1: ", "tag !x");
    assert_refused("%YAML 1.1\n---\na: 1\n", "p.yaml:1: ", "directives");
    assert_refused("a: 1\n---\nb: 2\n", "p.yaml:2: ", "second document");
    assert_refused("? [a, b]\n: 1\n", "p.yaml:1: ", "a key must be a word");
    assert_refused("? {a: b}\n: 1\n", "p.yaml:1: ", "a key must be a word");
    assert_refused("*x : 1\n", "p.yaml:1: ", "a key must be a word");
    assert_refused("\"\": 1\n", "p.yaml:1: ", "a key is empty");
    assert_refused("\"a\\nb\": 1\n", "p.yaml:1: ", "several lines");
    assert_refused("a: \"x\\0y\"\n", "p.yaml:1: ", "control character 0x00");
    assert_refused("a: \"x\\e[31m\"\n", "p.yaml:1: ", "control character 0x1b");
    assert_refused("", "p.yaml:1: ", "nothing");
    assert_refused("# only\n# comments\n", "p.yaml:1: ", "nothing");
}

static void what_is_not_text_is_refused_once(void **state)
{
    (void)state;
    assert_refused_bytes("\x89PNG\r\n\x1a\n\0\0\0", 11, "p.yaml:1: this is not a text file in UTF-8",
                         "byte 1");
    assert_refused_bytes("a: 1\nb: \0", 9, "p.yaml:2: this is not a text file in UTF-8", "byte 9");
    assert_refused("a: 1\nb: f\xfcr\n", "p.yaml:2: this is not a text file in UTF-8", "byte 10");
    assert_refused_bytes("\xff\xfe"
                         "a\0:\0",
                         6, "p.yaml:1: this is not a text file in UTF-8", "byte 1");
}

static char *repeated(const char *piece, int times)
{
    size_t length = strlen(piece);
    char *text = malloc(length * (size_t)times + 1);
    assert_non_null(text);
    for (int k = 0; k < times; k++) memcpy(text + (size_t)k * length, piece, length + 1);
    return text;
}

static void depth_keys_and_size_are_bounded(void **state)
{
    (void)state;
    static const struct {
        const char *piece;
        int times;
        const char *word;
    } big[] = {{"[", 100000, "nested more than 32"},
               {"{a: ", 100000, "nested more than 32"},
               {"- ", 100000, "nested more than 32"},
               {"abcdefgh\n", 200000, "larger than 1048576 bytes"}};
    for (unsigned k = 0; k < sizeof big / sizeof *big; k++) {
        char *text = repeated(big[k].piece, big[k].times);
        assert_refused(text, "p.yaml:", big[k].word);
        free(text);
    }
    char nested[2 * 33 + 2] = "";
    for (int n = 32; n <= 33; n++) { /* 32 lists around a number are fine, 33 are not */
        memset(nested, '[', (size_t)n);
        nested[n] = '1';
        memset(nested + n + 1, ']', (size_t)n);
        nested[2 * n + 1] = '\0';
        if (n == 32)
            vt_yaml_release(parsed(nested));
        else
            assert_refused(nested, "p.yaml:1: ", "nested more than 32");
    }
    char keys[16 * 1100] = "";
    for (int k = 0; k < 1100; k++) sprintf(keys + strlen(keys), "k%d: 1\n", k);
    assert_refused(keys, "p.yaml:1001: ", "more than 1000 keys");
    char *fine = repeated("- 1\n", 100000);
    struct vt_yaml *root = parsed(fine);
    assert_int_equal(root->n, 100000);
    assert_int_equal(root->item[99999]->line, 100000);
    vt_yaml_release(root);
    free(fine);
}

static void files_are_read_and_bad_paths_are_input_errors(void **state)
{
    (void)state;
    char path[] = "/tmp/vt_yaml_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a: 5 ps\n", 8), 8);
    close(fd);
    struct vt_yaml *root;
    assert_int_equal(vt_yaml_read(path, &root), VT_OK);
    assert_string_equal(vt_yaml_get(root, "a")->text, "5 ps");
    assert_string_equal(root->item[0]->file, path);
    vt_yaml_release(root);
    unlink(path);
    assert_int_equal(vt_yaml_read(path, &root), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "cannot be opened: No such file"));
    vt_yaml_release(root);
    assert_int_equal(vt_yaml_read("/tmp", &root), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "/tmp: the file cannot be read: Is a directory"));
    assert_int_equal(vt_yaml_read("/dev/zero", &root), VT_EINPUT); /* no end: the size limit ends it */
    assert_non_null(strstr(vt_message(), "larger than"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_protocol_becomes_a_tree_that_knows_its_lines),
        cmocka_unit_test(line_ends_byte_order_mark_and_utf8_do_not_matter),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(what_is_not_text_is_refused_once),
        cmocka_unit_test(depth_keys_and_size_are_bounded),
        cmocka_unit_test(files_are_read_and_bad_paths_are_input_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
