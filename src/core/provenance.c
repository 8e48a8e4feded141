/* provenance.c: see provenance.h. */
#include "core/provenance.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <commit.h> /* made by every build: scripts/commit.cmake */

const char *const vt_version = VT_VERSION;
const char *const vt_commit = VT_COMMIT;
const char *const vt_compiler = VT_COMPILER;

enum vt_status vt_provenance_note(struct vt_results *results, const struct vt_ranks *ranks)
{
    char host[256] = "", date[32], number[32];
    gethostname(host, sizeof host - 1);
    time_t now = time(NULL);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
    VT_TRY(vt_results_note(results, "", "creator", "vitrum"));
    VT_TRY(vt_results_note(results, "", "version", vt_version));
    VT_TRY(vt_results_note(results, "", "commit", vt_commit));
    VT_TRY(vt_results_note(results, "", "compiler", vt_compiler));
    VT_TRY(vt_results_note(results, "", "host", host));
    VT_TRY(vt_results_note(results, "", "date", date));
    snprintf(number, sizeof number, "%d", ranks->size);
    VT_TRY(vt_results_note(results, "", "ranks", number));
    snprintf(number, sizeof number, "%d", ranks->threads);
    return vt_results_note(results, "", "threads", number);
}

uint64_t vt_hash(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *byte = data;
    for (size_t k = 0; k < bytes; k++) hash = (hash ^ byte[k]) * UINT64_C(1099511628211);
    return hash;
}
