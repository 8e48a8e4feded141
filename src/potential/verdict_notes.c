/* verdict_notes.c: see verdict_notes.h. */
#include "potential/verdict_notes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "md/eam_builtin.h"

/* NULL if there is none. */
static struct vt_recorded *find_builtin(const struct vt_verdicts *v, const char *name)
{
    static const char prefix[] = "builtin:";
    for (int k = 0; k < v->n; k++)
        if (!strncmp(v->item[k].potential, prefix, sizeof prefix - 1) &&
            !strcmp(v->item[k].potential + sizeof prefix - 1, name))
            return &v->item[k];
    return NULL;
}

enum vt_status vt_verdict_seek(const char *record, const char *source, uint64_t checksum,
                               struct vt_recorded *r, bool *found)
{
    struct vt_verdicts v;
    *r = (struct vt_recorded){0};
    *found = false;
    bool own = record && *record;
    VT_TRY(vt_verdicts_read(own ? record : NULL, &v));
    const char *builtin = vt_eam_builtin_name(source);
    struct vt_recorded *entry = vt_verdicts_find(&v, checksum);
    if (!entry && !own && builtin) entry = find_builtin(&v, builtin);
    enum vt_status st = VT_OK;
    if (entry) {
        *r = *entry, *found = true;
        *entry = (struct vt_recorded){0};
    } else if (own)
        st =
            VT_RAISE(VT_EINPUT,
                     "%s has no verdict on %s (checksum %016" PRIx64 "): `vitrum potential check %s --record "
                     "%s` puts one there",
                     record, source, checksum, source, record);
    vt_verdicts_release(&v);
    return st;
}

void vt_verdict_line(const struct vt_recorded *r, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (enum vt_use use = 0; use < VT_USES && used < size; use++)
        used += (size_t)snprintf(text + used, size - used, "%s%s %s", use ? ", " : "", vt_use_names[use],
                                 vt_verdict_names[r->use[use].verdict]);
}

static const char group[] = "potential_verdict";

/* One line each. */
static enum vt_status note_lines(struct vt_results *r, const char *path, const char *key,
                                 const struct vt_verdict_lines *lines)
{
    char *text, *end;
    size_t size = 1;
    for (int k = 0; k < lines->n; k++) size += strlen(lines->text[k]) + 1;
    VT_TRY(vt_alloc(&text, size));
    end = text;
    for (int k = 0; k < lines->n; k++) end += sprintf(end, "%s%s", k ? "\n" : "", lines->text[k]);
    enum vt_status st = vt_results_note(r, path, key, text);
    free(text);
    return st;
}

static enum vt_status note_use(struct vt_results *r, const char *name, const struct vt_recorded_use *u)
{
    char path[64], number[16];
    snprintf(path, sizeof path, "%s/%s", group, name);
    VT_TRY(vt_results_note(r, path, "verdict", vt_verdict_names[u->verdict]));
    snprintf(number, sizeof number, "%d", u->met);
    VT_TRY(vt_results_note(r, path, "met", number));
    snprintf(number, sizeof number, "%d", u->judged);
    VT_TRY(vt_results_note(r, path, "of", number));
    VT_TRY(note_lines(r, path, "misses", &u->misses));
    VT_TRY(note_lines(r, path, "near", &u->near));
    return note_lines(r, path, "not_computed", &u->missing);
}

static enum vt_status note_found(const struct vt_recorded *found, struct vt_results *r)
{
    char checksum[32];
    snprintf(checksum, sizeof checksum, "%016" PRIx64, found->checksum);
    const struct {
        const char *key, *text;
    } note[] = {{"potential", found->potential}, {"checksum", checksum}, {"elements", found->elements},
                {"alloys", found->alloys},       {"date", found->date},  {"version", found->version},
                {"command", found->command}};
    for (size_t k = 0; k < sizeof note / sizeof *note; k++)
        VT_TRY(vt_results_note(r, group, note[k].key, note[k].text));
    for (enum vt_use use = 0; use < VT_USES; use++) VT_TRY(note_use(r, vt_use_names[use], &found->use[use]));
    return VT_OK;
}

enum vt_status vt_verdict_note(const struct vt_protocol *p, struct vt_results *r)
{
    struct vt_recorded entry;
    char used[16 * VT_SPECIES_MAX] = "", command[VT_TEXT_SIZE + 64], checksum[32];
    bool found;
    const struct vt_yaml *at = vt_yaml_get(vt_yaml_get(p->root, "material"), "potential_record");
    enum vt_status st =
        vt_verdict_seek(p->potential_record, p->potential, p->source_checksum, &entry, &found);
    if (st != VT_OK) return at ? vt_prefix(st, "%s:%d: potential_record", at->file, at->line) : st;
    for (int s = 0, end = 0; s < p->tables.n_species; s++)
        end += snprintf(used + end, sizeof used - (size_t)end, "%s%s", s ? ", " : "",
                        p->tables.element[s].symbol);
    snprintf(command, sizeof command, "vitrum potential check %s", p->potential);
    snprintf(checksum, sizeof checksum, "%016" PRIx64, p->source_checksum);
    st = vt_results_note(r, group, "judged", found ? "yes" : "no");
    if (st == VT_OK) st = vt_results_note(r, group, "used_checksum", checksum);
    if (st == VT_OK) st = vt_results_note(r, group, "used_elements", used);
    if (st == VT_OK) st = found ? note_found(&entry, r) : vt_results_note(r, group, "command", command);
    vt_recorded_release(&entry);
    return st;
}
