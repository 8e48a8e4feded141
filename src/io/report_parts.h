/* report_parts.h: what the files of the report share: the reader's view of the results, and text. */
#ifndef VT_REPORT_PARTS_H
#define VT_REPORT_PARTS_H

#include <stdbool.h>
#include <stdio.h>

#include "core/dataset.h"
#include "io/plot.h"

/* ---- report_model.c: stages, and which of them are one state of the glass ---- */

struct vt_report_stage {
    char path[256]; /* "stages/03-quench" */
    char label[64]; /* "03 quench" */
    char short_label[16];
    int number;                                 /* 3 */
    const char *kind, *branch, *save, *options; /* "" if not noted */
    double start, duration;                     /* ps; NaN if not noted */
    bool sheared;                               /* this stage shears, or one before it on its way */
    int line;
};

/* A line is the way of one state of the glass: a branch, before or after it was sheared. Each line has one
 * colour and one name through the whole report. */
struct vt_report_line {
    char name[80];
    const char *branch;
    bool sheared;
    int color;
};

struct vt_report {
    const struct vt_results *results;
    int n_stages, n_lines;
    struct vt_report_stage *stage;
    struct vt_report_line *line;
    size_t stage_capacity, line_capacity;
    int before, after; /* the stages that are compared: unsheared and sheared; -1: none */
    bool same_temperature, same_pressure;
    int row_offset; /* timeline/stage minus this is the index of the stage */
};

/* A number with its standard error (NaN if it has none). */
struct vt_report_value {
    double value, error;
    const char *unit;
};

enum vt_status vt_report_model_create(struct vt_report *report, const struct vt_results *results);
void vt_report_model_release(struct vt_report *report);
/* A note of the whole file, "" if absent. */
const char *vt_report_note(const struct vt_report *report, const char *key);
/* What a stage measured: leaf is "thermo/temperature", "inherent/entropy/s_pair", ...; NULL if it did not. */
const struct vt_dataset *vt_report_find(const struct vt_report *report, int stage, const char *leaf);
/* The same for a single number; false if absent or not finite. */
bool vt_report_number(const struct vt_report *report, int stage, const char *leaf,
                      struct vt_report_value *value);
/* after - before with its error; false unless both are there. */
bool vt_report_change(const struct vt_report *report, const char *leaf, struct vt_report_value *change);
/* An option of a stage as written ("1e12 K/s"); false if it is not among the echoed ones or unset. */
bool vt_report_option(const struct vt_report *report, int stage, const char *key, char *text, size_t size);
/* Timeline rows of a stage, at most `most` points, each the mean of consecutive rows. x and y have room for
 * `most`; returns their number (0: not recorded). */
int vt_report_rows(const struct vt_report *report, int stage, const char *x_name, const char *y_name,
                   int most, double *x, double *y);
/* A target, or the strain, at the start and at the end of a stage; false if it was not recorded. */
bool vt_report_target(const struct vt_report *report, int stage, const char *name, double *from, double *to);
/* What was measured at the start and at the end: means of the first and of the last fortieth of the rows. */
bool vt_report_drift(const struct vt_report *report, int stage, const char *name, double *from, double *to);
/* The stage before on the way of this one: the one that saved the state it starts from, or the last of its
 * branch. -1: none. */
int vt_report_stage_before(const struct vt_report *report, int stage);
const char *vt_report_line_name(const struct vt_report *report, int stage);
int vt_report_color(const struct vt_report *report, int stage);
bool vt_report_is(const struct vt_report *report, int stage, const char *kind);
/* During this stage the sample passes through many temperatures, pressures or structures: its averages are
 * no state, and their errors, taken over time, are mostly its drift. */
bool vt_report_is_ramp(const struct vt_report *report, int stage);

/* ---- report_text.c: numbers, units and escaping ---- */

struct vt_report_text {
    char text[160];
};

/* HTML of a number: "−4.798 ± 0.016", "1.2 × 10<sup>12</sup>"; the error to one or two digits, the value as
 * far as that; without error (NaN or 0) to four digits. A NaN is "–". */
struct vt_report_text vt_report_format(double value, double error);
/* The same without error, to at most four digits. */
struct vt_report_text vt_report_brief(double value, int digits);
/* To so many decimals, for columns and lists whose numbers are alike. */
struct vt_report_text vt_report_fixed(double value, int decimals);
/* "1e12 K/s" as HTML; text that is no quantity is escaped as it is. */
struct vt_report_text vt_report_quantity(const char *text);
/* A unit as HTML or as plot markup: "angstrom^3" is Å³. "1" is "". */
struct vt_report_text vt_report_unit(const char *unit, bool html);
/* "title [unit]" in plot markup. */
struct vt_report_text vt_report_axis(const char *title, const char *unit);
void vt_report_escape(FILE *out, const char *text);
/* Plain text that tells numbers, typeset: "-23.4 +- 0.5", ">= 20", "5.2 A". */
void vt_report_put_plain(FILE *out, const char *text);
/* "value ± error" of scale times v as value and error apart; the error is "" if there is none. */
void vt_report_split(const struct vt_report_value *v, double scale, struct vt_report_text *value,
                     struct vt_report_text *error);
/* A cell of a table; the same in two lines, for wide tables. */
void vt_report_put_value(FILE *out, const struct vt_report_value *v);
void vt_report_put_stacked(FILE *out, const struct vt_report_value *v);
/* The name of the state a stage shows, with the dot of its colour. */
void vt_report_put_state_name(FILE *out, const struct vt_report *report, int stage);

/* ---- report_structure.c ---- */

