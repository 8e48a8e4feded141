/* Many runs in one job: the same bits whoever carries them out, each run once, and nothing lost by a stop, a
 * damaged file or a member that fails. */
#include "scratch.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/signals.h"
#include "md/eam_builtin.h"
#include "study/pool.h"

enum { MEMBERS = 3 };

static struct vt_eam tables, copper;
static int rank, ranks;

/* A crystal of 256 atoms, just wide enough for the cut-off, at P = 0 for some steps of 2 fs. */
static void write_protocol(char text[600], const char *composition, double time, const char *options)
{
    snprintf(text, 600,
             "material: {composition: {%s}, atoms: 256, potential: %s}\n"
             "output: {structures: none}\n"
             "protocol:\n"
             "  - create: {start: fcc}\n"
             "  - hold: {temperature: 300 K, time: %g ps%s, measure: [{thermo: {every: 0.01 ps}}]}\n",
             composition, VT_POOL_TABLES, time, options);
}

static char text[MEMBERS][600];
static struct vt_member member[MEMBERS + 1];

/* Three runs, and the second once more. */
static void make_members(double time)
{
    write_protocol(text[0], "Cu: 50, Zr: 50", time, "");
    write_protocol(text[1], "Cu: 100", time / 2, "");
    write_protocol(text[2], "Zr: 25, Al: 75", time, ", pressure: 1 GPa");
    static const char *const name[] = {"Cu50Zr50", "Cu", "Zr25Al75"};
    for (int k = 0; k < MEMBERS; k++) member[k] = (struct vt_member){name[k], text[k], &tables};
    member[MEMBERS] = member[1];
}

static const char *cache(const char *name)
{
    static char path[2][160];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

/* NaN equals NaN; on rank 0. */
static bool same(const struct vt_outcome *a, const struct vt_outcome *b)
{
    const struct vt_results *x = &a->results, *y = &b->results;
    bool equal = x->n == y->n && x->n > 20;
    for (int k = 0; k < x->n && equal; k++) {
        size_t bytes = vt_dataset_size(&x->item[k]) * sizeof(double);
        equal = !strcmp(x->item[k].path, y->item[k].path) &&
                !memcmp(x->item[k].value, y->item[k].value, bytes) &&
                (!x->item[k].error || !memcmp(x->item[k].error, y->item[k].error, bytes));
        if (!equal) print_error("%s differs\n", x->item[k].path);
    }
    return equal;
}

static bool all_same(const struct vt_outcome *a, const struct vt_outcome *b, int n)
{
    bool equal = true;
    for (int k = 0; k < n && rank == 0; k++) equal = equal && same(&a[k], &b[k]);
    return equal;
}

/* The file of a member, whatever its key. */
static const char *file_of(const char *in, const char *name, const char *file)
{
    static char path[400];
    char pattern[400];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/%s-*/%s", in, name, file);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    snprintf(path, sizeof path, "%s", found.gl_pathv[0]);
    globfree(&found);
    return path;
}

static int count_folders(const char *in)
{
    char pattern[400];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/*", in);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    int n = (int)found.gl_pathc;
    globfree(&found);
    return n;
}

static long long written_at(const char *path)
{
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    return (long long)s.st_mtim.tv_sec * 1000000000 + s.st_mtim.tv_nsec;
}

static void results_do_not_depend_on_the_ranks_and_are_kept(void **state)
{
    (void)state;
    struct vt_outcome together[MEMBERS + 1], alone[MEMBERS + 1], again[MEMBERS + 1];
    make_members(0.2);
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("a"), MEMBERS + 1, member, together));
    check_ok(vt_pool_check(MEMBERS + 1, member, together));
    if (rank == 0) {
        assert_int_equal(vt_pool_run(MPI_COMM_SELF, cache("b"), MEMBERS + 1, member, alone), VT_OK);
        assert_int_equal(count_folders(cache("a")), MEMBERS); /* the one that is there twice is run once */
    }
    for (int k = 0; k < MEMBERS + 1; k++)
        check_all(!together[k].cached && (rank == 0) == (together[k].results.n > 0));
    check_all(all_same(together, alone, MEMBERS + 1));
    check_all(rank > 0 || same(&together[1], &together[MEMBERS]));

    /* Pure copper is the same run whatever else the potential holds. */
    long long before = rank ? 0 : written_at(file_of(cache("a"), "Cu", "results.h5"));
    member[1].tables = member[MEMBERS].tables = &copper;
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("a"), MEMBERS + 1, member, again));
    check_ok(vt_pool_check(MEMBERS + 1, member, again));
    for (int k = 0; k < MEMBERS + 1; k++) check_all(again[k].cached);
    check_all(all_same(together, again, MEMBERS + 1));
    check_all(rank > 0 || before == written_at(file_of(cache("a"), "Cu", "results.h5")));

    /* What stands in the folder is enough for the same run without a pool. */
    if (rank == 0) {
        struct vt_eam stored;
        assert_int_equal(vt_eam_load(file_of(cache("a"), "Cu50Zr50", VT_POOL_TABLES), &stored), VT_OK);
        struct vt_eam part;
        assert_int_equal(vt_eam_subset(&tables, (const char *const[]){"Cu", "Zr"}, 2, &part), VT_OK);
        assert_true(stored.checksum == part.checksum);
        vt_eam_release(&part);
        vt_eam_release(&stored);
        vt_pool_release(MEMBERS + 1, alone);
    }
    vt_pool_release(MEMBERS + 1, together);
    vt_pool_release(MEMBERS + 1, again);
}

