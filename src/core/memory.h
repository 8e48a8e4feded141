/* memory.h: checked allocation. Blocks are zeroed, aligned to a cache line, and given back with free(). */
#ifndef VT_MEMORY_H
#define VT_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

#include "core/status.h"

/* *pointer = n elements, zeroed; n = 0 gives a valid pointer too. On failure *pointer is NULL. */
#define vt_alloc(pointer, n) vt_alloc_bytes((void **)(pointer), (size_t)(n), sizeof **(pointer), #pointer)
enum vt_status vt_alloc_bytes(void **pointer, size_t n, size_t size, const char *what);

/* *to = a block with the text, NULL on failure. */
enum vt_status vt_copy_text(char **to, const char *text);

/* Make room for need elements in an array of *capacity, keeping its content; grows by half or more, beyond a
 * megabyte by a sixteenth. */
#define vt_grow(pointer, capacity, need)                                                                     \
    vt_grow_bytes((void **)(pointer), capacity, (size_t)(need), sizeof **(pointer), #pointer)
enum vt_status vt_grow_bytes(void **pointer, size_t *capacity, size_t need, size_t size, const char *what);

/* Make room without keeping the content, and without much to spare: for what is large and is written anew.
 * The old block is given back first. */
#define vt_renew(pointer, capacity, need)                                                                    \
    vt_renew_bytes((void **)(pointer), capacity, (size_t)(need), sizeof **(pointer), #pointer)
enum vt_status vt_renew_bytes(void **pointer, size_t *capacity, size_t need, size_t size, const char *what);

#endif
