/* sweep.c: a sweep file becomes protocols; see sweep.h.
 *
 * A member's protocol is the file without `sweep` and `prepare`, with values for names. It begins with
 * `create: {state: ...}` if there is a part `prepare`. A prepared run's is the file without `sweep`,
 * `protocol`, `title` and `measure`, with `prepare` in the place of `protocol`: what it does not name does
 * not tell it from others, and runs that are the same are one. */
#include "study/sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expand.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "study/carry_out.h"
#include "study/draw.h"
#include "study/sweep_words.h"

#define AT(member) offsetof(struct vt_sweep_section, member)
const struct vt_param vt_sweep_params[] = {
    {"variables", "", VT_NODE, AT(variables), VT_REQUIRED, 0, 0,
     "lists of values, one a variable; each combination is a member, in which $NAME is the value",
     "{T: [600 K, 700 K], seed: {replicas: 3}}"},
    {"ranks_per_member", "1", VT_INT, AT(ranks_per_member), 1, 1, 1e6,
     "ranks that work on one member, or on one prepared run; where there are more ranks than that for all of "
     "them, each gets its share, as long as each rank has 500 atoms. The bits do not depend on it",
     NULL},
    {"gather", "", VT_NODE, AT(gather), 0, 0, 0,
     "of which stages the numbers go into results.h5 and table.csv of the sweep: `last`, the last one that "
     "has any; `all`; the name under which a stage saves its end; its label, as `07-hold`; its kind, as "
     "`hold`; or a list of these. `last` if not given",
     "[recovered, last]"},
    {"begin", "", VT_TEXT, AT(begin), 0, 0, 0,
     "the state saved by `prepare` at which members begin, or a variable with names of such states; its last "
     "one if not "
     "given",
     NULL},
    {0}};

struct replicas {
    int64_t replicas;
};
const struct vt_param vt_sweep_variable_params[] = {
    {"replicas", "1", VT_INT, offsetof(struct replicas, replicas), VT_REQUIRED, 2, 10000,
     "the variable is 1, 2, ... up to this (for `seed: $seed`); results are means over them, with the "
     "standard error from their spread",
     NULL},
    {0}};

/* ------------------------------------------------------------------------------------------- variables */

