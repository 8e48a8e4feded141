/* verdicts.c: the record of verdicts, and the built-in one (verdicts.yaml of this folder).
 *
 *     - checksum: "a0324cf12f4a8665"
 *       potential: "builtin:CuZrAlHfCo"
 *       elements: "Cu, Zr, Al, Hf, Co"
 *       alloys: "Cu44Zr44Al8Hf2Co2"                          (or none)
 *       date: "2025-12-31"
 *       version: "0.1.0 (0123abc)"
 *       command: "vitrum potential check builtin:CuZrAlHfCo"
 *       structure:
 *         verdict: near
 *         met: 24
 *         of: 25
 *         near:
 *           - "Zr lattice constant c: 5.2051 A (+1.1 %)"
 *         not_computed:
 *           - "first peak"
 *       thermodynamics: ...
 *       mechanics: ...
 *       running: ...
 *
 * The verdict follows from the numbers and lists; an entry in which they disagree was changed by hand, and is
 * refused: what a report says about a potential must be what a check has found. */
#include "potential/verdicts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/provenance.h"
#include "io/replace.h"
#include "potential/check_text.h"

extern const char vt_builtin_verdicts[];

/* ---------------------------------------------------------------------------------------------- memory */

static void release_lines(struct vt_verdict_lines *l)
{
    for (int k = 0; k < l->n; k++) free(l->text[k]);
    free(l->text);
    *l = (struct vt_verdict_lines){0};
}

static enum vt_status add_line(struct vt_verdict_lines *l, const char *text)
{
    VT_TRY(vt_grow(&l->text, &l->capacity, l->n + 1));
    return vt_copy_text(&l->text[l->n++], text);
}

void vt_recorded_release(struct vt_recorded *r)
{
    for (enum vt_use use = 0; use < VT_USES; use++) {
        release_lines(&r->use[use].misses);
        release_lines(&r->use[use].near);
        release_lines(&r->use[use].missing);
    }
    *r = (struct vt_recorded){0};
}

void vt_verdicts_release(struct vt_verdicts *v)
{
    for (int k = 0; k < v->n; k++) vt_recorded_release(&v->item[k]);
    free(v->item);
    *v = (struct vt_verdicts){0};
}

/* v->n if there is none */
static int index_of(const struct vt_verdicts *v, uint64_t checksum)
{
    int k = 0;
    while (k < v->n && v->item[k].checksum != checksum) k++;
    return k;
}

struct vt_recorded *vt_verdicts_find(const struct vt_verdicts *v, uint64_t checksum)
{
    int k = index_of(v, checksum);
    return k < v->n ? &v->item[k] : NULL;
}

/* ---------------------------------------------------------------------------------------------- reading */

struct use_form {
    int verdict;
    int64_t met, judged;
    const struct vt_yaml *misses, *near, *missing;
};
static const char lines_form[] = "[\"first peak\"]";
static const struct vt_param use_rows[] = {
    {"verdict", "", VT_CHOICE, offsetof(struct use_form, verdict), VT_REQUIRED, 0, 0, "of the worst finding",
     "meets|near|misses|no reference"}, /* as in enum vt_verdict */
    {"met", "1", VT_INT, offsetof(struct use_form, met), VT_REQUIRED, 0, 1e6, "findings that decide and meet",
     NULL},
    {"of", "1", VT_INT, offsetof(struct use_form, judged), VT_REQUIRED, 0, 1e6, "findings that decide", NULL},
    {"misses", "", VT_NODE, offsetof(struct use_form, misses), 0, 0, 0, "those that miss", lines_form},
    {"near", "", VT_NODE, offsetof(struct use_form, near), 0, 0, 0, "those that are near", lines_form},
    {"not_computed", "", VT_NODE, offsetof(struct use_form, missing), 0, 0, 0, "what would decide too",
     lines_form},
    {0},
};

