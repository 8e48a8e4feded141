/* reduce_options.c: see reduce_options.h.
 *
 * A configuration is read as Python's configparser does: sections, `key = value` or `key : value`, # and ;
 * before comments, indented lines go on with the value above. It ends where data start. It becomes YAML with
 * each key at its line, so that the checks of params.h name the line. */
#include "study/reduce_options.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/memory.h"
#include "core/scattering.h"
#include "io/lines.h"

enum { PDFGETX3 = 16 }; /* rows of the table that PDFgetX3 knows: the first ones */

#define OPTION(member) offsetof(struct vt_reduce_options, member)
const struct vt_param vt_reduce_params[] = {
    {.name = "dataformat",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = OPTION(format),
     .preset = VT_FORMAT_TOLD,
     .text = "told|QA|Qnm|twotheta|dspacing",
     .help =
         "first column of files that do not tell: q in 1/A or 1/nm, 2theta in degrees, or d = 2 pi / q in A"},
    {.name = "inputfile",
     .unit = "",
     .kind = VT_TEXT,
     .offset = OPTION(inputfile),
     .help = "the pattern, or more of them on indented lines, or with * and ?; not used where files stand on "
             "the command line"},
    {.name = "backgroundfile",
     .unit = "",
     .kind = VT_TEXT,
     .offset = OPTION(backgroundfile),
     .help = "pattern of what is not the sample, subtracted; interpolated where its points are others"},
    {.name = "outputtypes",
     .unit = "",
     .kind = VT_TEXT,
     .offset = OPTION(outputtypes),
     .text = "sq fq gr",
     .help = "what is written: iq (background subtracted), sq, fq, gr, all"},
    {.name = "mode",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = OPTION(how.neutron),
     .preset = 0,
     .text = "xray|neutron",
     .help = "form factors of X-rays, or scattering lengths of neutrons"},
    {.name = "wavelength",
     .unit = "A",
     .kind = VT_REAL,
     .offset = OPTION(how.wavelength),
     .preset = VT_UNSET,
     .min = 0.01,
     .max = 12.5, /* 1 keV, the least energy, and a little */
     .help = "for angles, f' and f'', recoil, polarisation and absorption; this or energy"},
    {.name = "twothetazero",
     .unit = "deg",
     .kind = VT_REAL,
     .offset = OPTION(twothetazero),
     .preset = 0,
     .min = -10,
     .max = 10,
     .help = "where the beam is on the axis of angles"},
    {.name = "composition",
     .unit = "",
     .kind = VT_TEXT,
     .offset = OPTION(composition),
     .help = "formula of any size: Cu50Zr50, CeO2"},
    {.name = "bgscale",
     .unit = "1",
     .kind = VT_REAL,
     .offset = OPTION(how.bgscale),
     .preset = 1,
     .min = 0,
     .max = 1e6,
     .help = "the background is multiplied by it"},
    {.name = "rpoly",
     .unit = "A",
     .kind = VT_REAL,
     .offset = OPTION(how.rpoly),
     .preset = VT_UNSET,
     .min = 0,
     .max = 10,
     .help = "G(r) is free of smooth errors beyond about here; 0: no polynomial; 0.9 for the route ad-hoc, 0 "
             "for absolute"},
    {.name = "qmaxinst",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = OPTION(how.qmaxinst),
     .preset = 0,
     .min = 0,
     .max = 75,
     .help = "last meaningful intensity; 0: end of the data"},
    {.name = "qmin",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = OPTION(how.qmin),
     .preset = 0,
     .min = 0,
     .max = 75,
     .help = "begin of the transform; 0: begin of the data"},
    {.name = "qmax",
     .unit = "/A",
     .kind = VT_REAL,
     .offset = OPTION(how.qmax),
     .preset = 0,
     .min = 0,
     .max = 75,
     .help = "its end; 0: qmaxinst"},
    {.name = "rmin",
     .unit = "A",
     .kind = VT_REAL,
     .offset = OPTION(how.rmin),
     .preset = 0,
     .min = 0,
     .max = 1000,
     .help = "begin of G(r)"},
    {.name = "rmax",
     .unit = "A",
     .kind = VT_REAL,
     .offset = OPTION(how.rmax),
     .preset = 30,
     .min = 0.1,
     .max = 1000,
     .help = "its end"},
    {.name = "rstep",
     .unit = "A",
     .kind = VT_REAL,
     .offset = OPTION(how.rstep),
     .preset = 0.01,
     .min = 1e-4,
     .max = 1,
     .help = "its step"},
    {.name = "route",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = OPTION(how.route),
     .preset = VT_ROUTE_AD_HOC,
     .text = "ad-hoc|absolute",
     .help = "as PDFgetX3, a polynomial for all that is smooth; or Krogh-Moe and Norman, with Compton, f' "
             "and f''"},
    {.name = "density",
     .unit = "/A^3",
     .kind = VT_REAL,
     .offset = OPTION(how.density),
     .preset = VT_UNSET,
     .min = 1e-4,
     .max = 1,
     .help = "atoms/A^3, for the scale; the route absolute needs it"},
    {.name = "energy",
     .unit = "keV",
     .kind = VT_REAL,
     .offset = OPTION(how.energy),
     .preset = VT_UNSET,
     .min = 1,
     .max = 1000,
     .help = "of the photons, instead of the wavelength"},
    {.name = "compton",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = OPTION(how.compton),
     .preset = VT_CHOOSE_AUTO,
     .text = "auto|no|yes",
     .help = "subtract Compton scattering; auto: in the route absolute"},
    {.name = "recoil",
     .unit = "1",
     .kind = VT_INT,
     .offset = OPTION(how.recoil),
     .preset = 2,
     .min = 0,
     .max = 3,
     .help = "power of E'/E that Compton scattering is multiplied by, where the wavelength is known"},
    {.name = "anomalous",
     .unit = "",
     .kind = VT_CHOICE,
     .offset = OPTION(how.anomalous),
     .preset = VT_CHOOSE_AUTO,
     .text = "auto|no|yes",
     .help = "f' and f'' in the form factors; auto: in the route absolute, where the wavelength is known"},
    {.name = "polarisation",
     .unit = "1",
     .kind = VT_REAL,
     .offset = OPTION(how.polarisation),
     .preset = VT_UNSET,
     .min = 0,
     .max = 1,
     .help = "K of (1 + K cos^2 2theta)/(1 + K): 1 full rings or unpolarised, cos^2 of a monochromator; "
             "none: corrected already"},
    {.name = "mut",
     .unit = "1",
     .kind = VT_REAL,
     .offset = OPTION(how.mut),
     .preset = 0,
     .min = 0,
     .max = 20,
     .help = "absorption mu t of a flat plate across the beam, in transmission"},
    {.name = "lorch",
     .unit = "",
     .kind = VT_BOOL,
     .offset = OPTION(how.lorch),
     .preset = 0,
     .help = "Lorch's window on the way to G(r)"},
    {0},
};