/* Under one name: another text, other tables, another lattice, of which the first density is made. */
static void what_differs_is_run_on_its_own(void **state)
{
    (void)state;
    char other[600];
    struct vt_eam stiffer, wider;
    static const char *const symbol[] = {"Cu"};
    make_members(0.04);
    snprintf(other, sizeof other, "seed: 2\n%s", text[1]);
    check_ok(vt_eam_subset(&tables, symbol, 1, &stiffer));
    check_ok(vt_eam_subset(&tables, symbol, 1, &wider));
    vt_eam_rphi(&stiffer, 0, 0)[1000] *= 1 + 1e-15;
    vt_eam_seal(&stiffer);
    wider.element[0].lattice *= 1.001;
    const struct vt_member members[4] = {
        {"Cu", text[1], &tables}, {"Cu", other, &tables}, {"Cu", text[1], &stiffer}, {"Cu", text[1], &wider}};
    struct vt_outcome outcome[4];
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("e"), 4, members, outcome));
    check_ok(vt_pool_check(4, members, outcome));
    check_all(rank > 0 || count_folders(cache("e")) == 4);
    vt_pool_release(4, outcome);
    vt_eam_release(&stiffer);
    vt_eam_release(&wider);
}

static void damage(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int c = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputc(~c & 0xff, file);
    fclose(file);
}

/* Whether or not its checkpoints are whole; the others are left alone. */
static void a_damaged_entry_is_made_anew(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        struct vt_outcome before[MEMBERS], after[MEMBERS];
        make_members(0.2);
        check_ok(vt_pool_run(MPI_COMM_WORLD, cache("a"), MEMBERS, member, before));
        if (rank == 0) damage(file_of(cache("a"), "Cu50Zr50", "results.h5"), 3000);
        if (rank == 0 && round) damage(file_of(cache("a"), "Cu50Zr50", "checkpoint.h5"), 3000);
        MPI_Barrier(MPI_COMM_WORLD);
        check_ok(vt_pool_run(MPI_COMM_WORLD, cache("a"), MEMBERS, member, after));
        check_ok(vt_pool_check(MEMBERS, member, after));
        check_all(!after[0].cached && after[1].cached && after[2].cached);
        check_all(all_same(before, after, MEMBERS));
        vt_pool_release(MEMBERS, before);
        vt_pool_release(MEMBERS, after);
    }
}

