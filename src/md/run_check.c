/* run_check.c: what can be said about a run before it begins: its folder, its plan, its size. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <libgen.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/parallel.h"
#include "core/units.h"
#include "io/folder.h"
#include "md/folder_lock.h"
#include "md/run.h"

/* May files be made in a folder that need not be there yet? Nothing is made. */
static enum vt_status check_place(const char *folder)
{
    char part[4096];
    struct stat s;
    if (snprintf(part, sizeof part, "%s", folder) >= (int)sizeof part - 300)
        return VT_RAISE(VT_EINPUT, "folder name '%.60s...' is too long", folder);
    while (stat(part, &s)) {
        if (errno != ENOENT)
            return VT_RAISE(VT_EWORLD, "cannot make the folder '%s': %s", folder, strerror(errno));
        char *slash = strrchr(part, '/');
        if (slash)
            slash[slash == part] = '\0';
        else
            strcpy(part, ".");
    }
    if (!S_ISDIR(s.st_mode)) return VT_RAISE(VT_EWORLD, "'%s' is not a folder", part);
    if (access(part, W_OK | X_OK))
        return VT_RAISE(VT_EWORLD, "cannot write into the folder '%s': %s", part, strerror(errno));
    return VT_OK;
}

/* Make the folder, and a file in it: root may write anywhere by permission, but not on every disk. */
static enum vt_status make_place(const char *folder)
{
    VT_TRY(vt_folder_make(folder));
    char path[4096];
    snprintf(path, sizeof path, "%s/.vitrum-%ld", folder, (long)getpid());
    FILE *probe = fopen(path, "w");
    if (!probe) return VT_RAISE(VT_EWORLD, "cannot write into the folder '%s': %s", folder, strerror(errno));
    fclose(probe);
    unlink(path);
    return VT_OK;
}

/* Files of a run that another one must not take for its own: a mark is there as soon as a run has something
 * to lose. */
static const char *const marks[] = {"results.h5", "checkpoint.h5", "checkpoint.former.h5"};
enum { N_MARKS = sizeof marks / sizeof *marks };
static const char *const others[] = {"state-*.h5",     "state-*.xyz",      "state-*.data",
                                     "trajectory*.h5", "trajectory*.h5md", "report.html"};

static enum vt_status check_free(const struct vt_run_options *o)
{
    for (int k = 0; k < N_MARKS && !o->force && !o->resume; k++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", o->folder, marks[k]);
        if (access(path, F_OK)) continue;
        return VT_RAISE(VT_EINPUT,
                        "the folder '%s' holds a former run (%s): give another with -o, or --resume it, "
                        "or --force its replacement",
                        o->folder, marks[k]);
    }
    return VT_OK;
}

static bool belongs_to_run(const char *name)
{
    for (int k = 0; k < N_MARKS; k++)
        if (!strcmp(name, marks[k])) return true;
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (!fnmatch(others[k], name, 0)) return true;
    return false;
}

/* All of it, so that nothing of the former run passes for the new one's. */
static enum vt_status remove_former(const char *folder)
{
    char path[4096];
    struct dirent *entry;
    enum vt_status st = VT_OK;
    DIR *list = opendir(folder);
    if (!list) return VT_RAISE(VT_EWORLD, "cannot read the folder '%s': %s", folder, strerror(errno));
    while (st == VT_OK && (entry = readdir(list))) {
        if (!belongs_to_run(entry->d_name)) continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path)) st = VT_RAISE(VT_EWORLD, "cannot remove '%s': %s", path, strerror(errno));
    }
    closedir(list);
    return st;
}

static enum vt_status check_folder(const struct vt_run_options *o, bool dry)
{
    VT_TRY(dry ? check_place(o->folder) : make_place(o->folder));
    VT_TRY(vt_folder_lock(o->folder, dry)); /* before anything of another run is looked at or removed */
    VT_TRY(check_free(o));
    return o->force && !dry ? remove_former(o->folder) : VT_OK;
}

enum vt_status vt_run_check_folder(MPI_Comm comm, const struct vt_run_options *o, bool dry)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    return vt_agree(comm, rank == 0 ? check_folder(o, dry) : VT_OK);
}

