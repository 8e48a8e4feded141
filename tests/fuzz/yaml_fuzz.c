/* yaml_fuzz.c: any bytes give a tree or one input error, and any tree gives options or one input error.
 *
 * Beside not crashing: an error has a message that begins with the file's name; a tree holds only complete
 * nodes with rising lines; options that were read echo to a text that reads back to the same echo. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/params.h"
#include "core/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(law)                                                                                         \
    do {                                                                                                     \
        if (!(law)) {                                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold (last message: %s)\n", __FILE__, __LINE__, #law,        \
                    vt_message());                                                                           \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

struct options {
    double rate, time, strain, amplitude;
    int64_t every;
    int plane;
    bool flip;
    char save[VT_TEXT_SIZE];
    const struct vt_yaml *composition;
};

static const struct vt_param table[] = {
    {"rate", "/s", VT_REAL, offsetof(struct options, rate), 1e10, 1e6, 1e14, "rate", NULL},
    {"time", "ps", VT_REAL, offsetof(struct options, time), VT_UNSET, 0, INFINITY, "time", NULL},
    {"strain", "1", VT_REAL, offsetof(struct options, strain), 2, -INFINITY, INFINITY, "strain", NULL},
    {"amplitude", "%", VT_REAL, offsetof(struct options, amplitude), 1, 0, 100, "amplitude", NULL},
    {"every", "1", VT_INT, offsetof(struct options, every), 1, -INFINITY, INFINITY, "every", NULL},
    {"plane", "", VT_CHOICE, offsetof(struct options, plane), 0, 0, 0, "plane", "xy|xz|yz"},
    {"flip", "", VT_BOOL, offsetof(struct options, flip), 0, 0, 1, "flip", NULL},
    {"save", "", VT_TEXT, offsetof(struct options, save), 0, 0, 0, "save", NULL},
    {"composition", "", VT_NODE, offsetof(struct options, composition), 0, 0, 0, "at.%", "{Cu: 64, Zr: 36}"},
    {0},
};

/* Fill options from a map; on success *echo (to be freed) is their echo. */
static enum vt_status read_options(const struct vt_yaml *map, char **echo)
{
    static struct options o;
    struct vt_params set = {table, &o};
    enum vt_status st = vt_params_read(map, "stage", &set, 1);
    *echo = NULL;
    if (st != VT_OK) return st;
    size_t length = vt_params_echo(&set, 1, NULL, 0);
    *echo = malloc(length + 1);
    REQUIRE(*echo);
    REQUIRE(vt_params_echo(&set, 1, *echo, length + 1) == length);
    REQUIRE(strlen(*echo) == length);
    return st;
}

static void check_options(const struct vt_yaml *map)
{
    char *echo, *again;
    enum vt_status st = read_options(map, &echo);
    if (st != VT_OK) {
        REQUIRE(st == VT_EINPUT && strncmp(vt_message(), "fuzz:", 5) == 0);
        return;
    }
    struct vt_yaml *root;
    if (strlen(echo) < 100000) { /* quoting may lengthen a text past the limit of a file */
        REQUIRE(vt_yaml_parse(echo, strlen(echo), "fuzz", &root) == VT_OK);
        REQUIRE(read_options(root, &again) == VT_OK);
        REQUIRE(strcmp(echo, again) == 0);
        free(again);
        vt_yaml_release(root);
    }
    free(echo);
}

static void check_units(const char *text)
{
    static const char *const units[] = {"1", "K", "GPa", "/s", "%", "at.%", "/A^3", "kJ/mol"};
    for (unsigned k = 0; k < sizeof units / sizeof *units; k++) {
        double value = NAN, again = NAN;
        char written[64];
        enum vt_status st = vt_units_parse(text, units[k], &value);
        REQUIRE(st == VT_OK ? isfinite(value) : st == VT_EINPUT && isnan(value) && *vt_message());
        if (st != VT_OK || fabs(value) > 1e300 || fabs(value) < 1e-300) continue;
        vt_units_format(value, units[k], written, sizeof written);
        REQUIRE(vt_units_parse(written, units[k], &again) == VT_OK);
        /* A value written in another unit may fall between two values of this one. */
        REQUIRE(fabs(again - value) <= 0x1p-52 * fabs(value));
    }
}

static void check_tree(const struct vt_yaml *node, int line)
{
    REQUIRE(node && node->line >= line && strcmp(node->file, "fuzz") == 0);
    if (node->kind == VT_YAML_SCALAR) {
        REQUIRE(node->text && node->n == 0);
        check_units(node->text);
    }
    for (int k = 0; k < node->n; k++) {
        if (node->kind == VT_YAML_MAP) {
            REQUIRE(node->key[k] && *node->key[k] && node->key_line[k] >= line);
            REQUIRE(vt_yaml_get(node, node->key[k]) == node->item[k]);
            line = node->key_line[k];
        }
        check_tree(node->item[k], line);
        line = node->item[k]->line;
    }
    check_options(node);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vt_yaml *root;
    enum vt_status st = vt_yaml_parse((const char *)data, size, "fuzz", &root);
    if (st == VT_OK)
        check_tree(root, 1);
    else
        REQUIRE(st == VT_EINPUT && !root && strncmp(vt_message(), "fuzz:", 5) == 0);
    vt_yaml_release(root);
    return 0;
}
