/* A state on the disk is the state, or it is refused: torn, damaged and foreign files, and disks that take no
 * more. */
#include "check.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/memory.h"
#include "md/checkpoint.h"
#include "sample.h"

static char folder[64], path[96], former[96];
static int rank;

static int make_folder(void **state)
{
    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    strcpy(folder, "/tmp/vitrum-checkpoint-XXXXXX");
    if (rank == 0 && !mkdtemp(folder)) return -1;
    MPI_Bcast(folder, sizeof folder, MPI_CHAR, 0, MPI_COMM_WORLD);
    snprintf(path, sizeof path, "%s/checkpoint.h5", folder);
    snprintf(former, sizeof former, "%s/checkpoint.former.h5", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank) return 0;
    char disk[96];
    snprintf(disk, sizeof disk, "%s/disk", folder);
    unlink(path);
    unlink(former);
    rmdir(disk);
    return rmdir(folder); /* anything else left there is a fault */
}

/* A sample with a past, and two blocks of measurements on rank 0. */
static void make(struct sample *s, struct vt_saved *saved)
{
    sample_make(
        s, MPI_COMM_WORLD,
        (struct sample_options){.cells = {2, 2, 3}, .edge = 4.1, .tilt = {0.3, 0, -0.2}, .temperature = 500});
    s->sys.step = 123;
    s->sys.time = 0.246;
    s->sys.strain = 0.5, s->sys.work = 1.5, s->sys.heat = -2.5;
    sample_must(vt_system_forces(&s->sys, VT_FORCES)); /* each atom is where it belongs */
    *saved = (struct vt_saved){.stage = 2, .stage_step = 45, .protocol_hash = 7, .n_sinks = 2};
    saved->dynamics.chain_v[1] = 0.25;
    saved->dynamics.strain_since[2][1] = 1e-3;
    sample_must(vt_alloc(&saved->kept, 2));
    int64_t begin, end;
    int size;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    vt_share(s->sys.atoms.n_total, size, rank, &begin, &end);
    saved->kept[1].width = 3;
    sample_must(vt_alloc(&saved->kept[1].rows, 3 * (end - begin)));
    for (int64_t k = 0; k < 3 * (end - begin); k++) saved->kept[1].rows[k] = (char)(3 * begin + k);
    if (rank) return;
    saved->kept[0].bytes = 1000;
    sample_must(vt_alloc(&saved->kept[0].block, 1000));
    for (int k = 0; k < 1000; k++) saved->kept[0].block[k] = (char)(k * k);
}

static void release(struct sample *s, struct vt_saved *saved)
{
    vt_saved_release(saved);
    sample_release(s);
}

