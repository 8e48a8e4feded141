/* dsc_fuzz.c: any bytes as a table of a calorimeter, and as the name of one: refused with the file's name, or
 * a curve of ascending temperatures and finite numbers; a rate is positive or not there. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "study/dsc_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vt_dsc_options options = {.rate = NAN, .mass = NAN};
    char path[64], name[200];
    struct vt_dsc_scan s;
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_dsc_scan_read(path, &options, &s);
    close(descriptor);
    fuzz_accepted = st == VT_OK;
    if (st != VT_OK) assert(st == VT_EINPUT && !strncmp(vt_message(), path, strlen(path)));
    for (int k = 0; k < s.curve[0].n && fuzz_accepted; k++)
        assert(isfinite(s.curve[0].y[k]) && (!k || s.curve[0].t[k] > s.curve[0].t[k - 1]));
    assert(!fuzz_accepted || isnan(s.rate) || s.rate > 0);
    vt_dsc_scan_release(&s);
    snprintf(name, sizeof name, "%.*s", (int)(size < 199 ? size : 199), (const char *)data);
    double rate = vt_dsc_rate_in_name(name);
    assert(isnan(rate) || rate > 0);
    return 0;
}
