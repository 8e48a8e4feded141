/* heat_sign.h: what headings of columns and lines above them say of the sign of a heat flow: `^exo`, `Exo
 * Up`, `endo down`, `Exotherm: up`, with an arrow, with or without brackets. Local. */
#ifndef VT_HEAT_SIGN_H
#define VT_HEAT_SIGN_H

#include <stddef.h>

/* The first such words of text and their length, with brackets around them; NULL if there are none. *sign: 1
 * where they say that a sample that takes heat up has a positive heat flow (endo up, exo down), or -1. */
const char *vt_heat_sign_find(const char *text, size_t *length, int *sign);
/* Take all of them out of text, and the blanks that they leave at its end. Returns how many there were. */
int vt_heat_sign_strip(char *text);

#endif
