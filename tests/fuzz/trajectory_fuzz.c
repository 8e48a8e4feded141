/* trajectory_fuzz.c: any bytes as a text trajectory (LAMMPS dump, extended XYZ): refused with a message, or
 * frames that keep the contract. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/text_trajectory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_frame(struct vt_text_trajectory *t, int64_t k)
{
    struct vt_structure s;
    enum vt_status st = vt_text_trajectory_read(t, k, &s);
    assert(st == VT_OK || (st == VT_EINPUT && *vt_message()));
    if (st == VT_OK) {
        int64_t count = 0;
        assert(s.n == t->frame[k].atoms && s.n >= 1 && vt_cell_volume(&s.cell) > 0);
        for (int a = 0; a < s.material.n_species; a++) count += s.material.species[a].count;
        assert(count == s.n);
        for (int64_t i = 0; i < s.n; i++) {
            assert(s.id[i] == i + 1 && s.species[i] >= 0 && s.species[i] < s.material.n_species);
            for (int d = 0; d < 3; d++) assert(s.x[i][d] == vt_grid(s.x[i][d]));
        }
    }
    vt_structure_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct vt_text_options options[] = {{.dt = NAN},
                                                     {.n_elements = 2, .element = {"Cu", "Zr"}, .dt = 0.002}};
    char path[64];
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    vt_text_trajectory_is(path);
    for (int k = 0; k < 2; k++) {
        struct vt_text_trajectory t;
        enum vt_status st = vt_text_trajectory_open(&t, path, &options[k]);
        assert(st == VT_OK ? t.n >= 1 : st == VT_EINPUT && *vt_message());
        for (int64_t f = 0; st == VT_OK && f < t.n && f < 3; f++) check_frame(&t, f);
        vt_text_trajectory_close(&t);
    }
    close(descriptor);
    return 0;
}
