/* cmd_potential_fit.c: vitrum potential fit: rows of elements and pairs from targets. */
#include "cli/cmd_potential_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/log.h"
#include "core/parallel.h"
#include "io/eam_file.h"
#include "io/folder.h"
#include "io/replace.h"
#include "potential/fit.h"

static const char usage[] =
    "usage: vitrum potential fit [TARGETS.yaml] -o FOLDER [--elements LIST] [--static] [--tries N]\n"
    "                            [--force]\n"
    "Fit rows of elements and of their pairs to targets, the built-in ones without a file.\n"
    "  -o FOLDER        fit.txt (the report), potential.eam (setfl), zhou_*.def (rows for src/md), and the\n"
    "                   runs of liquids, which are not done again when the same is asked for again\n"
    "  --elements LIST  such as Cu,Zr: only these and the pairs between them\n"
    "  --static         crystals only: pairs keep the depth of the mixing rule\n"
    "  --tries N        more starts for each element (default 1: a steep row)\n"
    "  --force          replace the fit that is in FOLDER; its runs are kept\n"
    "mpirun -n N vitrum potential fit ... does elements and liquids on all ranks";

static enum vt_status read_arguments(int argc, char **argv, struct vt_fit_options *o, const char **folder,
                                     bool *force)
{
    *o = (struct vt_fit_options){.liquids = true, .tries = 1};
    *folder = NULL;
    *force = false;
    for (int k = 0; k < argc; k++) {
        bool more = k + 1 < argc;
        if (!strcmp(argv[k], "-o") && more)
            *folder = argv[++k];
        else if (!strcmp(argv[k], "--elements") && more)
            o->elements = argv[++k];
        else if (!strcmp(argv[k], "--static"))
            o->liquids = false;
        else if (!strcmp(argv[k], "--force"))
            *force = true;
        else if (!strcmp(argv[k], "--tries") && more) {
            char *end;
            long tries = strtol(argv[++k], &end, 10);
            if (!*argv[k] || *end || tries < 0 || tries > 1000)
                return VT_RAISE(VT_EINPUT, "potential fit: --tries: a number from 0 to 1000, not '%s'",
                                argv[k]);
            o->tries = (int)tries;
        } else if (argv[k][0] != '-' && !o->targets)
            o->targets = argv[k];
        else
            return VT_RAISE(VT_EINPUT, "potential fit: '%s' was not expected here\n%s", argv[k], usage);
    }
    return *folder ? VT_OK : VT_RAISE(VT_EINPUT, "potential fit: -o FOLDER is missing\n%s", usage);
}

static enum vt_status make_folders(const char *folder, const char *cache, bool force)
{
    struct stat is;
    char path[4200];
    VT_TRY(vt_folder_make(folder));
    snprintf(path, sizeof path, "%.4000s/fit.txt", folder);
    if (!force && stat(path, &is) == 0)
        return VT_RAISE(VT_EINPUT, "%s holds a fit; --force replaces it", folder);
    return vt_folder_make(cache);
}

/* Local. */
static enum vt_status write_all(const char *folder, const struct vt_fitted *f)
{
    static const char *const names[] = {"fit.txt", "zhou_elements.def", "zhou_pairs.def"};
    char path[4200];
    for (int k = 0; k < 3; k++) {
        struct vt_replace file;
        enum vt_status st = VT_OK;
        snprintf(path, sizeof path, "%.4000s/%s", folder, names[k]);
        VT_TRY(vt_replace_open(&file, path));
        if (k == 0) st = vt_fitted_report(f, file.file);
        if (k == 1) vt_fitted_element_rows(f, file.file);
        if (k == 2) vt_fitted_pair_rows(f, file.file);
        if (st == VT_OK) st = vt_replace_commit(&file);
        vt_replace_abandon(&file);
        VT_TRY(st);
    }
    struct vt_eam tables;
    VT_TRY(vt_fitted_tables(f, &tables));
    snprintf(path, sizeof path, "%.4000s/potential.eam", folder);
    enum vt_status st = vt_eam_write_setfl(path, &tables);
    vt_eam_release(&tables);
    if (st == VT_OK) vt_log(VT_LOG_INFO, "report in %s/fit.txt, tables in %s", folder, path);
    return st;
}

enum vt_status vt_cmd_potential_fit(MPI_Comm comm, int argc, char **argv)
{
    struct vt_fit_options options;
    const char *folder;
    char cache[4200];
    bool force;
    int rank;
    MPI_Comm_rank(comm, &rank);
    for (int k = 0; k < argc; k++)
        if (!strcmp(argv[k], "--help") || !strcmp(argv[k], "-h")) {
            if (rank == 0) puts(usage);
            return VT_OK;
        }
    VT_TRY(read_arguments(argc, argv, &options, &folder, &force));
    VT_TRY(vt_agree(comm, vt_fit_check(&options)));
    snprintf(cache, sizeof cache, "%.4000s/runs", folder);
    options.cache = cache;
    VT_TRY(vt_agree(comm, rank == 0 ? make_folders(folder, cache, force) : VT_OK));
    struct vt_fitted fitted;
    enum vt_status st = vt_fit_targets(comm, &options, &fitted);
    if (st == VT_OK) st = vt_agree(comm, rank == 0 ? write_all(folder, &fitted) : VT_OK);
    vt_fitted_release(&fitted);
    return st;
}
