/* correlation_fuzz.c: any text as a table of g2 or C(t1, t2): refused with a message, or a table that keeps
 * the contract. HDF5 is not ours to test: what begins as such a file is passed over. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/two_time_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct vt_correlation_file *f)
{
    size_t n = (size_t)f->n;
    if (f->kind == VT_CORRELATION_TWO_TIME) {
        assert(f->n >= 8);
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n; b++)
                assert(a == b ||
                       (isfinite(f->value[a * n + b]) && f->value[a * n + b] == f->value[b * n + a]));
        return;
    }
    assert(f->kind == VT_CORRELATION_G2 && f->n >= 3 && f->columns >= 1 && f->delay[0] >= 0);
    for (size_t k = 1; k < n; k++) assert(f->delay[k] > f->delay[k - 1]);
    for (size_t k = 0; k < n * (size_t)f->columns; k++)
        assert(!isinf(f->value[k]) && (!f->error || isnan(f->error[k]) || f->error[k] > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    if (size >= 4 && !memcmp(data, "\x89HDF", 4)) return 0;
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    for (int k = 0; k < 4; k++) {
        const struct vt_correlation_reading how = {.kind = (enum vt_correlation_kind)(k % 3),
                                                   .columns = k == 3 ? VT_COLUMNS_PAIRS : VT_COLUMNS_TOLD,
                                                   .dataset = ""};
        struct vt_correlation_file f;
        enum vt_status st = vt_correlation_read(path, &how, &f);
        if (st == VT_OK)
            check(&f);
        else
            assert(st == VT_EINPUT && strstr(vt_message(), path));
        vt_correlation_release(&f);
    }
    close(descriptor);
    return 0;
}
