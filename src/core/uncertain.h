/* uncertain.h: numbers with their errors as text.
 *
 * Rounding is that of the Particle Data Group (Review of Particle Physics, introduction): of the first three
 * digits of the error, 100 to 354 keep two, 355 to 949 keep one, 950 and more become 1000 and keep two; the
 * value goes to the same decimal place. */
#ifndef VT_UNCERTAIN_H
#define VT_UNCERTAIN_H

/* value and error in units of 10^power, which is 0 within 1e-4 to 1e6. error is "" where there is none (NaN,
 * 0): the value then has four digits at most. value is "" where it is not finite. */
struct vt_digits {
    char value[80], error[80];
    int power;
};
struct vt_digits vt_digits(double value, double error);

struct vt_uncertain {
    char text[192];
};
/* "636.5 +- 0.2", "(1.23 +- 0.04)e+12", "300", "none"; as a label of figures with a true plus-minus sign. */
struct vt_uncertain vt_uncertain(double value, double error);
struct vt_uncertain vt_uncertain_label(double value, double error);
/* "+9.00 +- 0.30": of differences. */
struct vt_uncertain vt_uncertain_change(double value, double error);

/* %.*f without "-0.00". */
void vt_fixed(char *text, int size, double value, int decimals);

#endif
