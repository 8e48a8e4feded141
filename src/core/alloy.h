/* alloy.h: a composition: read from a formula or from YAML, and named. */
#ifndef VT_ALLOY_H
#define VT_ALLOY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/material.h"
#include "core/status.h"

enum { VT_ALLOY_NAME = 64 };

struct vt_alloy {
    int n;
    char symbol[VT_SPECIES_MAX][4];
    double percent[VT_SPECIES_MAX]; /* at.% */
    char name[VT_ALLOY_NAME];       /* "Zr46.75Ti8.25Cu7.5Ni10Be27.5" */
};

/* "Cu46Zr46Al8" or "{Cu: 46, Zr: 46, Al: 8}"; must sum to 100 +- 0.05. VT_EINPUT. Local. */
enum vt_status vt_alloy_parse(const char *text, struct vt_alloy *alloy);
/* A formula of any size, made at.%: "CeO2", "Cu Zr", "Ga Nb4 Se8"; an element without a number counts once.
 * VT_EINPUT. Local. */
enum vt_status vt_alloy_formula(const char *text, struct vt_alloy *alloy);
/* Of the same elements in the same parts, in whatever order? */
bool vt_alloy_same(const struct vt_alloy *a, const struct vt_alloy *b);
/* "{Cu: 46, Zr: 46, Al: 8}", as in a protocol. */
void vt_alloy_composition(const struct vt_alloy *alloy, char *text, size_t size);

#endif