/* ------------------------------------------------------------------------------------------- configuration
 */

/* Other spellings, and keys of PDFgetX3 and xPDFsuite that change nothing here (name NULL). */
static const struct {
    const char *spelling, *name;
} other[] = {
    {"inputfiles", "inputfile"},
    {"backgroundfiles", "backgroundfile"},
    {"outputtype", "outputtypes"},
    {"bgscales", "bgscale"},
    {"xmin", "rmin"},
    {"xmax", "rmax"},
    {"xstep", "rstep"},
    {"version", NULL},
    {"stype", NULL},
    {"temperature", NULL},
    {"title", NULL},
    {"datapath", NULL},
    {"output", NULL},
    {"plot", NULL},
    {"interact", NULL},
    {"interactive", NULL},
    {"verbose", NULL},
    {"force", NULL},
    {"exclude", NULL},
    {"user", NULL},
    {"inputdir", NULL},
    {"savedir", NULL},
    {"backgroundfilefull", NULL},
};

/* YAML that grows, with the line it is on. */
struct yaml_text {
    char *text;
    size_t length, capacity;
    int64_t line;
};

static enum vt_status put(struct yaml_text *y, const char *text, size_t n)
{
    VT_TRY(vt_grow(&y->text, &y->capacity, y->length + n + 1));
    memcpy(y->text + y->length, text, n);
    y->text[y->length += n] = '\0';
    return VT_OK;
}

