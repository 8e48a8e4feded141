/* static_point POTENTIAL INSTRUCTION_SET DATA...: energy, virial and forces of structures as they stand.
 *
 * POTENTIAL is builtin:NAME, a setfl, eam.fs or funcfl file; INSTRUCTION_SET auto, portable, avx2 or avx512;
 * DATA are LAMMPS data files. Rank 0 prints one line of JSON for each: energy [eV], virial [eV] (xx yy zz xy
 * xz yz), volume, and by id force [eV/angstrom], atom_energy and atom_virial, with digits enough for the same
 * bits. */
#include <mpi.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/parallel.h"
#include "io/eam_file.h"
#include "io/lammps_data.h"
#include "md/eam_builtin.h"
#include "md/eam_force.h"

enum { COLUMNS = 10 }; /* force, energy, virial */

/* Every atom starts on the rank that its id deals it to; the first neighbour list sends it home. */
static enum vt_status fill(struct vt_system *sys, const struct vt_structure *s)
{
    struct vt_atoms *a = &sys->atoms;
    sys->skin = 1;
    sys->material = s->material;
    sys->cell = s->cell;
    vt_ranks_init(&sys->ranks, MPI_COMM_WORLD, &sys->cell);
    VT_TRY(vt_atoms_reserve(a, (size_t)s->n));
    a->n_total = s->n;
    for (int64_t k = sys->ranks.rank; k < s->n; k += sys->ranks.size) {
        a->id[a->n] = s->id[k];
        a->species[a->n] = s->species[k];
        memcpy(a->x[a->n], s->x[k], sizeof *s->x);
        memcpy(a->image[a->n++], s->image[k], sizeof *s->image);
    }
    return VT_OK;
}

static void print_columns(const char *name, const double (*table)[COLUMNS], int64_t n, int first, int count)
{
    printf(", \"%s\": [", name);
    for (int64_t k = 0; k < n; k++)
        for (int c = 0; c < count; c++) printf("%s%.17g", k || c ? ", " : "", table[k][first + c]);
    printf("]");
}

/* Only owners know their atoms; everyone else adds zeros. */
static enum vt_status print_point(const struct vt_system *sys)
{
    const struct vt_atoms *a = &sys->atoms;
    double(*table)[COLUMNS];
    enum vt_status st = vt_agree(sys->ranks.comm, vt_alloc(&table, a->n_total));
    if (st != VT_OK) goto done;
    for (int i = 0; i < a->n; i++) {
        double *row = table[a->id[i] - 1];
        memcpy(row, sys->f[i], 3 * sizeof *row);
        row[3] = sys->energy[i];
        memcpy(row + 4, sys->atom_virial[i], 6 * sizeof *row);
    }
    VT_TRY_GOTO(st, done,
                vt_mpi(MPI_Allreduce(MPI_IN_PLACE, table, vt_int(COLUMNS * a->n_total), MPI_DOUBLE, MPI_SUM,
                                     sys->ranks.comm)));
    if (sys->ranks.rank == 0) {
        printf("{\"ranks\": %d, \"threads\": %d, \"energy\": %.17g, \"volume\": %.17g, \"virial\": [",
               sys->ranks.size, omp_get_max_threads(), sys->potential_energy, vt_cell_volume(&sys->cell));
        for (int q = 0; q < 6; q++) printf("%s%.17g", q ? ", " : "", sys->virial[q]);
        printf("]");
        print_columns("force", (const double(*)[COLUMNS])table, a->n_total, 0, 3);
        print_columns("atom_energy", (const double(*)[COLUMNS])table, a->n_total, 3, 1);
        print_columns("atom_virial", (const double(*)[COLUMNS])table, a->n_total, 4, 6);
        printf("}\n");
    }
done:
    free(table);
    return st;
}

static enum vt_status point(const char *source, const char *instruction_set, const char *path)
{
    struct vt_structure s = {0};
    struct vt_eam tables = {0};
    struct vt_system sys = {0};
    const char *symbols[VT_SPECIES_MAX];
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_lammps_data_read(path, &s));
    VT_TRY_GOTO(st, done, vt_eam_load(source, &tables));
    for (int k = 0; k < s.material.n_species; k++) symbols[k] = s.material.species[k].symbol;
    VT_TRY_GOTO(st, done, vt_eam_select(&tables, symbols, s.material.n_species));
    VT_TRY_GOTO(st, done, vt_eam_force_create(&sys.potential, &tables, instruction_set));
    VT_TRY_GOTO(st, done, fill(&sys, &s));
    VT_TRY_GOTO(st, done, vt_system_forces(&sys, VT_TOTALS));
    VT_TRY_GOTO(st, done, vt_system_per_atom(&sys, true));
    st = print_point(&sys);
done:
    if (sys.potential) sys.potential->destroy(sys.potential);
    vt_system_release(&sys);
    vt_eam_release(&tables);
    vt_structure_release(&s);
    return vt_agree(MPI_COMM_WORLD, st);
}

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    enum vt_status st = VT_OK;
    if (argc < 4) st = VT_RAISE(VT_EINPUT, "usage: static_point POTENTIAL INSTRUCTION_SET DATA...");
    for (int k = 3; k < argc && st == VT_OK; k++)
        st = point(argv[1], strcmp(argv[2], "auto") ? argv[2] : NULL, argv[k]);
    if (st != VT_OK) fprintf(stderr, "static_point: %s\n", vt_message());
    MPI_Finalize();
    return st;
}
