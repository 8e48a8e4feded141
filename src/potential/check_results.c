/* check_results.c: see check_results.h. */
#include "potential/check_results.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "Zr/bulk_modulus", "Cu-Zr/volume_of_CuZr_B2": letters, digits and - stay, the rest becomes one _. Where a
 * title says more after a colon (kinks), its beginning is the name. */
static void path_of(const struct vt_finding *f, char *path, size_t size)
{
    char title[128];
    vt_finding_title(f, title, sizeof title);
    int used = snprintf(path, size, "%s/", f->subject);
    bool tables = !strcmp(f->subject, "tables");
    for (const char *c = tables ? vt_property_rows[f->property].name : title; *c && (size_t)used + 2 < size;
         c++) {
        bool word = isalnum((unsigned char)*c) || *c == '-';
        if (word)
            path[used++] = *c;
        else if (path[used - 1] != '_' && path[used - 1] != '/')
            path[used++] = '_';
    }
    while (path[used - 1] == '_') used--;
    path[used] = '\0';
}

static enum vt_status add_number(struct vt_results *r, const char *path, const char *leaf, const char *unit,
                                 const char *help, double value, double error)
{
    char whole[256];
    struct vt_dataset *d;
    snprintf(whole, sizeof whole, "%s/%s", path, leaf);
    VT_TRY(vt_results_add(r, whole, unit, help, 0, NULL, &d));
    *d->value = value;
    if (isnan(error)) return VT_OK;
    VT_TRY(vt_dataset_errors(d));
    *d->error = error;
    return VT_OK;
}

static enum vt_status add_finding(struct vt_results *r, const struct vt_finding *f)
{
    const struct vt_property_row *row = &vt_property_rows[f->property];
    const char *unit = *row->unit ? row->unit : "1";
    char path[160], title[128];
    path_of(f, path, sizeof path);
    vt_finding_title(f, title, sizeof title);
    VT_TRY(vt_results_note(r, path, "what", title));
    VT_TRY(vt_results_note(r, path, "verdict", vt_verdict_names[f->verdict]));
    VT_TRY(vt_results_note(r, path, "use", vt_use_names[row->use]));
    VT_TRY(vt_results_note(r, path, "decides", row->decides ? "yes" : "no"));
    VT_TRY(vt_results_note(r, path, f->verdict == VT_NOT_COMPUTED ? "reason" : "source", f->source));
    if (f->verdict == VT_NOT_COMPUTED) return VT_OK;
    VT_TRY(add_number(r, path, "value", unit, title, f->value, f->error));
    if (f->verdict == VT_NO_REFERENCE) return VT_OK;
    struct vt_dataset *d;
    char whole[256];
    snprintf(whole, sizeof whole, "%s/reference", path);
    VT_TRY(vt_results_add(r, whole, unit, "what is right lies between these", 1, (const int[]){2}, &d));
    d->value[0] = f->low, d->value[1] = f->high;
    VT_TRY(vt_dataset_axis(d, 0, "end", "", NULL, (const char *const[]){"low", "high"}));
    VT_TRY(add_number(r, path, "deviation", row->percent ? "%" : unit, "how far outside of it", f->deviation,
                      NAN));
    return add_number(r, path, "allowed", row->percent ? "%" : unit, row->reason, row->allowed, NAN);
}

static enum vt_status add_curve(struct vt_results *r, const struct vt_check_subject *s)
{
    const struct vt_check_curve *c = s->curve;
    for (int k = 0; k <= VT_CHECK_STRUCTURES; k++) {
        bool rose = k == VT_CHECK_STRUCTURES;
        char path[160];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "%s/energy_curve/%s", s->name, rose ? "Rose" : vt_check_structures[k]);
        VT_TRY(vt_results_add(
            r, path, "eV",
            rose ? "energy of an atom after Rose et al., PRB 29, 2963 (1984), of the measured values"
                 : "energy of an atom against volume, shape of the cell kept",
            1, (const int[]){VT_CHECK_POINTS}, &d));
        memcpy(d->value, rose ? c->rose : c->energy[k], sizeof c->rose);
        VT_TRY(vt_dataset_axis(d, 0, "volume", "angstrom^3", c->volume, NULL));
    }
    return VT_OK;
}

enum vt_status vt_check_results(const struct vt_check *c, struct vt_results *r)
{
    char checksum[32];
    snprintf(checksum, sizeof checksum, "%016llx", (unsigned long long)c->options.tables->checksum);
    VT_TRY(vt_results_note(r, "", "potential", c->options.source));
    VT_TRY(vt_results_note(r, "", "potential_checksum", checksum));
    for (enum vt_use use = 0; use < VT_USES; use++) {
        char key[64];
        snprintf(key, sizeof key, "verdict_%s", vt_use_names[use]);
        VT_TRY(vt_results_note(r, "", key, vt_verdict_names[vt_findings_verdict(&c->findings, use)]));
    }
    for (int k = 0; k < c->findings.n; k++) VT_TRY(add_finding(r, &c->findings.item[k]));
    for (int k = 0; k < c->n; k++)
        if (c->subject[k].curve) VT_TRY(add_curve(r, &c->subject[k]));
    return VT_OK;
}