/* A piece of a value, within double quotes. */
static enum vt_status put_quoted(struct yaml_text *y, const char *text, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (text[k] == '"' || text[k] == '\\') VT_TRY(put(y, "\\", 1));
        VT_TRY(put(y, &text[k], 1));
    }
    return VT_OK;
}

/* The length of text without blanks at its end. */
static size_t trimmed(const char *text)
{
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1])) n--;
    return n;
}

/* The name of the table behind a spelling; NULL if it is harmless, itself if it is not known here. */
static const char *canonical(const char *key)
{
    for (size_t k = 0; k < sizeof other / sizeof *other; k++)
        if (!strcmp(key, other[k].spelling)) return other[k].name;
    return key;
}

/* A line `key = value`: its begin, up to the open quotes. *open: is there a value that may go on? */
static enum vt_status begin_value(const struct vt_lines *lines, struct yaml_text *y, bool *open)
{
    char key[64];
    const char *text = lines->text, *sign = strpbrk(text, "=:");
    size_t length = sign ? (size_t)(sign - text) : 0;
    while (length && isspace((unsigned char)text[length - 1])) length--;
    if (!length || length >= sizeof key || strcspn(text, " \t\"'{}[]\\&*!|>%@`,#?-") < length)
        return vt_lines_fail(lines, "'%.40s' is no `key = value`, section or comment", text);
    memcpy(key, text, length);
    key[length] = '\0';
    for (char *at = key; *at; at++) *at = (char)tolower((unsigned char)*at); /* as configparser does */
    const char *name = canonical(key), *value = sign + 1 + strspn(sign + 1, " \t");
    *open = name && *value;
    if (!*open) return VT_OK; /* a key without a value is not set */
    for (; y->line < lines->number; y->line++) VT_TRY(put(y, "\n", 1));
    VT_TRY(put(y, name, strlen(name)));
    VT_TRY(put(y, ": \"", 3));
    return put_quoted(y, value, trimmed(value));
}

/* A section begins: *skip if nothing in it is for us. */
static enum vt_status begin_section(const struct vt_lines *lines, bool *skip)
{
    size_t n = trimmed(lines->text);
    *skip = n == 6 && !strncasecmp(lines->text, "[Misc]", n);
    if (*skip || (n == 9 && !strncmp(lines->text, "[DEFAULT]", n)) ||
        (n == 5 && !strncmp(lines->text, "[PDF]", n)))
        return VT_OK;
    return vt_lines_fail(
        lines, "section '%.40s': only [DEFAULT] is read (or [PDF], of xPDFsuite); put its keys there",
        lines->text);
}

static enum vt_status read_config(struct vt_lines *lines, struct yaml_text *y)
{
    bool open = false, section = false, skip = false;
    y->line = 1;
    while (vt_lines_next(lines)) {
        const char *text = lines->text, *first = text + strspn(text, " \t\r");
        if (strcasestr(text, "start data")) break;
        if (text[strcspn(text, "\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x1b\x7f")])
            return vt_lines_fail(lines, "this is no text");
        if (!*first || *first == '#' || *first == ';') continue;
        if (first > text && open) { /* goes on */
            VT_TRY(put(y, "\\n", 2));
            VT_TRY(put_quoted(y, first, trimmed(first)));
            continue;
        }
        if (first > text && !skip && section) continue; /* goes on with a value that is not for us */
        if (open) VT_TRY(put(y, "\"", 1));
        open = false;
        if (*text == '[') {
            VT_TRY(begin_section(lines, &skip));
            section = true;
        } else if (!section)
            return vt_lines_fail(lines, "'%.40s': the section [DEFAULT] is due before it", text);
        else if (!skip)
            VT_TRY(begin_value(lines, y, &open));
    }
    if (open) VT_TRY(put(y, "\"", 1));
    if (!section)
        return VT_RAISE(VT_EINPUT, "%s: there is no section [DEFAULT]: this is no configuration",
                        lines->path);
    return put(y, "\n", 1);
}

static enum vt_status parse_config(const char *path, struct vt_yaml **map)
{
    struct vt_lines lines;
    struct yaml_text y = {0};
    *map = NULL;
    VT_TRY(vt_lines_open(&lines, path));
    enum vt_status st = read_config(&lines, &y);
    vt_lines_close(&lines);
    if (st == VT_OK && y.length > 1) st = vt_yaml_parse(y.text, y.length, path, map);
    free(y.text);
    return st;
}

