/* structure_fuzz.c: any bytes as a structure file (extended XYZ and LAMMPS data): refused with a message, or
 * a structure that keeps the contract. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/extxyz.h"
#include "io/lammps_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum vt_status st, struct vt_structure *s)
{
    if (st != VT_OK)
        assert(st == VT_EINPUT && *vt_message());
    else {
        int64_t count = 0;
        assert(s->n >= 1 && s->material.n_species >= 1 && s->material.n_species <= VT_SPECIES_MAX);
        for (int k = 0; k < s->material.n_species; k++) {
            assert(s->material.species[k].z > 0 && s->material.species[k].mass > 0);
            count += s->material.species[k].count;
        }
        assert(count == s->n && vt_cell_volume(&s->cell) > 0);
        for (int64_t i = 0; i < s->n; i++) {
            assert(s->id[i] == i + 1 && s->species[i] >= 0 && s->species[i] < s->material.n_species);
            for (int d = 0; d < 3; d++) assert(s->x[i][d] == vt_grid(s->x[i][d]));
        }
    }
    vt_structure_release(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct vt_structure s;
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    check(vt_extxyz_read(path, &s), &s);
    check(vt_lammps_data_read(path, &s), &s);
    close(descriptor);
    return 0;
}
