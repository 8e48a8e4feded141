/* memory.c: see memory.h.
 *
 * A page of memory belongs to the processor that touches it first, so large blocks are zeroed by all threads,
 * in the parts in which loops with schedule(static) will work on them. */
#include "core/memory.h"

#include <stdint.h>
#include <string.h>

enum { CACHE_LINE = 64, LARGE = 1 << 20 };

static void clear(char *block, size_t bytes)
{
    enum { PIECE = 1 << 16 };
#pragma omp parallel for schedule(static) if (bytes > LARGE)
    for (size_t at = 0; at < bytes; at += PIECE)
        memset(block + at, 0, bytes - at < PIECE ? bytes - at : PIECE);
}

enum vt_status vt_alloc_bytes(void **pointer, size_t n, size_t size, const char *what)
{
    *pointer = NULL;
    size_t bytes = 0;
    if (!__builtin_mul_overflow(n, size, &bytes) && bytes < SIZE_MAX - CACHE_LINE) {
        bytes = (bytes + CACHE_LINE) / CACHE_LINE * CACHE_LINE;
        *pointer = aligned_alloc(CACHE_LINE, bytes);
    }
    if (!*pointer)
        return VT_RAISE(VT_EWORLD, "out of memory: %s needs %zu elements of %zu bytes", what, n, size);
    clear(*pointer, bytes);
    return VT_OK;
}

enum vt_status vt_copy_text(char **to, const char *text)
{
    VT_TRY(vt_alloc(to, strlen(text) + 1));
    strcpy(*to, text);
    return VT_OK;
}

enum vt_status vt_grow_bytes(void **pointer, size_t *capacity, size_t need, size_t size, const char *what)
{
    if (need <= *capacity && *pointer) return VT_OK;
    size_t room = need > LARGE / size ? need + need / 16 : *capacity + *capacity / 2;
    if (room < need) room = need;
    void *larger;
    VT_TRY(vt_alloc_bytes(&larger, room, size, what));
    if (*pointer) memcpy(larger, *pointer, *capacity * size);
    free(*pointer);
    *pointer = larger;
    *capacity = room;
    return VT_OK;
}

enum vt_status vt_renew_bytes(void **pointer, size_t *capacity, size_t need, size_t size, const char *what)
{
    if (need <= *capacity && *pointer) return VT_OK;
    free(*pointer);
    *capacity = 0;
    VT_TRY(vt_alloc_bytes(pointer, need + need / 64, size, what));
    *capacity = need + need / 64;
    return VT_OK;
}
