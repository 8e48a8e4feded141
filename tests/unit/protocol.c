/* What a protocol may say: every option that is given is used or refused, with its line.
 *
 * A protocol here is the three lines of `head`, then stages from line 4 on. */
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "md/protocol.h"

static const char head[] =
    "material: {composition: {Cu: 50, Zr: 50}, atoms: 500, potential: 'builtin:Cu,Zr'}\n"
    "output: {structures: none}\n"
    "protocol:\n";

static enum vt_status read_stages(const char *stages, struct vt_protocol *p)
{
    char text[8192];
    int n = snprintf(text, sizeof text, "%s%s", head, stages);
    assert_true(n > 0 && (size_t)n < sizeof text);
    return vt_protocol_parse(text, (size_t)n, "p.yaml", MPI_COMM_SELF, p);
}

static void accepted(const char *stages)
{
    struct vt_protocol p;
    if (read_stages(stages, &p) != VT_OK) fail_msg("\"%s\" is refused: %s", stages, vt_message());
    vt_protocol_release(&p);
}

/* Refused at a line, with all words (up to NULL) in the message. */
static void refused_with(const char *stages, enum vt_status st, int line, const char *const *words)
{
    char start[32];
    snprintf(start, sizeof start, "p.yaml:%d: ", line);
    if (st != VT_EINPUT) fail_msg("\"%s\" gives %d, not 2", stages, (int)st);
    if (strncmp(vt_message(), start, strlen(start)) != 0)
        fail_msg("\"%s\": \"%s\" does not begin with %s", stages, vt_message(), start);
    for (; *words; words++)
        if (!strstr(vt_message(), *words)) fail_msg("\"%s\": \"%s\" lacks %s", stages, vt_message(), *words);
}

#define refused(stages, line, ...)                                                                           \
    do {                                                                                                     \
        struct vt_protocol refused_;                                                                         \
        enum vt_status refused_st_ = read_stages(stages, &refused_);                                         \
        vt_protocol_release(&refused_);                                                                      \
        refused_with(stages, refused_st_, line, (const char *const[]){__VA_ARGS__, NULL});                   \
    } while (0)

static void a_file_has_one_limit_whoever_reads_it(void **state)
{
    (void)state;
    char path[] = "/tmp/vitrum-long-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    for (int k = 0; k < 200000; k++) fputs("# ....\n", file);
    fclose(file);
    struct vt_protocol p;
    assert_int_equal(vt_protocol_read(path, NULL, MPI_COMM_SELF, &p), VT_EINPUT);
    assert_non_null(strstr(vt_message(), path));
    assert_non_null(strstr(vt_message(), "larger than 1048576 bytes"));
    vt_protocol_release(&p);
    unlink(path);
    refused("- minimise: {force: 2 K}\n", 4, "force"); /* the helper itself */
    accepted("- hold: {time: 1 ps}\n");
}

/* 2e17 ps of 2 fs are 1e20 steps, more than 2^63. */
static void more_steps_than_can_be_counted_are_refused(void **state)
{
    (void)state;
    refused("- shear: {rate: 1e-5 /s, strain: 2}\n", 4, "shear", "1e12 time steps");
    refused("- shear: {rate: 1e-250 /s, strain: 2}\n", 4, "1e12 time steps");
    refused("- hold: {time: 1e12 ps}\n", 4, "hold", "1e12 time steps");
    refused("- melt: {time: 1 ps}\n- heat: {to: 3000 K, rate: 1e3 K/s}\n", 5, "heat", "1e12 time steps");
    struct vt_protocol p;
    assert_int_equal(read_stages("- shear: {rate: 1e-2 /ps, strain: 2}\n", &p), VT_OK);
    assert_int_equal(p.planned[1].steps, 100000); /* 200 ps of 2 fs */
    vt_protocol_release(&p);
    accepted("- hold: {time: 2e9 ps}\n"); /* 1e12 steps */
}