static enum vt_status read_replicas(struct vt_sweep *s, struct vt_sweep_variable *v)
{
    struct replicas r;
    char what[100];
    snprintf(what, sizeof what, "variables: %.60s", v->name);
    VT_TRY(vt_params_read(v->node, what, (struct vt_params[]){{vt_sweep_variable_params, &r}}, 1));
    v->replicas = true;
    if (s->numbers) return VT_RAISE_AT(v->node, "%s: only one variable can be replicas", what);
    char *text;
    size_t used = 0, size = 10 * (size_t)r.replicas;
    VT_TRY(vt_alloc(&text, size));
    for (int k = 1; k <= r.replicas; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%d", k > 1 ? ", " : "[", k);
    snprintf(text + used, size - used, "]");
    enum vt_status st = vt_yaml_parse(text, strlen(text), s->file, &s->numbers);
    free(text);
    return st;
}

static enum vt_status read_variable(struct vt_sweep *s, struct vt_sweep_variable *v)
{
    if (!vt_is_variable(v->name))
        return VT_RAISE_AT(
            v->node, "variables: '%s' is no name: letters, digits and _ are, a digit not first", v->name);
    const struct vt_yaml *list = v->node;
    if (list->kind == VT_YAML_MAP) {
        VT_TRY(read_replicas(s, v));
        list = s->numbers;
    }
    if (list->kind != VT_YAML_LIST || !list->n)
        return VT_RAISE_AT(v->node,
                           "variables: %s: a list of values is due, [600 K, 700 K] for example, or "
                           "{replicas: 3}",
                           v->name);
    v->n = list->n;
    VT_TRY(vt_alloc(&v->value, v->n));
    VT_TRY(vt_alloc(&v->text, v->n));
    VT_TRY(vt_alloc(&v->word, v->n));
    for (int k = 0; k < v->n; k++) {
        v->value[k] = list->item[k];
        VT_TRY(vt_yaml_flow(v->value[k], &v->text[k]));
        VT_TRY(vt_sweep_word(v, k));
    }
    VT_TRY(vt_sweep_numbers(v));
    VT_TRY(vt_sweep_brief(v));
    for (int k = 0; k < v->n; k++)
        for (int b = 0; b < k; b++) {
            bool equal = v->number && fabs(v->number[k] - v->number[b]) <= 1e-12 * fabs(v->number[b]);
            if (equal || !strcmp(v->text[k], v->text[b]))
                return VT_RAISE_AT(v->value[k],
                                   "variables: %s: '%s' is there twice%s%s: members would be the same",
                                   v->name, v->text[k], strcmp(v->text[k], v->text[b]) ? ", also as " : "",
                                   strcmp(v->text[k], v->text[b]) ? v->text[b] : "");
            if (!strcmp(v->word[k], v->word[b]) || !*v->word[k]) {
                free(v->word[k]);
                VT_TRY(vt_alloc(&v->word[k], 16));
                snprintf(v->word[k], 16, "no%d", k + 1);
            }
        }
    return VT_OK;
}

static enum vt_status read_variables(struct vt_sweep *s)
{
    const struct vt_yaml *map = s->section.variables;
    int axes = 0;
    if (map->kind != VT_YAML_MAP || !map->n)
        return VT_RAISE_AT(map,
                           "variables: a map of names and lists is due, {T: [600 K, 700 K]} for example");
    if (map->n > VT_SWEEP_VARIABLES)
        return VT_RAISE_AT(map, "variables: %d of them, at most %d", map->n, VT_SWEEP_VARIABLES);
    for (int k = 0; k < map->n; k++) {
        struct vt_sweep_variable *v = &s->variable[s->n_variables++];
        v->name = map->key[k], v->node = map->item[k];
        VT_TRY(read_variable(s, v));
        axes += !v->replicas;
    }
    if (axes > VT_AXES_MAX)
        return VT_RAISE_AT(map, "variables: %d of them besides replicas, at most %d", axes, VT_AXES_MAX);
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------- protocols */

static const char *const of_member[] = {"sweep", "prepare", NULL};
static const char *const of_prepare[] = {"sweep", "protocol", "title", "measure", NULL};

/* Without empty lines: a size more or less in the file does not change the protocols of the others. */
static void squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        size_t n = strcspn(from, "\n"), whole = n + (from[n] == '\n');
        if (strspn(from, " \r") < n) {
            memmove(to, from, whole);
            to += whole;
        }
        from += whole;
    }
    *to = '\0';
}

/* The protocol of one combination of values, which numbers the values of all variables. */
static enum vt_status expand(const struct vt_sweep *s, const int *at, bool prepare, bool lines, bool *used,
                             char **out)
{
    struct vt_variable variable[VT_SWEEP_VARIABLES];
    for (int k = 0; k < s->n_variables; k++)
        variable[k] = (struct vt_variable){s->variable[k].name, s->variable[k].value[at[k]]};
    struct vt_expansion how = {.n = s->n_variables,
                               .variable = variable,
                               .used = used,
                               .drop = prepare ? of_prepare : of_member,
                               .keep_lines = lines,
                               .last = true};
    if (prepare) how.rename[0] = "prepare", how.rename[1] = "protocol";
    enum vt_status st = vt_expand(s->root, s->text, s->length, &how, out);
    if (st == VT_OK && !lines) squeeze(*out);
    return st;
}

static void make_name(const struct vt_sweep *s, struct vt_sweep_run *run, int number)
{
    size_t length = 0;
    run->name[0] = '\0';
    for (int k = 0; k < s->n_variables && length < sizeof run->name; k++)
        if (run->at[k] >= 0)
            length +=
                (size_t)snprintf(run->name + length, sizeof run->name - length, "%s%s-%s",
                                 *run->name ? "_" : "", s->variable[k].name, s->variable[k].word[run->at[k]]);
    if (length >= sizeof run->name) snprintf(run->name, sizeof run->name, "number-%d", number + 1);
    if (!*run->name) snprintf(run->name, sizeof run->name, "all");
}

/* Is the state asked for by a stage? */
static bool is_wanted(const struct vt_yaml *list, const char *state)
{
    for (int k = 0; k < list->n; k++) {
        const struct vt_yaml *stage = list->item[k];
        if (stage->kind != VT_YAML_MAP || stage->n != 1 || stage->item[0]->kind != VT_YAML_MAP) continue;
        const struct vt_yaml *from = vt_yaml_get(stage->item[0], "from");
        if (from && from->kind == VT_YAML_SCALAR && (!strcmp(from->text, state) || strchr(from->text, '$')))
            return true;
    }
    return false;
}

/* Put `create: {state: ...}` before the first stage of a text. */
static enum vt_status put_beginning(const struct vt_sweep *s, const struct vt_sweep_run *prepare,
                                    const char *state, char **text)
{
    struct vt_yaml *root;
    char path[VT_SWEEP_PATH], file[100], stage[VT_SWEEP_PATH + 200], *out = NULL;
    VT_TRY(vt_yaml_parse(*text, strlen(*text), s->file, &root));
    const struct vt_yaml *list = vt_yaml_get(root, "protocol");
    size_t begin = list->item[0]->begin, length = strlen(*text);
    while (begin && (*text)[begin - 1] != '\n') begin--;
    size_t blanks = strspn(*text + begin, " ");
    snprintf(file, sizeof file, "state-%s.h5", state);
    snprintf(stage, sizeof stage, "%*s- create: {state: \"%s\"%s%s}\n", (int)blanks, "",
             vt_sweep_path(s, prepare, file, path), is_wanted(list, state) ? ", save: " : "",
             is_wanted(list, state) ? state : "");
    vt_yaml_release(root);
    VT_TRY(vt_alloc(&out, length + strlen(stage) + 1));
    memcpy(out, *text, begin);
    strcpy(out + begin, stage);
    strcpy(out + begin + strlen(stage), *text + begin);
    free(*text);
    *text = out;
    return VT_OK;
}

/* Does the part `prepare` save a state of this name? */
static bool is_saved(const struct vt_sweep *s, const char *state)
{
    const struct vt_yaml *list = vt_yaml_get(s->root, "prepare");
    for (int k = 0; k < list->n; k++) {
        const struct vt_yaml *stage = list->item[k];
        bool options = stage->kind == VT_YAML_MAP && stage->n == 1 && stage->item[0]->kind == VT_YAML_MAP;
        const struct vt_yaml *save = options ? vt_yaml_get(stage->item[0], "save") : NULL;
        if (save && save->kind == VT_YAML_SCALAR && !strcmp(save->text, state)) return true;
    }
    return false;
}

/* The state that a member begins at; a variable that names it is marked as used. */
static enum vt_status choose_state(const struct vt_sweep *s, struct vt_sweep_run *m, bool *used)
{
    const char *begin = *s->section.begin ? s->section.begin : s->state;
    const struct vt_yaml *node = vt_yaml_get(vt_yaml_get(s->root, "sweep"), "begin");
    for (int k = 0; k < s->n_variables && *begin == '$'; k++)
        if (!strcmp(begin + 1, s->variable[k].name)) {
            begin = s->variable[k].text[m->at[k]];
            used[k] = true;
        }
    snprintf(m->state, sizeof m->state, "%s", begin);
    if (is_saved(s, m->state)) return VT_OK;
    return VT_RAISE_AT(node ? node : s->root,
                       "sweep: begin: '%.60s': no stage of `prepare` saves a state of this name", begin);
}

/* The prepared run that a member begins at: one that is there, or a new one. Adds to used. */
static enum vt_status find_prepare(struct vt_sweep *s, const int *at, bool *used_by_any, int *found)
{
    bool used[VT_SWEEP_VARIABLES] = {false};
    struct vt_sweep_run run = {.after = -1};
    enum vt_status st = expand(s, at, true, false, used, &run.text);
    for (int k = 0; k < VT_SWEEP_VARIABLES; k++) {
        run.at[k] = used[k] ? at[k] : -1;
        used_by_any[k] = used_by_any[k] || used[k];
    }
    for (*found = 0; *found < s->n_prepares; ++*found)
        if (!memcmp(s->prepare[*found].at, run.at, sizeof run.at)) break;
    if (st != VT_OK || *found < s->n_prepares) {
        free(run.text);
        return st;
    }
    st = expand(s, at, true, true, NULL, &run.lined);
    make_name(s, &run, *found);
    s->prepare[s->n_prepares++] = run;
    return st;
}

static enum vt_status check_used(const struct vt_sweep *s, const bool *used)
{
    for (int k = 0; k < s->n_variables; k++)
        if (!used[k])
            return VT_RAISE_AT(s->variable[k].node,
                               "variables: '%s' is used nowhere: write $%s where it belongs%s",
                               s->variable[k].name, s->variable[k].name,
                               s->variable[k].replicas ? ", `seed: $seed` for example" : "");
    return VT_OK;
}

enum { MEMBERS_MAX = 10000 }; /* each rank has the protocols of all */

static enum vt_status make_members(struct vt_sweep *s)
{
    bool used[VT_SWEEP_VARIABLES] = {false};
    int64_t n = 1;
    for (int k = 0; k < s->n_variables; k++)
        if ((n *= s->variable[k].n) > MEMBERS_MAX)
            return VT_RAISE_AT(s->section.variables, "variables: they make more than %d members",
                               MEMBERS_MAX);
    VT_TRY(vt_alloc(&s->member, n));
    VT_TRY(vt_alloc(&s->prepare, s->has_prepare ? n : 0));
    for (; s->n_members < n;) {
        struct vt_sweep_run *m = &s->member[s->n_members];
        m->after = -1;
        for (int64_t k = s->n_variables - 1, rest = s->n_members; k >= 0; rest /= s->variable[k--].n)
            m->at[k] = (int)(rest % s->variable[k].n);
        s->n_members++;
        make_name(s, m, s->n_members - 1);
        VT_TRY(expand(s, m->at, false, false, used, &m->text));
        VT_TRY(expand(s, m->at, false, true, NULL, &m->lined));
        if (!s->has_prepare) continue;
        VT_TRY(find_prepare(s, m->at, used, &m->after));
        VT_TRY(choose_state(s, m, used));
        VT_TRY(put_beginning(s, &s->prepare[m->after], m->state, &m->text));
    }
    return check_used(s, used);
}

/* ------------------------------------------------------------------------------------------------ whole */

/* A list of stages, one a line; what the last one saves, "" if nothing. */
static enum vt_status look_at_stages(const struct vt_sweep *s, const char *key, const char **last)
{
    const struct vt_yaml *list = vt_yaml_get(s->root, key);
    if (!list) return VT_RAISE_AT(s->root, "key '%s' is missing: the list of stages", key);
    size_t begin = list->kind == VT_YAML_LIST && list->n ? list->item[0]->begin : 0;
    while (begin && s->text[begin - 1] != '\n') begin--;
    if (list->kind != VT_YAML_LIST || !list->n || s->text[list->begin] == '[' ||
        s->text[begin + strspn(s->text + begin, " ")] != '-')
        return VT_RAISE_AT(list, "%s: a list of stages is due, each beginning a line with `- `", key);
    const struct vt_yaml *stage = list->item[list->n - 1], *save = NULL;
    if (stage->kind == VT_YAML_MAP && stage->n == 1 && stage->item[0]->kind == VT_YAML_MAP)
        save = vt_yaml_get(stage->item[0], "save");
    *last = save && save->kind == VT_YAML_SCALAR ? save->text : "";
    return VT_OK;
}

static enum vt_status look_at_prepare(struct vt_sweep *s)
{
    const struct vt_yaml *prepare = vt_yaml_get(s->root, "prepare"),
                         *first = vt_yaml_get(s->root, "protocol")->item[0];
    const char *save;
    s->has_prepare = prepare != NULL;
    if (!prepare) return VT_OK;
    VT_TRY(look_at_stages(s, "prepare", &save));
    if (!*save || strlen(save) >= sizeof s->state || strchr(save, '$'))
        return VT_RAISE_AT(prepare->item[prepare->n - 1],
                           "prepare: its last stage must save its end, from which the members go on: `save: "
                           "glass` for example");
    snprintf(s->state, sizeof s->state, "%s", save);
    bool bare = first->kind == VT_YAML_SCALAR;
    if ((bare && !strcmp(first->text, "create")) ||
        (!bare && first->kind == VT_YAML_MAP && first->n == 1 && !strcmp(first->key[0], "create")))
        return VT_RAISE_AT(first,
                           "protocol: 'create': members begin at the end of `prepare`, which makes the "
                           "sample");
    return VT_OK;
}

static enum vt_status check_gather(const struct vt_sweep *s)
{
    const struct vt_yaml *node = s->section.gather;
    if (!node) return VT_OK;
    bool good = node->kind == VT_YAML_SCALAR ? *node->text : node->kind == VT_YAML_LIST && node->n > 0;
    for (int k = 0; k < node->n && good; k++)
        good = node->item[k]->kind == VT_YAML_SCALAR && *node->item[k]->text;
    if (good) return VT_OK;
    return VT_RAISE_AT(node,
                       "sweep: key 'gather': last, all, the name of a stage, or a list of these is due");
}

static enum vt_status read_sweep(struct vt_sweep *s, const char *size)
{
    const char *any;
    VT_TRY(vt_expand_size(&s->text, &s->length, s->file, size, false));
    VT_TRY(vt_yaml_parse(s->text, s->length, s->file, &s->root));
    if (s->root->kind != VT_YAML_MAP || !vt_yaml_get(s->root, "sweep"))
        return VT_RAISE_AT(s->root, "key 'sweep' is missing, with the variables: `vitrum run` carries out a "
                                    "single protocol");
    const struct vt_yaml *sweep = vt_yaml_get(s->root, "sweep"), *title = vt_yaml_get(s->root, "title");
    VT_TRY(vt_params_read(sweep, "sweep", (struct vt_params[]){{vt_sweep_params, &s->section}}, 1));
    if (title && title->kind == VT_YAML_SCALAR) snprintf(s->title, sizeof s->title, "%s", title->text);
    VT_TRY(look_at_stages(s, "protocol", &any));
    VT_TRY(look_at_prepare(s));
    VT_TRY(read_variables(s));
    VT_TRY(check_gather(s));
    vt_sweep_title(s, s->title, sizeof s->title);
    return make_members(s);
}

enum vt_status vt_sweep_read(const char *path, const char *size, const char *folder, MPI_Comm comm,
                             struct vt_sweep *s)
{
    *s = (struct vt_sweep){0};
    while (!strncmp(folder, "./", 2)) folder += 2;
    if (snprintf(s->folder, sizeof s->folder, "%s", folder) >= (int)sizeof s->folder)
        return VT_RAISE(VT_EINPUT, "folder name '%.60s...' is too long", folder);
    for (size_t n = strlen(s->folder); n > 1 && s->folder[n - 1] == '/'; n--) s->folder[n - 1] = '\0';
    if (strpbrk(s->folder, "\"\\$"))
        return VT_RAISE(VT_EINPUT, "the folder '%s' has one of \" \\ $ in its name", s->folder);
    snprintf(s->file, sizeof s->file, "%s", path);
    VT_TRY(vt_protocol_load(path, comm, &s->text, &s->length));
    return vt_agree(comm, read_sweep(s, size));
}

static void release_runs(struct vt_sweep_run *run, int n)
{
    for (int k = 0; k < n; k++) {
        free(run[k].text);
        free(run[k].lined);
    }
    free(run);
}

void vt_sweep_release(struct vt_sweep *s)
{
    release_runs(s->member, s->n_members);
    release_runs(s->prepare, s->n_prepares);
    for (int k = 0; k < s->n_variables; k++) {
        struct vt_sweep_variable *v = &s->variable[k];
        for (int i = 0; i < v->n; i++) {
            if (v->text) free(v->text[i]);
            if (v->word) free(v->word[i]);
            if (v->brief) free(v->brief[i]);
        }
        free(v->text);
        free(v->word);
        free(v->brief);
        free(v->value);
        free(v->number);
    }
    vt_yaml_release(s->numbers);
    vt_yaml_release(s->root);
    free(s->text);
    *s = (struct vt_sweep){0};
}

const char *vt_sweep_path(const struct vt_sweep *s, const struct vt_sweep_run *run, const char *file,
                          char path[VT_SWEEP_PATH])
{
    bool member = run >= s->member && run < s->member + s->n_members;
    snprintf(path, VT_SWEEP_PATH, "%s/%s/%s%s%s", s->folder, member ? "members" : "prepare", run->name,
             *file ? "/" : "", file);
    return path;
}

/* ----------------------------------------------------------------------------------------------- gather */

int vt_sweep_gather_words(const struct vt_sweep *s)
{
    return s->section.gather && s->section.gather->kind == VT_YAML_LIST ? s->section.gather->n : 1;
}

const char *vt_sweep_gather_word(const struct vt_sweep *s, int k)
{
    const struct vt_yaml *node = s->section.gather;
    if (!node) return "last";
    return node->kind == VT_YAML_LIST ? node->item[k]->text : node->text;
}

bool vt_sweep_gather_asks(const struct vt_sweep *s, int k, const char *label, const char *kind,
                          const char *save, bool last)
{
    const char *word = vt_sweep_gather_word(s, k);
    return !strcmp(word, "all") || (!strcmp(word, "last") && last) || !strcmp(word, label) ||
           !strcmp(word, kind) || !strcmp(word, save);
}

enum vt_status vt_sweep_gather_refuse(const struct vt_sweep *s, int k)
{
    const struct vt_yaml *node = s->section.gather ? s->section.gather : s->root;
    return VT_RAISE_AT(node->kind == VT_YAML_LIST ? node->item[k] : node,
                       "sweep: gather: '%.60s': no stage of the members that measures numbers has this label "
                       "or kind, or saves its end under this name; nor is it last or all",
                       vt_sweep_gather_word(s, k));
}

static enum vt_status check_gathered(const struct vt_sweep *s, const struct vt_protocol *p)
{
    for (int k = 0; k < vt_sweep_gather_words(s); k++) {
        bool found = false;
        for (int i = 0; i < p->n_stages; i++)
            found = found || vt_sweep_gather_asks(s, k, p->stage[i].label, p->stage[i].type->name,
                                                  p->stage[i].common.save, i == p->n_stages - 1);
        if (!found) return vt_sweep_gather_refuse(s, k);
    }
    return VT_OK;
}

/* ------------------------------------------------------------------------------------------------ check */

static enum vt_status check_run(const struct vt_sweep *s, struct vt_sweep_run *run)
{
    struct vt_protocol p = {0}, before = {0};
    const struct vt_sweep_run *after = run->after >= 0 ? &s->prepare[run->after] : NULL;
    enum vt_status st = VT_OK;
    if (after) st = vt_protocol_parse(after->lined, strlen(after->lined), s->file, MPI_COMM_SELF, &before);
    if (st == VT_OK && after)
        st = vt_protocol_parse_after(&before, run->state, run->lined, strlen(run->lined), s->file,
                                     MPI_COMM_SELF, &p);
    if (st == VT_OK && !after)
        st = vt_protocol_parse(run->lined, strlen(run->lined), s->file, MPI_COMM_SELF, &p);
    if (st == VT_OK) st = vt_carry_out_check(&p, MPI_COMM_SELF);
    bool member = run >= s->member && run < s->member + s->n_members;
    if (st == VT_OK && member) st = check_gathered(s, &p);
    for (int k = 0; k < p.n_stages && st == VT_OK; k++) run->steps += p.planned[k].steps;
    run->atoms = p.atoms;
    vt_protocol_release(&p);
    vt_protocol_release(&before);
    return st;
}

static enum vt_status check_all(struct vt_sweep *s, MPI_Comm comm, struct vt_sweep_run *runs, int n,
                                const char *what)
{
    int rank, ranks, wrong = n, first;
    enum vt_status st = VT_OK;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    for (int k = rank; k < n && wrong == n; k += ranks) {
        st = check_run(s, &runs[k]);
        if (st != VT_OK) wrong = k;
    }
    VT_TRY(vt_mpi(MPI_Allreduce(&wrong, &first, 1, MPI_INT, MPI_MIN, comm)));
    if (first < n) {
        char message[900] = "";
        enum vt_status told = VT_OK;
        if (first == wrong) {
            told = st;
            snprintf(message, sizeof message, "%s", vt_message());
        }
        VT_TRY(vt_draw_share(comm, &told, message, sizeof message));
        return VT_RAISE(told, "%s (%s %s)", message, what, runs[first].name);
    }
    for (int k = 0; k < n; k++) {
        int64_t size[2] = {runs[k].atoms, runs[k].steps};
        VT_TRY(vt_mpi(MPI_Allreduce(MPI_IN_PLACE, size, 2, MPI_INT64_T, MPI_MAX, comm)));
        runs[k].atoms = size[0], runs[k].steps = size[1];
    }
    return VT_OK;
}

enum vt_status vt_sweep_check(struct vt_sweep *s, MPI_Comm comm)
{
    VT_TRY(check_all(s, comm, s->prepare, s->n_prepares, "prepare"));
    return check_all(s, comm, s->member, s->n_members, "member");
}