/* Means of `group` neighbouring bins, in place; error (may be NULL) becomes an upper bound of theirs whatever
 * their correlation. Returns the number of wide bins; a rest that fills none is dropped. */
int vt_report_rebin(int n, int group, double *x, double *y, double *error);

/* Add a row of a dataset against its last axis, in the colour and with the name of the stage. */
enum vt_status vt_report_add_row(struct vt_plot *figure, int panel, const struct vt_report *report, int stage,
                                 const struct vt_dataset *d, int row);
/* A curve of the states that are compared, with the change between them below; or of one of them. */
struct vt_report_curve {
    const char *id, *title, *y_title; /* title: above the panel if small, else for those who cannot see */
    const struct vt_dataset *before, *after; /* either may be NULL */
    int row_before, row_after;
    double x_min, x_max; /* NAN: where a g(r) leaves its core; 0: the end of the curve */
    bool small;
};
enum vt_status vt_report_draw_curve(FILE *out, const struct vt_report *report,
                                    const struct vt_report_curve *curve);
/* One small figure for each pair of species, with its heading (HTML); rows, title and small are not read. */
enum vt_status vt_report_draw_pairs(FILE *out, const struct vt_report *report, const char *heading,
                                    const struct vt_report_curve *curve);
/* The caption: which states (one of before and after may be -1), what bands and lower panels are; c is one of
 * the curves, or NULL. */
void vt_report_put_compared(FILE *out, const struct vt_report *report, const struct vt_dataset *c);
/* What a stage (-1: none) measured as a curve, or as rows with labels; NULL if it is not there. */
const struct vt_dataset *vt_report_curve_of(const struct vt_report *report, int stage, const char *leaf,
                                            int n_axes);
/* The place of a label on an axis, -1 if it is not there. */
int vt_report_label(const struct vt_dataset *d, int axis, const char *label);

/* ---- report_local.c ---- */

/* Warn in the summary if the last state that was asked has crystals. */
void vt_report_crystal_line(FILE *out, const struct vt_report *report);

/* ---- report_entropy.c: against temperature, block by block ---- */

struct vt_report_blocks {
    const struct vt_dataset *temperature, *value;
    int n;
};

bool vt_report_blocks(const struct vt_report *report, int stage, const char *leaf,
                      struct vt_report_blocks *blocks);
/* Weighted mean difference in the hottest fifth of the common range: do the branches meet in the liquid? */
struct vt_report_meeting {
    double from, difference, error;
    bool found;
};

/* Curves of all heatings that have leaf, and their differences to the reference times change_scale, in
 * change_unit (NULL: as the curves). small: for rows of three. */
enum vt_status vt_report_draw_on_heating(FILE *out, const struct vt_report *report, const char *id,
                                         const char *leaf, const char *title, const char *change_title,
                                         double change_scale, const char *change_unit, bool small,
                                         struct vt_report_meeting *meeting);
void vt_report_heating_caption(FILE *out, const struct vt_report *report, const char *leaf,
                               const struct vt_report_meeting *meeting, const char *what, const char *unit);

/* ---- report_meeting.c ---- */

enum vt_report_verdict { VT_REPORT_MET, VT_REPORT_NOT_RESOLVED, VT_REPORT_NOT_MET };
/* Is a difference with its standard error below the bound, or within 2 errors of zero? */
enum vt_report_verdict vt_report_judge(double difference, double error, double bound);
/* One line for the summary; nothing if there are no branches to compare. */
void vt_report_meeting_line(FILE *out, const struct vt_report *report);

/* ---- report_potential.c ---- */

/* One line for the summary: the verdict on the potential, or that there is none. */
void vt_report_potential_line(FILE *out, const struct vt_report *report);

/* ---- the sections; each writes nothing if there is nothing to show ---- */

enum vt_status vt_report_timeline(FILE *out, const struct vt_report *report);
enum vt_status vt_report_heating(FILE *out, const struct vt_report *report);
enum vt_status vt_report_structure(FILE *out, const struct vt_report *report);
enum vt_status vt_report_scattering(FILE *out, const struct vt_report *report);
enum vt_status vt_report_local(FILE *out, const struct vt_report *report);
enum vt_status vt_report_sweep(FILE *out, const struct vt_report *report);
enum vt_status vt_report_motion(FILE *out, const struct vt_report *report);
enum vt_status vt_report_entropy(FILE *out, const struct vt_report *report);
enum vt_status vt_report_meeting(FILE *out, const struct vt_report *report);
enum vt_status vt_report_inherent(FILE *out, const struct vt_report *report);
enum vt_status vt_report_states(FILE *out, const struct vt_report *report);
enum vt_status vt_report_shares(FILE *out, const struct vt_report *report);
enum vt_status vt_report_moduli(FILE *out, const struct vt_report *report);
void vt_report_summary(FILE *out, const struct vt_report *report);
void vt_report_potential(FILE *out, const struct vt_report *report);
enum vt_status vt_report_method(FILE *out, const struct vt_report *report);
void vt_report_provenance(FILE *out, const struct vt_report *report);

/* A page up to its <h1>, which is the title, and what closes it; mark: its first lines, as vt_report_mark. */
void vt_report_put_head(FILE *out, const char *mark, const char *title);
void vt_report_put_foot(FILE *out);
/* <h2> of a section, with its anchor. */
void vt_report_heading(FILE *out, const char *id, const char *title);
/* Draw a figure and release it; shape is the class of its frame: "wide", "half" or "small". */
enum vt_status vt_report_draw(FILE *out, struct vt_plot *figure, const char *shape);

#endif
