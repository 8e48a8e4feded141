/* check.h: the validation of a potential: what it gives for elements, pairs and alloys, beside what it
 * should.
 */
#ifndef VT_CHECK_H
#define VT_CHECK_H

#include <mpi.h>

#include "potential/findings.h"
#include "potential/properties.h"

struct vt_check_options {
    const char *source; /* what the tables are called */
    const struct vt_eam *tables;
    const struct vt_targets *targets;
    int n_alloys;
    const struct vt_alloy *alloy;
    bool without_runs; /* only what needs no run */
    bool melting;      /* melting points too */
    int replicas;      /* of each glass */
    bool brief;        /* for tests: runs so small and short that their numbers mean little */
    const char *cache; /* folder of the runs */
};

/* Energies of an element's crystals along their volumes, shapes kept. */
enum { VT_CHECK_POINTS = 61, VT_CHECK_STRUCTURES = 3 }; /* fcc, hcp, bcc */
extern const char *const vt_check_structures[VT_CHECK_STRUCTURES];
struct vt_check_curve {
    double volume[VT_CHECK_POINTS];                      /* angstrom^3 an atom */
    double energy[VT_CHECK_STRUCTURES][VT_CHECK_POINTS]; /* eV an atom; NAN if there is no such crystal */
    double rose[VT_CHECK_POINTS];                        /* of the measured values; NAN without */
};

/* An element, a pair, an alloy, or the tables: what the findings are about. */
struct vt_check_subject {
    enum vt_check_kind { VT_CHECK_TABLES, VT_CHECK_ELEMENT, VT_CHECK_PAIR, VT_CHECK_ALLOY } kind;
    char name[64], about[64], remark[256];
    int species[2];
    /* Elements of which a crystal was found: */
    const char *structure;
    double volume, cohesive; /* an atom's: angstrom^3, eV */
    struct vt_check_curve *curve;
};

struct vt_check {
    struct vt_check_options options;
    struct vt_findings findings;
    int n;
    size_t capacity;
    struct vt_check_subject *subject;
};

/* VT_EINPUT if the tables lack an element of an alloy. Local. */
enum vt_status vt_check_alloys(const struct vt_check_options *options);
/* Compute everything. Failures of single runs are findings ("not computed", with the reason). On rank 0 the
 * findings are complete. Fails as vt_check_alloys, and with VT_ESTOP if a signal came. Collective over comm.
 */
enum vt_status vt_check_potential(MPI_Comm comm, const struct vt_check_options *options,
                                  struct vt_check *check);
void vt_check_release(struct vt_check *check);

/* ---- for its parts: check.c, check_runs.c, check_crystals.c ---- */

/* A finding in internal units; t gives the reference (NULL: none). what may be "". */
enum vt_status vt_check_add(struct vt_check *c, const char *subject, enum vt_property property,
                            const char *what, double value, double error, const struct vt_target *t);
/* Why it is not there. */
enum vt_status vt_check_missing(struct vt_check *c, const char *subject, enum vt_property property,
                                const char *what, enum vt_lack lack, const char *reason);
/* None of first to last is there; it counts once for each use. */
enum vt_status vt_check_all_missing(struct vt_check *c, const char *subject, enum vt_property first,
                                    enum vt_property last, const char *reason);
/* Of what was sought: bad if there is a reference, else no matter. */
enum vt_lack vt_check_lack(const struct vt_target *reference);
const struct vt_target *vt_check_target(const struct vt_target_set *set, enum vt_target_kind kind,
                                        const char *structure);
/* Findings that need runs: added to those of the subjects that are there. Collective over comm. */
enum vt_status vt_check_runs(MPI_Comm comm, struct vt_check *c);
/* Of elements: thermal expansion, and melting points. */
enum vt_status vt_check_expansion(MPI_Comm comm, struct vt_check *c);
enum vt_status vt_check_melting(MPI_Comm comm, struct vt_check *c);

#endif
