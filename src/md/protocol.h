/* protocol.h: the YAML file that says what happens to the sample. */
#ifndef VT_PROTOCOL_H
#define VT_PROTOCOL_H

#include <stdbool.h>
#include <stdio.h>

#include "core/cell.h"
#include "core/eam.h"
#include "core/material.h"
#include "core/yaml.h"
#include "io/structure.h"
#include "md/stage.h"

struct vt_protocol {
    struct vt_yaml *root;
    char *text; /* the whole file, for provenance */
    size_t length;
    char title[VT_TEXT_SIZE];
    int64_t seed;
    char size[VT_TEXT_SIZE]; /* "", and NULL: a size has been chosen when the rest is read */
    const struct vt_yaml *sizes;
    /* material */
    int64_t atoms;
    char potential[VT_TEXT_SIZE], potential_record[VT_TEXT_SIZE];
    bool renormalise;
    const struct vt_yaml *composition;
    const struct vt_yaml *file;  /* node of the file that the sample comes from, NULL if it is made */
    struct vt_cell file_cell;    /* upright enough for the engine (vt_cell_flip) */
    uint64_t file_checksum;      /* of all that is taken from it */
    double file_temperature;     /* K; NaN if it has no velocities */
    const struct vt_yaml *state; /* node of the saved state that the sample is taken over from; cell and
                                  * checksum as of a file */
    bool begun;               /* from a state, or from what another protocol will leave: file_cell is set */
    struct vt_setpoints left; /* the targets that it leaves */
    struct vt_material material;
    struct vt_eam tables;     /* in the order of the material's species */
    uint64_t source_checksum; /* of the tables with all elements that the potential has */
    /* engine */
    double skin;
    int instruction_set; /* 0 auto, then avx512, avx2, portable */
    /* output */
    double trajectory_every, timeline_every, checkpoint_every;
    bool trajectory_velocities, trajectory_single;
    int structures; /* of saved states: 0 none, 1 extxyz, 2 lammps, 3 both */
    /* stages and measurements */
    int n_stages;
    struct vt_stage *stage;
    struct vt_control *planned;    /* of each stage, as it will run */
    const struct vt_yaml *measure; /* list, or NULL */
};

/* Read and check a protocol: keys, units, composition, potential, names of saved states, the plan of every
 * stage. size: NULL, or the one of its `sizes` that is used instead of its own choice. The file is read by
 * rank 0. Fails with VT_EINPUT "FILE:LINE: ...". Collective over comm. */
enum vt_status vt_protocol_read(const char *path, const char *size, MPI_Comm comm,
                                struct vt_protocol *protocol);
/* The same from a text that every rank has; name is for messages. */
enum vt_status vt_protocol_parse(const char *text, size_t length, const char *name, MPI_Comm comm,
                                 struct vt_protocol *protocol);
/* And with tables at hand instead of what `potential:` names. Those of more elements will do. */
enum vt_status vt_protocol_parse_with(const struct vt_eam *tables, const char *text, size_t length,
                                      const char *name, MPI_Comm comm, struct vt_protocol *protocol);
/* And for a run that is to begin where another one will end, whose state is not there yet: to check it and to
 * know its steps. The cell is an estimate. Local if comm is MPI_COMM_SELF. */
enum vt_status vt_protocol_parse_after(const struct vt_protocol *before, const char *state, const char *text,
                                       size_t length, const char *name, MPI_Comm comm,
                                       struct vt_protocol *protocol);
/* The bytes of a protocol file, read by rank 0, on all ranks; *text is freed by the caller, also after a
 * failure. Collective. */
enum vt_status vt_protocol_load(const char *path, MPI_Comm comm, char **text, size_t *length);
void vt_protocol_release(struct vt_protocol *protocol);

/* Estimate of the density [1/angstrom^3] from the lattices that the potential names for its elements. */
double vt_protocol_density(const struct vt_protocol *protocol);

/* Of a `create` stage: what is in a structure, for protocol.c, and the temperature that it leaves to the next
 * stages unless its own options say it. Local. */
uint64_t vt_create_checksum(const struct vt_structure *s);
void vt_create_leave(struct vt_stage *create, double temperature);
/* And when it takes over a state: all targets. */
void vt_create_take_over(struct vt_stage *create, const struct vt_setpoints *targets);

/* The cell that the first stage will make. Fails with VT_EINPUT when the atoms do not fill its lattice, or
 * when it is too thin for the potential. Local. */
enum vt_status vt_protocol_cell(const struct vt_protocol *protocol, struct vt_cell *cell);

/* least[k] (n_stages): an estimate of the smallest cell that stage k will reach, from its pressures, its
 * shear and what came before. Fails as vt_protocol_cell does. Local. */
enum vt_status vt_protocol_least_cells(const struct vt_protocol *protocol, struct vt_cell *least);

/* Parameter tables of the sections, for `vitrum info`. */
struct vt_protocol_section {
    const char *name, *help;
    const struct vt_param *params;
};
extern const struct vt_protocol_section vt_protocol_sections[]; /* ended by a NULL name */

#endif
