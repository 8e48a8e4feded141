/* protocol.c: from a YAML file to checked stages. */
#include "md/protocol.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "core/expand.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/units.h"
#include "io/eam_file.h"
#include "io/structure_file.h"
#include "md/checkpoint.h"
#include "md/eam_builtin.h"

#define AT(member) offsetof(struct vt_protocol, member)
static const struct vt_param top_params[] = {
    {"title", "", VT_TEXT, AT(title), 0, 0, 0, "what this run is; shown in the report", ""},
    {"seed", "1", VT_INT, AT(seed), 1, 0, 9e15, "seed of all random numbers; replicas differ in it", NULL},
    {"size", "", VT_TEXT, AT(size), 0, 0, 0,
     "which set of `sizes` is used; `--size NAME` on the command line wins", ""},
    {"sizes", "", VT_NODE, AT(sizes), 0, 0, 0,
     "sets of values, all with the same names; $NAME anywhere in the protocol is the value in the chosen set",
     "{demo: {atoms: 2000}, cluster: {atoms: 100000}}"},
    {0}};
static const struct vt_param material_params[] = {
    {"composition", "", VT_NODE, AT(composition), 0, 0, 0,
     "at.% of each element; must sum to 100 +- 0.05; required unless `create` takes a file",
     "{Cu: 50, Zr: 50}"},
    {"renormalise", "", VT_BOOL, AT(renormalise), 0, 0, 1, "scale a composition that does not sum to 100",
     NULL},
    {"atoms", "1", VT_INT, AT(atoms), 0, 2, 4e12, "number of atoms; required unless `create` takes a file",
     NULL},
    {"potential", "", VT_TEXT, AT(potential), VT_REQUIRED, 0, 0,
     "builtin:NAME, or a path to a setfl, eam.fs or funcfl file; NAME alone where no file is called so",
     NULL},
    {"potential_record", "", VT_TEXT, AT(potential_record), 0, 0, 0,
     "file with the verdict on the potential, from `vitrum potential check --record`; built-in ones need "
     "none",
     ""},
    {0}};
static const struct vt_param engine_params[] = {
    {"skin", "A", VT_REAL, AT(skin), 1.5, 0.05, 5, "neighbour lists reach this far beyond the cut-off", NULL},
    {"instruction_set", "", VT_CHOICE, AT(instruction_set), 0, 0, 0,
     "of the force loop; all give the same bits", "auto|avx512|avx2|portable"},
    {0}};
static const struct vt_param output_params[] = {
    {"trajectory_every", "ps", VT_REAL, AT(trajectory_every), 0, 0, 1e9,
     "time between frames of trajectory.h5; 0: no trajectory", NULL},
    {"trajectory_velocities", "", VT_BOOL, AT(trajectory_velocities), 0, 0, 1, "write velocities too", NULL},
    {"trajectory_single", "", VT_BOOL, AT(trajectory_single), 0, 0, 1, "write positions in single precision",
     NULL},
    {"timeline_every", "ps", VT_REAL, AT(timeline_every), 0, 0, 1e9,
     "time between rows of the timeline; 0: a hundred rows a stage", NULL},
    {"checkpoint_every", "min", VT_REAL, AT(checkpoint_every), 10, 0.001, 1e5,
     "wall time between checkpoints", NULL},
    {"structures", "", VT_CHOICE, AT(structures), 3, 0, 0,
     "write saved states also as extended XYZ and LAMMPS data", "none|extxyz|lammps|both"},
    {0}};
const struct vt_protocol_section vt_protocol_sections[] = {
    {"", "top level", top_params},
    {"material", "what the sample is made of", material_params},
    {"engine", "how forces are computed (optional)", engine_params},
    {"output", "what is written besides results.h5 (optional)", output_params},
    {0}};
static const char *const top_keys[] = {"title",  "seed",   "size",     "sizes",  "material",
                                       "engine", "output", "protocol", "measure"};

/* "44" or "44 at.%". */
static enum vt_status read_percent(const struct vt_yaml *item, double *percent)
{
    if (item->kind != VT_YAML_SCALAR) return VT_RAISE(VT_EINPUT, "a number is due, 44 for example");
    if (vt_units_parse(item->text, "1", percent) != VT_OK) {
        VT_TRY(vt_units_parse(item->text, "at.%", percent));
        *percent /= vt_units_factor("at.%");
    }
    if (*percent > 0 && *percent <= 100) return VT_OK;
    return VT_RAISE(VT_EINPUT, "value '%.60s': at.%% above 0 and up to 100 is due", item->text);
}

