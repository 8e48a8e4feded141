/* eam.c: storage, parts and checksum of the tables, see eam.h. */
#include "core/eam.h"

#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/provenance.h"

enum vt_status vt_eam_alloc(struct vt_eam *e)
{
    size_t n = (size_t)e->n_species;
    VT_TRY(vt_alloc(&e->f, n * (size_t)e->n_rho));
    VT_TRY(vt_alloc(&e->rho, n * n * (size_t)e->n_r));
    return vt_alloc(&e->rphi, n * n * (size_t)e->n_r);
}

void vt_eam_release(struct vt_eam *e)
{
    free(e->f);
    free(e->rho);
    free(e->rphi);
    *e = (struct vt_eam){0};
}

static enum vt_status find_all(const struct vt_eam *e, const char *const *symbols, int n, int *from)
{
    if (n < 1 || n > VT_SPECIES_MAX)
        return VT_RAISE(VT_EINPUT, "%d species: 1 to %d are right", n, VT_SPECIES_MAX);
    for (int a = 0; a < n; a++) {
        from[a] = -1;
        for (int s = 0; s < e->n_species; s++)
            if (strcmp(e->element[s].symbol, symbols[a]) == 0) from[a] = s;
        if (from[a] >= 0) continue;
        char list[VT_SPECIES_MAX * 6] = "";
        for (int s = 0, used = 0; s < e->n_species; s++)
            used += snprintf(list + used, sizeof list - (size_t)used, "%s%s", s ? ", " : "",
                             e->element[s].symbol);
        return VT_RAISE(VT_EINPUT, "the potential has no %s; it has %s", symbols[a], list);
    }
    return VT_OK;
}

enum vt_status vt_eam_subset(const struct vt_eam *e, const char *const *symbols, int n, struct vt_eam *part)
{
    int from[VT_SPECIES_MAX];
    size_t row = (size_t)e->n_r * sizeof(double);
    *part = (struct vt_eam){0};
    VT_TRY(find_all(e, symbols, n, from));
    *part = *e;
    part->n_species = n;
    if (n == 1) part->finnis_sinclair = false; /* the forms are one, and a file cannot tell */
    part->f = part->rho = part->rphi = NULL;
    enum vt_status st = vt_eam_alloc(part);
    if (st != VT_OK) {
        vt_eam_release(part);
        return st;
    }
    memset(part->element, 0, sizeof part->element);
    for (int a = 0; a < n; a++) {
        part->element[a] = e->element[from[a]];
        memcpy(vt_eam_f(part, a), vt_eam_f(e, from[a]), (size_t)e->n_rho * sizeof(double));
        for (int b = 0; b < n; b++) {
            memcpy(vt_eam_rho(part, a, b), vt_eam_rho(e, from[a], from[b]), row);
            memcpy(vt_eam_rphi(part, a, b), vt_eam_rphi(e, from[a], from[b]), row);
        }
    }
    vt_eam_seal(part);
    return VT_OK;
}

enum vt_status vt_eam_select(struct vt_eam *e, const char *const *symbols, int n)
{
    struct vt_eam chosen;
    VT_TRY(vt_eam_subset(e, symbols, n, &chosen));
    vt_eam_release(e);
    *e = chosen;
    return VT_OK;
}

void vt_eam_seal(struct vt_eam *e)
{
    size_t n = (size_t)e->n_species;
    uint64_t h = VT_HASH_START;
    const int sizes[] = {e->n_species, e->n_rho, e->n_r, e->finnis_sinclair};
    const double spacings[] = {e->d_rho, e->d_r, e->cutoff};
    h = vt_hash(h, sizes, sizeof sizes);
    h = vt_hash(h, spacings, sizeof spacings);
    for (size_t s = 0; s < n; s++) {
        h = vt_hash(h, e->element[s].symbol, sizeof e->element[s].symbol);
        h = vt_hash(h, &e->element[s].mass, sizeof e->element[s].mass);
    }
    h = vt_hash(h, e->f, n * (size_t)e->n_rho * sizeof *e->f);
    h = vt_hash(h, e->rho, n * n * (size_t)e->n_r * sizeof *e->rho);
    e->checksum = vt_hash(h, e->rphi, n * n * (size_t)e->n_r * sizeof *e->rphi);
}

void vt_eam_cubics(const double *y, int n, double (*row)[4])
{
    for (int k = 0; k < n - 1; k++) {
        double s[2];
        for (int e = 0; e < 2; e++) {
            int m = k + e;
            if (m == 0)
                s[e] = y[1] - y[0];
            else if (m == n - 1)
                s[e] = y[n - 1] - y[n - 2];
            else if (m == 1 || m == n - 2)
                s[e] = 0.5 * (y[m + 1] - y[m - 1]);
            else
                s[e] = ((y[m - 2] - y[m + 2]) + 8 * (y[m + 1] - y[m - 1])) / 12;
        }
        double rise = y[k + 1] - y[k];
        row[k][0] = s[0] + s[1] - 2 * rise;
        row[k][1] = 3 * rise - 2 * s[0] - s[1];
        row[k][2] = s[0];
        row[k][3] = y[k];
    }
}
