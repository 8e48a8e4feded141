/* h5util.h: what the users of HDF5 here share: silence, reasons, text attributes.
 *
 * Texts are variable-length UTF-8 strings: they may have any length, and h5py gives them as str, which
 * MDAnalysis wants for units (it refuses the bytes that fixed-length strings become). */
#ifndef VT_H5UTIL_H
#define VT_H5UTIL_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/status.h"

/* HDF5 prints no error stack from here on: the reason goes into our message. */
void vt_h5_quiet(void);
/* The reason of the last failed HDF5 call: the system's words ("No space left on device") if it was the
 * system, else the innermost line of the stack. Valid until the next call. */
const char *vt_h5_reason(void);
/* Were the words of the last vt_h5_reason the system's? Then the world is at fault, not the file. */
bool vt_h5_reason_is_system(void);
/* VT_OK if result (a herr_t, hid_t, htri_t) is not negative, else VT_EWORLD "what: reason". */
enum vt_status vt_h5_check(int64_t result, const char *what);

/* File access for all files we write: objects have checksums (file format of HDF5 1.8), and closing the file
 * closes whatever a failure has left open. */
hid_t vt_h5_access(void);
/* A file that is built in memory: HDF5 does not recover from a full disk, we do. */
struct vt_h5_memory {
    hid_t file;
    struct vt_h5_image *image; /* the bytes, once file is closed */
};
enum vt_status vt_h5_memory_create(struct vt_h5_memory *m);
/* Close the file and write it to path, whole or not at all (replace.h). sealed: with a checksum of all its
 * bytes behind its end. verify, if not NULL, is asked to read the temporary file before it gets its name. m
 * is released in any case. */
enum vt_status vt_h5_memory_store(struct vt_h5_memory *m, const char *path, bool sealed,
                                  enum vt_status (*verify)(const char *temporary, void *self), void *self);
/* VT_EINPUT if path cannot be read or does not agree with its seal. HDF5 itself can crash on a damaged file,
 * so this comes before H5Fopen. A file without a seal passes: whoever changes the file with HDF5 cuts the
 * seal off. */
enum vt_status vt_h5_check_seal(const char *path);
void vt_h5_memory_release(struct vt_h5_memory *m);

/* Open or create the group at path ("a/b/c", "" for file itself), and those above it, remembering the
 * order of creation. */
enum vt_status vt_h5_group(hid_t file, const char *path, hid_t *group);

/* Attributes. Putting replaces one of the same name. */
enum vt_status vt_h5_put_text(hid_t object, const char *key, const char *text);
enum vt_status vt_h5_put_texts(hid_t object, const char *key, int n, const char *const *texts);
enum vt_status vt_h5_put_numbers(hid_t object, const char *key, hid_t file_type, hid_t memory_type, int n,
                                 const void *values); /* n = 0: a scalar */
/* Fixed-length string(s), as the H5MD standard wants them. */
enum vt_status vt_h5_put_fixed(hid_t object, const char *key, int n, const char *const *texts);
/* *text is freed by the caller. VT_EINPUT if it is absent or not one text. */
enum vt_status vt_h5_get_text(hid_t object, const char *key, char **text);
/* An attribute of exactly n numbers (n = 0: a scalar) in memory_type; VT_EINPUT otherwise. */
enum vt_status vt_h5_get_numbers(hid_t object, const char *key, hid_t memory_type, int n, void *values);
/* n texts, each freed by the caller. */
enum vt_status vt_h5_get_texts(hid_t object, const char *key, int n, char **texts);
bool vt_h5_has(hid_t object, const char *key);

#endif
