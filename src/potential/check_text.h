/* check_text.h: a check as text: aligned for a terminal, or Markdown; and the pieces that pages share. */
#ifndef VT_CHECK_TEXT_H
#define VT_CHECK_TEXT_H

#include <stdio.h>

#include "potential/check.h"

/* All of it, at most 100 columns wide. */
void vt_check_print(FILE *out, const struct vt_check *check);
void vt_check_print_markdown(FILE *out, const struct vt_check *check);

/* Parts of a row, in plain ASCII: "3.6150", "-23.4 +- 0.5", "yes"; "3.615", "95 .. 120", ">= 20"; "-0.8 %";
 * "1 %".
 * "" where there is nothing to say. */
struct vt_check_words {
    char title[128], unit[16], value[48], reference[48], deviation[32], allowed[32];
};
struct vt_check_words vt_check_words_of(const struct vt_finding *f);

/* The numbers of sources, in the order in which they are met. */
struct vt_check_sources {
    int n;
    size_t capacity;
    const char **text; /* not owned */
};
enum vt_status vt_check_sources_collect(const struct vt_check *check, struct vt_check_sources *sources);
/* From 1; 0: it has none. */
int vt_check_source_number(const struct vt_check_sources *sources, const struct vt_finding *f);
void vt_check_sources_release(struct vt_check_sources *sources);

/* "Zr lattice constant c: 5.2070 A (+1.2 %)" */
void vt_check_reason(const struct vt_finding *f, char *text, size_t size);
/* Of the findings that decide a use: how many were judged, and met it. */
void vt_check_count(const struct vt_findings *f, enum vt_use use, int *judged, int *met);
/* Does this property decide the use, and was it not computed of something? */
bool vt_check_lacks(const struct vt_check *check, enum vt_use use, enum vt_property property);
/* The names of those, "" and 0 if there are none. */
size_t vt_check_missing_names(const struct vt_check *check, enum vt_use use, char *text, size_t size);

extern const char *const vt_check_sections[]; /* headings, by enum vt_check_kind */
/* "Zr (hcp)" */
void vt_check_subject_title(const struct vt_check_subject *s, char *text, size_t size);

#endif
