/* replay_main.c: feed files to a fuzz target without a fuzzer.
 *
 *     NAME FOLDER-OR-FILE...     every file, then its mutants
 *
 * Files named valid-* must be accepted: a valid file that is refused would no longer lead its mutants behind
 * the first check. A target says so in `int fuzz_accepted`; it needs none if it has no such files.
 *
 * A mutant is a file cut short, or a file with up to four bytes changed, taken out or doubled. They come from
 * Philox with the file and the mutant as counters, so a failure repeats. With clang and -DVT_FUZZ=ON the
 * same targets are linked to libFuzzer instead, which searches. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/random.h"
#include "core/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern int fuzz_accepted __attribute__((weak));

enum { MUTANTS = 200, ROOM = 64 };

static int n_files;

/* data has room for ROOM bytes more. */
static size_t mutate(uint8_t *data, size_t size, int file, int mutant)
{
    static const char marks[] = "{}[]:,-#&*!|>'\"%@` \t\n\r0.eE+\\\x00\x7f\xc3";
    uint32_t counter[4] = {(uint32_t)file, (uint32_t)mutant, 0, 0}, key[2] = {7, 0}, bits[4];
    vt_philox(counter, key, bits);
    if (mutant % 4 == 0) return bits[1] % (size + 1);
    int edits = 1 + (int)(bits[0] % 4);
    for (int k = 0; k < edits && size > 0; k++) {
        counter[2] = (uint32_t)k + 1;
        vt_philox(counter, key, bits);
        size_t at = bits[1] % size;
        switch (bits[2] % 4) {
        case 0:
            data[at] = (uint8_t)bits[3];
            break;
        case 1:
            data[at] = (uint8_t)marks[bits[3] % (sizeof marks - 1)];
            break;
        case 2:
            memmove(data + at, data + at + 1, --size - at);
            break;
        case 3: {
            size_t length = 1 + bits[3] % (ROOM / 4);
            if (length > size - at) length = size - at;
            memmove(data + at + length, data + at, size - at);
            size += length;
            break;
        }
        }
    }
    return size;
}

static int must_be_accepted(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !strncmp(slash ? slash + 1 : path, "valid-", 6);
}

static int feed(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        if (file) fclose(file);
        return 1;
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *whole = malloc(size + ROOM);
    int failed = !whole || fread(whole, 1, size, file) != size;
    fclose(file);
    for (int m = -1; m < MUTANTS && !failed; m++) {
        size_t n = size;
        uint8_t *mutant = malloc(size + ROOM), *exact = NULL;
        if (mutant) {
            memcpy(mutant, whole, size);
            if (m >= 0) n = mutate(mutant, size, n_files, m);
            exact = malloc(n ? n : 1); /* of the exact size, so that a sanitizer sees a read past the end */
        }
        failed = !exact;
        if (!failed) {
            memcpy(exact, mutant, n);
            LLVMFuzzerTestOneInput(exact, n);
            if (m < 0 && must_be_accepted(path) && (!&fuzz_accepted || !fuzz_accepted)) {
                fprintf(stderr, "%s: refused: %s\n", path, vt_message());
                failed = 1;
            }
        }
        free(exact);
        free(mutant);
    }
    free(whole);
    if (failed) fprintf(stderr, "%s: cannot be read, or is refused\n", path);
    n_files++;
    return failed;
}

static int feed_folder(const char *path)
{
    struct dirent **entry;
    int n = scandir(path, &entry, NULL, alphasort), failed = n < 0;
    for (int k = 0; k < n; k++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entry[k]->d_name);
        if (entry[k]->d_name[0] != '.') failed |= feed(name);
        free(entry[k]);
    }
    if (n >= 0) free(entry);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int k = 1; k < argc; k++) {
        struct stat info;
        if (stat(argv[k], &info) != 0) {
            perror(argv[k]);
            failed = 1;
        } else {
            failed |= S_ISDIR(info.st_mode) ? feed_folder(argv[k]) : feed(argv[k]);
        }
    }
    printf("%d files, %d mutants of each\n", n_files, MUTANTS);
    return failed || n_files == 0;
}