/* A block of a checkpoint is written by one rank in one piece, whose size is an int. */
#define CHECKPOINT_MAX 2.1e9

/* Bytes a rank needs for atoms, ghosts and lists, from the arrays of atoms.h, system.h and eam_force.c: of an
 * atom id, species, x, v, image (80), f (32), rho (8), where it was when both lists were made (48), its
 * travelling form while atoms are sorted (88 and 8); of a ghost the same but for the last two, and its place
 * in messages (64); of a pair its place in the outer list (4), and in blocks of 36 bytes for
 * eight partners. What a checkpoint puts together (88) comes on top. */
static double rank_bytes(const struct vt_protocol *p, int ranks, double density)
{
    double reach = p->tables.cutoff + p->skin, owned = (double)p->atoms / ranks, edge = cbrt(owned / density);
    double ghosts = density * pow(edge + 2 * reach, 3) - owned;
    double pairs = 0.5 * density * 4.0 / 3 * M_PI * pow(reach, 3), blocks = 0.6 * pairs / 8 + 1;
    double tables = (double)p->tables.n_species * p->tables.n_species * p->tables.n_r * (8 * 2 + 32 * 2);
    return owned * (80 + 32 + 8 + 48 + 96 + 8 + 88 + 1.02 * (4 * pairs + 36 * blocks)) +
           ghosts * (80 + 32 + 8 + 24 + 64) + tables;
}

/* Bytes of measurements on a rank. The first one gathers the sum of all for a checkpoint, puts it into a
 * block and reads that back to verify it; so does each with what it remembers of its atoms. */
static double measure_bytes(const struct vt_protocol *p, const struct vt_run_options *o, int ranks, int rank)
{
    return o->measure.work + o->measure.state * (rank == 0 ? 4 : 1) +
           3 * o->measure.atom * (double)p->atoms / ranks;
}

static const struct vt_yaml *node_of_atoms(const struct vt_protocol *p)
{
    return p->file ? p->file : vt_yaml_get(vt_yaml_get(p->root, "material"), "atoms");
}

/* Does this machine hold its share of the ranks? need: bytes of this rank, for atoms and for measurements. */
static enum vt_status check_memory(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o,
                                   const double need[2])
{
    MPI_Comm node;
    int ranks_here;
    double here[2];
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &ranks_here);
    MPI_Allreduce(need, here, 2, MPI_DOUBLE, MPI_SUM, node);
    MPI_Comm_free(&node);
    double has = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    enum vt_status st = VT_OK;
    if (o->measure.state > CHECKPOINT_MAX)
        st = VT_RAISE_AT(
            o->measure.at,
            "measure: a checkpoint keeps up to 2 GB of measurements, these make %.3g GB, this one "
            "most of it: use fewer blocks or wider bins",
            o->measure.state / 1e9);
    else if (here[0] + here[1] > has)
        st = VT_RAISE_AT(
            here[1] > here[0] ? o->measure.at : node_of_atoms(p),
            "%s: about %.3g GB for atoms and %.3g GB for measurements are needed for %d ranks on "
            "this machine, which has %.3g GB: use %s",
            here[1] > here[0] ? "measure" : "atoms", here[0] / 1e9, here[1] / 1e9, ranks_here, has / 1e9,
            here[1] > here[0] ? "fewer blocks, wider bins or a shorter t_max"
                              : "fewer atoms or more machines");
    return vt_agree(comm, st);
}

static enum vt_status needs(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o,
                            double need[2])
{
    struct vt_cell cell;
    int rank, ranks;
    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &ranks);
    VT_TRY(vt_protocol_cell(p, &cell));
    need[0] = rank_bytes(p, ranks, (double)p->atoms / vt_cell_volume(&cell));
    need[1] = measure_bytes(p, o, ranks, rank);
    return VT_OK;
}

enum vt_status vt_run_check_memory(const struct vt_protocol *p, MPI_Comm comm, const struct vt_run_options *o)
{
    double need[2];
    VT_TRY(needs(p, comm, o, need));
    return check_memory(p, comm, o, need);
}

/* Bytes that the run will write. */
struct files {
    double frames, trajectory, states, checkpoints;
};