static void a_stage_may_stand_without_options(void **state)
{
    (void)state;
    struct vt_protocol p;
    assert_int_equal(read_stages("- melt: {time: 1 ps}\n- minimise\n- minimise:\n- create\n", &p), VT_EINPUT);
    assert_non_null(strstr(vt_message(), "p.yaml:7: protocol: 'create' can only be the first stage"));
    vt_protocol_release(&p);
    assert_int_equal(read_stages("- create\n- melt: {time: 1 ps}\n- minimise\n", &p), VT_OK);
    assert_int_equal(p.n_stages, 3);
    assert_string_equal(p.stage[2].label, "03-minimise");
    assert_int_equal(p.stage[2].node->line, 6);
    vt_protocol_release(&p);
    refused("- melt: {time: 1 ps}\n- hold\n", 5, "hold", "key 'time' is missing");
}

static void heating_starts_at_a_temperature_or_a_state(void **state)
{
    (void)state;
    static const char *const wrong[] = {"0 K", "-5 K", "1e6 K", "1e300 K", "1e-4 K"};
    for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[200];
        snprintf(text, sizeof text,
                 "- hold: {time: 1 ps}\n- heat:\n    to: 900 K\n    from: %s\n    time: 1 ps\n", wrong[k]);
        refused(text, 7, "heat: key 'from': ", wrong[k], "0.001 to 100000 K");
    }
    refused("- hold: {time: 1 ps}\n- heat: {from: 77, to: 900 K, time: 1 ps}\n", 5, "heat: key 'from'",
            "'77'", "units that fit: K");
    refused("- hold: {time: 1 ps}\n- heat: {from: 1 GPa, to: 900 K, time: 1 ps}\n", 5, "heat: key 'from'",
            "GPa");
    refused("- hold: {time: 1 ps}\n- hold: {from: 77 K, time: 1 ps}\n", 5, "hold: from: '77 K'",
            "temperature");
    refused("- hold: {time: 1 ps}\n- quench: {from: .5 K, time: 1 ps}\n", 5, "quench: from: '.5 K'",
            "temperature");
    struct vt_protocol p;
    assert_int_equal(
        read_stages("- hold: {time: 1 ps, save: a}\n- heat: {from: .5 K, to: 900 K, time: 1 ps}\n"
                    "- heat: {from: a, to: 900 K, time: 1 ps}\n",
                    &p),
        VT_OK);
    assert_true(p.planned[2].temperature[0] == 0.5 && !vt_stage_begins_at_state(&p.stage[2]));
    assert_true(p.planned[3].temperature[0] == 300 && vt_stage_begins_at_state(&p.stage[3]));
    vt_protocol_release(&p);
}

#define NAME_40 "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"
#define NAME_41 "abcdefghijklmnopqrstuvwxyzabcdefghijklmno"

static void states_have_names_that_files_can_have(void **state)
{
    (void)state;
    static const char *const wrong[] = {"-x", "_x", ".x", "2x", "a/b", "../a", "a b", "\"\"", NAME_41};
    for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[200];
        snprintf(text, sizeof text, "- hold: {time: 1 ps}\n- hold: {time: 1 ps, save: %s}\n", wrong[k]);
        refused(text, 5, "save");
    }
    accepted("- hold: {time: 1 ps, save: a_b-2.c}\n- hold: {time: 1 ps, save: " NAME_40 "}\n");
}

/* Branches write to files of their name, so no two may share it, nor take that of a state. */
static void branches_have_different_names(void **state)
{
    (void)state;
    struct vt_protocol p;
    assert_int_equal(read_stages("- hold: {time: 1 ps, save: glass}\n"
                                 "- hold: {time: 1 ps, save: glass-2}\n"
                                 "- hold: {from: glass, time: 1 ps}\n"
                                 "- hold: {from: glass, time: 1 ps}\n"
                                 "- hold: {from: glass-2, time: 1 ps}\n"
                                 "- hold: {from: glass-2, time: 1 ps}\n"
                                 "- hold: {from: glass, time: 1 ps, save: glass-4}\n"
                                 "- hold: {from: glass-4, time: 1 ps}\n"
                                 "- hold: {from: glass-4, time: 1 ps}\n"
                                 "- hold: {from: glass, time: 1 ps, save: " NAME_40 "}\n"
                                 "- hold: {from: " NAME_40 ", time: 1 ps}\n"
                                 "- hold: {from: " NAME_40 ", time: 1 ps}\n",
                                 &p),
                     VT_OK);
    assert_int_equal(p.n_stages, 13);
    assert_string_equal(p.stage[3].branch, "glass");
    for (int k = 3; k < p.n_stages; k++)
        for (int b = 0; b < p.n_stages; b++) {
            if (b != k && !strcmp(p.stage[b].branch, p.stage[k].branch))
                fail_msg("stages %d and %d are both in %s", b, k, p.stage[k].branch);
            if (!strcmp(p.stage[b].common.save, p.stage[k].branch) &&
                strcmp(p.stage[k].common.from, p.stage[k].branch) != 0)
                fail_msg("stage %d, from %s, is in %s", k, p.stage[k].common.from, p.stage[k].branch);
        }
    vt_protocol_release(&p);
}

