/* output.c: see output.h. */
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/log.h"
#include "core/provenance.h"
#include "io/replace.h"
#include "io/results_file.h"
#include "study/series_simulated.h"

void vt_output_path(const char *folder, const char *name, char path[VT_PATH])
{
    snprintf(path, VT_PATH, "%.4000s/%s", folder, name);
}

enum vt_status vt_output_refused(const char *command, int refused, int n, const char *what)
{
    if (!refused) return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s: %d of %d %s were left out, see above; the results are of the others",
                    command, refused, n, what);
}

enum vt_status vt_output_begin(const char *command, const char *folder, bool force)
{
    char path[VT_PATH];
    vt_output_path(folder, "results.h5", path);
    if (!force && !access(path, F_OK))
        return VT_RAISE(VT_EINPUT, "%s: %s exists; give another folder with -o, or --force to replace it",
                        command, path);
    if (mkdir(folder, 0777) && errno != EEXIST)
        return VT_RAISE(VT_EWORLD, "cannot make the folder %s: %s", folder, strerror(errno));
    return vt_replace_check(path);
}

enum vt_status vt_output_spare(const char *command, const char *folder, const char *name, bool force, int n,
                               char *const *inputs)
{
    char path[VT_PATH];
    struct stat there, input;
    vt_output_path(folder, name, path);
    if (stat(path, &there)) return VT_OK;
    for (int k = 0; k < n; k++) {
        char file[VT_SIMULATED_FILE];
        vt_simulated_file(inputs[k], file);
        if (!stat(file, &input) && input.st_dev == there.st_dev && input.st_ino == there.st_ino)
            return VT_RAISE(VT_EINPUT,
                            "%s: %s is read, and would be replaced by a result of that name; give another "
                            "folder with -o",
                            command, path);
    }
    if (force) return VT_OK;
    return VT_RAISE(VT_EINPUT, "%s: %s exists; give another folder with -o, or --force to replace it",
                    command, path);
}

enum vt_status vt_output_results(const char *folder, const char *path, const char *options,
                                 struct vt_results *results)
{
    char file[VT_PATH];
    const struct vt_ranks alone = {.size = 1, .threads = 1};
    VT_TRY(vt_results_note(results, path, "options", options));
    VT_TRY(vt_provenance_note(results, &alone));
    vt_output_path(folder, "results.h5", file);
    return vt_results_write(file, results);
}

void vt_output_figure(const char *folder, const char *name, enum vt_status st, char *svg)
{
    char path[VT_PATH];
    vt_output_path(folder, name, path);
    if (st == VT_OK && !svg) {
        unlink(path);
        return;
    }
    if (st == VT_OK) st = vt_replace_text(path, svg);
    if (st != VT_OK) vt_log(VT_LOG_WARNING, "no figure: %s", vt_message());
    free(svg);
}

static const struct vt_dataset *column(const struct vt_results *results, const char *group, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", group, name);
    return vt_results_find(results, path);
}

enum vt_status vt_output_table(const char *folder, const char *file, const char *about,
                               const struct vt_results *results, const char *group, int n,
                               const char *const *names)
{
    char path[VT_PATH];
    struct vt_replace out;
    const struct vt_axis *axis = &column(results, group, names[0])->axis[0];
    vt_output_path(folder, file, path);
    VT_TRY(vt_replace_open(&out, path));
    fprintf(out.file, "# %s\n# %s [%s]", about, axis->name, axis->unit);
    for (int k = 0; k < n; k++) {
        const struct vt_dataset *d = column(results, group, names[k]);
        if (d) fprintf(out.file, ", %s [%s]%s", names[k], d->unit, d->error ? ", error" : "");
    }
    for (int row = 0; row < axis->n; row++) {
        fprintf(out.file, "\n%.10g", axis->value[row]);
        for (int k = 0; k < n; k++) {
            const struct vt_dataset *d = column(results, group, names[k]);
            if (!d) continue;
            fprintf(out.file, ", %.10g", d->value[row]);
            if (d->error) fprintf(out.file, ", %.4g", d->error[row]);
        }
    }
    fprintf(out.file, "\n");
    return vt_replace_commit(&out);
}