/* Two generations of checkpoints stay, and a third is there while it is written. */
static struct files file_bytes(const struct vt_protocol *p, const struct vt_run_options *o)
{
    double n = (double)p->atoms, reals = p->trajectory_single ? 4 : 8;
    struct files f = {.checkpoints = 3 * ((80 + o->measure.atom) * n + o->measure.state)};
    for (int k = 0; k < p->n_stages; k++) {
        const struct vt_control *c = &p->planned[k];
        if (p->trajectory_every > 0) f.frames += floor((double)c->steps * c->dt / p->trajectory_every);
        if (p->stage[k].common.save[0])
            f.states += n * (80 + 150 * ((p->structures & 1) + (p->structures >> 1)));
    }
    f.trajectory = f.frames * n * (3 * reals * (p->trajectory_velocities ? 2 : 1) + 12);
    return f;
}

/* The line that asks for most of it. */
static const struct vt_yaml *largest(const struct vt_protocol *p, const struct vt_run_options *o,
                                     const struct files *f, const char **key)
{
    double atoms = f->states + 3 * 80 * (double)p->atoms,
           measure = 3 * (o->measure.state + o->measure.atom * (double)p->atoms);
    *key = f->trajectory > fmax(atoms, measure) ? "trajectory_every" : measure > atoms ? "measure" : "atoms";
    if (**key == 't') return vt_yaml_get(vt_yaml_get(p->root, "output"), *key);
    return **key == 'm' ? o->measure.at : node_of_atoms(p);
}

static enum vt_status check_disk(const struct vt_protocol *p, const struct vt_run_options *o,
                                 const struct files *f)
{
    /* The folder itself, or the nearest above it that is there already. */
    char path[4096];
    struct statvfs disk;
    snprintf(path, sizeof path, "%s", o->folder);
    while (statvfs(path, &disk)) {
        if (errno != ENOENT || !strcmp(path, ".") || !strcmp(path, "/"))
            return VT_RAISE(VT_EWORLD, "cannot look at the folder '%s': %s", o->folder, strerror(errno));
        const char *above = dirname(path);
        memmove(path, above, strlen(above) + 1);
    }
    double room = (double)disk.f_bavail * (double)disk.f_frsize,
           bytes = f->trajectory + f->states + f->checkpoints;
    if (bytes <= room) return VT_OK;
    const char *key;
    const struct vt_yaml *node = largest(p, o, f, &key);
    return VT_RAISE(
        VT_EWORLD,
        "%s:%d: %s: the run writes about %.3g GB (trajectory %.3g, saved states %.3g, checkpoints "
        "%.3g), the disk of '%s' has room for %.3g GB",
        node->file, node->line, key, bytes / 1e9, f->trajectory / 1e9, f->states / 1e9, f->checkpoints / 1e9,
        o->folder, room / 1e9);
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
    VT_TRY(vt_run_check_folder(comm, o, true));
    VT_TRY(vt_run_check_engine(p, comm));
    struct vt_cell cell;
    double need[2];
    VT_TRY(vt_protocol_cell(p, &cell));
    VT_TRY(needs(p, comm, o, need));
    VT_TRY(check_memory(p, comm, o, need));
    const struct files f = file_bytes(p, o);
    VT_TRY(vt_agree(comm, rank == 0 ? check_disk(p, o, &f) : VT_OK));
    if (rank) return VT_OK;
    print_plan(p, cbrt(vt_cell_volume(&cell)), out);
    fprintf(out, "about %.3g MB of memory on each of %d ranks for atoms", need[0] / 1e6, ranks);
    if (ranks == 1)
        fprintf(out, ", %.3g MB for measurements\n", need[1] / 1e6);
    else
        fprintf(out, ", %.3g MB for measurements (%.3g MB on the first)\n",
                measure_bytes(p, o, ranks, 1) / 1e6, need[1] / 1e6);
    fprintf(out,
            "about %.3g MB of files in %s: trajectory %.3g MB (%.0f frames), saved states %.3g MB, "
            "checkpoints up to %.3g MB\n",
            (f.trajectory + f.states + f.checkpoints) / 1e6, o->folder, f.trajectory / 1e6, f.frames,
            f.states / 1e6, f.checkpoints / 1e6);
    return VT_OK;
}