static void options_of_which_nothing_would_come_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *stage, *words[3];
    } wrong[] = {
        {"hold: {time: 1 ps, thermostat: none, thermostat_time: 1 ps}", {"hold: key 'thermostat_time'"}},
        {"hold: {time: 1 ps, thermostat: none, temperature: 300 K}",
         {"hold: key 'temperature'", "thermostat"}},
        {"hold: {time: 1 ps, barostat: none, pressure: 1 GPa}", {"hold: key 'pressure'", "'barostat: none'"}},
        {"hold: {time: 1 ps, barostat: none, pressure_xx: 1 GPa}", {"hold: key 'pressure_xx'"}},
        {"hold: {time: 1 ps, barostat: none, bulk_modulus: 9 GPa}", {"hold: key 'bulk_modulus'"}},
        {"hold: {time: 1 ps, barostat: none, barostat_time: 9 ps}", {"hold: key 'barostat_time'"}},
        {"compress: {time: 1 ps, barostat: none, pressure: 1 GPa}", {"compress: key 'pressure'"}},
        {"unload: {time: 1 ps, barostat: none}", {"unload: key 'barostat'"}},
        {"quench: {time: 1 ps, thermostat: none}", {"quench: key 'temperature'", "hold"}},
        {"quench: {time: 1 ps, temperature: 200 K, thermostat: none}", {"quench: key 'temperature'", "none"}},
        {"heat: {time: 1 ps, to: 900 K, thermostat: none}", {"heat: key 'thermostat'", "'none'"}},
        {"heat: {time: 1 ps, from: 77 K, to: 300 K, thermostat: none}", {"heat: key 'thermostat'", "'none'"}},
        {"melt: {time: 1 ps, thermostat: none}", {"melt: key 'thermostat'", "'none'"}},
        {"shear: {rate: 1e11 /s, strain: 1, barostat: tri, pressure_xy: 1 GPa}",
         {"shear: key 'pressure_xy'"}},
        {"shear: {plane: yz, rate: 1e11 /s, strain: 1, barostat: tri, pressure_yz: 1 GPa}",
         {"shear: key 'pressure_yz'"}},
        {"oscillate: {period: 5 ps, pressure: 1 GPa}", {"oscillate: key 'pressure'", "'barostat: none'"}},
        {"oscillate: {period: 5 ps, plane: xz, barostat: tri, pressure_xz: 1 GPa}",
         {"oscillate: key 'pressure_xz'"}},
        {"oscillate: {period: 5 ps, least: 5}", {"oscillate: key 'least'", "without 'error'"}},
        {"oscillate: {period: 5 ps, error: 0.1, cycles: 4, least: 5}", {"oscillate: key 'least'", "5", "4"}},
        {"oscillate: {period: 5 ps, cycles: 1001}", {"oscillate: key 'cycles'", "1 to 1000"}},
        {"oscillate: {period: 4 ps}", {"oscillate: key 'period'"}},
        {"oscillate: {amplitude: 1 %}", {"oscillate: key 'period'"}},
        {"minimise: {dt: 1 fs}", {"minimise: key 'dt'"}},
        {"minimise: {thermostat: none}", {"minimise: key 'thermostat'"}},
        {"minimise: {barostat: iso}", {"minimise: key 'barostat'"}},
        {"minimise: {pressure: 1 GPa}", {"minimise: key 'pressure'"}},
        {"quench: {temperature: 300 K, time: 1 ps}",
         {"quench: key 'temperature'", "300 K is not below", "hold"}},
        {"quench: {temperature: 400 K, rate: 1e12 K/s}", {"quench: key 'temperature'", "not below", "heat"}},
        {"heat: {to: 300 K, time: 1 ps}", {"heat: key 'to'", "300 K is not above", "hold"}},
        {"heat: {from: 900 K, to: 77 K, time: 1 ps}", {"heat: key 'to'", "77 K is not above", "quench"}},
    };
    for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char text[300];
        snprintf(text, sizeof text, "- hold: {time: 1 ps}\n- %s\n", wrong[k].stage);
        refused(text, 5, wrong[k].words[0], wrong[k].words[1] ? wrong[k].words[1] : "",
                wrong[k].words[2] ? wrong[k].words[2] : "");
    }
    refused("- create: {pressure: 1 GPa}\n", 4, "create: key 'pressure'");
    refused("- create:\n    temperature: 300 K\n    dt: 1 fs\n", 6, "create: key 'dt'");
    accepted("- hold: {time: 1 ps, thermostat: none}\n");
    accepted("- hold: {time: 1 ps, thermostat: none, barostat: none, dt: 1 fs}\n");
    accepted("- hold: {time: 1 ps, thermostat: none, barostat: ortho, pressure_xx: 1 GPa, bulk_modulus: 50 "
             "GPa}\n");
    accepted(
        "- create: {temperature: 2000 K}\n- melt: {time: 1 ps, thermostat: none}\n"); /* goes on as it is */
    accepted(
        "- shear: {rate: 1e11 /s, strain: 1, barostat: tri, pressure_xz: 1 GPa}\n- unload: {time: 1 ps}\n");
    accepted("- heat: {from: 77 K, to: 300 K, time: 1 ps}\n");

    struct vt_protocol p;
    static const char lonely[] = "material: {composition: {Cu: 100}, atoms: 500, potential: 'builtin:Cu'}\n"
                                 "output:\n  trajectory_single: yes\nprotocol: [minimise]\n";
    refused_with(lonely, vt_protocol_parse(lonely, strlen(lonely), "p.yaml", MPI_COMM_SELF, &p), 3,
                 (const char *const[]){"'trajectory_single'", "'trajectory_every'", NULL});
    vt_protocol_release(&p);
}

