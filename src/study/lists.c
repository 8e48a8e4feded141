/* lists.c: see lists.h. */
#include "study/lists.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/params.h"
#include "core/units.h"

/* Cut text at commas, in place; more than max are not kept but counted. */
static int cut(char *text, char **item, int max)
{
    int n = 0;
    for (char *at = text; at; n++) {
        char *comma = strchr(at, ',');
        if (comma) *comma++ = '\0';
        if (n < max) item[n] = at;
        at = comma;
    }
    return n;
}

enum vt_status vt_list_values(const char *name, const char *text, const char *unit, int max, double *value,
                              int *n)
{
    enum { ITEMS = 64 };
    char copy[VT_TEXT_SIZE], *item[ITEMS], word[VT_TEXT_SIZE];
    snprintf(copy, sizeof copy, "%s", text);
    *n = cut(copy, item, ITEMS);
    if (*n > max || *n > ITEMS)
        return VT_RAISE(VT_EINPUT, "%s: '%.60s': %d values, at most %d fit", name, text, *n, max);
    const char *last = item[*n - 1], *own = last + strspn(last, " \t+-.0123456789eE"); /* its unit */
    for (int k = 0; k < *n; k++) {
        bool bare = !item[k][strspn(item[k], " \t+-.0123456789eE")];
        snprintf(word, sizeof word, "%s %s", item[k] + strspn(item[k], " \t"), bare && k < *n - 1 ? own : "");
        VT_TRY(vt_prefix(vt_units_parse(word, unit, &value[k]), "%s", name));
        if (k && !(value[k] > value[k - 1]))
            return VT_RAISE(VT_EINPUT, "%s: '%.60s': %g does not come after %g: ascending ones are due", name,
                            text, value[k] / vt_units_factor(unit), value[k - 1] / vt_units_factor(unit));
    }
    return VT_OK;
}

enum vt_status vt_list_ranges(const char *name, const char *text, const char *unit, int max,
                              double (*range)[2], int *n)
{
    enum { ITEMS = 64 };
    char copy[VT_TEXT_SIZE], *item[ITEMS];
    snprintf(copy, sizeof copy, "%s", text);
    *n = cut(copy, item, ITEMS);
    if (*n > max || *n > ITEMS)
        return VT_RAISE(VT_EINPUT, "%s: '%.60s': %d ranges, at most %d fit", name, text, *n, max);
    for (int k = 0; k < *n; k++) {
        char *dash, *end = NULL;
        range[k][0] = strtod(item[k], &dash);
        dash += strspn(dash, " \t");
        if (dash != item[k] && *dash == '-') range[k][1] = strtod(dash + 1, &end), end += strspn(end, " \t");
        if (end && *unit && !strncmp(end, unit, strlen(unit)))
            end += strlen(unit) + strspn(end + strlen(unit), " \t");
        if (!end || *end || !(range[k][0] >= 0) || !(range[k][1] > range[k][0]) || !isfinite(range[k][1]))
            return VT_RAISE(VT_EINPUT,
                            "%s: '%.60s' is no range; what fits: two ascending numbers%s%s as in %s, more of "
                            "them after commas",
                            name, item[k], *unit ? " in " : "", unit, *unit ? "280-390" : "2.2-3.4");
    }
    return VT_OK;
}
