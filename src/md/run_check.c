/* run_check.c: what can be said about a run before it begins: its folder, its plan, its size. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/parallel.h"
#include "core/units.h"
#include "md/run.h"

/* mkdir -p. */
static enum vt_status make_folder(const char *path)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part - 300)
        return VT_RAISE(VT_EINPUT, "folder name '%.60s...' is too long", path);
    for (char *c = part + 1;; c++) {
        if (*c != '/' && *c) continue;
        char keep = *c;
        *c = '\0';
        if (mkdir(part, 0777) && errno != EEXIST)
            return VT_RAISE(VT_EWORLD, "cannot make the folder '%s': %s", part, strerror(errno));
        if (!keep) break;
        *c = keep;
    }
    struct stat s;
    if (stat(path, &s) || !S_ISDIR(s.st_mode)) return VT_RAISE(VT_EWORLD, "'%s' is not a folder", path);
    return VT_OK;
}

static enum vt_status check_folder(const struct vt_run_options *o)
{
    static const char *const marks[] = {"results.h5", "checkpoint.h5", "checkpoint.former.h5"};
    VT_TRY(make_folder(o->folder));
    /* Root may write anywhere by permission but not on a read-only disk: try it. */
    char path[4096];
    snprintf(path, sizeof path, "%s/.vitrum-%ld", o->folder, (long)getpid());
    FILE *probe = fopen(path, "w");
    if (!probe)
        return VT_RAISE(VT_EWORLD, "cannot write into the folder '%s': %s", o->folder, strerror(errno));
    fclose(probe);
    unlink(path);
    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        snprintf(path, sizeof path, "%s/%s", o->folder, marks[k]);
        if (access(path, F_OK)) continue;
        if (o->force) {
            if (unlink(path)) return VT_RAISE(VT_EWORLD, "cannot remove '%s': %s", path, strerror(errno));
        } else if (!o->resume)
            return VT_RAISE(VT_EINPUT,
                            "the folder '%s' holds a former run (%s): give another with -o, or --resume it, "
                            "or --force its replacement",
                            o->folder, marks[k]);
    }
    return VT_OK;
}

enum vt_status vt_run_check_folder(MPI_Comm comm, const struct vt_run_options *o)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    return vt_agree(comm, rank == 0 ? check_folder(o) : VT_OK);
}

/* Bytes a rank needs for atoms, ghosts, lists and their work space, from the arrays of system.h and
 * eam_force.c. */
static double rank_bytes(const struct vt_protocol *p, int ranks, double density)
{
    double reach = p->tables.cutoff + p->skin, owned = (double)p->atoms / ranks, edge = cbrt(owned / density);
    double with_ghosts = density * pow(edge + 2 * reach, 3);
    double pairs = 0.5 * density * 4.0 / 3 * M_PI * pow(reach, 3);
    double tables = (double)p->tables.n_species * p->tables.n_species * p->tables.n_r * (8 * 2 + 32 * 2);
    return with_ghosts * 120 + owned * (3 * 4 * pairs * 1.5 + 400) + (with_ghosts - owned) * 60 + tables;
}

/* Does this machine hold its share of the ranks? Collective. */
static enum vt_status check_memory(MPI_Comm comm, double bytes)
{
    MPI_Comm node;
    int ranks_here;
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &ranks_here);
    MPI_Comm_free(&node);
    double has = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    enum vt_status st = VT_OK;
    if (bytes * ranks_here > has)
        st = VT_RAISE(VT_EINPUT,
                      "about %.3g GB are needed for %d ranks on this machine, which has %.3g GB: use fewer "
                      "atoms or more machines",
                      bytes * ranks_here / 1e9, ranks_here, has / 1e9);
    return vt_agree(comm, st);
}

/* Bytes that the run will write: trajectory frames, saved states with their structure files, two checkpoints.
 */
static double file_bytes(const struct vt_protocol *p, double *frames)
{
    double n = (double)p->atoms, reals = p->trajectory_single ? 4 : 8, bytes = 2 * 80 * n;
    *frames = 0;
    for (int k = 0; k < p->n_stages; k++) {
        const struct vt_control *c = &p->planned[k];
        if (p->trajectory_every > 0) *frames += floor((double)c->steps * c->dt / p->trajectory_every);
        if (p->stage[k].common.save[0])
            bytes += n * (80 + 150 * ((p->structures & 1) + (p->structures >> 1)));
    }
    return bytes + *frames * n * (3 * reals * (p->trajectory_velocities ? 2 : 1) + 12);
}

static enum vt_status check_disk(const char *folder, double bytes)
{
    struct statvfs disk;
    if (statvfs(folder, &disk))
        return VT_RAISE(VT_EWORLD, "cannot look at the folder '%s': %s", folder, strerror(errno));
    double room = (double)disk.f_bavail * (double)disk.f_frsize;
    if (bytes > room)
        return VT_RAISE(VT_EWORLD, "the run writes about %.3g GB, the disk of '%s' has room for %.3g GB",
                        bytes / 1e9, folder, room / 1e9);
    return VT_OK;
}

static void print_plan(const struct vt_protocol *p, double edge, FILE *out)
{
    double steps = 0, time = 0;
    fprintf(out, "%s\n%lld atoms, about %.1f angstrom wide; potential %s, cut-off %.3g angstrom\n\n",
            p->title, (long long)p->atoms, edge, p->potential, p->tables.cutoff);
    fprintf(out, "%-16s %-12s %12s %12s  %-20s %s\n", "stage", "branch", "time [ps]", "steps", "T [K]",
            "P [GPa]");
    for (int k = 0; k < p->n_stages; k++) {
        const struct vt_control *c = &p->planned[k];
        char t[32], q[32];
        snprintf(t, sizeof t, c->temperature[0] == c->temperature[1] ? "%.5g" : "%.5g -> %.5g",
                 c->temperature[0], c->temperature[1]);
        snprintf(q, sizeof q, c->pressure[0][0] == c->pressure[1][0] ? "%.4g" : "%.4g -> %.4g",
                 c->pressure[0][0] / VT_GPA, c->pressure[1][0] / VT_GPA);
        fprintf(out, "%-16s %-12s %12.6g %12lld  %-20s %s\n", p->stage[k].label, p->stage[k].branch,
                (double)c->steps * c->dt, (long long)c->steps, t, q);
        steps += (double)c->steps;
        time += (double)c->steps * c->dt;
    }
    fprintf(out, "\n%.6g ps in %.0f steps, %.4g atom-steps\n", time, steps, steps * (double)p->atoms);
}

enum vt_status vt_run_dry(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o,
                          FILE *out)
{
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    VT_TRY(vt_run_check_folder(comm, o));
    double density = vt_protocol_density(p), edge = cbrt((double)p->atoms / density), frames,
           bytes = rank_bytes(p, ranks, density);
    double files = file_bytes(p, &frames);
    if (edge < 2 * p->tables.cutoff)
        return VT_RAISE(
            VT_EINPUT,
            "%lld atoms make a cell of about %.3g angstrom, less than twice the cut-off %.3g: use more atoms",
            (long long)p->atoms, edge, p->tables.cutoff);
    VT_TRY(check_memory(comm, bytes));
    VT_TRY(vt_agree(comm, rank == 0 ? check_disk(o->folder, files) : VT_OK));
    if (rank) return VT_OK;
    print_plan(p, edge, out);
    fprintf(out,
            "about %.3g MB of memory on each of %d ranks, without measurements\nabout %.3g MB of files in "
            "%s, %.0f trajectory frames among them\n",
            bytes / 1e6, ranks, files / 1e6, o->folder, frames);
    return VT_OK;
}
