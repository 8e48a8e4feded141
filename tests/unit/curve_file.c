/* Measured curves: every dialect that is known, written as its program writes it, and what is refused. */
#include "scratch.h"

#include <math.h>
#include <string.h>

#include "io/curve_file.h"

static struct vt_curve_file read_text(const char *text, enum vt_status expect)
{
    struct vt_curve_file c;
    char path[300];
    snprintf(path, sizeof path, "%s/curve.txt", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    enum vt_status st = vt_curve_read(path, &c);
    if (st != expect) print_message("%s\n", vt_message());
    assert_int_equal(st, expect);
    return c;
}

static void expect(const char *text, const char *dialect, enum vt_abscissa x, enum vt_ordinate y, int n,
                   double x1, double y1)
{
    struct vt_curve_file c = read_text(text, VT_OK);
    assert_string_equal(c.dialect, dialect);
    assert_int_equal(c.abscissa, x);
    assert_int_equal(c.ordinate, y);
    assert_int_equal(c.n, n);
    assert_true(c.x[1] == x1 && c.y[1] == y1);
    vt_curve_release(&c);
}

static void every_dialect_is_known_by_its_words(void **state)
{
    (void)state;
    expect("[DEFAULT]\n\nversion = diffpy.pdfgetx-2.0.0\nqmax = 24.0\n\n# End of config --------\n#### start "
           "data\n\n"
           "#S 1\n#L r(\xc3\x85)  G(\xc3\x85$^{-2}$)\n0 0\n0.01 0.5\n0.02 0.7\n",
           "PDFgetX3", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 3, 0.01, 0.5);
    expect("[DEFAULT]\nversion = pdfgetx3-1.1.post2\n#### start data\n#S 1\n#L Q($\\AA^{-1}$)  "
           "F($\\AA^{-1}$)\n0.5 1\n0.6 2\n",
           "PDFgetX3", VT_ABSCISSA_Q, VT_ORDINATE_F, 2, 0.6, 2);
    expect("[DEFAULT]\nversion = diffpy.pdfgetx-2.0.0\n#### start data\n#S 1\n#L Q(\xc3\x85$^{-1}$)  "
           "intensity(a.u.)\n1 5\n2 6\n",
           "PDFgetX3", VT_ABSCISSA_Q, VT_ORDINATE_INTENSITY, 2, 2, 6);
    expect("History written: today\n####### Get_XPDF #######\ndet#  used  xcol\n  0    1    0    1\n##### "
           "start data\n"
           "#F a.gr\n#D Mon\n#S 1    G(r)\n#L r(A)    G(r)    d_r    d_Gr\n 1.0e-002 2.5e+000 0 1.5e-002\n "
           "2.0e-002 3 0 2e-2\n",
           "PDFgetX2", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 0.02, 3);
    expect("# History written\n##### start data\n#O0 rg_int\n#S 1 - PDF from PDFgetN\n#P0 1.50 0.1091\n#L r "
           "G(r) dr dG(r)\n"
           "  0.010 1.144\n  0.020 2.258\n",
           "PDFgetN", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 0.02, 2.258);
    expect("# xPDFsuite Configuration #\n[PDF]\ntemperature = 210\n\n[Misc]\nx = 1\n#### start data\n#S 1\n"
           "#L r($\\AA$)  G($\\AA^{-2}$)\n0 0\n0.01 1\n",
           "xPDFsuite", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 0.01, 1);
    expect("#Comment: neutron, Qmin=0.5, Qmax=40\n##### start data\n#L r G(r)\n0.01 1\n0.02 2\n", "Mantid",
           VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 0.02, 2);
    expect("a.tif\n2-Theta Angle (Degrees)\nIntensity\n       3\n 1.0e+00 5\n 2.0e+00 6\n 3.0e+00 7\n",
           "Fit2D", VT_ABSCISSA_TWO_THETA, VT_ORDINATE_INTENSITY, 3, 2, 6);
    expect("# Created by mar_utilities\n##### start data\n#L Q I\n1 2\n3 4\n", "mar_utilities", VT_ABSCISSA_Q,
           VT_ORDINATE_INTENSITY, 2, 3, 4);
    expect("# == pyFAI calibration ==\n# Distance = 1\n#  q_nm^-1  I  sigma\n 10 1 0.1\n 20 2 0.2\n", "pyFAI",
           VT_ABSCISSA_Q, VT_ORDINATE_INTENSITY, 2, 2, 2);
    expect("# == pyFAI calibration ==\n#  2th_deg  I\n 10 1\n 20 2\n", "pyFAI", VT_ABSCISSA_TWO_THETA,
           VT_ORDINATE_INTENSITY, 2, 20, 2);
    expect("# r (nm) G(r)\n0.1 200\n0.2 100\n", "columns", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2,
           0.2 * (1 / 0.1), 100 * (0.1 * 0.1));
    expect("[DEFAULT]\n\nversion = vitrum-1.0\n# a polynomial, as PDFgetX3 does\n#### start data\n#L r G\n1 "
           "2\n3 4\n",
           "Vitrum", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 3, 4);
    expect("# 2th_rad I\n0.25 1\n0.5 2\n", "columns", VT_ABSCISSA_TWO_THETA, VT_ORDINATE_INTENSITY, 2,
           0.5 * (180 / M_PI), 2);
    expect("# 2theta (rad) I\n0.25 1\n0.5 2\n", "columns", VT_ABSCISSA_TWO_THETA, VT_ORDINATE_INTENSITY, 2,
           0.5 * (180 / M_PI), 2);
    expect("# r (A) G(r)\n1 2\n3 4\n", "columns", VT_ABSCISSA_R, VT_ORDINATE_REDUCED, 2, 3, 4);
    expect("# Results Gd\n1 2\n3 4\n", "columns", VT_ABSCISSA_UNKNOWN, VT_ORDINATE_UNKNOWN, 2, 3, 4);
    expect("'sample 1\n1 2\n3 4\n", "laboratory .xy", VT_ABSCISSA_UNKNOWN, VT_ORDINATE_UNKNOWN, 2, 3, 4);
    expect("1,2\n3, 4\n\n", "columns", VT_ABSCISSA_UNKNOWN, VT_ORDINATE_UNKNOWN, 2, 3, 4);
    expect("# r g(r)\r\n1 2\r\n3 4\r\n", "columns", VT_ABSCISSA_R, VT_ORDINATE_G, 2, 3, 4);
    expect("# Q S(Q)\n1 2\n3 4\n", "columns", VT_ABSCISSA_Q, VT_ORDINATE_S, 2, 3, 4);
}

static void errors_and_notes_are_kept(void **state)
{
    (void)state;
    struct vt_curve_file c =
        read_text("a = 1\nqmax = 24.0   rpoly=0.9 composition = Cu Zr\n##### start data\n#L r G dr dG\n"
                  "1 2 0 0.5\n# between = rows\n3 4 0 0.25\n",
                  VT_OK);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.first_line, 5);
    assert_non_null(c.error);
    assert_true(c.error[0] == 0.5 && c.error[1] == 0.25);
    assert_string_equal(vt_curve_note(&c, "QMAX"), "24.0");
    assert_string_equal(vt_curve_note(&c, "rpoly"), "0.9");
    assert_string_equal(vt_curve_note(&c, "composition"), "Cu Zr");
    assert_string_equal(vt_curve_note(&c, "between"), "rows");
    assert_null(vt_curve_note(&c, "b"));
    vt_curve_release(&c);
    c = read_text("1 2 0\n2 3 0\n", VT_OK); /* zeros are no errors */
    assert_null(c.error);
    vt_curve_release(&c);
}

