/* temperatures_fuzz.c: any bytes as a table of temperatures: refused with a message that names the file, or
 * rows in order, with temperatures above 0, that are found again. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "study/temperature_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct vt_temperature_table t = {0};
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_temperature_table_read(path, &t);
    close(descriptor);
    fuzz_accepted = st == VT_OK;
    if (st != VT_OK) assert(st == VT_EINPUT && !strncmp(vt_message(), path, strlen(path)));
    for (int k = 0; k < t.n && fuzz_accepted; k++) {
        assert(t.row[k].temperature > 0 && t.row[k].temperature <= 1e5);
        assert(k == 0 || strcmp(t.row[k - 1].name, t.row[k].name) < 0);
        assert(vt_temperature_table_find(&t, t.row[k].name) == &t.row[k].temperature);
    }
    vt_temperature_table_release(&t);
    return 0;
}