static enum vt_status read_lines(const struct vt_yaml *list, const char *name, struct vt_verdict_lines *lines)
{
    if (!list) return VT_OK;
    if (list->kind != VT_YAML_LIST) return VT_RAISE_AT(list, "%s: a list of texts is due", name);
    for (int k = 0; k < list->n; k++) {
        if (list->item[k]->kind != VT_YAML_SCALAR || !*list->item[k]->text)
            return VT_RAISE_AT(list->item[k], "%s: a text is due, in quotes", name);
        VT_TRY(add_line(lines, list->item[k]->text));
    }
    return VT_OK;
}

static enum vt_status read_use(const struct vt_yaml *map, const char *name, struct vt_recorded_use *u)
{
    struct use_form form;
    VT_TRY(vt_params_read(map, name, &(struct vt_params){use_rows, &form}, 1));
    VT_TRY(read_lines(form.misses, "misses", &u->misses));
    VT_TRY(read_lines(form.near, "near", &u->near));
    VT_TRY(read_lines(form.missing, "not_computed", &u->missing));
    u->verdict = (enum vt_verdict)form.verdict;
    u->met = (int)form.met, u->judged = (int)form.judged;
    if (u->met + u->near.n + u->misses.n != u->judged)
        return VT_RAISE_AT(map, "%s: met (%d), near (%d) and misses (%d) must add up to `of`, not %d", name,
                           u->met, u->near.n, u->misses.n, u->judged);
    enum vt_verdict right = u->misses.n ? VT_MISSES
                            : u->near.n ? VT_NEAR
                            : u->met    ? VT_MEETS
                                        : VT_NO_REFERENCE;
    if (u->verdict != right)
        return VT_RAISE_AT(vt_yaml_get(map, "verdict"), "%s: verdict is '%s', but by its findings it is '%s'",
                           name, vt_verdict_names[u->verdict], vt_verdict_names[right]);
    return VT_OK;
}

struct form {
    char checksum[VT_TEXT_SIZE];
    struct vt_recorded entry;
    const struct vt_yaml *use[VT_USES];
};
#define TEXT(name, member, help)                                                                             \
    {                                                                                                        \
        name, "", VT_TEXT, offsetof(struct form, member), VT_REQUIRED, 0, 0, help, NULL                      \
    }
#define USE(name, use)                                                                                       \
    {                                                                                                        \
        name, "", VT_NODE, offsetof(struct form, use), VT_REQUIRED, 0, 0, "verdict on this use",             \
            "{verdict: meets, met: 11, of: 11}"                                                              \
    }
static const struct vt_param rows[] = {
    TEXT("checksum", checksum, "of the tables, as `vitrum potential show` prints it"),
    TEXT("potential", entry.potential, "what the tables were called"),
    TEXT("elements", entry.elements, "of the tables"),
    {"alloys", "", VT_TEXT, offsetof(struct form, entry.alloys), 0, 0, 0, "that were judged", "none"},
    TEXT("date", entry.date, "of the check"),
    TEXT("version", entry.version, "of the program"),
    TEXT("command", entry.command, "that did it"),
    /* as vt_use_names */
    USE("structure", use[VT_STRUCTURE]),
    USE("thermodynamics", use[VT_THERMODYNAMICS]),
    USE("mechanics", use[VT_MECHANICS]),
    USE("running", use[VT_RUNNING]),
    {0},
};

static enum vt_status read_checksum(const struct vt_yaml *map, const char *text, uint64_t *checksum)
{
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return VT_RAISE_AT(vt_yaml_get(map, "checksum"),
                           "checksum: 16 of 0 to 9 and a to f are right, not '%s'", text);
    *checksum = strtoull(text, NULL, 16);
    return VT_OK;
}

/* The lists are in *entry also after a failure. */
static enum vt_status read_entry(const struct vt_yaml *map, struct vt_recorded *entry)
{
    struct form form;
    if (map->kind != VT_YAML_MAP) return VT_RAISE_AT(map, "a map is due: checksum, potential, ...");
    VT_TRY(vt_params_read(map, "verdict", &(struct vt_params){rows, &form}, 1));
    VT_TRY(read_checksum(map, form.checksum, &form.entry.checksum));
    memset(form.entry.use, 0, sizeof form.entry.use);
    *entry = form.entry;
    for (enum vt_use use = 0; use < VT_USES; use++)
        VT_TRY(read_use(form.use[use], vt_use_names[use], &entry->use[use]));
    return VT_OK;
}