/* The file, or the state, that the first stage takes the sample from. */
static const struct vt_yaml *find_source(const struct vt_protocol *p, const char *key)
{
    const struct vt_yaml *list = vt_yaml_get(p->root, "protocol");
    if (!list || list->kind != VT_YAML_LIST || !list->n || list->item[0]->kind != VT_YAML_MAP) return NULL;
    const struct vt_yaml *create = vt_yaml_get(list->item[0], "create");
    const struct vt_yaml *file = create && create->kind == VT_YAML_MAP ? vt_yaml_get(create, key) : NULL;
    return file && file->kind == VT_YAML_SCALAR && *file->text ? file : NULL;
}

/* Of the velocities that a file has; the momentum of the whole does not count. */
static double temperature_of(const struct vt_structure *s)
{
    double momentum[3] = {0}, mass = 0, twice_kinetic = 0;
    if (!s->v) return NAN;
    for (int64_t i = 0; i < s->n; i++) {
        double m = vt_element_mass(s->material.species[s->species[i]].z);
        mass += m;
        for (int d = 0; d < 3; d++) {
            momentum[d] += m * s->v[i][d];
            twice_kinetic += m * s->v[i][d] * s->v[i][d];
        }
    }
    for (int d = 0; d < 3; d++) twice_kinetic -= momentum[d] * momentum[d] / mass;
    return twice_kinetic * VT_MASS_SPEED2 / (VT_KB * (3 * (double)s->n - 3));
}

/* Every type has atoms, and every element one type: else counts and labels would not be those of elements. */
static enum vt_status check_types(const struct vt_protocol *p, const struct vt_material *m)
{
    for (int k = 0; k < m->n_species; k++) {
        if (!m->species[k].count)
            return VT_RAISE_AT(p->file, "create: file: type %d (%s) of '%s' has no atoms: leave it out",
                               k + 1, m->species[k].symbol, p->file->text);
        for (int b = 0; b < k; b++)
            if (m->species[b].z == m->species[k].z)
                return VT_RAISE_AT(p->file,
                                   "create: file: types %d and %d of '%s' are both %s: make them one", b + 1,
                                   k + 1, p->file->text, m->species[k].symbol);
    }
    return VT_OK;
}

/* Composition, atoms and cell from the file, which rank 0 reads. Collective. */
static enum vt_status read_file(struct vt_protocol *p, MPI_Comm comm)
{
    static const char *const said[] = {"composition", "atoms", "renormalise"};
    const struct vt_yaml *material = vt_yaml_get(p->root, "material");
    struct {
        struct vt_material material;
        struct vt_cell cell;
        int64_t n;
        uint64_t checksum;
        double temperature;
    } found = {0};
    int rank;
    enum vt_status st = VT_OK;
    for (int k = 0; k < 3; k++)
        if (vt_params_given(material, said[k]))
            return VT_RAISE_AT(vt_yaml_get(material, said[k]),
                               "material: key '%s': the sample comes from '%s', which says it", said[k],
                               p->file->text);
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) {
        struct vt_structure s = {0};
        st = vt_prefix(vt_structure_read(p->file->text, &s), "%s:%d: create: file", p->file->file,
                       p->file->line);
        found.material = s.material, found.cell = s.cell, found.n = s.n;
        if (st == VT_OK) found.checksum = vt_create_checksum(&s), found.temperature = temperature_of(&s);
        vt_structure_release(&s);
        if (st == VT_OK && found.n < 2)
            st = VT_RAISE_AT(p->file, "create: file: %lld atoms in '%s': at least 2 are due",
                             (long long)found.n, p->file->text);
        if (st == VT_OK) st = check_types(p, &found.material);
    }
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(&found, sizeof found, MPI_BYTE, 0, comm)));
    int flips[3][3];
    vt_cell_flip(&found.cell, flips); /* files may lean more than the engine does */
    p->material = found.material, p->file_cell = found.cell, p->atoms = found.n;
    p->file_checksum = found.checksum, p->file_temperature = found.temperature;
    return VT_OK;
}

/* The state was saved by a run with the same atoms and tables; its atoms are looked at when the run begins.
 * Rank 0 reads it. Collective. */
