/* file_command.c: see file_command.h. */
#include "cli/file_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "cli/output.h"
#include "core/memory.h"

static enum vt_status read_words(int argc, char **argv, struct vt_file_arguments *a,
                                 struct vt_options *options)
{
    const struct vt_file_command *c = a->command;
    for (int k = 1; k < argc; k++) {
        const char *word = argv[k];
        bool taken;
        VT_TRY(vt_options_take(options, c->params, argc, argv, &k, &taken));
        if (taken) continue;
        if (!strcmp(word, "--help") || !strcmp(word, "-h"))
            a->help = true;
        else if (!strcmp(word, "--force"))
            a->force = true;
        else if (!strcmp(word, "-o") || !strcmp(word, "--output")) {
            if (++k == argc || !*argv[k])
                return VT_RAISE(VT_EINPUT, "%s: %s: a folder is due", c->name, word);
            a->folder = argv[k];
        } else if (*word == '-')
            return vt_options_unknown(c->name, word, c->params, "-o FOLDER, --force");
        else
            a->file[a->n++] = argv[k];
    }
    return a->n || a->help ? VT_OK : VT_RAISE(VT_EINPUT, "%s: %s", c->name, c->due);
}

enum vt_status vt_file_command(const struct vt_file_command *c, int argc, char **argv)
{
    struct vt_file_arguments a = {.command = c, .folder = c->name};
    struct vt_options options = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_alloc(&a.file, argc));
    VT_TRY_GOTO(st, done, vt_alloc((char **)&a.options, c->options_size));
    VT_TRY_GOTO(st, done, read_words(argc, argv, &a, &options));
    if (a.help) {
        fputs(c->usage, stdout);
        vt_params_print(stdout, c->params, false);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_options_read(&options, c->name, c->params, a.options));
    st = c->run(&a);
done:
    vt_options_release(&options);
    free(a.options);
    free(a.file);
    return st;
}

enum vt_status vt_file_command_begin(const struct vt_file_arguments *a, int n, const char *const *names)
{
    const char *command = a->command->name;
    VT_TRY(vt_output_spare(command, a->folder, "results.h5", a->force, a->n, a->file));
    for (int k = 0; k < n; k++)
        VT_TRY(vt_output_spare(command, a->folder, names[k], a->force, a->n, a->file));
    return vt_output_begin(command, a->folder, a->force);
}

enum vt_status vt_file_command_results(const struct vt_file_arguments *a, struct vt_results *results)
{
    char text[8192];
    vt_params_echo(&(struct vt_params){a->command->params, a->options}, 1, text, sizeof text);
    return vt_output_results(a->folder, a->command->name, text, results);
}