/* ------------------------------------------------------------------------------------------------- options
 */

static const struct vt_param *row_of(const char *key)
{
    for (const struct vt_param *p = vt_reduce_params; p->name; p++)
        if (!strcmp(p->name, key)) return p;
    return NULL;
}

/* Numbers without a unit get that of the table. */
static enum vt_status add_units(struct vt_yaml *map)
{
    for (int k = 0; map && map->kind == VT_YAML_MAP && k < map->n; k++) {
        const struct vt_param *row = row_of(map->key[k]);
        struct vt_yaml *item = map->item[k];
        char *end, *text;
        if (!row || row->kind != VT_REAL || !strcmp(row->unit, "1") || item->kind != VT_YAML_SCALAR) continue;
        strtod(item->text, &end);
        if (end == item->text || *end) continue;
        size_t size = strlen(item->text) + strlen(row->unit) + 2;
        VT_TRY(vt_alloc(&text, size));
        snprintf(text, size, "%s %s", item->text, row->unit);
        free(item->text);
        item->text = text;
    }
    return VT_OK;
}

static enum vt_status parse_types(struct vt_reduce_options *o)
{
    static const char *const name[] = {"iq", "sq", "fq", "gr", "all"};
    static const enum vt_ordinate kind[] = {VT_ORDINATE_INTENSITY, VT_ORDINATE_S, VT_ORDINATE_F,
                                            VT_ORDINATE_REDUCED};
    memset(o->writes, 0, sizeof o->writes);
    int n = 0;
    for (const char *at = o->outputtypes; *at; at += strspn(at, " ,\t\n")) {
        size_t length = strcspn(at, " ,\t\n");
        int k = 0;
        while (k < 5 && (strlen(name[k]) != length || strncmp(name[k], at, length) != 0)) k++;
        if (length && k == 5)
            return VT_RAISE(VT_EINPUT, "outputtypes: '%.*s' is not one of iq, sq, fq, gr, all", (int)length,
                            at);
        for (int j = 0; j < 4 && length; j++) o->writes[kind[j]] |= j == k || k == 4;
        n += length > 0;
        at += length;
    }
    return n ? VT_OK
             : VT_RAISE(VT_EINPUT, "outputtypes: nothing would be written; some of iq, sq, fq, gr are due");
}

static enum vt_status finish(struct vt_reduce_options *o)
{
    if (!*o->composition)
        return VT_RAISE(VT_EINPUT, "the composition is missing: --composition Cu50Zr50, or composition = "
                                   "Cu50Zr50 in the configuration");
    if (strchr(o->backgroundfile, '\n'))
        return VT_RAISE(VT_EINPUT, "backgroundfile: one file is due, not more");
    VT_TRY(vt_alloy_formula(o->composition, &o->alloy));
    for (int k = 0; k < o->alloy.n; k++) {
        int z = vt_element_z(o->alloy.symbol[k]);
        if (isnan(o->how.neutron ? vt_neutron_length(z) : vt_form_factor(z, 0)))
            return VT_RAISE(VT_EINPUT, "composition: %s has no %s here", o->alloy.symbol[k],
                            o->how.neutron ? "scattering length" : "form factor");
    }
    VT_TRY(parse_types(o));
    VT_TRY(vt_reduction_check(&o->how));
    if (o->format == VT_FORMAT_TWO_THETA && isnan(o->how.wavelength))
        return VT_RAISE(VT_EINPUT, "dataformat twotheta needs the wavelength (angstrom) or the energy (keV)");
    return VT_OK;
}

static void preset(struct vt_reduce_options *o)
{
    memset(o, 0, sizeof *o);
    vt_params_preset(&(struct vt_params){vt_reduce_params, o}, 1);
}