static enum vt_status read_all(const struct vt_yaml *root, struct vt_verdicts *v)
{
    if (root->kind != VT_YAML_LIST)
        return VT_RAISE_AT(root, "this is no record of verdicts: a list is due, as `vitrum potential check "
                                 "--record` writes it");
    for (int k = 0; k < root->n; k++) {
        VT_TRY(vt_grow(&v->item, &v->capacity, v->n + 1));
        struct vt_recorded *entry = &v->item[v->n++];
        *entry = (struct vt_recorded){0};
        VT_TRY(read_entry(root->item[k], entry));
        int first = index_of(v, entry->checksum);
        if (first < k)
            return VT_RAISE_AT(root->item[k], "checksum %016" PRIx64 " stands twice, first in line %d",
                               entry->checksum, root->item[first]->line);
    }
    return VT_OK;
}

enum vt_status vt_verdicts_read(const char *path, struct vt_verdicts *v)
{
    struct vt_yaml *root = NULL;
    *v = (struct vt_verdicts){0};
    enum vt_status st =
        path ? vt_yaml_read(path, &root)
             : vt_yaml_parse(vt_builtin_verdicts, strlen(vt_builtin_verdicts), "built-in verdicts", &root);
    if (st == VT_OK) st = read_all(root, v);
    vt_yaml_release(root);
    if (st != VT_OK) vt_verdicts_release(v);
    return st;
}

/* ---------------------------------------------------------------------------------------------- writing */

/* In double quotes, which take any text. */
static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if ((unsigned char)*c < ' ' || *c == 0x7f)
            fprintf(out, "\\x%02x", (unsigned char)*c);
        else
            fputc(*c, out);
    fprintf(out, "\"\n");
}

static void put_lines(FILE *out, const char *key, const struct vt_verdict_lines *lines)
{
    if (lines->n) fprintf(out, "    %s:\n", key);
    for (int k = 0; k < lines->n; k++) {
        fprintf(out, "      - ");
        put_text(out, lines->text[k]);
    }
}

static void put_entry(FILE *out, const struct vt_recorded *r)
{
    const struct {
        const char *key, *text;
    } head[] = {{"potential", r->potential}, {"elements", r->elements}, {"alloys", r->alloys},
                {"date", r->date},           {"version", r->version},   {"command", r->command}};
    fprintf(out, "\n- checksum: \"%016" PRIx64 "\"\n", r->checksum);
    for (size_t k = 0; k < sizeof head / sizeof *head; k++) {
        if (!*head[k].text) continue;
        fprintf(out, "  %s: ", head[k].key);
        put_text(out, head[k].text);
    }
    for (enum vt_use use = 0; use < VT_USES; use++) {
        const struct vt_recorded_use *u = &r->use[use];
        fprintf(out, "  %s:\n    verdict: %s\n    met: %d\n    of: %d\n", vt_use_names[use],
                vt_verdict_names[u->verdict], u->met, u->judged);
        put_lines(out, "misses", &u->misses);
        put_lines(out, "near", &u->near);
        put_lines(out, "not_computed", &u->missing);
    }
}

/* What was written must be read again: texts that are no UTF-8 (the name of a file may be none) cannot. */
static enum vt_status read_back(const char *temporary, const struct vt_verdicts *written)
{
    struct vt_verdicts again;
    VT_TRY(vt_verdicts_read(temporary, &again));
    bool same = again.n == written->n;
    vt_verdicts_release(&again);
    return same ? VT_OK : VT_RAISE(VT_EWORLD, "not all verdicts are in it");
}