static enum vt_status read_material(const char *composition, const char *atoms, const char *potential,
                                    const char *create, struct vt_protocol *p)
{
    char text[600];
    int n =
        snprintf(text, sizeof text,
                 "material:\n  composition: %s\n  atoms: %s\n  potential: %s\nprotocol:\n  - create: %s\n",
                 composition, atoms, potential, create);
    return vt_protocol_parse(text, (size_t)n, "p.yaml", MPI_COMM_SELF, p);
}

static void compositions_are_decimal_numbers(void **state)
{
    (void)state;
    static const char *const wrong[] = {"0x32", "nan",  "inf",   "-50",  "0",
                                        "101",  "50 K", "1e400", "[50]", "0.5 wt.%"};
    struct vt_protocol p;
    for (unsigned k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        char map[64];
        snprintf(map, sizeof map, "{Cu: %s, Zr: 50}", wrong[k]);
        enum vt_status st = read_material(map, "500", "builtin:Cu,Zr", "{}", &p);
        vt_protocol_release(&p);
        refused_with(map, st, 2, (const char *const[]){"composition: Cu: ", NULL});
    }
    assert_int_equal(read_material("{Cu: 44 at.%, Zr: 44, Al: 12 %}", "500", "builtin:Cu,Zr,Al", "{}", &p),
                     VT_OK);
    for (int s = 0; s < 3; s++) assert_int_equal(p.material.species[s].count, s < 2 ? 220 : 60);
    vt_protocol_release(&p);
}

