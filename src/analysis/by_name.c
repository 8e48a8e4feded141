/* by_name.c: maps from species and pairs to lengths: see by_name.h. */
#include "analysis/by_name.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/units.h"

static bool is_label(const char *key, const char *label)
{
    char reversed[VT_PAIR_LABEL];
    const char *dash = strchr(label, '-');
    if (!strcmp(key, label)) return true;
    if (!dash) return false;
    snprintf(reversed, sizeof reversed, "%s-%.*s", dash + 1, (int)(dash - label), label);
    return !strcmp(key, reversed);
}

static enum vt_status unknown(const struct vt_yaml *at, const char *what, const char *key, int n,
                              const char (*label)[VT_PAIR_LABEL])
{
    char all[400] = "";
    for (int k = 0; k < n; k++) {
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", k ? ", " : "", label[k]);
    }
    return VT_RAISE_AT(at, "%s: there is no %s in the sample; there are %s", what, key, all);
}

enum vt_status vt_lengths_by_name(const struct vt_yaml *map, const char *what, int n,
                                  const char (*label)[VT_PAIR_LABEL], double most, double *value)
{
    for (int k = 0; k < n; k++) value[k] = NAN;
    if (map->kind != VT_YAML_MAP)
        return VT_RAISE_AT(map, "%s: a map is due, {%s: 1.5 A} for example", what, label[0]);
    for (int item = 0; item < map->n; item++) {
        const struct vt_yaml *at = map->item[item];
        int k = 0;
        while (k < n && !is_label(map->key[item], label[k])) k++;
        if (k == n) return unknown(at, what, map->key[item], n, label);
        if (!isnan(value[k])) return VT_RAISE_AT(at, "%s: %s is there twice", what, label[k]);
        if (at->kind != VT_YAML_SCALAR)
            return VT_RAISE_AT(at, "%s: %s: a length is due, 1.5 A for example", what, label[k]);
        VT_TRY(vt_prefix(vt_units_parse(at->text, "angstrom", &value[k]), "%s:%d: %s: %s", at->file, at->line,
                         what, label[k]));
        if (!(value[k] > 0 && value[k] <= most))
            return VT_RAISE_AT(at, "%s: %s: %s is not above 0 and up to %g angstrom", what, label[k],
                               at->text, most);
    }
    return VT_OK;
}
