/* dsc_told.c: see dsc_told.h. */
#include "study/dsc_told.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/heat_sign.h"
#include "study/names.h"
#include "study/told.h"

/* Two of the same rate, as they are written. */
#define SAME 1e-3

/* ---- names of files ---- */

/* With a separator, 600K_min, a name may tell how long the sample was annealed: no calorimeter that is spoken
 * of in K/min heats so fast, nor slower than the lower one. */
static const double least_minute = 0.1 / 60, most_minute = 300. / 60;

/* Of what begins with a number here [K/s], NaN if it is none; *end behind the number. *doubt: what
 * else it may be, or NULL. */
static double rate_here(const char *name, const char *at, const char **end, const char **doubt)
{
    static const struct {
        const char *word;
        double factor;
    } per[] = {{"min", 1. / 60}, {"ms", 1e3}, {"us", 1e6}, {"ns", 1e9}, {"s", 1}};
    bool goes_on;
    const double number = vt_told_number_in_name(name, at, end, &goes_on);
    at = *end;
    if (*at++ != 'K') return NAN;
    const size_t gap = strspn(at, "_-");
    bool said = false;
    if (gap > 1) return NAN;
    if (!strncmp(at + gap, "per", 3))
        at += gap + 3, at += strchr("_-", *at) && *at, said = true;
    else if (*at == 'p' && at[1] != 's')
        at++, said = true; /* Kpmin; but Kps may be K per ps */
    else
        at += gap;
    for (size_t k = 0; k < sizeof per / sizeof *per; k++) {
        const size_t length = strlen(per[k].word);
        if (strncmp(at, per[k].word, length) != 0 || isalnum((unsigned char)at[length])) continue;
        const bool loose = gap && !said;
        if (!(number > 0) || (loose && at[length] && !strchr("_-.", at[length]))) return NAN;
        const double rate = number * per[k].factor;
        if (goes_on) *doubt = "the end of a longer number";
        if (loose && !k && (rate < least_minute || rate > most_minute))
            *doubt = "how the sample was annealed";
        return rate;
    }
    return NAN;
}

enum vt_status vt_dsc_rate_in_name(const char *path, double *rate)
{
    const char *name = vt_name_last(path);
    *rate = NAN;
    for (const char *at = name, *end; *at; at = end) {
        const char *doubt = NULL;
        end = at + 1;
        if (!isdigit((unsigned char)*at)) continue;
        const double one = rate_here(name, at, &end, &doubt);
        if (isnan(one)) continue;
        const double other = isnan(*rate) ? one : *rate;
        *rate = NAN;
        if (doubt)
            return VT_RAISE(VT_EINPUT,
                            "is '%.20s' of its name a heating rate, %g K/min, or %s? Say --rate '20 K/min'",
                            at, one * 60, doubt);
        if (!(fabs(one / other - 1) < SAME))
            return VT_RAISE(VT_EINPUT, "its name tells two rates, %g and %g K/min: say --rate '20 K/min'",
                            other * 60, one * 60);
        *rate = one;
    }
    return VT_OK;
}

/* ---- lines above the columns ---- */

/* Of the first key that a line can be read of. VT_EINPUT where two values differ: of that key, or of any of
 * them. */
static enum vt_status noted(const struct vt_table *t, const char *const *keys, const char *unit, bool any,
                            const char *option, double *value, const char **from)
{
    *value = NAN;
    for (int q = 0; keys[q] && (any || isnan(*value)); q++)
        for (int k = 0; k < t->n_notes; k++) {
            const double one = vt_told_value(t, &t->note[k], keys[q], unit, NULL);
            if (!(one > 0)) continue;
            if (isnan(*value)) *value = one, *from = t->note[k].key;
            if (fabs(one / *value - 1) < SAME) continue;
            return VT_RAISE(VT_EINPUT, "'%.40s' and '%.40s' above its columns differ, %g and %g %s: say --%s",
                            *from, t->note[k].key, *value, one, unit, option);
        }
    return VT_OK;
}

/* Netzsch's `#RANGE:30,0 degC/10,0(K/min)/600,0 degC`, if it goes in this direction: K/s, else NaN. */
static double rate_of_range(const struct vt_table *t, const struct vt_table_note *note, bool cooling)
{
    const char *end, *at = note->text;
    if (strcasecmp(note->key, "RANGE") != 0) return NAN;
    const double from = vt_told_number(t, at, &end);
    at = strchr(end, '/');
    const double rate = at ? vt_told_number(t, at + 1, &end) : NAN;
    if (!(rate > 0) || strncmp(end, "(K/min)/", 8) != 0) return NAN;
    const double to = vt_told_number(t, end + 8, &end);
    return (cooling ? to < from : to > from) ? rate / 60 : NAN;
}

enum vt_status vt_dsc_told_rate(const struct vt_table *t, bool cooling, double *rate)
{
    static const char *const heating_keys[] = {"heating rate", "scan rate",   "rate",
                                               "Heizrate",     "Aufheizrate", NULL},
                             *const cooling_keys[] = {"cooling rate",    "scan rate",         "rate",
                                                      "K\xc3\xbchlrate", "Abk\xc3\xbchlrate", NULL};
    const char *from;
    VT_TRY(noted(t, cooling ? cooling_keys : heating_keys, "K/s", true, "rate '20 K/min'", rate, &from));
    for (int k = 0; k < t->n_notes && isnan(*rate); k++) *rate = rate_of_range(t, &t->note[k], cooling);
    return VT_OK;
}

enum vt_status vt_dsc_told_mass(const struct vt_table *t, double *mass, const char **from)
{
    static const char *const keys[] = {"sample mass", "sample weight", "sample size",    "size",     "mass",
                                       "weight",      "Probenmasse",   "Probeneinwaage", "Einwaage", NULL};
    return noted(t, keys, "mg", false, "mass '10 mg'", mass, from);
}

/* Adds what text says to told: bit 0 endothermic up, bit 1 exothermic up. */
static void hear(const char *text, int *told)
{
    size_t length;
    int sign;
    for (const char *at = text; (at = vt_heat_sign_find(at, &length, &sign)); at += length)
        *told |= sign > 0 ? 1 : 2;
}

enum vt_status vt_dsc_told_sign(const struct vt_table *t, int column, int *sign)
{
    int told = 0;
    if (t->name) hear(t->name[column - 1], &told);
    for (int k = 0; k < t->n_notes; k++) {
        const struct vt_table_note *note = &t->note[k];
        char both[512];
        snprintf(both, sizeof both, "%s%s%s", note->key, *note->key ? ": " : "", note->text);
        hear(both, &told);
        /* Netzsch's `#EXO:1`; read the wrong way round, a glass transition is a step down, and refused. */
        if (!strcasecmp(note->key, "EXO") && (!strcmp(note->text, "1") || !strcmp(note->text, "-1")))
            told |= *note->text == '-' ? 1 : 2;
    }
    *sign = told == 1 ? 1 : told == 2 ? -1 : 0;
    if (told < 3) return VT_OK;
    return VT_RAISE(
        VT_EINPUT,
        "its heading and the lines above contradict each other on whether endothermic or exothermic "
        "is up: say --up endo or --up exo");
}