/* Read path; hash of the state if it could be read. */
static enum vt_status read_back(uint64_t *hash)
{
    struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
    struct vt_system sys = {0};
    struct vt_saved saved = {0};
    vt_ranks_init(&sys.ranks, MPI_COMM_WORLD, &any);
    enum vt_status st = vt_checkpoint_read(path, &sys, &saved);
    if (st == VT_OK) {
        *hash = sample_hash(&sys);
        const int64_t numbers[] = {saved.stage, saved.stage_step, (int64_t)saved.protocol_hash,
                                   saved.n_sinks};
        *hash = vt_hash(*hash, numbers, sizeof numbers);
        *hash = vt_hash(*hash, &saved.dynamics, sizeof saved.dynamics);
        uint64_t blocks = 0; /* they are on rank 0 */
        for (int k = 0; rank == 0 && k < saved.n_sinks; k++)
            blocks = vt_hash(blocks + 1, saved.kept[k].block, saved.kept[k].bytes);
        MPI_Bcast(&blocks, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
        *hash += blocks;
        vt_saved_release(&saved);
    }
    vt_system_release(&sys);
    return st;
}

static char *content(size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    char *text = malloc(*size + 1);
    rewind(file);
    if (fread(text, 1, *size, file) != *size) *size = 0;
    fclose(file);
    return text;
}

/* Rank 0 writes, all wait. */
static void put(const char *text, size_t size)
{
    if (rank == 0) {
        FILE *file = fopen(path, "wb");
        if (!file || fwrite(text, 1, size, file) != size || fclose(file)) MPI_Abort(MPI_COMM_WORLD, 3);
    }
    MPI_Barrier(MPI_COMM_WORLD);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct sample s;
    struct vt_saved saved;
    uint64_t before, after = 0;
    make(&s, &saved);
    before = sample_hash(&s.sys);
    check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));

    struct vt_cell any = vt_cell_make(10, 10, 10, 0, 0, 0);
    struct vt_system sys = {0};
    struct vt_saved again = {0};
    vt_ranks_init(&sys.ranks, MPI_COMM_WORLD, &any);
    check_ok(vt_checkpoint_read(path, &sys, &again));
    after = sample_hash(&sys);
    check_all(before == after);
    check_all(again.stage == 2 && again.stage_step == 45 && again.protocol_hash == 7);
    check_all(vt_hash(0, &again.dynamics, sizeof again.dynamics) ==
              vt_hash(0, &saved.dynamics, sizeof saved.dynamics));
    check_all(again.n_sinks == 2 && again.kept[0].bytes == 1000 && again.kept[1].bytes == 0);
    check_all(rank || memcmp(again.kept[0].block, saved.kept[0].block, 1000) == 0);
    int64_t begin, end;
    vt_share(sys.atoms.n_total, sys.ranks.size, rank, &begin, &end);
    check_all(again.kept[0].width == 0 && again.kept[1].width == 3);
    check_all(memcmp(again.kept[1].rows, saved.kept[1].rows, 3 * (size_t)(end - begin)) == 0);
    vt_saved_release(&again);
    vt_system_release(&sys);
    release(&s, &saved);
}

/* One flipped bit anywhere: the file is refused, or it was in a place that means nothing and the state is the
 * same. */
static void a_damaged_file_is_never_taken_for_a_whole_one(void **state)
{
    (void)state;
    struct sample s;
    struct vt_saved saved;
    uint64_t truth = 0, hash = 0;
    make(&s, &saved);
    check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));
    release(&s, &saved);
    check_ok(read_back(&truth));
    size_t size = 0;
    char *text = content(&size);
    check_all(text && size > 8000);
    int refused = 0;
    enum { TRIES = 100 };
    for (int k = 0; k < TRIES; k++) {
        size_t at = k < 40 ? (size_t)k * 61 : size * (size_t)(k - 40) / (TRIES - 40);
        text[at] ^= (char)(1 << (k % 8));
        put(text, size);
        text[at] ^= (char)(1 << (k % 8));
        enum vt_status st = read_back(&hash);
        check_all(st == VT_OK || st == VT_EINPUT);
        check_all(st != VT_OK || hash == truth);
        check_all(st == VT_OK || strstr(vt_message(), path) != NULL);
        refused += st != VT_OK;
        MPI_Barrier(MPI_COMM_WORLD);
    }
    check_all(refused > TRIES / 4);
    free(text);
}

static void a_torn_or_foreign_file_is_refused(void **state)
{
    (void)state;
    struct sample s;
    struct vt_saved saved;
    uint64_t hash = 0;
    make(&s, &saved);
    check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));
    release(&s, &saved);
    size_t size = 0;
    char *text = content(&size);
    check_all(text != NULL);
    for (int k = 0; k < 12; k++) {
        put(text, k < 11 ? size * (size_t)k / 11 : size - 1);
        check_all(read_back(&hash) == VT_EINPUT);
        check_all(strstr(vt_message(), path) != NULL);
        MPI_Barrier(MPI_COMM_WORLD);
    }
    free(text);
    static const char yaml[] = "title: not a checkpoint\n";
    put(yaml, sizeof yaml);
    check_all(read_back(&hash) == VT_EINPUT);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) unlink(path);
    MPI_Barrier(MPI_COMM_WORLD);
    check_all(read_back(&hash) == VT_EINPUT);
    check_all(strstr(vt_message(), path) != NULL);
}

