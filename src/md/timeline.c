/* timeline.c: see timeline.h. Pressures are compression positive; energies, volume, work and heat are per
 * atom. */
#include "md/timeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/units.h"

static const struct {
    const char *name, *unit, *help;
} columns[VT_TIMELINE_COLUMNS] = {
    {"stage", "1", "index of the stage, from 1"},
    {"step", "1", "time steps since the sample was created"},
    {"time", "ps", "time since the sample was created; a branch goes on from its saved state"},
    {"temperature", "K", "kinetic temperature of peculiar velocities"},
    {"target_temperature", "K", "what the thermostat aimed at"},
    {"pressure", "GPa", "mean of the normal components"},
    {"target_pressure", "GPa", "what the barostat aimed at (mean of the normal components)"},
    {"pressure_xx", "GPa", "xx component"},
    {"pressure_yy", "GPa", "yy component"},
    {"pressure_zz", "GPa", "zz component"},
    {"pressure_xy", "GPa", "xy component"},
    {"pressure_xz", "GPa", "xz component"},
    {"pressure_yz", "GPa", "yz component"},
    {"strain", "1", "accumulated shear strain, through all flips of the cell"},
    {"potential_energy", "eV/atom", "potential energy"},
    {"kinetic_energy", "eV/atom", "kinetic energy of peculiar velocities"},
    {"volume", "A^3/atom", "volume"},
    {"density", "g/cm^3", "mass density"},
    {"enthalpy", "eV/atom", "potential and kinetic energy + P V; P of the barostat where there is one"},
    {"work", "eV/atom", "work that the moving cell did on the sample since it was created"},
    {"heat", "eV/atom", "heat that thermostats gave to the sample since it was created"},
    {"unbalanced_energy", "eV/atom",
     "total energy - work - heat: a constant up to jumps where a stage sets the state"},
};

enum vt_status vt_timeline_add(struct vt_timeline *t, const struct vt_state *s, int stage,
                               const struct vt_material *m)
{
    VT_TRY(vt_grow(&t->row, &t->capacity, t->n + 1));
    double n = (double)vt_material_atoms(m), mass = 0,
           pressure = (s->pressure[0] + s->pressure[1] + s->pressure[2]) / 3;
    for (int k = 0; k < m->n_species; k++) mass += m->species[k].mass * (double)m->species[k].count;
    double held = isfinite(s->target_pressure) ? s->target_pressure : pressure;
    const double row[VT_TIMELINE_COLUMNS] = {stage,
                                             (double)s->step,
                                             s->time,
                                             s->temperature,
                                             s->target_temperature,
                                             pressure / VT_GPA,
                                             s->target_pressure / VT_GPA,
                                             s->pressure[0] / VT_GPA,
                                             s->pressure[1] / VT_GPA,
                                             s->pressure[2] / VT_GPA,
                                             s->pressure[3] / VT_GPA,
                                             s->pressure[4] / VT_GPA,
                                             s->pressure[5] / VT_GPA,
                                             s->strain,
                                             s->potential / n,
                                             s->kinetic / n,
                                             s->volume / n,
                                             VT_DENSITY * mass / s->volume,
                                             (s->potential + s->kinetic + held * s->volume) / n,
                                             s->work / n,
                                             s->heat / n,
                                             (s->potential + s->kinetic - s->work - s->heat) / n};
    memcpy(t->row[t->n++], row, sizeof row);
    return VT_OK;
}

enum vt_status vt_timeline_write(const struct vt_timeline *t, struct vt_results *results)
{
    vt_results_remove(results, "timeline");
    for (int c = 0; c < VT_TIMELINE_COLUMNS; c++) {
        char path[64];
        struct vt_dataset *d;
        snprintf(path, sizeof path, "timeline/%s", columns[c].name);
        VT_TRY(vt_results_add(results, path, columns[c].unit, columns[c].help, 1, &t->n, &d));
        for (int k = 0; k < t->n; k++) d->value[k] = k;
        VT_TRY(vt_dataset_axis(d, 0, "row", "1", d->value, NULL));
        for (int k = 0; k < t->n; k++) d->value[k] = t->row[k][c];
    }
    return VT_OK;
}

enum vt_status vt_timeline_read(struct vt_timeline *t, const struct vt_results *results, int stage,
                                int64_t step)
{
    const struct vt_dataset *column[VT_TIMELINE_COLUMNS];
    t->n = 0;
    for (int c = 0; c < VT_TIMELINE_COLUMNS; c++) {
        char path[64];
        snprintf(path, sizeof path, "timeline/%s", columns[c].name);
        column[c] = vt_results_find(results, path);
        if (!column[c] || column[c]->n_axes != 1 || column[c]->axis[0].n != column[0]->axis[0].n)
            return VT_OK;
    }
    for (int k = 0; k < column[0]->axis[0].n; k++) {
        int row_stage = (int)column[0]->value[k];
        if (row_stage > stage || (row_stage == stage && column[1]->value[k] > (double)step)) break;
        VT_TRY(vt_grow(&t->row, &t->capacity, t->n + 1));
        for (int c = 0; c < VT_TIMELINE_COLUMNS; c++) t->row[t->n][c] = column[c]->value[k];
        t->n++;
    }
    return VT_OK;
}

void vt_timeline_release(struct vt_timeline *t)
{
    free(t->row);
    *t = (struct vt_timeline){0};
}
