/* Numbers in names of files and in lines above columns: all of a number is read, or none of it. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "study/told.h"

/* Hz. Of 0,5 or 1e2 the end alone, 5 and 2, would go into activation energies. */
static void a_name_tells_the_frequency(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        double frequency;
    } name[] = {
        {"x_1Hz.csv", 1},         {"alloy_0,5Hz.csv", 0.5}, {"d9_0p5Hz.txt", 0.5},
        {"alloy_1e2Hz.csv", 100}, {"x_1.5e2Hz.csv", 150},   {"x_10kHz.csv", 1e4},
        {"x_250mHz.csv", 0.25},   {"x_2MHz.csv", 2e6},      {"x_1GHz.csv", 1e9},
        {"gamma_5e-02Hz", 0.05},  {"1 Hz.csv", 1},          {"3_Hz.csv", 3},
        {"10Hz/x.csv", NAN},      {"x.csv", NAN},           {"xHz.csv", NAN},
        {"0Hz.csv", NAN},         {"Cu50Zr50_1Hz.csv", 1},  {"vit4_1Hz.csv", 1},
        {"400K_1Hz.csv", 1},      {"20240131_1Hz.csv", 1},  {"1Hz_again_1.0Hz.csv", 1},
        {"run1p5Hz.csv", 1.5},    {"step5Hz.csv", 5},       {"b.10Hz", 10},
        {"2p.1Hz.csv", 1},        {"x_1Hz_2K.csv", 1},
    };
    static const struct {
        const char *path, *message;
    } refused[] = {
        {"x_2_5Hz.csv", "5 Hz"}, {"x_10-20Hz.csv", "20 Hz"},        {"0_5_Hz.csv", "longer number"},
        {"1.2.5Hz", "5 Hz"},     {"x_1Hz_10Hz.csv", "1 and 10 Hz"},
    };
    for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
        double f;
        if (vt_told_frequency_in_name(name[k].path, &f) != VT_OK) fail_msg("%s", vt_message());
        if (isnan(name[k].frequency) ? !isnan(f) : !(fabs(f / name[k].frequency - 1) < 1e-12))
            fail_msg("%s: %g, not %g", name[k].path, f, name[k].frequency);
    }
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        double f;
        assert_int_equal(vt_told_frequency_in_name(refused[k].path, &f), VT_EINPUT);
        if (!isnan(f) || !strstr(vt_message(), refused[k].message) || !strstr(vt_message(), "--frequency"))
            fail_msg("%s: %s", refused[k].path, vt_message());
    }
}

/* mg. `mine`: a line of the key, though nothing may be read of it. */
static void a_key_is_a_whole_key(void **state)
{
    (void)state;
    static const struct {
        char *key, *text;
        bool mine;
        double mg;
    } line[] = {
        {"mass", "10.5 mg", true, 10.5},
        {"Mass", "0,0105 g", true, 10.5},
        {"mass [mg]", "10.5", true, 10.5},
        {"MASS /mg", "10.5", true, 10.5},
        {"mass, mg", "10,5", true, 10.5},
        {"mass (mg)", "10.5 (weighed)", true, 10.5},
        {"mass", "10.5 mg (weighed)", true, 10.5},
        {"mass", "10.5 [mg]", true, 10.5},
        {"mass", "10.5", true, NAN},
        {"mass", "unknown", true, NAN},
        {"mass", "10.5 K", true, NAN},
        {"mass of crucible", "40 mg", false, NAN},
        {"mass (crucible)", "40 mg", false, NAN},
        {"mass, crucible", "40 mg", false, NAN},
        {"masses", "40 mg", false, NAN},
        {"mass_2", "40 mg", false, NAN},
        {"crucible mass", "40 mg", false, NAN},
    };
    const struct vt_table table = {.decimal = 0};
    for (size_t k = 0; k < sizeof line / sizeof *line; k++) {
        const struct vt_table_note note = {line[k].key, line[k].text};
        bool mine;
        const double mg = vt_told_value(&table, &note, "mass", "mg", &mine);
        if (mine != line[k].mine || (isnan(line[k].mg) ? !isnan(mg) : !(fabs(mg / line[k].mg - 1) < 1e-12)))
            fail_msg("%s: %s: %g mg", line[k].key, line[k].text, mg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_tells_the_frequency),
        cmocka_unit_test(a_key_is_a_whole_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
