/* reduce_fuzz.c: any bytes as a configuration of `vitrum reduce`: refused with a message that names the file,
 * or options that keep the contract and that a header tells again. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "study/reduce_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_accepted; /* the last input, for replay_main.c */

static bool read_text(const void *data, size_t size, struct vt_reduce_options *o)
{
    char path[64];
    int descriptor = memfd_create("fuzz", MFD_CLOEXEC);
    assert(descriptor >= 0 && write(descriptor, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    enum vt_status st = vt_reduce_options_read(path, NULL, 0, o);
    close(descriptor);
    if (st != VT_OK) assert(st == VT_EINPUT && !strncmp(vt_message(), path, strlen(path)));
    return st == VT_OK;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* What came of the header of a result. */
static void check_header(const struct vt_reduce_options *o)
{
    char text[16384] = "[DEFAULT]\n";
    struct vt_reduce_notes notes;
    struct vt_reduce_options again;
    enum vt_status st = vt_reduce_notes_make(o, &notes);
    assert(st == VT_OK);
    for (int k = 0; k < notes.n; k++) {
        assert(!strchr(notes.line[k].text, '\n'));
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s = %s\n", notes.line[k].key, notes.line[k].text);
    }
    vt_reduce_notes_release(&notes);
    bool good = read_text(text, strlen(text), &again);
    assert(good);
    const struct vt_reduction *a = &o->how, *b = &again.how;
    assert(same(a->wavelength, b->wavelength) && same(a->energy, b->energy) && same(a->density, b->density));
    assert(same(a->rpoly, b->rpoly) && same(a->qmin, b->qmin) && same(a->qmax, b->qmax) &&
           same(a->qmaxinst, b->qmaxinst));
    assert(same(a->rmin, b->rmin) && same(a->rmax, b->rmax) && same(a->rstep, b->rstep) &&
           same(a->bgscale, b->bgscale));
    assert(same(a->polarisation, b->polarisation) && same(a->mut, b->mut) &&
           same(o->twothetazero, again.twothetazero));
    assert(a->route == b->route && a->neutron == b->neutron && a->compton == b->compton &&
           a->anomalous == b->anomalous);
    assert(a->recoil == b->recoil && a->lorch == b->lorch);
    assert(o->alloy.n == again.alloy.n && !memcmp(o->writes, again.writes, sizeof o->writes) &&
           o->format == again.format);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vt_reduce_options o;
    fuzz_accepted = read_text(data, size, &o);
    if (!fuzz_accepted) return 0;
    double sum = 0;
    for (int k = 0; k < o.alloy.n; k++) sum += o.alloy.percent[k];
    assert(o.alloy.n > 0 && fabs(sum - 100) < 1e-9);
    assert(o.how.rmax > o.how.rmin && o.how.rstep > 0 && o.how.bgscale >= 0 && o.how.rpoly >= 0);
    assert(isnan(o.how.wavelength) || o.how.wavelength > 0);
    check_header(&o);
    return 0;
}