/* Positions are kept up to 4096 angstrom. The search for a block that 4e12 atoms fill once took for ever. */
static void a_cell_beyond_the_grid_is_refused_at_once(void **state)
{
    (void)state;
    static const char *const starts[] = {"random", "fcc", "bcc", "hcp"};
    struct vt_protocol p;
    struct vt_cell cell;
    for (int k = 0; k < 4; k++) {
        char create[64];
        snprintf(create, sizeof create, "{start: %s}", starts[k]);
        assert_int_equal(read_material("{Cu: 100}", "4e12", "builtin:Cu", create, &p), VT_OK);
        enum vt_status st = vt_protocol_cell(&p, &cell);
        refused_with(create, st, 3, (const char *const[]){"atoms: 4000000000000 atoms", "4096", NULL});
        vt_protocol_release(&p);
    }
    assert_int_equal(read_material("{Cu: 100}", "1.372e9", "builtin:Cu", "{start: fcc}", &p),
                     VT_OK); /* 700^3 cells */
    assert_int_equal(vt_protocol_cell(&p, &cell), VT_OK);
    assert_true(cell.h[0][0] == cell.h[1][1] && cell.h[0][0] == cell.h[2][2]);
    vt_protocol_release(&p);
    assert_int_equal(read_material("{Cu: 100}", "432", "builtin:Cu", "{start: fcc}", &p),
                     VT_OK); /* 3 x 6 x 6, at 2 */
    assert_int_equal(vt_protocol_cell(&p, &cell), VT_EINPUT);
    vt_protocol_release(&p);
}

/* Crystal and liquid: 6 x 6 x 18 cells of four atoms. */
static void a_cell_of_two_phases_is_three_times_as_long(void **state)
{
    (void)state;
    struct vt_protocol p;
    struct vt_cell cell;
    const char *create = "{start: fcc, molten: 50 %, density: 0.085 /A^3}";
    assert_int_equal(read_material("{Cu: 100}", "2592", "builtin:Cu", create, &p), VT_OK);
    if (vt_protocol_cell(&p, &cell) != VT_OK) fail_msg("%s", vt_message());
    assert_true(cell.h[0][0] == cell.h[1][1] && fabs(cell.h[2][2] / cell.h[0][0] - 3) < 1e-12);
    vt_protocol_release(&p);
    assert_int_equal(read_material("{Cu: 100}", "2593", "builtin:Cu", create, &p), VT_OK);
    enum vt_status st = vt_protocol_cell(&p, &cell);
    refused_with(create, st, 6, (const char *const[]){"a long block of the fcc lattice: 2592 do", NULL});
    vt_protocol_release(&p);
}

/* To a multiple of 20 steps. */
static void the_period_is_rounded_to_steps_that_can_be_divided(void **state)
{
    (void)state;
    static const struct {
        const char *stage;
        int64_t period;
    } right[] = {{"period: 5 ps", 2500},           {"period: 5.019 ps", 2500},
                 {"period: 5.021 ps", 2520},       {"period: 5 ps, dt: 4 fs", 1240},
                 {"period: 5 ps, dt: 20 fs", 240}, {"period: 100 ns", 50000000}};
    for (unsigned k = 0; k < sizeof right / sizeof *right; k++) {
        struct vt_protocol p;
        char text[200];
        snprintf(text, sizeof text, "- oscillate: {%s, plane: yz, cycles: 7, discard: 3}\n", right[k].stage);
        if (read_stages(text, &p) != VT_OK) fail_msg("%s", vt_message());
        const struct vt_control *c = &p.planned[1];
        assert_int_equal(c->wave.period, right[k].period);
        assert_int_equal(c->steps, 10 * right[k].period);
        assert_int_equal(c->wave.component, 5);
        assert_true(c->wave.amplitude == 0.01 && c->wave.error == 0 && c->barostat == VT_BAROSTAT_NONE);
        vt_protocol_release(&p);
    }
}

