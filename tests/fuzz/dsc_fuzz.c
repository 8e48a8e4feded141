/* dsc_fuzz.c: any bytes as a table of a calorimeter, and as the name of one: refused with the file's name, or
 * a curve of ascending temperatures and finite numbers; a rate is positive or not there; words on
 * the sign are taken out, all of them. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/heat_sign.h"
#include "study/dsc_scan.h"
#include "study/dsc_told.h"

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
    double rate;
    st = vt_dsc_rate_in_name(name, &rate);
    assert(isnan(rate) || (rate > 0 && st == VT_OK));
    size_t length;
    int sign, left = vt_heat_sign_strip(name);
    assert(left >= 0 && (left == 0 || strlen(name) < size));
    assert(!vt_heat_sign_find(name, &length, &sign)); /* none is left */
    return 0;
}
