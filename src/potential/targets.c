/* targets.c: the file of targets, and the built-in one (targets.yaml of this folder).
 *
 *     elements:
 *       Zr:
 *         structure: hcp
 *         targets:
 *           - a:            {value: 3.232 A, tolerance: 0.1 %, source: ...}
 *           - energy_above: {structure: bcc, value: 0.08 eV, tolerance: 0.02 eV, source: ...}
 *     pairs:
 *       Cu-Zr:
 *         targets:
 *           - volume:          {compound: CuZr, structure: B2, a: 3.262 A, tolerance: 1 %, source: ...}
 *           - mixing_enthalpy: {temperature: 2000 K, value: -23 kJ/mol, tolerance: 1 kJ/mol, source: ...}
 *     alloys:
 *       Cu46Zr46Al8:
 *         targets:
 *           - bulk_modulus: {from: 95 GPa, to: 120 GPa, source: ...}
 *           - first_peak:   {pair: Cu-Zr, value: 2.75 A, tolerance: 0.04 A, source: ...} */
#include "potential/targets.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/params.h"
#include "core/units.h"

extern const char vt_builtin_targets[];

const struct vt_target_name vt_target_names[VT_TARGET_KINDS] = {
    [VT_TARGET_A] = {"a", "angstrom", "lattice constant a", VT_OF_ELEMENT},
    [VT_TARGET_C] = {"c", "angstrom", "lattice constant c", VT_OF_ELEMENT},
    [VT_TARGET_COHESIVE] = {"cohesive_energy", "eV", "cohesive energy of an atom", VT_OF_ELEMENT},
    [VT_TARGET_BULK] = {"bulk_modulus", "GPa", "bulk modulus", VT_OF_ELEMENT | VT_OF_PAIR | VT_OF_ALLOY},
    [VT_TARGET_C11] = {"C11", "GPa", "elastic constant", VT_OF_ELEMENT},
    [VT_TARGET_C12] = {"C12", "GPa", "elastic constant", VT_OF_ELEMENT},
    [VT_TARGET_C13] = {"C13", "GPa", "elastic constant", VT_OF_ELEMENT},
    [VT_TARGET_C33] = {"C33", "GPa", "elastic constant", VT_OF_ELEMENT},
    [VT_TARGET_C44] = {"C44", "GPa", "elastic constant", VT_OF_ELEMENT},
    [VT_TARGET_VACANCY] = {"vacancy_energy", "eV", "formation energy of a vacancy", VT_OF_ELEMENT},
    [VT_TARGET_ABOVE] = {"energy_above", "eV", "energy of an atom over that in the stable structure",
                         VT_OF_ELEMENT},
    [VT_TARGET_EOS] = {"equation_of_state", "eV", "energy of an atom over Rose's curve", VT_OF_ELEMENT},
    [VT_TARGET_CURVATURE] = {"embedding_curvature", "eV", "density^2 times F'' in the crystal",
                             VT_OF_ELEMENT},
    [VT_TARGET_VOLUME] = {"volume", "A^3", "volume of an atom", VT_OF_PAIR},
    [VT_TARGET_MIXING] = {"mixing_enthalpy", "kJ/mol", "enthalpy of mixing of the liquid, equal parts",
                          VT_OF_PAIR},
    [VT_TARGET_STRETCH] = {"stretch", "1", "stretch of a pair's function", VT_OF_PAIR},
    [VT_TARGET_FORMATION] = {"formation_energy", "kJ/mol", "energy of a compound over that of its elements",
                             VT_OF_PAIR},
    [VT_TARGET_EXPANSION] = {"thermal_expansion", "/K", "linear thermal expansion at 300 K", VT_OF_ELEMENT},
    [VT_TARGET_MELTING] = {"melting_point", "K", "melting point", VT_OF_ELEMENT},
    [VT_TARGET_DENSITY] = {"density", "g/cm^3", "density of the glass at 300 K", VT_OF_ALLOY},
    [VT_TARGET_SHEAR] = {"shear_modulus", "GPa", "shear modulus", VT_OF_ALLOY},
    [VT_TARGET_TG] = {"glass_transition", "K", "glass transition", VT_OF_ALLOY},
    [VT_TARGET_PEAK] = {"first_peak", "angstrom", "first peak of g(r) of a pair in the glass", VT_OF_ALLOY},
};

