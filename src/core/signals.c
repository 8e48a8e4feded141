/* signals.c: see signals.h. System calls that a signal interrupts go on (SA_RESTART), so a second signal does
 * no harm to the checkpoint that the first one asked for. */
#include "core/signals.h"

#include <stddef.h>

static const int stop[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
static volatile sig_atomic_t seen;

static void note(int number)
{
    seen = number;
}

void vt_signals_watch(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    seen = 0;
    for (size_t k = 0; k < sizeof stop / sizeof *stop; k++) {
        /* Under nohup a run goes on when the terminal closes. */
        if (stop[k] == SIGHUP && !sigaction(SIGHUP, NULL, &before) && before.sa_handler == SIG_IGN) continue;
        sigaction(stop[k], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
}

int vt_signals_seen(void)
{
    return seen;
}

void vt_signals_set(sigset_t *set)
{
    sigemptyset(set);
    for (size_t k = 0; k < sizeof stop / sizeof *stop; k++) sigaddset(set, stop[k]);
}
