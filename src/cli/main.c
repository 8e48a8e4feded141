/* main.c: the program `vitrum`: one subcommand a file, one exit for all.
 *
 * The exit code is the status: 0 done, 2 bad input, 3 the world failed, 4 unphysical, 75 stopped early. */
#include <mpi.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cmd_analyze.h"
#include "cli/cmd_compare.h"
#include "cli/cmd_dma.h"
#include "cli/cmd_dsc.h"
#include "cli/cmd_entropy.h"
#include "cli/cmd_eos.h"
#include "cli/cmd_export.h"
#include "cli/cmd_info.h"
#include "cli/cmd_peaks.h"
#include "cli/cmd_potential.h"
#include "cli/cmd_reduce.h"
#include "cli/cmd_report.h"
#include "cli/cmd_run.h"
#include "cli/cmd_sweep.h"
#include "cli/cmd_xpcs.h"
#include "core/log.h"
#include "core/memory.h"
#include "core/parallel.h"
#include "core/provenance.h"

static const char usage[] =
    "vitrum: simulation and analysis of metallic glasses\n"
    "\n"
    "  vitrum run PROTOCOL.yaml [-o FOLDER] [--dry-run | --resume | --force]\n"
    "                                     carry out a protocol; `mpirun -n N vitrum run ...` on more cores\n"
    "  vitrum sweep FILE.yaml [-o FOLDER] [--dry-run | --resume | --force | --gather]\n"
    "                                     a protocol over a grid of values: many runs in one job\n"
    "  vitrum analyze trajectory.h5md --with MEASUREMENTS [-o FILE]\n"
    "                                     the measurements of a run, on what it wrote down\n"
    "  vitrum reduce PATTERNS... --composition Cu50Zr50 [-o FOLDER]\n"
    "                                     diffraction patterns I(q) to S(q), F(q) and G(r)\n"
    "  vitrum entropy CURVES... --density '0.0538 /A^3' [-o FOLDER]\n"
    "                                     S_eq(T) and heat flow of a series of measured G(r)\n"
    "  vitrum peaks CURVES... [--peaks '2.2-3.4, 3.8-5.6'] [-o FOLDER]\n"
    "                                     place, width and height of peaks of S(q), I(q), G(r) against "
    "temperature\n"
    "  vitrum xpcs FILES... [-o FOLDER]   relaxation in photon correlation: g2 and two-time correlation\n"
    "  vitrum dsc SCANS... --glass 450-550 --liquid 690-720 [-o FOLDER]\n"
    "                                     glass transitions of heating scans, measured or simulated; "
    "Kissinger\n"
    "  vitrum eos FILES... [--k_prime 4] [-o FOLDER]\n"
    "                                     bulk modulus by an equation of state: of volumes, densities, q1, "
    "or "
    "runs\n"
    "  vitrum dma TABLES... [--peak 280-390] [-o FOLDER]\n"
    "                                     peaks of tan(delta), their energies, changes, wings, master "
    "curves\n"
    "  vitrum compare results.h5 CURVES... [-o FOLDER]\n"
    "                                     measured curves beside the simulated ones, through the same "
    "window\n"
    "  vitrum export results.h5 [-o FOLDER] [--stage LABEL] [--csv]\n"
    "                                     simulated G(r), F(q), S(q) as files of the kind that measured ones "
    "have\n"
    "  vitrum report results.h5 [-o FILE] one HTML page with plots\n"
    "  vitrum potential make SOURCE -o FILE\n"
    "                                     EAM tables, built in or of a file, as setfl or eam.fs\n"
    "  vitrum potential show SOURCE [-o FOLDER]\n"
    "                                     what a potential holds; with plots in FOLDER\n"
    "  vitrum potential check SOURCE [-o FOLDER] [--static] ...\n"
    "                                     what a potential gives, beside what is measured\n"
    "  vitrum info [TOPIC]                every option with unit, default and range\n"
    "  vitrum --version\n";

/* A subcommand of one rank. */
static enum vt_status alone(MPI_Comm comm, enum vt_status (*command)(int, char **), int argc, char **argv)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    return vt_agree(comm, rank == 0 ? command(argc, argv) : VT_OK);
}

static enum vt_status dispatch(MPI_Comm comm, int argc, char **argv)
{
    int rank;
    MPI_Comm_rank(comm, &rank);
    const char *word = argc > 1 ? argv[1] : "";
    if (!strcmp(word, "run")) return vt_cmd_run(comm, argc - 1, argv + 1);
    if (!strcmp(word, "sweep")) return vt_cmd_sweep(comm, argc - 1, argv + 1);
    if (!strcmp(word, "analyze")) return vt_cmd_analyze(comm, argc - 1, argv + 1);
    if (!strcmp(word, "reduce")) return vt_cmd_reduce(comm, argc - 1, argv + 1);
    if (!strcmp(word, "entropy")) return alone(comm, vt_cmd_entropy, argc - 1, argv + 1);
    if (!strcmp(word, "peaks")) return alone(comm, vt_cmd_peaks, argc - 1, argv + 1);
    if (!strcmp(word, "xpcs")) return alone(comm, vt_cmd_xpcs, argc - 1, argv + 1);
    if (!strcmp(word, "dsc")) return alone(comm, vt_cmd_dsc, argc - 1, argv + 1);
    if (!strcmp(word, "eos")) return alone(comm, vt_cmd_eos, argc - 1, argv + 1);
    if (!strcmp(word, "dma")) return alone(comm, vt_cmd_dma, argc - 1, argv + 1);
    if (!strcmp(word, "compare")) return alone(comm, vt_cmd_compare, argc - 1, argv + 1);
    if (!strcmp(word, "export")) return alone(comm, vt_cmd_export, argc - 1, argv + 1);
    if (!strcmp(word, "report")) return alone(comm, vt_cmd_report, argc - 1, argv + 1);
    if (!strcmp(word, "potential")) return vt_cmd_potential(comm, argc - 1, argv + 1);
    if (!strcmp(word, "info")) return alone(comm, vt_cmd_info, argc - 1, argv + 1);
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        if (rank == 0) printf("vitrum %s (%s, %s)\n", vt_version, vt_commit, vt_compiler);
        return VT_OK;
    }
    bool help = !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
    if (rank == 0) fputs(usage, help ? stdout : stderr);
    return help ? VT_OK
                : VT_RAISE(VT_EINPUT, *word ? "there is no command '%s'" : "a command is due%s", word);
}

