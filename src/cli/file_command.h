/* file_command.h: what the commands share that take files and the options of one table, and leave a folder:
 *
 *     vitrum NAME FILES... [options] [-o FOLDER] [--force]
 *
 * A command says what it is and what it does with the files; words, help, the folder and the echo of options
 * are the same for all. */
#ifndef VT_CLI_FILE_COMMAND_H
#define VT_CLI_FILE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/dataset.h"
#include "core/params.h"

struct vt_file_arguments;
struct vt_file_command {
    const char *name;  /* of the command, of its folder unless one is given, and of its group of results */
    const char *usage; /* what --help begins with; the table follows */
    const char *due;   /* what to say without files: "tables are due: vitrum dma cast_1Hz.csv" */
    const struct vt_param *params;
    size_t options_size;
    enum vt_status (*run)(const struct vt_file_arguments *a);
};
struct vt_file_arguments {
    const struct vt_file_command *command;
    const char *folder;
    char **file;
    int n;
    bool force, help;
    void *options;
};

/* Read the words and run. Local. */
enum vt_status vt_file_command(const struct vt_file_command *command, int argc, char **argv);

/* For run, before it writes: may results.h5 and these n files be written (vt_output_spare)? Makes the folder.
 * Local. */
enum vt_status vt_file_command_begin(const struct vt_file_arguments *a, int n, const char *const *names);
/* Then results.h5, with the options in use. Local. */
enum vt_status vt_file_command_results(const struct vt_file_arguments *a, struct vt_results *results);

#endif