/* Heights of the least cell of stage k over those of the first cell, a cube. */
static void least_heights(const char *stages, int k, double heights[3])
{
    struct vt_protocol p;
    struct vt_cell first, least[16];
    if (read_stages(stages, &p) != VT_OK) fail_msg("%s", vt_message());
    assert_true(p.n_stages <= 16);
    assert_int_equal(vt_protocol_cell(&p, &first), VT_OK);
    assert_int_equal(vt_protocol_least_cells(&p, least), VT_OK);
    vt_cell_heights(&least[k], heights);
    for (int d = 0; d < 3; d++) heights[d] /= first.h[0][0];
    vt_protocol_release(&p);
}

#define assert_near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* A shear by t makes the height across it 1/sqrt(1 + t^2) of the edge, and no more than for the flip at 0.55;
 * a pressure shrinks edges as Murnaghan's equation says, here with K = 100 GPa and K' = 4. */
static void the_least_cell_follows_shear_and_pressure(void **state)
{
    (void)state;
    static const char *const loaded =
        "- melt: {time: 1 ps, save: a}\n"
        "- shear: {plane: xy, rate: 1e11 /s, strain: 0.2}\n"
        "- shear: {plane: xy, rate: -1e11 /s, strain: 5, pressure: 6 GPa, save: b}\n"
        "- unload: {time: 1 ps}\n"
        "- hold: {from: a, time: 1 ps}\n"
        "- hold: {from: b, time: 1 ps, barostat: none}\n"
        "- shear: {from: a, plane: yz, rate: 1e11 /s, strain: 0.1, barostat: none}\n"
        "- shear: {plane: yz, rate: -1e11 /s, strain: 0.3, barostat: none}\n";
    const double pressed = pow(1.24, -1.0 / 12), flip = 1 / sqrt(1 + 0.55 * 0.55);
    const double expected[9][3] = {{1, 1, 1},
                                   {1, 1, 1},
                                   {1 / sqrt(1.04), 1, 1},
                                   {pressed * flip, pressed, pressed},
                                   {pressed * flip, pressed, pressed}, /* where it begins */
                                   {1, 1, 1},
                                   {pressed * flip, pressed, pressed}, /* nothing moves the cell */
                                   {1, 1 / sqrt(1.01), 1},
                                   {1, 1 / sqrt(1.16), 1}}; /* it may lean either way */
    for (int k = 0; k < 9; k++) {
        double h[3];
        least_heights(loaded, k, h);
        for (int d = 0; d < 3; d++) assert_near(h[d], expected[k][d]);
    }
    double h[3];
    least_heights("- hold: {time: 1 ps, pressure: -5 GPa}\n", 1, h); /* a tension gives no room */
    for (int d = 0; d < 3; d++) assert_near(h[d], 1);
    least_heights("- hold: {time: 1 ps, barostat: ortho, pressure_zz: 6 GPa}\n", 1, h);
    assert_true(h[2] < 0.95 && h[2] > 0.9 && h[0] > h[2]); /* 6 GPa over some 80 GPa */
    /* An oscillation leans by its amplitude and leaves nothing. */
    static const char swings[] = "- oscillate: {period: 5 ps, amplitude: 10 %}\n- hold: {time: 1 ps}\n";
    least_heights(swings, 1, h);
    assert_near(h[0], 1 / sqrt(1.01));
    least_heights(swings, 2, h);
    assert_near(h[0], 1);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_one_limit_whoever_reads_it),
        cmocka_unit_test(more_steps_than_can_be_counted_are_refused),
        cmocka_unit_test(a_stage_may_stand_without_options),
        cmocka_unit_test(heating_starts_at_a_temperature_or_a_state),
        cmocka_unit_test(states_have_names_that_files_can_have),
        cmocka_unit_test(branches_have_different_names),
        cmocka_unit_test(options_of_which_nothing_would_come_are_refused),
        cmocka_unit_test(compositions_are_decimal_numbers),
        cmocka_unit_test(a_cell_beyond_the_grid_is_refused_at_once),
        cmocka_unit_test(a_cell_of_two_phases_is_three_times_as_long),
        cmocka_unit_test(the_period_is_rounded_to_steps_that_can_be_divided),
        cmocka_unit_test(the_least_cell_follows_shear_and_pressure),
    };
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    MPI_Finalize();
    return failed;
}