enum vt_status vt_reduce_options_read(const char *config, const char *words, size_t length,
                                      struct vt_reduce_options *o)
{
    struct vt_yaml *file = NULL, *line = NULL;
    struct vt_params set = {vt_reduce_params, o};
    enum vt_status st;
    preset(o);
    if (config) VT_TRY_GOTO(st, done, parse_config(config, &file));
    if (length) VT_TRY_GOTO(st, done, vt_yaml_parse(words, length, VT_COMMAND_LINE, &line));
    VT_TRY_GOTO(st, done, add_units(file));
    VT_TRY_GOTO(st, done, add_units(line));
    if (file) VT_TRY_GOTO(st, done, vt_params_read(file, "reduce", &set, 1));
    for (int k = 0; line && k < line->n; k++) /* these go before the file */
        VT_TRY_GOTO(st, done, vt_params_read_as(line, line->key[k], "reduce", row_of(line->key[k]), o));
    st = finish(o);
    if (st != VT_OK)
        st = vt_prefix(st, "%s%s", config ? config : "reduce",
                       config && length ? " and the command line" : "");
done:
    vt_yaml_release(file);
    vt_yaml_release(line);
    return st;
}

/* --------------------------------------------------------------------------------------- headers, template
 */

/* The value of a row as it stands in a configuration: numbers without their unit; "" if there is none. */
static void value_of(const struct vt_param *p, const struct vt_reduce_options *o, char text[VT_TEXT_SIZE])
{
    const struct vt_param row[2] = {*p};
    char line[2 * VT_TEXT_SIZE] = "";
    if (p->kind == VT_TEXT) {
        snprintf(text, VT_TEXT_SIZE, "%s", (const char *)o + p->offset);
        return;
    }
    vt_params_echo(&(struct vt_params){row, (void *)o}, 1, line, sizeof line);
    const char *value = *line ? strchr(line, ' ') + 1 : line;
    snprintf(text, VT_TEXT_SIZE, "%.*s", (int)strcspn(value, p->kind == VT_REAL ? " \n" : "\n"), value);
}

enum vt_status vt_reduce_notes_make(const struct vt_reduce_options *o, struct vt_reduce_notes *notes)
{
    enum { SIZE = 8 * VT_TEXT_SIZE };
    struct vt_reduce_options plain;
    char value[VT_TEXT_SIZE], presets[VT_TEXT_SIZE];
    size_t used = 0;
    preset(&plain);
    *notes = (struct vt_reduce_notes){0};
    VT_TRY(vt_alloc(&notes->text, SIZE));
    for (const struct vt_param *p = vt_reduce_params; p->name; p++) {
        value_of(p, o, value);
        value_of(p, &plain, presets);
        bool same = !strcmp(value, presets),
             ours = p - vt_reduce_params >= PDFGETX3 || !strcmp(p->name, "dataformat");
        bool derived = !strcmp(p->name, "energy") && o->how.energy == vt_photon(o->how.wavelength);
        if (!*value || (same && ours) || derived || !strcmp(p->name, "inputfile")) continue;
        for (char *at = value; *at; at++) *at = *at == '\n' ? ' ' : *at; /* a header has one line for each */
        notes->line[notes->n++] = (struct vt_curve_line){p->name, notes->text + used};
        used += (size_t)snprintf(notes->text + used, SIZE - used, "%s", value) + 1;
    }
    return VT_OK;
}

void vt_reduce_notes_release(struct vt_reduce_notes *notes)
{
    free(notes->text);
    *notes = (struct vt_reduce_notes){0};
}

void vt_reduce_template(FILE *out)
{
    struct vt_reduce_options plain;
    char value[VT_TEXT_SIZE];
    preset(&plain);
    fputs("# Configuration of `vitrum reduce`; the keys are PDFgetX3's as far as it has them. Take the # "
          "away before what\n"
          "# you set. Options on the command line go before it. The header of a .gr, .fq, .sq or .iq file is "
          "a\n"
          "# configuration, too.\n[DEFAULT]\n",
          out);
    for (const struct vt_param *p = vt_reduce_params; p->name; p++) {
        bool unit = *p->unit && strcmp(p->unit, "1") != 0;
        if (p - vt_reduce_params == PDFGETX3) fputs("\n# Beyond PDFgetX3 ----------------------\n", out);
        value_of(p, &plain, value);
        fprintf(out, "\n# %s%s%s%s\n", p->help, unit ? " [" : "", p->unit && unit ? p->unit : "",
                unit ? "]" : "");
        if (p->kind == VT_CHOICE) fprintf(out, "# one of %s\n", p->text);
        fprintf(out, "#%s = %s\n", p->name, value);
    }
}
