/* eos_fuzz.c: any bytes as a table of pressures and volumes, densities or first peaks: refused with a
 * message, or an equation of state with positive K_0 and V_0. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "study/eos_series.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vt_eos_options options = {.k_prime = NAN,
                                                  .q1_error = NAN,
                                                  .volume_error = NAN,
                                                  .pressure_error = NAN,
                                                  .temperature_spread = 20};
    static struct vt_eos_sets sets;
    char path[64], *paths[1] = {path};
    int refused, descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_eos_read(1, paths, &options, &sets, &refused);
    close(descriptor);
    fuzz_accepted = st == VT_OK;
    assert(st == VT_OK || (st == VT_EINPUT && strstr(vt_message(), path)));
    for (int k = 0; k < sets.n && fuzz_accepted; k++)
        assert(sets.set[k].fit.eos.k0 > 0 && sets.set[k].fit.eos.v0 > 0 && isfinite(sets.set[k].fit.eos.k0));
    vt_eos_release(&sets);
    return 0;
}
