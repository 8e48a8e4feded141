/* eam.c: storage and checksum of the tables, see eam.h. */
#include "core/eam.h"

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