static enum vt_status read_state(struct vt_protocol *p, MPI_Comm comm)
{
    struct {
        struct vt_cell cell;
        int64_t n;
        uint64_t checksum, potential;
        struct vt_setpoints targets;
    } found = {0};
    int rank;
    enum vt_status st = VT_OK;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) {
        struct vt_system sys = {0};
        struct vt_saved saved;
        st = vt_prefix(vt_checkpoint_peek(p->state->text, &sys, &saved, &found.checksum),
                       "%s:%d: create: state", p->state->file, p->state->line);
        found.cell = sys.cell, found.n = sys.atoms.n_total, found.targets = saved.targets;
        found.potential = saved.potential_checksum;
        if (st == VT_OK && found.n != p->atoms)
            st = VT_RAISE_AT(p->state, "create: state: '%s' holds %lld atoms, 'atoms' says %lld",
                             p->state->text, (long long)found.n, (long long)p->atoms);
        if (st == VT_OK && found.potential != p->tables.checksum)
            st = VT_RAISE_AT(p->state,
                             "create: state: '%s' was made with other tables, or with another composition "
                             "or order of the elements, than '%s' gives here",
                             p->state->text, p->potential);
    }
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(&found, sizeof found, MPI_BYTE, 0, comm)));
    p->begun = true;
    p->file_cell = found.cell, p->file_checksum = found.checksum, p->left = found.targets;
    return VT_OK;
}

static enum vt_status read_composition(struct vt_protocol *p)
{
    static const char *const due[] = {"composition", "atoms"};
    const struct vt_yaml *map = p->composition, *material = vt_yaml_get(p->root, "material");
    for (int k = 0; k < 2; k++)
        if (!vt_params_given(material, due[k]))
            return VT_RAISE_AT(material, "material: key '%s' is missing%s", due[k],
                               k ? ": the number of atoms" : ", {Cu: 50, Zr: 50} for example");
    struct vt_material *m = &p->material;
    double percent[VT_SPECIES_MAX], sum = 0;
    if (map->kind != VT_YAML_MAP || !map->n)
        return VT_RAISE_AT(map,
                           "composition: a map of elements and at.%% is due, {Cu: 50, Zr: 50} for example");
    if (map->n > VT_SPECIES_MAX)
        return VT_RAISE_AT(map, "composition: %d elements, at most %d", map->n, VT_SPECIES_MAX);
    for (int s = 0; s < map->n; s++) {
        const struct vt_yaml *item = map->item[s];
        int z = vt_element_z(map->key[s]);
        if (!z) return VT_RAISE_AT(item, "composition: '%s' is not an element", map->key[s]);
        VT_TRY(vt_prefix(read_percent(item, &percent[s]), "%s:%d: composition: %s", item->file, item->line,
                         map->key[s]));
        struct vt_species *species = &m->species[s];
        snprintf(species->symbol, sizeof species->symbol, "%s", map->key[s]);
        species->z = z;
        sum += percent[s];
    }
    m->n_species = map->n;
    if (!p->renormalise && fabs(sum - 100) > 0.05)
        return VT_RAISE_AT(
            map,
            "composition: sums to %.10g at.%%, not 100 (+- 0.05): correct it, or say `renormalise: true`",
            sum);
    /* Largest remainders: counts sum to the number of atoms. */
    int64_t placed = 0;
    double rest[VT_SPECIES_MAX];
    for (int s = 0; s < m->n_species; s++) {
        double exact = percent[s] / sum * (double)p->atoms;
        m->species[s].count = (int64_t)floor(exact);
        rest[s] = exact - floor(exact);
        placed += m->species[s].count;
    }
    for (; placed < p->atoms; placed++) {
        int most = 0;
        for (int s = 1; s < m->n_species; s++)
            if (rest[s] > rest[most]) most = s;
        m->species[most].count++;
        rest[most] -= 1;
    }
    for (int s = 0; s < m->n_species; s++)
        if (!m->species[s].count)
            return VT_RAISE_AT(map->item[s], "composition: %s: no atom of it among %lld: use more atoms",
                               m->species[s].symbol, (long long)p->atoms);
    return VT_OK;
}

