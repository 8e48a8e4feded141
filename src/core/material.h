/* material.h: what the sample is made of. */
#ifndef VT_MATERIAL_H
#define VT_MATERIAL_H

#include <stddef.h>
#include <stdint.h>

enum { VT_SPECIES_MAX = 16 };

struct vt_species {
    char symbol[4];
    int z;         /* atomic number */
    double mass;   /* u */
    int64_t count; /* atoms in the whole sample */
};

struct vt_material {
    int n_species;
    struct vt_species species[VT_SPECIES_MAX];
};

static inline int64_t vt_material_atoms(const struct vt_material *m)
{
    int64_t n = 0;
    for (int s = 0; s < m->n_species; s++) n += m->species[s].count;
    return n;
}

/* "Cu 50, Zr 50": at.%, for people. */
void vt_material_text(const struct vt_material *m, char *text, size_t size);
/* Atomic number of a symbol; 0 if there is no such element. Standard atomic weight [u] (IUPAC 2021
 * abridged) and symbol of an atomic number 1..103. */
int vt_element_z(const char *symbol);
double vt_element_mass(int z);
const char *vt_element_symbol(int z);

#endif
