/* curve_write.c: see curve_write.h. */
#include "io/curve_write.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/provenance.h"
#include "io/replace.h"

#define ANGSTROM "\xc3\x85"

static const struct {
    const char *ending, *columns, *errors;
} form[] = {
    [VT_ORDINATE_REDUCED] = {".gr", "r(" ANGSTROM ")  G(" ANGSTROM "$^{-2}$)", "  d_r  d_Gr"},
    [VT_ORDINATE_G] = {".g", "r(" ANGSTROM ")  g", "  d_r  d_g"},
    [VT_ORDINATE_F] = {".fq", "Q(" ANGSTROM "$^{-1}$)  F(" ANGSTROM "$^{-1}$)", "  d_Q  d_F"},
    [VT_ORDINATE_S] = {".sq", "Q(" ANGSTROM "$^{-1}$)  S", "  d_Q  d_S"},
    [VT_ORDINATE_INTENSITY] = {".iq", "Q(" ANGSTROM "$^{-1}$)  intensity(a.u.)", "  d_Q  d_intensity"},
};

const char *vt_curve_ending(enum vt_ordinate kind)
{
    assert(kind > VT_ORDINATE_UNKNOWN && kind <= VT_ORDINATE_INTENSITY);
    return form[kind].ending;
}

/* An abscissa: 0.07 is to be 0.07, where that is the same bits; else 17 digits. */
static void put_abscissa(FILE *file, double value)
{
    bool round = fabs(value) < 1e8 && rint(value * 1e6) / 1e6 == value;
    fprintf(file, round ? "%.15g" : "%.17g", value);
}

enum vt_status vt_curve_write(const char *path, const struct vt_curve_out *c)
{
    struct vt_replace out;
    assert(c->kind > VT_ORDINATE_UNKNOWN && c->kind <= VT_ORDINATE_INTENSITY);
    VT_TRY(vt_replace_open(&out, path));
    out.later = c->many;
    setvbuf(out.file, NULL, _IOFBF, 1 << 17);
    fprintf(out.file, "[DEFAULT]\n\nversion = vitrum-%s\n# commit %s\n", vt_version, vt_commit);
    for (int k = 0; k < c->n_comments; k++) fprintf(out.file, "# %s\n", c->comment[k]);
    fputc('\n', out.file);
    for (int k = 0; k < c->n_notes; k++) fprintf(out.file, "%s = %s\n", c->note[k].key, c->note[k].text);
    fprintf(out.file,
            "\n# End of config --------------------------------------------------------------\n"
            "#### start data\n\n#S 1\n#L %s%s\n",
            form[c->kind].columns, c->error ? form[c->kind].errors : "");
    for (int k = 0; k < c->n; k++) {
        put_abscissa(out.file, c->x[k]);
        fprintf(out.file, c->error ? " %.17g 0 %.17g\n" : " %.17g\n", c->y[k], c->error ? c->error[k] : 0);
    }
    enum vt_status st = vt_replace_commit(&out);
    if (st != VT_OK) vt_replace_abandon(&out);
    return st;
}