/* tables: NULL, or what is used whatever the protocol names. */
static enum vt_status read_potential(struct vt_protocol *p, const struct vt_eam *tables, MPI_Comm comm)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    const struct vt_yaml *node = vt_yaml_get(vt_yaml_get(p->root, "material"), "potential");
    const char *symbols[VT_SPECIES_MAX];
    enum vt_status st = VT_OK;
    for (int s = 0; s < p->material.n_species; s++) symbols[s] = p->material.species[s].symbol;
    if (rank == 0) {
        if (tables)
            st = vt_eam_subset(tables, symbols, p->material.n_species, &p->tables);
        else
            st = vt_eam_load(p->potential, &p->tables);
        p->source_checksum = tables ? tables->checksum : p->tables.checksum;
        if (st == VT_OK && !tables) st = vt_eam_select(&p->tables, symbols, p->material.n_species);
        st = vt_prefix(st, "%s:%d: potential", node->file, node->line);
    }
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_eam_broadcast(comm, &p->tables));
    VT_TRY(vt_mpi(MPI_Bcast(&p->source_checksum, 1, MPI_UINT64_T, 0, comm)));
    for (int s = 0; s < p->material.n_species; s++) p->material.species[s].mass = p->tables.element[s].mass;
    return VT_OK;
}

double vt_protocol_density(const struct vt_protocol *p)
{
    double volume = 0;
    for (int s = 0; s < p->material.n_species; s++) {
        const struct vt_eam_element *e = &p->tables.element[s];
        double a3 = pow(e->lattice, 3), per_atom = 16;
        if (a3 > 0)
            per_atom = !strncmp(e->structure, "bcc", 3)   ? a3 / 2
                       : !strncmp(e->structure, "hcp", 3) ? a3 / sqrt(2)
                                                          : a3 / 4;
        if (per_atom < 5 || per_atom > 60)
            per_atom = 16; /* files often carry a lattice constant of 0 or of no meaning */
        volume += per_atom * (double)p->material.species[s].count;
    }
    return (double)p->atoms / volume;
}

static const struct vt_stage_type *find_type(const char *name)
{
    for (const struct vt_stage_type *const *t = vt_stage_types; *t; t++)
        if (!strcmp((*t)->name, name)) return *t;
    return NULL;
}

/* options may be NULL: a stage without any, at the line of `at`. */
static enum vt_status read_stage(struct vt_stage *stage, const struct vt_stage_type *type,
                                 const struct vt_yaml *options, const struct vt_yaml *at, int index)
{
    stage->type = type;
    stage->no_options = (struct vt_yaml){.kind = VT_YAML_MAP, .file = at->file, .line = at->line};
    stage->node = options ? options : &stage->no_options;
    snprintf(stage->label, sizeof stage->label, "%02d-%s", index + 1, type->name);
    VT_TRY(vt_alloc((char **)&stage->options, type->options_size));
    const struct vt_params sets[] = {{type->params, stage->options},
                                     {vt_stage_common_params, &stage->common}};
    return vt_params_read(stage->node, type->name, sets, 2);
}

static enum vt_status unknown_stage(const struct vt_yaml *item, const char *name)
{
    const char *names[64];
    int n = 0;
    for (const struct vt_stage_type *const *t = vt_stage_types; *t; t++) names[n++] = (*t)->name;
    const char *near = vt_nearest(name, names, n);
    return VT_RAISE_AT(item, "protocol: there is no stage '%s'%s%s%s", name,
                       near ? "; did you mean '" : "; `vitrum info stages` lists them", near ? near : "",
                       near ? "'?" : "");
}

static enum vt_status read_stages(struct vt_protocol *p)
{
    const struct vt_yaml *list = vt_yaml_get(p->root, "protocol");
    if (!list) return VT_RAISE_AT(p->root, "key 'protocol' is missing: the list of stages");
    if (list->kind != VT_YAML_LIST || !list->n)
        return VT_RAISE_AT(list, "protocol: a list of stages is due, `- melt: {time: 10 ps}` for example");
    VT_TRY(vt_alloc(&p->stage, list->n + 1));
    for (int k = 0; k < list->n; k++) {
        const struct vt_yaml *item = list->item[k];
        bool bare = item->kind == VT_YAML_SCALAR; /* `- minimise` without options */
        if (!bare && (item->kind != VT_YAML_MAP || item->n != 1))
            return VT_RAISE_AT(item,
                               "protocol: one stage a list item is due, `- melt: {time: 10 ps}` for example");
        const char *name = bare ? item->text : item->key[0];
        const struct vt_stage_type *type = find_type(name);
        if (!type) return unknown_stage(item, name);
        if (k == 0 && strcmp(name, "create")) {
            /* The sample must come from somewhere: a random start, unless the protocol says how. */
            VT_TRY(read_stage(&p->stage[p->n_stages], find_type("create"), NULL, list, p->n_stages));
            p->n_stages++;
        } else if (k > 0 && !strcmp(name, "create"))
            return VT_RAISE_AT(item, "protocol: 'create' can only be the first stage");
        VT_TRY(read_stage(&p->stage[p->n_stages], type, bare ? NULL : item->item[0], item, p->n_stages));
        p->n_stages++;
    }
    return VT_OK;
}

