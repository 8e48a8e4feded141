/* status.h: how a failure travels.
 *
 * Mistakes of ours are assertions. Failures of the world (input, disk, memory, MPI, a system that
 * blew up) are a status with one message that names the thing, its value and what would be right.
 * The status is also the program's exit code, and only main ends the program. */
#ifndef VT_STATUS_H
#define VT_STATUS_H

enum vt_status {
    VT_OK = 0,
    VT_EINPUT = 2,   /* the user can mend it: input, options, files they named */
    VT_EWORLD = 3,   /* disk, memory, MPI, a library */
    VT_EPHYSICS = 4, /* the simulation became unphysical */
    VT_ESTOP = 75,   /* stopped early on request, with a checkpoint written */
};

/* Record a message and return code. Local. A thread keeps its own message: inside a parallel region it copies
 * vt_message() to where the main thread reads it. */
enum vt_status vt_raise(const char *file, int line, enum vt_status code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
#define VT_RAISE(code, ...) (vt_raise(__FILE__, __LINE__, code, __VA_ARGS__), vt_raised(code))
/* Lets the compiler and clang-tidy see that what VT_RAISE gives is the code, and not VT_OK. */
static inline enum vt_status vt_raised(enum vt_status code)
{
    return code;
}

/* Pass a failure upward. */
#define VT_TRY(call)                                                                                         \
    do {                                                                                                     \
        enum vt_status vt_try_status_ = (call);                                                              \
        if (vt_try_status_ != VT_OK) return vt_try_status_;                                                  \
    } while (0)

/* The same for a function that holds resources: st is set, and its one exit releases them. */
#define VT_TRY_GOTO(st, label, call)                                                                         \
    do {                                                                                                     \
        if (((st) = (call)) != VT_OK) goto label;                                                            \
    } while (0)

/* Put "context: " before the recorded message and pass the status on: for layers that know the
 * file or stage which the layer below does not. */
enum vt_status vt_prefix(enum vt_status st, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* VT_EPHYSICS as VT_EINPUT, others as they are: data without what is asked of them are the user's to mend. */
enum vt_status vt_as_input(enum vt_status st);

/* The message of the last failure ("" if none), and where in the source it was raised. */
const char *vt_message(void);
const char *vt_message_origin(void);
/* Take over a message that another rank recorded. */
void vt_message_set(const char *text);

#endif
