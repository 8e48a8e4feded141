/* provenance.h: which program made a file, where and when. */
#ifndef VT_PROVENANCE_H
#define VT_PROVENANCE_H

#include <stddef.h>
#include <stdint.h>

#include "core/dataset.h"
#include "core/ranks.h"

extern const char *const vt_version; /* "0.1.0" */
extern const char *const vt_commit;  /* git description */
extern const char *const vt_compiler;

/* Notes under path "": version, commit, compiler, ranks, threads, host, date (UTC, ISO 8601). */
enum vt_status vt_provenance_note(struct vt_results *results, const struct vt_ranks *ranks);
/* FNV-1a, 64 bit: the checksum of potentials and checkpoints. Start with hash = VT_HASH_START. */
#define VT_HASH_START UINT64_C(14695981039346656037)
uint64_t vt_hash(uint64_t hash, const void *data, size_t bytes);

#endif