enum { NAME_MAX_LENGTH = 40 }; /* of a saved state: with a number behind it, it names a branch */

/* A name becomes part of file names, and must not look like a quantity or an option. */
static enum vt_status check_name(const struct vt_stage *stage)
{
    const char *name = stage->common.save;
    if (!*name && !vt_params_given(stage->node, "save")) return VT_OK;
    bool good = isalpha((unsigned char)*name) && strlen(name) <= NAME_MAX_LENGTH;
    for (const char *c = name; *c; c++) good &= isalnum((unsigned char)*c) || strchr("-_.", *c);
    if (good) return VT_OK;
    return VT_RAISE_AT(
        stage->node,
        "save: '%.80s': a name begins with a letter, goes on with letters, digits, - _ . and has "
        "at most %d of them (it becomes part of file names)",
        name, NAME_MAX_LENGTH);
}

/* Is the name that of a saved state, or of a branch before stage k? */
static bool is_taken(const struct vt_protocol *p, int k, const char *name)
{
    for (int b = 0; b < p->n_stages; b++)
        if (!strcmp(p->stage[b].common.save, name) || (b < k && !strcmp(p->stage[b].branch, name)))
            return true;
    return false;
}

/* The first branch from a state has its name; others a number behind it that makes a new name: each branch
 * has a trajectory of its own. */
static void name_branch(const struct vt_protocol *p, int k, char branch[64])
{
    const char *from = p->stage[k].common.from;
    int times = 1;
    for (int b = 0; b < k; b++) times += !strcmp(p->stage[b].common.from, from);
    snprintf(branch, 64, "%s", from);
    if (times == 1) return;
    do snprintf(branch, 64, "%s-%d", from, times++);
    while (is_taken(p, k, branch));
}

