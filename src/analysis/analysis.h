/* analysis.h: the driver of all measurements: a sink of frames that ends in datasets.
 *
 * One analysis serves one `measure:` list:
 *
 *     measure:
 *       - thermo:  {every: 0.05 ps}
 *       - pdf:     {r_max: 12 A, every: 0.5 ps}
 *       - entropy: {split_at: 5 A}        # an operator: works on the pdf before it
 *
 * For each stage it leaves stages/LABEL/KERNEL/... (averages over the stage), the same under
 * stages/LABEL/inherent/ for measurements on energy minima, and with `blocks` stages/LABEL/blocks/:
 * KERNEL/DATASET with a first axis "block" for datasets of up to VT_BLOCK_VALUES values, KERNEL/time and
 * KERNEL/temperature of the frames that this kernel saw (the same for operators), and time and temperature as
 * the first measurement of the list saw them. Of frames that were never seen there is no dataset; an error
 * that cannot be estimated (a single frame) is NaN. Frames whose cell a kernel cannot measure are left out,
 * counted (KERNEL/frames_skipped) and warned of once a stage. */
#ifndef VT_ANALYSIS_H
#define VT_ANALYSIS_H

#include <stdbool.h>

#include "core/dataset.h"
#include "core/frame.h"
#include "core/yaml.h"

enum { VT_BLOCK_VALUES = 64 };

struct vt_analysis;

/* Read a list (NULL: measure nothing). Everything in it is checked here but what needs the cell. Local. */
enum vt_status vt_analysis_create(const struct vt_yaml *measure_list, const struct vt_material *material,
                                  struct vt_analysis **out);
/* The same for frames that come from a file, `pace` ps apart (0: not known). Measurements of motion, whose
 * times are numbers of frames, look at that pace where their `every` is shorter, and say so; VT_EINPUT where
 * it is no multiple of it. */
enum vt_status vt_analysis_create_for(const struct vt_yaml *measure_list, const struct vt_material *material,
                                      double pace, struct vt_analysis **out);
void vt_analysis_destroy(struct vt_analysis *a);
/* A time with nine digits, as sums of steps and times of files are not exact. */
double vt_time_rounded(double time);
/* Warn of each measurement that in none of the stages that have ended has seen a frame, or of motion two. */
void vt_analysis_warn_of_nothing(const struct vt_analysis *a);

/* Does every measurement fit into this cell? For dry runs; frames that do not fit are left out. Local. */
enum vt_status vt_analysis_check(const struct vt_analysis *a, const struct vt_cell *cell);
/* Bytes of state a rank keeps during a stage; and what all ranks together remember of each atom, at most. */
size_t vt_analysis_bytes(const struct vt_analysis *a);
size_t vt_analysis_bytes_an_atom(const struct vt_analysis *a);

/* Does a kernel of the list say when enough is known (kernel.h)? */
bool vt_analysis_judges(const struct vt_analysis *a);

/* The face that sources of frames see. Valid as long as the analysis. */
struct vt_sink vt_analysis_sink(struct vt_analysis *a);
/* Datasets of the stages that have ended: on rank 0; nothing on the others. The caller may take them away
 * (vt_results_move) at any time between stages. */
struct vt_results *vt_analysis_results(struct vt_analysis *a);

#endif
