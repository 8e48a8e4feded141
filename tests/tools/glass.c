/* glass POTENTIAL COMPOSITION CACHE [REPLICAS [ATOMS [RATE]]]: what the glass of an alloy is like, as text.
 *
 * POTENTIAL is builtin:NAME, a setfl or an eam.fs file; COMPOSITION as in a protocol, "{Cu: 50, Zr: 50}";
 * RATE in K/s. */
#include <stdio.h>
#include <stdlib.h>

#include "core/parallel.h"
#include "io/eam_file.h"
#include "md/eam_builtin.h"
#include "potential/glass.h"

static enum vt_status measure(int argc, char **argv, int rank)
{
    struct vt_eam tables = {0};
    struct vt_glass glass;
    struct vt_glass_options o = vt_glass_defaults;
    o.composition = argv[2];
    o.tables = &tables;
    o.cache = argv[3];
    if (argc > 4) o.replicas = atoi(argv[4]);
    if (argc > 5) o.atoms = atoll(argv[5]);
    if (argc > 6) o.rate = atof(argv[6]) * 1e-12;
    enum vt_status st = vt_agree(MPI_COMM_WORLD, rank == 0 ? vt_eam_load(argv[1], &tables) : VT_OK);
    if (st == VT_OK) st = vt_eam_broadcast(MPI_COMM_WORLD, &tables);
    if (st == VT_OK) st = vt_glass_measure(MPI_COMM_WORLD, &o, &glass);
    if (st == VT_OK && rank == 0) vt_glass_print(stdout, &o, &glass);
    vt_eam_release(&tables);
    return st;
}

int main(int argc, char **argv)
{
    int rank;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (argc < 4) {
        fprintf(stderr, "usage: glass POTENTIAL COMPOSITION CACHE [REPLICAS [ATOMS [RATE]]]\n");
        MPI_Abort(MPI_COMM_WORLD, VT_EINPUT);
    }
    enum vt_status st = measure(argc, argv, rank);
    if (st != VT_OK && rank == 0) fprintf(stderr, "glass: %s\n", vt_message());
    MPI_Finalize();
    return st;
}
