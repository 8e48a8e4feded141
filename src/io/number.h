/* number.h: strtod, for files with millions of numbers. */
#ifndef VT_NUMBER_H
#define VT_NUMBER_H

/* What strtod gives, bit for bit, in the C locale. *end as there. Local. */
double vt_number(const char *text, char **end);

#endif