/* A time step of 20 fs at 1e5 K blows up; other keys and tables than there are cannot be begun. */
static void a_failing_member_is_named_and_the_others_go_on(void **state)
{
    (void)state;
    char wild[600];
    struct vt_outcome outcome[5];
    make_members(0.2);
    write_protocol(wild, "Cu: 50, Zr: 50", 1, ", dt: 20 fs, thermostat: none, barostat: none");
    char *at = strstr(wild, "temperature: 300 K, ");
    memmove(at, at + 20, strlen(at + 20) + 1);
    at = strstr(wild, "start: fcc}");
    char tail[300];
    snprintf(tail, sizeof tail, "start: fcc, temperature: 1e5 K}%s", at + 11);
    strcpy(at, tail);
    const struct vt_member members[5] = {{"wild", wild, &tables},
                                         member[0],
                                         {"no-such-element", text[2], &copper},
                                         {"bad name", text[1], &tables},
                                         {"no-protocol", "protocol: []\n", &tables}};
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("a"), 5, members, outcome));
    check_all(outcome[0].status == VT_EPHYSICS && strstr(outcome[0].message, "02-hold"));
    check_all(outcome[1].status == VT_OK);
    check_all(outcome[2].status == VT_EINPUT && strstr(outcome[2].message, "has no Zr"));
    check_all(outcome[3].status == VT_EINPUT && strstr(outcome[3].message, "'bad name'"));
    check_all(outcome[4].status == VT_EINPUT && strstr(outcome[4].message, "material"));
    check_all(vt_pool_check(5, members, outcome) == VT_EPHYSICS && !strncmp(vt_message(), "wild: ", 6));
    vt_pool_release(5, outcome);
}

static void pass_on(int number)
{
    (void)number;
    raise(SIGUSR1);
}

/* The last rank alone is asked to stop, a third of a second after the beginning: all hear of it within
 * another one, and the long runs take more than a second; then they go on. */
static void a_stop_loses_nothing(void **state)
{
    (void)state;
    struct vt_outcome stopped[MEMBERS], resumed[MEMBERS], whole[MEMBERS];
    make_members(24);
    if (rank == ranks - 1) {
        signal(SIGALRM, pass_on);
        setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 330000}, NULL);
    }
    check_all(vt_pool_run(MPI_COMM_WORLD, cache("c"), MEMBERS, member, stopped) == VT_ESTOP);
    check_all(stopped[0].status == VT_ESTOP && stopped[2].status == VT_ESTOP);
    check_all(vt_pool_check(MEMBERS, member, stopped) == VT_ESTOP);
    vt_pool_release(MEMBERS, stopped);
    /* Who has been asked to stop does not begin again. */
    check_all(vt_pool_run(MPI_COMM_WORLD, cache("d"), 1, member, stopped) == VT_ESTOP);
    check_all(strstr(stopped[0].message, "not begun") != NULL);
    vt_signals_watch(); /* forgets it, as another job has */
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("c"), MEMBERS, member, resumed));
    check_ok(vt_pool_run(MPI_COMM_WORLD, cache("d"), MEMBERS, member, whole));
    check_ok(vt_pool_check(MEMBERS, member, resumed));
    check_all(all_same(resumed, whole, MEMBERS));
    vt_pool_release(MEMBERS, stopped);
    vt_pool_release(MEMBERS, resumed);
    vt_pool_release(MEMBERS, whole);
}

static int load(void **state)
{
    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    return vt_eam_load("builtin:Cu,Zr,Al", &tables) != VT_OK ||
           vt_eam_load("builtin:Hf,Cu", &copper) != VT_OK;
}

static int release(void **state)
{
    (void)state;
    vt_eam_release(&tables);
    vt_eam_release(&copper);
    return 0;
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(results_do_not_depend_on_the_ranks_and_are_kept),
    cmocka_unit_test(what_differs_is_run_on_its_own),
    cmocka_unit_test(a_damaged_entry_is_made_anew),
    cmocka_unit_test(a_failing_member_is_named_and_the_others_go_on),
    cmocka_unit_test(a_stop_loses_nothing),
};
SCRATCH_MAIN(tests, load, release)
