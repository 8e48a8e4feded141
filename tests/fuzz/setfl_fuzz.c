/* setfl_fuzz.c: any bytes as a potential file (setfl, eam.fs, funcfl): refused with a message, or tables that
 * keep the contract. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "io/eam_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vt_eam e;
    enum vt_status st = vt_eam_parse((const char *)data, size, "fuzz", &e);
    fuzz_accepted = st == VT_OK;
    if (st != VT_OK) {
        assert(!e.f && !e.rho && !e.rphi && *vt_message());
        return 0;
    }
    assert(e.n_species >= 1 && e.n_species <= VT_SPECIES_MAX && e.n_rho >= 5 && e.n_r >= 5);
    assert(e.d_rho > 0 && e.d_r > 0 && e.cutoff > 0);
    for (int a = 0; a < e.n_species; a++) {
        assert(*e.element[a].symbol && e.element[a].mass > 0);
        for (int k = 0; k < e.n_rho; k++) assert(isfinite(vt_eam_f(&e, a)[k]));
        for (int b = 0; b < e.n_species; b++) {
            assert(memcmp(vt_eam_rphi(&e, a, b), vt_eam_rphi(&e, b, a), (size_t)e.n_r * sizeof(double)) == 0);
            for (int k = 0; k < e.n_r; k++)
                assert(isfinite(vt_eam_rho(&e, a, b)[k]) && isfinite(vt_eam_rphi(&e, a, b)[k]));
        }
    }
    vt_eam_release(&e);
    return 0;
}