static void the_former_generation_is_kept(void **state)
{
    (void)state;
    struct sample s;
    struct vt_saved saved;
    struct stat info;
    uint64_t first = 0, second = 0, kept = 1;
    make(&s, &saved);
    check_ok(vt_checkpoint_write(path, former, &s.sys, &saved));
    check_ok(read_back(&first));
    s.sys.step++;
    check_ok(vt_checkpoint_write(path, former, &s.sys, &saved));
    check_ok(read_back(&second));
    check_all(first != second);
    if (rank == 0) rename(former, path);
    MPI_Barrier(MPI_COMM_WORLD);
    check_ok(read_back(&kept));
    check_all(kept == first);
    char partial[128];
    snprintf(partial, sizeof partial, "%s.partial", path);
    check_all(stat(partial, &info) != 0); /* nothing half-written is left lying about */
    release(&s, &saved);
}

/* A disk that is full, if a small one may be mounted here; a folder that is none. */
static void a_write_that_fails_leaves_the_older_file(void **state)
{
    (void)state;
    struct sample s;
    struct vt_saved saved;
    uint64_t before = 0, after = 1;
    make(&s, &saved);
    char away[128];
    snprintf(away, sizeof away, "%s/no/checkpoint.h5", folder);
    check_all(vt_checkpoint_write(away, NULL, &s.sys, &saved) == VT_EWORLD);
    check_all(strstr(vt_message(), away) != NULL);
    check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));
    snprintf(away, sizeof away, "%s/checkpoint.h5/checkpoint.h5", folder); /* through a file */
    check_all(vt_checkpoint_write(away, NULL, &s.sys, &saved) == VT_EWORLD);

    int mounted = 0;
    char disk[80];
    snprintf(disk, sizeof disk, "%s/disk", folder);
    if (rank == 0 && mkdir(disk, 0700) == 0) mounted = mount("none", disk, "tmpfs", 0, "size=256k") == 0;
    MPI_Bcast(&mounted, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (mounted) {
        char keep[sizeof path];
        strcpy(keep, path);
        snprintf(path, sizeof path, "%s/checkpoint.h5", disk);
        check_ok(vt_checkpoint_write(path, NULL, &s.sys, &saved));
        check_ok(read_back(&before));
        if (rank == 0) { /* fill the disk but for a few pages */
            char filler[96];
            snprintf(filler, sizeof filler, "%s/filler", disk);
            FILE *file = fopen(filler, "wb");
            for (int k = 0; file && k < 300; k++)
                if (fwrite(folder, 1, sizeof folder, file) == 0) break;
            static char page[4096];
            while (file && fwrite(page, 1, sizeof page, file) == sizeof page && fflush(file) == 0) continue;
            if (file) fclose(file);
        }
        MPI_Barrier(MPI_COMM_WORLD);
        s.sys.step++;
        enum vt_status st = vt_checkpoint_write(path, NULL, &s.sys, &saved);
        check_ok(read_back(&after));
        if (rank == 0) umount2(disk, MNT_DETACH);
        strcpy(path, keep);
        check_all(st == VT_EWORLD);
        check_all(before == after);
    } else if (rank == 0)
        print_message("no small disk could be mounted here: the full disk was not tried\n");
    release(&s, &saved);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_is_read),
    cmocka_unit_test(a_damaged_file_is_never_taken_for_a_whole_one),
    cmocka_unit_test(a_torn_or_foreign_file_is_refused),
    cmocka_unit_test(the_former_generation_is_kept),
    cmocka_unit_test(a_write_that_fails_leaves_the_older_file),
};

int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);
    MPI_Finalize();
    return failed;
}