static void refuse(const char *text, const char *message)
{
    struct vt_curve_file c = read_text(text, VT_EINPUT);
    if (!strstr(vt_message(), message)) fail_msg("'%s' does not say '%s'", vt_message(), message);
    vt_curve_release(&c);
}

/* As a table of lattice spacings has them. */
static void rows_that_descend_are_turned(void **state)
{
    (void)state;
    struct vt_curve_file c = read_text("5 1 0.1\n4 2 0.2\n2 3 0.3\n", VT_OK);
    assert_true(c.n == 3 && c.x[0] == 2 && c.x[1] == 4 && c.x[2] == 5);
    assert_true(c.y[0] == 3 && c.y[1] == 2 && c.y[2] == 1);
    assert_true(c.error[0] == 0.3 && c.error[2] == 0.1);
    vt_curve_release(&c);
}

static void what_is_no_curve_is_refused_with_its_line(void **state)
{
    (void)state;
    refuse("", "is empty");
    refuse("words\nand words\n", "this is no curve");
    refuse("1 2\n", "this is no curve");
    refuse("1\n2\n3\n", "this is no curve");
    refuse("\x01\x02\x03", ":1: this is no text");
    refuse("1 2\n3 nan\n5 6\n", ":2: column 2 is no finite number");
    refuse("1 2\n3 4\n3 5\n", ":3: 3 does not come after 3");
    refuse("1 2\n3 4\n2 5\n", ":3: 2 does not come after 3");
    refuse("3 2\n1 4\n2 5\n", ":3: 2 does not come after 1");
    refuse("##### start data\n1 2\n3 4\noops\n5 6\n", ":4: 'oops' stands between the numbers");
    refuse("##### start data\n1 2\n3 4\n5 6 7\n", ":4: 3 columns, where the lines before have 2");
    refuse("1 2\n2 2\n3 2\n4 2\n5 2\n6 2\n7 2\n8 2\n9 2\noops\n1 2\n3 4\n",
           ":10: 'oops' stands between the numbers");
    refuse("t\n2-Theta Angle (Degrees)\nIntensity\n 4\n1 2\n3 4\n", "promises 4 rows, here end 2");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_dialect_is_known_by_its_words),
    cmocka_unit_test(errors_and_notes_are_kept),
    cmocka_unit_test(rows_that_descend_are_turned),
    cmocka_unit_test(what_is_no_curve_is_refused_with_its_line),
};
SCRATCH_MAIN(tests, NULL, NULL)