struct form {
    struct vt_target target;
    char tolerance[VT_TEXT_SIZE], structure[VT_TEXT_SIZE], compound[VT_TEXT_SIZE], pair[VT_TEXT_SIZE],
        source[VT_TEXT_SIZE];
};

#define LATTICE(name, member, help)                                                                          \
    {                                                                                                        \
        name, "angstrom", VT_REAL, offsetof(struct form, target.lattice.member), 0, 0, 100, help, NULL       \
    }
#define INTERNAL(name, k, help)                                                                              \
    {                                                                                                        \
        name, "1", VT_REAL, offsetof(struct form, target.lattice.internal[k]), 0, 0, 1, help, NULL           \
    }
/* The first rows take the unit of the kind. */
enum { VALUES = 3 };
const struct vt_param vt_target_params[] = {
    {"value", NULL, VT_REAL, offsetof(struct form, target.value), VT_UNSET, -1e6, 1e6, "what it should be",
     NULL},
    {"from", NULL, VT_REAL, offsetof(struct form, target.low), VT_UNSET, -1e6, 1e6,
     "or the least of a range that is right", NULL},
    {"to", NULL, VT_REAL, offsetof(struct form, target.high), VT_UNSET, -1e6, 1e6, "and its largest", NULL},
    {"tolerance", "", VT_TEXT, offsetof(struct form, tolerance), 0, 0, 0,
     "standard error, in the unit of the value or in %; what is fitted needs it", ""},
    {"source", "", VT_TEXT, offsetof(struct form, source), VT_REQUIRED, 0, 0, "where the value is from",
     NULL},
    {"fit", "", VT_BOOL, offsetof(struct form, target.fit), 1, 0, 1, "no: only shown beside the result",
     NULL},
    {"structure", "", VT_TEXT, offsetof(struct form, structure), 0, 0, 0, "fcc, hcp, bcc, B2, ...", ""},
    {"compound", "", VT_TEXT, offsetof(struct form, compound), 0, 0, 0, "its formula", ""},
    {"pair", "", VT_TEXT, offsetof(struct form, pair), 0, 0, 0, "first_peak: of which, such as Cu-Zr", ""},
    LATTICE("a", a, "lattice constant of the compound"),
    LATTICE("b", b, "lattice constant of the compound"),
    LATTICE("c", c, "lattice constant of the compound"),
    INTERNAL("x", 0, "free position of the more frequent species"),
    INTERNAL("y", 1, "free position of the other species"),
    {"temperature", "K", VT_REAL, offsetof(struct form, target.temperature), 2000, 2000, 2000,
     "mixing_enthalpy: liquids are measured there and nowhere else", NULL},
    {0},
};

/* "0.02 eV", or "1 %" of the value. */
static enum vt_status read_tolerance(const struct vt_yaml *map, const char *text, const char *unit,
                                     struct vt_target *t)
{
    bool share = strchr(text, '%') != NULL;
    t->tolerance = NAN;
    if (!*text && t->fit) return VT_RAISE_AT(map, "tolerance: a standard error is due for what is fitted");
    if (!*text) return VT_OK;
    enum vt_status st = vt_units_parse(text, share ? "%" : unit, &t->tolerance);
    if (st != VT_OK) return VT_RAISE_AT(vt_yaml_get(map, "tolerance"), "tolerance: %s", vt_message());
    if (share) t->tolerance *= fabs(t->value);
    return t->tolerance > 0 ? VT_OK : VT_RAISE_AT(map, "tolerance: must be above 0, not %s", text);
}