enum vt_status vt_verdicts_write(const char *path, const struct vt_verdicts *v)
{
    struct vt_replace out;
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file,
            "# Verdicts on potentials, written by `vitrum potential check SOURCE --record FILE`\n"
            "# (docs/reference/potential-check.md). An entry belongs to the tables of its checksum.\n");
    for (int k = 0; k < v->n; k++) put_entry(out.file, &v->item[k]);
    enum vt_status st = vt_replace_flush(&out);
    if (st == VT_OK) st = vt_prefix(read_back(out.temporary, v), "record %s", path);
    if (st == VT_OK) st = vt_replace_commit(&out);
    if (st) vt_replace_abandon(&out);
    return st;
}

/* --------------------------------------------------------------------------------------------- of a check */

static enum vt_status record_use(const struct vt_check *c, enum vt_use use, struct vt_recorded_use *u)
{
    char text[400];
    u->verdict = vt_findings_verdict(&c->findings, use);
    vt_check_count(&c->findings, use, &u->judged, &u->met);
    for (int k = 0; k < c->findings.n; k++) {
        const struct vt_finding *f = &c->findings.item[k];
        bool misses = vt_finding_decides(f, use, VT_MISSES);
        if (!misses && !vt_finding_decides(f, use, VT_NEAR)) continue;
        vt_check_reason(f, text, sizeof text);
        VT_TRY(add_line(misses ? &u->misses : &u->near, text));
    }
    for (enum vt_property p = 0; p < VT_PROPERTIES; p++) {
        if (!vt_check_lacks(c, use, p)) continue;
        vt_property_title(p, text, sizeof text);
        VT_TRY(add_line(&u->missing, text));
    }
    return VT_OK;
}

/* name behind the names in text, with a comma. */
static void add_name(char text[VT_TEXT_SIZE], const char *name)
{
    size_t used = strlen(text);
    snprintf(text + used, VT_TEXT_SIZE - used, "%s%s", used ? ", " : "", name);
}

static bool was_judged(const struct vt_check *c, const char *subject)
{
    for (int k = 0; k < c->findings.n; k++)
        if (!strcmp(c->findings.item[k].subject, subject) && c->findings.item[k].verdict <= VT_MISSES)
            return true;
    return false;
}

enum vt_status vt_recorded_make(const struct vt_check *c, const char *command, struct vt_recorded *r)
{
    time_t now = time(NULL);
    *r = (struct vt_recorded){.checksum = c->options.tables->checksum};
    snprintf(r->potential, sizeof r->potential, "%s", c->options.source);
    snprintf(r->version, sizeof r->version, "%s (%s)", vt_version, vt_commit);
    snprintf(r->command, sizeof r->command, "%s", command);
    strftime(r->date, sizeof r->date, "%Y-%m-%d", gmtime(&now));
    for (int k = 0; k < c->options.tables->n_species; k++)
        add_name(r->elements, c->options.tables->element[k].symbol);
    for (int k = 0; k < c->options.n_alloys; k++)
        if (was_judged(c, c->options.alloy[k].name)) add_name(r->alloys, c->options.alloy[k].name);
    if (!*r->alloys) strcpy(r->alloys, "none");
    enum vt_status st = VT_OK;
    for (enum vt_use use = 0; use < VT_USES && st == VT_OK; use++) st = record_use(c, use, &r->use[use]);
    if (st != VT_OK) vt_recorded_release(r);
    return st;
}

enum vt_status vt_verdicts_record(const char *path, const struct vt_recorded *r)
{
    struct vt_verdicts v = {0};
    if (access(path, F_OK) == 0 || errno != ENOENT) VT_TRY(vt_verdicts_read(path, &v));
    int at = index_of(&v, r->checksum);
    enum vt_status st = at < v.n ? VT_OK : vt_grow(&v.item, &v.capacity, v.n + 1);
    if (st == VT_OK) {
        struct vt_recorded former = {0};
        if (at < v.n)
            former = v.item[at];
        else
            v.n++;
        v.item[at] = *r; /* lent for writing */
        st = vt_verdicts_write(path, &v);
        v.item[at] = former;
    }
    vt_verdicts_release(&v);
    return st;
}