/* The state that stage k begins at was saved before it. */
static enum vt_status check_from(const struct vt_protocol *p, int k)
{
    enum { NAMES_MAX = 256 };
    const struct vt_stage *stage = &p->stage[k];
    const char *from = stage->common.from, *names[NAMES_MAX];
    int n = 0;
    for (int b = 0; b < k; b++) {
        if (!strcmp(p->stage[b].common.save, from)) return VT_OK;
        if (p->stage[b].common.save[0] && n < NAMES_MAX) names[n++] = p->stage[b].common.save;
    }
    const char *near = vt_nearest(from, names, n);
    return VT_RAISE_AT(stage->node, "from: no earlier stage saves '%.80s'%s%s%s", from,
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Names of saved states: each saved once, each `from` saved before. Sets the branch of every stage. */
static enum vt_status check_states(struct vt_protocol *p)
{
    char branch[64] = "";
    for (int k = 0; k < p->n_stages; k++) {
        struct vt_stage *stage = &p->stage[k];
        const struct vt_stage_common *o = &stage->common;
        if (vt_units_is_quantity(o->from) && strcmp(stage->type->name, "heat") != 0)
            return VT_RAISE_AT(
                stage->node,
                "%s: from: '%.80s' is no name of a state; only heat starts `from` a temperature, "
                "other stages have `temperature`",
                stage->type->name, o->from);
        VT_TRY(check_name(stage));
        if (vt_stage_begins_at_state(stage)) {
            VT_TRY(check_from(p, k));
            name_branch(p, k, branch);
        }
        snprintf(stage->branch, sizeof stage->branch, "%s", branch);
        for (int b = 0; o->save[0] && b < k; b++)
            if (!strcmp(p->stage[b].common.save, o->save))
                return VT_RAISE_AT(stage->node, "save: '%s' is saved twice", o->save);
    }
    return VT_OK;
}

/* Plan every stage once, along its branch, so that mistakes show before anything runs. */
static enum vt_status plan_stages(struct vt_protocol *p)
{
    struct vt_setpoints now = {.temperature = 300}, *after;
    enum vt_status st = VT_OK;
    VT_TRY(vt_alloc(&p->planned, p->n_stages));
    VT_TRY(vt_alloc(&after, p->n_stages));
    for (int k = 0; k < p->n_stages && st == VT_OK; k++) {
        const char *from = p->stage[k].common.from;
        for (int b = 0; *from && b < k; b++)
            if (!strcmp(p->stage[b].common.save, from)) now = after[b];
        st = vt_stage_plan(&p->stage[k], &now, &p->planned[k]);
        after[k] = now;
    }
    free(after);
    return st;
}

static enum vt_status read_section(struct vt_protocol *p, const char *name, const struct vt_param *table,
                                   bool required)
{
    const struct vt_yaml *node = vt_yaml_get(p->root, name);
    if (required && !node) return VT_RAISE_AT(p->root, "key '%s' is missing", name);
    return vt_params_read(node, name, (struct vt_params[]){{table, p}}, 1);
}

/* How a trajectory is written, but none is. */
static enum vt_status check_output(const struct vt_protocol *p)
{
    static const char *const how[] = {"trajectory_velocities", "trajectory_single"};
    const struct vt_yaml *node = vt_yaml_get(p->root, "output");
    for (int k = 0; k < 2 && p->trajectory_every == 0; k++)
        if (vt_params_given(node, how[k]))
            return VT_RAISE_AT(vt_yaml_get(node, how[k]),
                               "output: key '%s': there is no trajectory without 'trajectory_every'", how[k]);
    return VT_OK;
}

static enum vt_status check_top_keys(const struct vt_yaml *root)
{
    const int n = sizeof top_keys / sizeof *top_keys;
    if (root->kind != VT_YAML_MAP)
        return VT_RAISE_AT(root, "a protocol is a map with the keys material and protocol");
    for (int k = 0; k < root->n; k++) {
        bool known = false;
        for (int t = 0; t < n; t++) known |= !strcmp(root->key[k], top_keys[t]);
        if (known) continue;
        const char *near = vt_nearest(root->key[k], top_keys, n);
        return vt_yaml_raise(__FILE__, __LINE__, root->file, root->key_line[k],
                             "key '%s' is not known here%s%s%s", root->key[k],
                             near ? "; did you mean '"
                                  : ": title, seed, size, sizes, material, engine, output, protocol, measure",
                             near ? near : "", near ? "'?" : "");
    }
    return VT_OK;
}

/* What another protocol will leave behind where it saves a state: targets, the smallest cell. */
static enum vt_status begin_after(struct vt_protocol *p, const struct vt_protocol *before, const char *state)
{
    int k = before->n_stages - 1;
    while (k > 0 && strcmp(before->stage[k].common.save, state) != 0) k--;
    const struct vt_control *last = &before->planned[k];
    struct vt_cell *least;
    VT_TRY(vt_alloc(&least, before->n_stages));
    enum vt_status st = vt_protocol_least_cells(before, least);
    p->file_cell = least[k];
    free(least);
    p->begun = true;
    p->left.temperature = last->temperature[1];
    memcpy(p->left.pressure, last->pressure[1], sizeof p->left.pressure);
    return st;
}

/* Title and seed stand beside sections, so they are read one by one. */
static enum vt_status read_top(struct vt_protocol *p)
{
    struct vt_yaml *item[2],
        only = {.kind = VT_YAML_MAP, .item = item, .file = p->root->file, .line = p->root->line};
    char *key[2];
    int key_line[2];
    only.key = key;
    only.key_line = key_line;
    for (int k = 0; k < p->root->n; k++)
        if (!strcmp(p->root->key[k], "title") || !strcmp(p->root->key[k], "seed")) {
            item[only.n] = p->root->item[k];
            key[only.n] = p->root->key[k];
            key_line[only.n++] = p->root->key_line[k];
        }
    return vt_params_read(&only, "protocol", (struct vt_params[]){{top_params, p}}, 1);
}

enum vt_status vt_protocol_load(const char *path, MPI_Comm comm, char **text, size_t *size)
{
    int rank;
    enum vt_status st = VT_OK;
    *text = NULL;
    *size = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) st = vt_yaml_load(path, text, size);
    long long length = (long long)*size;
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(&length, 1, MPI_LONG_LONG, 0, comm)));
    if (rank) st = vt_alloc(text, length + 1);
    VT_TRY(vt_agree(comm, st));
    VT_TRY(vt_mpi(MPI_Bcast(*text, (int)length, MPI_BYTE, 0, comm)));
    (*text)[length] = '\0';
    *size = (size_t)length;
    return VT_OK;
}

