/* Weights of pairs in totals: published compositions, and sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/weights.h"

struct part {
    const char *symbol;
    double percent;
};
struct known {
    const char *a, *b;
    double w;
};

static struct vt_material make(const struct part *part, int n)
{
    struct vt_material m = {.n_species = n};
    for (int s = 0; s < n; s++) {
        strcpy(m.species[s].symbol, part[s].symbol);
        m.species[s].z = vt_element_z(part[s].symbol);
        m.species[s].count = llround(part[s].percent * 100);
    }
    return m;
}

static int find(const struct vt_material *m, const char *symbol)
{
    int s = 0;
    while (strcmp(m->species[s].symbol, symbol) != 0) s++;
    return s;
}

/* X-ray weights from Z, computed by hand in another language; printed to four digits, hence 5e-5. */
static void check(const struct part *part, int n, const struct known *known, int n_known)
{
    struct vt_material m = make(part, n);
    double w[VT_SPECIES_PAIRS_MAX], sum = 0;
    vt_weights_xray(&m, w);
    for (int k = 0; k < n_known; k++)
        assert_true(fabs(w[vt_species_pair(find(&m, known[k].a), find(&m, known[k].b), n)] - known[k].w) <
                    5.001e-5);
    for (int p = 0; p < vt_species_pairs(n); p++) sum += w[p];
    assert_true(fabs(sum - 1) < 1e-14);
    sum = 0;
    vt_weights_number(&m, w);
    for (int p = 0; p < vt_species_pairs(n); p++) sum += w[p];
    assert_true(fabs(sum - 1) < 1e-14);
}

static void xray_weights_of_the_hpt_alloy(void **state)
{
    (void)state;
    static const struct part alloy[] = {{"Cu", 44}, {"Zr", 44}, {"Al", 8}, {"Hf", 2}, {"Co", 2}};
    static const struct known w[] = {{"Cu", "Zr", .4031}, {"Zr", "Zr", .2780}, {"Cu", "Cu", .1461},
                                     {"Zr", "Hf", .0455}, {"Cu", "Hf", .0330}, {"Zr", "Al", .0329},
                                     {"Cu", "Al", .0238}, {"Zr", "Co", .0171}, {"Cu", "Co", .0124},
                                     {"Al", "Hf", .0027}, {"Hf", "Hf", .0019}, {"Hf", "Co", .0014},
                                     {"Al", "Co", .0010}, {"Al", "Al", .0010}, {"Co", "Co", .0003}};
    check(alloy, 5, w, 15);
}

static void xray_weights_of_vit4(void **state)
{
    (void)state;
    static const struct part vit4[] = {{"Zr", 46.75}, {"Ti", 8.25}, {"Cu", 7.5}, {"Ni", 10}, {"Be", 27.5}};
    static const struct known w[] = {{"Zr", "Zr", .4946}, {"Zr", "Ni", .1481}, {"Zr", "Cu", .1151},
                                     {"Zr", "Ti", .0960}, {"Zr", "Be", .0582}, {"Cu", "Ni", .0172},
                                     {"Ti", "Ni", .0144}, {"Ti", "Cu", .0112}, {"Ni", "Ni", .0111},
                                     {"Ni", "Be", .0087}, {"Cu", "Be", .0068}, {"Cu", "Cu", .0067},
                                     {"Ti", "Be", .0056}, {"Ti", "Ti", .0047}, {"Be", "Be", .0017}};
    check(vit4, 5, w, 15);
}

static void xray_weights_of_binary_and_ternary_alloys(void **state)
{
    (void)state;
    static const struct part cuzr[] = {{"Cu", 50}, {"Zr", 50}};
    static const struct known cuzr_w[] = {{"Cu", "Zr", .4873}, {"Zr", "Zr", .3361}, {"Cu", "Cu", .1766}};
    check(cuzr, 2, cuzr_w, 3);
    static const struct part parent[] = {{"Cu", 46}, {"Zr", 46}, {"Al", 8}};
    static const struct known parent_w[] = {{"Cu", "Zr", .4569}, {"Zr", "Zr", .3151}, {"Cu", "Cu", .1656},
                                            {"Zr", "Al", .0356}, {"Cu", "Al", .0258}, {"Al", "Al", .0010}};
    check(parent, 3, parent_w, 6);
    static const struct part la[] = {{"La", 65}, {"Co", 25}, {"Al", 10}};
    static const struct known la_w[] = {{"La", "La", .6749}, {"La", "Co", .2459}, {"La", "Al", .0474},
                                        {"Co", "Co", .0224}, {"Co", "Al", .0086}, {"Al", "Al", .0008}};
    check(la, 3, la_w, 6);
    static const struct part lani[] = {{"La", 50}, {"Ni", 35}, {"Al", 15}};
    static const struct known lani_w[] = {{"La", "La", .5014}, {"La", "Ni", .3448}, {"La", "Al", .0686},
                                          {"Ni", "Ni", .0593}, {"Ni", "Al", .0236}, {"Al", "Al", .0023}};
    check(lani, 3, lani_w, 6);
}

static void pairs_are_numbered_without_gaps_in_either_order(void **state)
{
    (void)state;
    for (int n = 1; n <= VT_SPECIES_MAX; n++) {
        int next = 0;
        for (int a = 0; a < n; a++)
            for (int b = a; b < n; b++, next++) {
                assert_int_equal(vt_species_pair(a, b, n), next);
                assert_int_equal(vt_species_pair(b, a, n), next);
            }
        assert_int_equal(vt_species_pairs(n), next);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xray_weights_of_the_hpt_alloy),
        cmocka_unit_test(xray_weights_of_vit4),
        cmocka_unit_test(xray_weights_of_binary_and_ternary_alloys),
        cmocka_unit_test(pairs_are_numbered_without_gaps_in_either_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
