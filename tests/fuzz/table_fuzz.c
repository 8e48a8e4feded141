/* table_fuzz.c: any bytes as a table of several columns: refused with a message that names the file, or
 * finite numbers from columns that differ, on lines that ascend. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/table_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

static const struct vt_table_want wants[] = {
    {"temperature", "T|Temp|Ts", "K", true},         {"tan_delta", "tan delta|tan d", "1", false},
    {"storage", "E'|storage modulus", "GPa", false}, {"heat_flow", "DSC|heat flow|value", "W/g", false},
    {"power", "DSC|heat flow|value", "mW", false},   {"frequency", "f|frequency|*", "Hz", false},
    {"angle", "phase|delta|?", "deg", false},
};
enum { N_WANTS = sizeof wants / sizeof *wants };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct vt_table t = {0};
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_table_read(path, "", N_WANTS, wants, &t);
    close(descriptor);
    fuzz_accepted = st == VT_OK;
    if (st != VT_OK) assert(st == VT_EINPUT && !strncmp(vt_message(), path, strlen(path)));
    for (int w = 0; w < N_WANTS && fuzz_accepted; w++) {
        assert((t.column[w] > 0) == (t.value[w] != NULL) && t.column[w] <= t.columns);
        assert(!wants[w].required || t.column[w]);
        for (int v = 0; v < w; v++) assert(!t.column[w] || t.column[v] != t.column[w]);
        for (int k = 0; t.value[w] && k < t.n; k++) assert(isfinite(t.value[w][k]));
    }
    for (int k = 1; k < t.n && fuzz_accepted; k++) assert(t.line[k] > t.line[k - 1]);
    vt_table_release(&t);

    /* The first bytes as the option, to a table that is right. */
    char columns[80];
    static const char *const whole = VT_SOURCE_DIR "/tests/fuzz/corpus/table/valid-plain.csv";
    snprintf(columns, sizeof columns, "%.*s", (int)(size < 79 ? size : 79), (const char *)data);
    st = vt_table_read(whole, columns, N_WANTS, wants, &t);
    assert(st == VT_OK || st == VT_EINPUT);
    vt_table_release(&t);
    return 0;
}
