/* Names of datasets after files: plain, and no two alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "study/names.h"

static void letters_that_paths_may_have(void **state)
{
    static const struct {
        const char *path, *name;
    } cases[] = {{"data/as cast.1Hz.csv", "as_cast.1Hz"},
                 {"a.b/c", "c"},
                 {".hidden", "file"},
                 {"folder/", "file"},
                 {"x+1-2_3.txt", "x+1-2_3"}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char name[VT_NAME];
        vt_name_after(cases[k].path, name);
        assert_string_equal(name, cases[k].name);
    }
}

static void the_same_name_twice_gets_a_number(void **state)
{
    struct {
        int other;
        char name[VT_NAME];
    } taken[3] = {{1, "glass"}, {2, "glass-2"}, {3, "liquid"}};
    char name[VT_NAME] = "glass", free_one[VT_NAME] = "film", longest[VT_NAME], path[300];
    (void)state;
    vt_name_apart(name, taken[0].name, 3, sizeof *taken);
    assert_string_equal(name, "glass-3");
    vt_name_apart(free_one, taken[0].name, 3, sizeof *taken);
    assert_string_equal(free_one, "film");
    memset(path, 'x', sizeof path - 1), path[sizeof path - 1] = '\0';
    vt_name_after(path, longest);
    memcpy(taken[0].name, longest, VT_NAME);
    vt_name_apart(longest, taken[0].name, 3, sizeof *taken);
    assert_string_equal(longest + strlen(longest) - 3, "x-2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_that_paths_may_have),
        cmocka_unit_test(the_same_name_twice_gets_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
