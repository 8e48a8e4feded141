/* verdict_notes.h: what is on record of the potential of a run, for its results and for people.
 */
#ifndef VT_VERDICT_NOTES_H
#define VT_VERDICT_NOTES_H

#include "md/protocol.h"
#include "potential/verdicts.h"

/* *found = is there a verdict on the tables that source gives, with this checksum? In the file record, which
 * must have it (VT_EINPUT), or else in that of the program. *r is released by vt_recorded_release, and empty
 * if there is none.
 *
 * A built-in potential is also known by its name: its tables are computed, and processors and C libraries
 * differ in their last digits. Then r->checksum is another. Local. */
enum vt_status vt_verdict_seek(const char *record, const char *source, uint64_t checksum,
                               struct vt_recorded *r, bool *found);
/* Seek that of a protocol's potential and note it in the group potential_verdict (docs/reference/files.md),
 * or that there is none. VT_EINPUT "FILE:LINE: ..." if `potential_record` is wrong. Local, for one rank. */
enum vt_status vt_verdict_note(const struct vt_protocol *protocol, struct vt_results *results);
/* "structure near, thermodynamics misses, mechanics near, running meets" */
void vt_verdict_line(const struct vt_recorded *r, char *text, size_t size);

#endif
