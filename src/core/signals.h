/* signals.h: the wish that a run stops, from outside: SIGTERM, SIGINT, SIGUSR1, SIGHUP. */
#ifndef VT_SIGNALS_H
#define VT_SIGNALS_H

#include <signal.h>

/* From now on note them instead of dying of them. A reader of the log that goes away (SIGPIPE) does not end
 * the run either. Forgets what was seen before. */
void vt_signals_watch(void);
/* The last that this rank has got, 0 if none. Ranks differ: ask them all before acting on it. Local. */
int vt_signals_seen(void);
/* They as a set. Local. */
void vt_signals_set(sigset_t *set);

#endif
