/* sweep_words.h: the values of a sweep's variables in words for people, and in numbers. */
#ifndef VT_SWEEP_WORDS_H
#define VT_SWEEP_WORDS_H

#include "study/sweep.h"

/* v->number in v->unit, the unit of the first value, if all values are numbers of one quantity. */
enum vt_status vt_sweep_numbers(struct vt_sweep_variable *v);
/* v->word: what of a value can be part of a name, "600K", "1e12Ks", "Cu50Zr50". A folder must be found again
 * when there are more values, so it depends on no other value. */
enum vt_status vt_sweep_word(struct vt_sweep_variable *v, int k);
/* v->brief of all values: "Cu50Zr50" of a composition; of another map only what is not the same in all,
 * "period 10 ps, amplitude 1 %"; else the value as it is written, not too long. */
enum vt_status vt_sweep_brief(struct vt_sweep_variable *v);
/* "Vit4, densified at $T" with the range of the values: "Vit4, densified at 400 to 900 K". In place. */
void vt_sweep_title(const struct vt_sweep *sweep, char *title, size_t size);

#endif
