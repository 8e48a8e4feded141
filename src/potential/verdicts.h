/* verdicts.h: what checks of potentials found, on record: a check takes hours, and every run wants to say
 * what came out of it.
 *
 * A record is a YAML file with one entry for each set of tables, known by their checksum. That of the program
 * itself is src/potential/verdicts.yaml. */
#ifndef VT_VERDICTS_H
#define VT_VERDICTS_H

#include <stdint.h>

#include "core/params.h"
#include "potential/findings.h"

struct vt_check;

struct vt_verdict_lines {
    int n;
    size_t capacity;
    char **text;
};

struct vt_recorded {
    uint64_t checksum;                                 /* of the tables, all their elements in their order */
    char potential[VT_TEXT_SIZE];                      /* what they were called */
    char elements[VT_TEXT_SIZE], alloys[VT_TEXT_SIZE]; /* "Cu, Zr"; that were judged */
    char date[VT_TEXT_SIZE];                           /* "2025-12-31", UTC */
    char version[VT_TEXT_SIZE];                        /* "0.1.0 (commit)" */
    char command[VT_TEXT_SIZE];
    struct vt_recorded_use {
        enum vt_verdict verdict;
        int met, judged;                      /* of the findings that decide */
        struct vt_verdict_lines misses, near; /* of them: "Zr lattice constant c: 5.207 A (+1.2 %)" */
        struct vt_verdict_lines missing;      /* properties that decide and were not computed */
    } use[VT_USES];
};

struct vt_verdicts {
    int n;
    size_t capacity;
    struct vt_recorded *item;
};

/* From a file, or that of the program where path is NULL. VT_EINPUT "FILE:LINE: ...". Local. */
enum vt_status vt_verdicts_read(const char *path, struct vt_verdicts *v);
/* Replace path by v. Local, for one rank. */
enum vt_status vt_verdicts_write(const char *path, const struct vt_verdicts *v);
void vt_verdicts_release(struct vt_verdicts *v);
/* NULL if there is none. */
struct vt_recorded *vt_verdicts_find(const struct vt_verdicts *v, uint64_t checksum);

/* The entry of a check that was done today by this program; released by vt_recorded_release. */
enum vt_status vt_recorded_make(const struct vt_check *check, const char *command, struct vt_recorded *r);
void vt_recorded_release(struct vt_recorded *r);
/* Into the file at path, which is made if it is not there: *r replaces the entry of the same checksum, or
 * comes last; all others stay. Fails as reading and writing do. Local, for one rank. */
enum vt_status vt_verdicts_record(const char *path, const struct vt_recorded *r);

#endif