/* Structure and lattice of a compound (crystal) or of an element (only: hcp over fcc). */
static enum vt_status read_structure(const struct vt_yaml *map, const struct form *form, struct vt_target *t)
{
    const struct vt_prototype *p = vt_prototype_find(form->structure);
    if (*form->structure && !p)
        return VT_RAISE_AT(map,
                           "structure: '%s' is not known: fcc, hcp, bcc, B2, L12, C11b, C16, C15, C32 or Bf",
                           form->structure);
    if (!p && t->kind == VT_TARGET_ABOVE) return VT_RAISE_AT(map, "structure: of what? hcp, for example");
    if (!p || t->kind == VT_TARGET_ABOVE) return VT_OK;
    const struct vt_lattice *l = &t->lattice;
    if (!(l->a > 0) || (p->b && !(l->b > 0)) || (p->c && !(l->c > 0)))
        return VT_RAISE_AT(map, "the lattice constants a%s%s of structure %s are needed", p->b ? ", b" : "",
                           p->c ? ", c" : "", p->name);
    struct vt_crystal crystal = vt_prototype_make(p, l, (const int[]){0, 1});
    if (t->kind == VT_TARGET_VOLUME && isnan(t->value)) t->value = vt_crystal_volume(&crystal) / crystal.n;
    return VT_OK;
}

static enum vt_status read_range(const struct vt_yaml *map, const char *name, struct vt_target *t)
{
    bool range = !isnan(t->low) || !isnan(t->high);
    if (range != isnan(t->value))
        return VT_RAISE_AT(map, range ? "%s: a value or a range, not both" : "%s: a value is due", name);
    if (!range) {
        t->low = t->high = t->value;
        return VT_OK;
    }
    if (t->low > t->high) return VT_RAISE_AT(map, "%s: `from` is above `to`", name);
    t->value = isnan(t->low) ? t->high : isnan(t->high) ? t->low : 0.5 * (t->low + t->high);
    if (isnan(t->low)) t->low = -INFINITY;
    if (isnan(t->high)) t->high = INFINITY;
    if (t->fit && t->low < t->high)
        return VT_RAISE_AT(map, "%s: what is fitted has a value, not a range", name);
    return VT_OK;
}

/* Which of the keys of a target belong to it and not to others. */
enum subject { ELEMENT, PAIR, ALLOY };
static const char *const sections[] = {"elements", "pairs", "alloys"};
static const char *const subjects[] = {"an element", "a pair", "an alloy"};

static bool belongs(enum vt_target_kind kind, enum subject subject, const char *key)
{
    static const char *const compound[] = {"structure", "compound", "a", "b", "c", "x", "y"};
    static const struct {
        const char *key;
        enum vt_target_kind kind;
    } own[] = {{"structure", VT_TARGET_ABOVE}, {"temperature", VT_TARGET_MIXING}, {"pair", VT_TARGET_PEAK}};
    bool special = !strcmp(key, "temperature") || !strcmp(key, "pair"), of_compound = false;
    for (size_t k = 0; k < sizeof compound / sizeof *compound; k++) of_compound |= !strcmp(key, compound[k]);
    if (!special && !of_compound) return true;
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (own[k].kind == kind && !strcmp(own[k].key, key)) return true;
    return of_compound && subject == PAIR && kind != VT_TARGET_MIXING && kind != VT_TARGET_STRETCH;
}

static enum vt_status check_keys(const struct vt_yaml *map, enum subject subject, enum vt_target_kind kind)
{
    const char *name = vt_target_names[kind].name;
    if (!(vt_target_names[kind].of & 1u << subject))
        return VT_RAISE_AT(map, "%s is no property of %s", name, subjects[subject]);
    for (int k = 0; map->kind == VT_YAML_MAP && k < map->n; k++)
        if (!belongs(kind, subject, map->key[k]))
            return vt_yaml_raise(__FILE__, __LINE__, map->file, map->key_line[k],
                                 "'%s' is no key of %s of %s", map->key[k], name, subjects[subject]);
    return VT_OK;
}

/* Is a formula such as CuAl2 made of both elements, and no other? */
static bool is_compound(const char *formula, const char symbol[2][4])
{
    bool seen[2] = {false, false};
    while (*formula) {
        size_t length = 1;
        while (islower((unsigned char)formula[length])) length++;
        int of = 0;
        while (of < 2 && (strlen(symbol[of]) != length || strncmp(symbol[of], formula, length) != 0)) of++;
        if (of == 2) return false;
        seen[of] = true;
        for (formula += length; isdigit((unsigned char)*formula);) formula++;
    }
    return seen[0] && seen[1];
}