/* What a text is read with, besides what it says. */
struct at_hand {
    const char *size;                 /* one of its `sizes`, or NULL */
    const struct vt_eam *tables;      /* or NULL */
    const struct vt_protocol *before; /* or NULL */
    const char *state;                /* of it */
};

/* The text is in p; everything in it is read and checked. Collective. */
static enum vt_status read_text(const char *name, const struct at_hand *with, MPI_Comm comm,
                                struct vt_protocol *p)
{
    VT_TRY(vt_agree(comm, vt_expand_size(&p->text, &p->length, name, with->size, true)));
    VT_TRY(vt_yaml_parse(p->text, p->length, name, &p->root));
    VT_TRY(check_top_keys(p->root));
    VT_TRY(read_top(p));
    VT_TRY(read_section(p, "material", material_params, true));
    VT_TRY(read_section(p, "engine", engine_params, false));
    VT_TRY(read_section(p, "output", output_params, false));
    VT_TRY(check_output(p));
    p->file = find_source(p, "file");
    p->state = find_source(p, "state");
    if (p->file && p->state)
        return VT_RAISE_AT(p->state, "create: give either 'file' or 'state': the sample comes from one");
    VT_TRY(p->file ? read_file(p, comm) : read_composition(p));
    VT_TRY(read_potential(p, with->tables, comm));
    if (p->state) VT_TRY(read_state(p, comm));
    if (with->before) VT_TRY(begin_after(p, with->before, with->state));
    VT_TRY(read_stages(p));
    if (p->file) vt_create_leave(&p->stage[0], p->file_temperature);
    if (p->begun) vt_create_take_over(&p->stage[0], &p->left);
    if (with->before) snprintf(p->stage[0].common.save, VT_TEXT_SIZE, "%s", with->state);
    VT_TRY(check_states(p));
    VT_TRY(plan_stages(p));
    p->measure = vt_yaml_get(p->root, "measure");
    return VT_OK;
}

static enum vt_status parse(const struct at_hand *with, const char *text, size_t length, const char *name,
                            MPI_Comm comm, struct vt_protocol *p)
{
    *p = (struct vt_protocol){.length = length};
    VT_TRY(vt_agree(comm, vt_alloc(&p->text, length + 1)));
    memcpy(p->text, text, length);
    return read_text(name, with, comm, p);
}

enum vt_status vt_protocol_read(const char *path, const char *size, MPI_Comm comm, struct vt_protocol *p)
{
    *p = (struct vt_protocol){0};
    VT_TRY(vt_protocol_load(path, comm, &p->text, &p->length));
    return read_text(path, &(struct at_hand){.size = size}, comm, p);
}

enum vt_status vt_protocol_parse(const char *text, size_t length, const char *name, MPI_Comm comm,
                                 struct vt_protocol *p)
{
    return parse(&(struct at_hand){0}, text, length, name, comm, p);
}

enum vt_status vt_protocol_parse_with(const struct vt_eam *tables, const char *text, size_t length,
                                      const char *name, MPI_Comm comm, struct vt_protocol *p)
{
    return parse(&(struct at_hand){.tables = tables}, text, length, name, comm, p);
}

enum vt_status vt_protocol_parse_after(const struct vt_protocol *before, const char *state, const char *text,
                                       size_t length, const char *name, MPI_Comm comm, struct vt_protocol *p)
{
    return parse(&(struct at_hand){.before = before, .state = state}, text, length, name, comm, p);
}

void vt_protocol_release(struct vt_protocol *p)
{
    for (int k = 0; k < p->n_stages; k++) free(p->stage[k].options);
    free(p->stage);
    free(p->planned);
    free(p->text);
    vt_yaml_release(p->root);
    vt_eam_release(&p->tables);
    *p = (struct vt_protocol){0};
}
