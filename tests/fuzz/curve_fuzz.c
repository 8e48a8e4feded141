/* curve_fuzz.c: any bytes as a measured curve: refused with a message, or a curve that keeps the contract. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/curve_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct vt_curve_file c;
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_curve_read(path, &c);
    if (st != VT_OK)
        assert(st == VT_EINPUT && !strncmp(vt_message(), path, strlen(path)));
    else {
        assert(c.n >= 2 && c.dialect && c.first_line >= 1);
        for (int k = 0; k < c.n; k++) {
            assert(isfinite(c.x[k]) && isfinite(c.y[k]) && (!k || c.x[k] > c.x[k - 1]));
            if (c.error) assert(isfinite(c.error[k]));
        }
        for (int k = 0; k < c.n_notes; k++) assert(c.note[k].key && c.note[k].text);
    }
    vt_curve_release(&c);
    close(descriptor);
    return 0;
}