/* Of whom the compound of a pair and the peak of an alloy are. */
static enum vt_status check_species(const struct vt_yaml *map, const struct vt_target_set *set,
                                    enum subject subject, const struct vt_target *t)
{
    if (subject == PAIR && belongs(t->kind, PAIR, "compound")) {
        if (!*t->structure || !*t->compound)
            return VT_RAISE_AT(map,
                               "%s: of which compound? {compound: CuZr, structure: B2, a: ...}, for example",
                               vt_target_names[t->kind].name);
        if (!is_compound(t->compound, set->symbol))
            return VT_RAISE_AT(map, "compound: '%s' is no compound of %s and %s", t->compound, set->symbol[0],
                               set->symbol[1]);
    }
    if (t->kind != VT_TARGET_PEAK) return VT_OK;
    for (int a = 0; a < set->alloy.n; a++)
        for (int b = 0; b < set->alloy.n; b++) {
            char label[12];
            snprintf(label, sizeof label, "%s-%s", set->alloy.symbol[a], set->alloy.symbol[b]);
            if (!strcmp(label, t->compound)) return VT_OK;
        }
    return VT_RAISE_AT(map, "pair: '%s' is no pair of %s; Cu-Zr, for example", t->compound, set->alloy.name);
}

static enum vt_status read_target(const struct vt_yaml *item, enum subject subject,
                                  const struct vt_target_set *set, struct vt_target *target)
{
    if (item->kind != VT_YAML_MAP || item->n != 1)
        return VT_RAISE_AT(item, "a target is a property and its value: - a: {value: 3.6 A, tolerance: ...}");
    const char *names[VT_TARGET_KINDS], *name = item->key[0];
    int kind = 0;
    for (int k = 0; k < VT_TARGET_KINDS; k++) names[k] = vt_target_names[k].name;
    while (kind < VT_TARGET_KINDS && strcmp(name, names[kind]) != 0) kind++;
    if (kind == VT_TARGET_KINDS) {
        const char *near = vt_nearest(name, names, VT_TARGET_KINDS);
        return VT_RAISE_AT(item, "'%s' is no property that can be a target%s%s%s", name,
                           near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    struct vt_param table[sizeof vt_target_params / sizeof *vt_target_params];
    memcpy(table, vt_target_params, sizeof vt_target_params);
    for (int k = 0; k < VALUES; k++) table[k].unit = vt_target_names[kind].unit;
    struct form form = {0};
    const struct vt_yaml *map = item->item[0];
    VT_TRY(check_keys(map, subject, (enum vt_target_kind)kind));
    VT_TRY(vt_params_read(map, name, &(struct vt_params){table, &form}, 1));
    struct vt_target *t = &form.target;
    t->kind = (enum vt_target_kind)kind;
    t->fit = t->fit && (kind == VT_TARGET_PEAK ? *form.tolerance != '\0' /* only if it has a weight */
                                               : subject != ALLOY && kind < VT_TARGET_FORMATION);
    if (kind == VT_TARGET_EOS && isnan(t->value)) t->value = 0;
    snprintf(t->structure, sizeof t->structure, "%.7s", form.structure);
    snprintf(t->compound, sizeof t->compound, "%.15s", kind == VT_TARGET_PEAK ? form.pair : form.compound);
    VT_TRY(check_species(map, set, subject, t));
    snprintf(t->source, sizeof t->source, "%.255s", form.source);
    VT_TRY(read_structure(map, &form, t));
    VT_TRY(read_range(map, name, t));
    VT_TRY(read_tolerance(map, form.tolerance, vt_target_names[kind].unit, t));
    *target = *t;
    return VT_OK;
}

struct set_form {
    char structure[VT_TEXT_SIZE], remark[VT_TEXT_SIZE];
    double r_s, r_c, density_scale;
    const struct vt_yaml *targets;
};
const struct vt_param vt_target_set_params[] = {
    {"structure", "", VT_TEXT, offsetof(struct set_form, structure), 0, 0, 0,
     "of the stable crystal of an element: fcc, hcp or bcc", ""},
    {"switch_off_from", "angstrom", VT_REAL, offsetof(struct set_form, r_s), 6.2, 1, 20,
     "f and phi of an element go to 0 from here", NULL},
    {"cut_off", "angstrom", VT_REAL, offsetof(struct set_form, r_c), 7.15, 1, 20, "to here", NULL},
    {"density_scale", "1", VT_REAL, offsetof(struct set_form, density_scale), 1, 0.1, 10,
     "its density in alloys, over that with which all elements feel the same in their own crystal", NULL},
    {"remark", "", VT_TEXT, offsetof(struct set_form, remark), 0, 0, 0, "what cannot be had, and why", ""},
    {"targets", "", VT_NODE, offsetof(struct set_form, targets), VT_REQUIRED, 0, 0, "properties",
     "- a: {value: 3.6 A, tolerance: 0.1 %, source: ...}"},
    {0},
};

static enum vt_status read_name(const char *name, const struct vt_yaml *map, enum subject subject,
                                struct vt_target_set *set)
{
    const char *dash = strchr(name, '-');
    size_t length = dash ? (size_t)(dash - name) : strlen(name);
    if (subject == ALLOY) return vt_prefix(vt_alloy_parse(name, &set->alloy), "%s:%d", map->file, map->line);
    if ((subject == PAIR) != (dash != NULL) || length > 2 || !length ||
        (dash && (!dash[1] || strlen(dash + 1) > 2)))
        return VT_RAISE_AT(map, "'%s': %s is due", name,
                           subject == PAIR ? "a pair such as Cu-Zr" : "an element");
    snprintf(set->symbol[0], sizeof set->symbol[0], "%.*s", (int)length, name);
    if (dash) snprintf(set->symbol[1], sizeof set->symbol[1], "%.3s", dash + 1);
    for (int e = 0; e < (dash ? 2 : 1); e++)
        if (!vt_element_z(set->symbol[e]))
            return VT_RAISE_AT(map, "'%s': %s is no element", name, set->symbol[e]);
    if (dash && !strcmp(set->symbol[0], set->symbol[1]))
        return VT_RAISE_AT(map, "'%s': two elements are due", name);
    return VT_OK;
}

static enum vt_status read_set(const char *name, const struct vt_yaml *map, enum subject subject,
                               struct vt_target_set *set)
{
    struct set_form form = {0};
    set->at = map;
    VT_TRY(read_name(name, map, subject, set));
    VT_TRY(vt_params_read(map, name, &(struct vt_params){vt_target_set_params, &form}, 1));
    for (const struct vt_param *p = vt_target_set_params; p->name && subject != ELEMENT; p++)
        if (strcmp(p->name, "targets") != 0 && strcmp(p->name, "remark") != 0 &&
            vt_params_given(map, p->name))
            return VT_RAISE_AT(map, "%s: '%s' is no key of %s", name, p->name, subjects[subject]);
    snprintf(set->structure, sizeof set->structure, "%.7s", form.structure);
    snprintf(set->remark, sizeof set->remark, "%.255s", form.remark);
    if (subject == ELEMENT && strcmp(form.structure, "fcc") != 0 && strcmp(form.structure, "hcp") != 0 &&
        strcmp(form.structure, "bcc") != 0)
        return VT_RAISE_AT(map, "structure of %s: fcc, hcp or bcc, not '%s'", name, form.structure);
    if (!(form.r_s < form.r_c))
        return VT_RAISE_AT(map, "switch_off_from of %s (%g A) must be below cut_off (%g A)", name, form.r_s,
                           form.r_c);
    set->r_s = form.r_s, set->r_c = form.r_c, set->density_scale = form.density_scale;
    if (!form.targets || form.targets->kind != VT_YAML_LIST || form.targets->n == 0)
        return VT_RAISE_AT(map, "targets of %s: a list is due", name);
    VT_TRY(vt_alloc(&set->target, form.targets->n));
    for (; set->n < form.targets->n; set->n++)
        VT_TRY(read_target(form.targets->item[set->n], subject, set, &set->target[set->n]));
    return VT_OK;
}

/* Of a, or of the pair a-b in either order; b is "" for an element. */
static bool is_of(const struct vt_target_set *s, const char *a, const char *b)
{
    return (!strcmp(s->symbol[0], a) && !strcmp(s->symbol[1], b)) ||
           (!strcmp(s->symbol[0], b) && !strcmp(s->symbol[1], a));
}

static bool is_same(const struct vt_target_set *a, const struct vt_target_set *b)
{
    return a->alloy.n ? vt_alloy_same(&a->alloy, &b->alloy) : is_of(a, b->symbol[0], b->symbol[1]);
}

static enum vt_status read_sets(const struct vt_yaml *root, enum subject subject, int *n,
                                struct vt_target_set **sets)
{
    const struct vt_yaml *map = vt_yaml_get(root, sections[subject]);
    if (!map) return VT_OK;
    if (map->kind != VT_YAML_MAP) return VT_RAISE_AT(map, "%s: a map is due", sections[subject]);
    VT_TRY(vt_alloc(sets, map->n));
    for (; *n < map->n; ++*n) {
        (*sets)[*n] = (struct vt_target_set){0};
        enum vt_status st = read_set(map->key[*n], map->item[*n], subject, &(*sets)[*n]);
        for (int k = 0; st == VT_OK && k < *n; k++)
            if (is_same(&(*sets)[k], &(*sets)[*n]))
                st = VT_RAISE_AT(map->item[*n], "%s: the same as %s above", map->key[*n], map->key[k]);
        if (st != VT_OK) {
            free((*sets)[*n].target);
            return st;
        }
    }
    return VT_OK;
}

enum vt_status vt_targets_read(const char *path, struct vt_targets *t)
{
    *t = (struct vt_targets){0};
    enum vt_status st =
        path ? vt_yaml_read(path, &t->root)
             : vt_yaml_parse(vt_builtin_targets, strlen(vt_builtin_targets), "built-in targets", &t->root);
    if (st == VT_OK && t->root->kind != VT_YAML_MAP)
        st = VT_RAISE_AT(t->root, "a map with elements, pairs and alloys is due");
    for (int k = 0; st == VT_OK && k < t->root->n; k++)
        if (strcmp(t->root->key[k], "elements") != 0 && strcmp(t->root->key[k], "pairs") != 0 &&
            strcmp(t->root->key[k], "alloys") != 0)
            st = vt_yaml_raise(__FILE__, __LINE__, t->root->file, t->root->key_line[k],
                               "'%s' is not known: elements, pairs or alloys", t->root->key[k]);
    if (st == VT_OK) st = read_sets(t->root, ELEMENT, &t->n_elements, &t->element);
    if (st == VT_OK) st = read_sets(t->root, PAIR, &t->n_pairs, &t->pair);
    if (st == VT_OK) st = read_sets(t->root, ALLOY, &t->n_alloys, &t->alloy);
    if (st != VT_OK) vt_targets_release(t);
    return st;
}

void vt_targets_release(struct vt_targets *t)
{
    for (int k = 0; k < t->n_elements; k++) free(t->element[k].target);
    for (int k = 0; k < t->n_pairs; k++) free(t->pair[k].target);
    for (int k = 0; k < t->n_alloys; k++) free(t->alloy[k].target);
    free(t->element);
    free(t->pair);
    free(t->alloy);
    vt_yaml_release(t->root);
    *t = (struct vt_targets){0};
}

const struct vt_target_set *vt_targets_find(const struct vt_targets *t, const char *a, const char *b)
{
    const struct vt_target_set *sets = b ? t->pair : t->element;
    for (int k = 0; k < (b ? t->n_pairs : t->n_elements); k++)
        if (is_of(&sets[k], a, b ? b : "")) return &sets[k];
    return NULL;
}

const struct vt_target_set *vt_targets_find_alloy(const struct vt_targets *t, const struct vt_alloy *alloy)
{
    for (int k = 0; k < t->n_alloys; k++)
        if (vt_alloy_same(&t->alloy[k].alloy, alloy)) return &t->alloy[k];
    return NULL;
}

const struct vt_target *vt_peak_target(const struct vt_target_set *alloy, const char *a, const char *b)
{
    char label[2][12];
    snprintf(label[0], sizeof label[0], "%s-%s", a, b);
    snprintf(label[1], sizeof label[1], "%s-%s", b, a);
    for (int k = 0; alloy && k < alloy->n; k++) {
        const struct vt_target *t = &alloy->target[k];
        if (t->kind == VT_TARGET_PEAK && (!strcmp(t->compound, label[0]) || !strcmp(t->compound, label[1])))
            return t;
    }
    return NULL;
}