/* If a rank fails where the others do not know of it, they wait for it in some collective call. Wait for
 * them a little, then end the job instead of hanging. */
static void leave_together(MPI_Comm comm, enum vt_status st)
{
    MPI_Request all_here;
    int done = 0;
    MPI_Ibarrier(comm, &all_here);
    for (double start = vt_clock(); !done && vt_clock() - start < 20;) {
        MPI_Test(&all_here, &done, MPI_STATUS_IGNORE);
        if (!done) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    if (done) return;
    int rank;
    MPI_Comm_rank(comm, &rank);
    /* Only rank 0 logs, but it does not know of this. */
    if (rank > 0 && st != VT_OK) fprintf(stderr, "vitrum: error: on rank %d: %s\n", rank, vt_message());
    fflush(NULL);
    MPI_Abort(comm, st != VT_OK ? (int)st : VT_EWORLD);
}

/* Unless OMP_NUM_THREADS says otherwise, the ranks of a machine share its cores: more threads than cores
 * would wait for each other. */
static void choose_threads(MPI_Comm comm)
{
    MPI_Comm node;
    int ranks_here, cores = omp_get_num_procs(), most;
    if (getenv("OMP_NUM_THREADS")) return;
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
    MPI_Comm_size(node, &ranks_here);
    /* A rank bound to its own cores sees only those: then they are all its own. */
    MPI_Allreduce(&cores, &most, 1, MPI_INT, MPI_MAX, node);
    MPI_Comm_free(&node);
    bool bound = most < (int)sysconf(_SC_NPROCESSORS_ONLN);
    int threads = bound ? cores : cores / ranks_here;
    omp_set_num_threads(threads > 1 ? threads : 1);
}

/* A program that no launcher has started sends messages to nobody. Open MPI would still look for networks,
 * which takes 0.3 s of the 0.4 s that a command needs to start; other MPIs do not know the word. */
static void skip_networks(void)
{
    static const char *const launched[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
    for (int k = 0; k < 3; k++)
        if (getenv(launched[k])) return;
    setenv("OMPI_MCA_pml", "ob1", 0);
}

/* Is it one of the options that take no value, in any command? */
static bool takes_none(const char *word, size_t length)
{
    static const char *const flag[] = {"--force",     "--resume", "--dry-run", "--gather",
                                       "--csv",       "--static", "--melting", "--markdown",
                                       "--no-report", "--help",   "--version"};
    for (size_t k = 0; k < sizeof flag / sizeof *flag; k++)
        if (strlen(flag[k]) == length && !strncmp(flag[k], word, length)) return true;
    return false;
}

/* `--name=value` is `--name value` for every command: *words has room for all, and is freed by the caller. A
 * value where none is taken is refused: `--force=no` must not force. */
static enum vt_status split_words(int *argc, char **argv, char ***words)
{
    int n = 0;
    VT_TRY(vt_alloc(words, 2 * *argc + 1));
    for (int k = 0; k < *argc; k++) {
        char *word = argv[k];
        size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-");
        (*words)[n++] = word;
        if (k == 0 || strncmp(word, "--", 2) != 0 || word[name] != '=') continue;
        if (takes_none(word, name))
            return VT_RAISE(VT_EINPUT, "%.*s takes no value: '%.60s'; give it, or leave it out", (int)name,
                            word, word);
        word[name] = '\0';
        (*words)[n++] = word + name + 1;
    }
    *argc = n;
    return VT_OK;
}

int main(int argc, char **argv)
{
    int rank, threads;
    skip_networks();
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &threads);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    vt_log_init(rank == 0, VT_LOG_INFO);
    choose_threads(MPI_COMM_WORLD);
    char **words = NULL;
    enum vt_status st = split_words(&argc, argv, &words);
    if (st == VT_OK) st = dispatch(MPI_COMM_WORLD, argc, words);
    if ((fflush(stdout) || ferror(stdout)) && st == VT_OK)
        st = VT_RAISE(VT_EWORLD, "standard output cannot be written: is the disk full?");
    if (st == VT_ESTOP)
        vt_log(VT_LOG_WARNING, "%s", vt_message());
    else if (st != VT_OK)
        vt_log(VT_LOG_ERROR, "%s", vt_message());
    fflush(NULL);
    leave_together(MPI_COMM_WORLD, st);
    MPI_Finalize();
    free(words);
    return st;
}
