/* h5util.c: see h5util.h. */
#include "io/h5util.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/provenance.h"
#include "io/replace.h"

void vt_h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

static char reason[256];
static bool reason_is_system;

/* Called from the innermost frame outwards: the first line stays, unless a later one quotes the system. */
static herr_t note_reason(unsigned n, const H5E_error2_t *error, void *data)
{
    (void)data;
    static const char mark[] = "error message = '";
    const char *quote = error->desc ? strstr(error->desc, mark) : NULL;
    if (quote) {
        reason_is_system = true;
        quote += sizeof mark - 1;
        snprintf(reason, sizeof reason, "%.*s", (int)strcspn(quote, "'"), quote);
    } else if (n == 0)
        snprintf(reason, sizeof reason, "%s", error->desc ? error->desc : "");
    return 0;
}

const char *vt_h5_reason(void)
{
    snprintf(reason, sizeof reason, "unknown reason");
    reason_is_system = false;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, note_reason, NULL);
    return reason;
}

bool vt_h5_reason_is_system(void)
{
    return reason_is_system;
}

enum vt_status vt_h5_check(int64_t result, const char *what)
{
    return result >= 0 ? VT_OK : VT_RAISE(VT_EWORLD, "%s: %s (HDF5)", what, vt_h5_reason());
}

hid_t vt_h5_access(void)
{
    vt_h5_quiet();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_file_locking(access, false, true);
    return access;
}

static const unsigned keep_order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;

/* HDF5's core driver keeps the file in a block of memory which it gets from these functions. When the file is
 * closed we keep the block instead of freeing it. (H5Fget_file_image, before closing, gives bytes with a
 * wrong checksum in the superblock for this file format, HDF5 1.10.8.) */
struct vt_h5_image {
    void *bytes;
};

static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *self)
{
    (void)op;
    (void)self;
    return malloc(size);
}

static void *image_realloc(void *block, size_t size, H5FD_file_image_op_t op, void *self)
{
    (void)op;
    (void)self;
    return realloc(block, size);
}

static herr_t image_free(void *block, H5FD_file_image_op_t op, void *self)
{
    if (op == H5FD_FILE_IMAGE_OP_FILE_CLOSE)
        ((struct vt_h5_image *)self)->bytes = block;
    else
        free(block);
    return 0;
}

static void *image_share(void *self)
{
    return self;
}

static herr_t image_unshare(void *self)
{
    (void)self;
    return 0;
}

enum vt_status vt_h5_memory_create(struct vt_h5_memory *m)
{
    *m = (struct vt_h5_memory){-1, NULL};
    VT_TRY(vt_alloc(&m->image, 1));
    H5FD_file_image_callbacks_t callbacks = {.image_malloc = image_malloc,
                                             .image_realloc = image_realloc,
                                             .image_free = image_free,
                                             .udata_copy = image_share,
                                             .udata_free = image_unshare,
                                             .udata = m->image};
    hid_t access = vt_h5_access(), create = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_fapl_core(access, (size_t)1 << 22, false);
    H5Pset_file_image_callbacks(access, &callbacks);
    H5Pset_link_creation_order(create, keep_order);
    H5Pset_attr_creation_order(create, keep_order);
    m->file = H5Fcreate("a file in memory", H5F_ACC_TRUNC, create, access);
    enum vt_status st = vt_h5_check(m->file, "a file in memory");
    H5Pclose(create);
    H5Pclose(access);
    if (st != VT_OK) vt_h5_memory_release(m);
    return st;
}

void vt_h5_memory_release(struct vt_h5_memory *m)
{
    if (m->file >= 0) H5Fclose(m->file);
    if (m->image) free(m->image->bytes);
    free(m->image);
    *m = (struct vt_h5_memory){-1, NULL};
}

static const char seal_format[] = "vitrum-seal %016" PRIx64 "\n";
enum { SEAL_SIZE = 29, MARK_SIZE = 12 };

enum vt_status vt_h5_check_seal(const char *path)
{
    enum { BLOCK = 1 << 20 };
    FILE *file = fopen(path, "re");
    if (!file) return VT_RAISE(VT_EINPUT, "cannot open %s: %s", path, strerror(errno));
    char seal[SEAL_SIZE + 1] = "", *buffer = NULL;
    uint64_t hash = VT_HASH_START, expected;
    enum vt_status st = VT_OK;
    off_t left = fseeko(file, -SEAL_SIZE, SEEK_END) ? 0 : ftello(file);
    if (left == 0 || fread(seal, 1, SEAL_SIZE, file) < SEAL_SIZE ||
        strncmp(seal, seal_format, MARK_SIZE) != 0)
        goto done;
    /* What begins like a seal must be one: its digits may be the damage. */
    if (sscanf(seal + MARK_SIZE, "%16" SCNx64, &expected) != 1 ||
        strspn(seal + MARK_SIZE, "0123456789abcdef") != 16) {
        st = VT_RAISE(VT_EINPUT, "%s is damaged: its checksum is not a number", path);
        goto done;
    }
    VT_TRY_GOTO(st, done, vt_alloc(&buffer, BLOCK));
    rewind(file);
    while (left > 0) {
        size_t n = fread(buffer, 1, left < BLOCK ? (size_t)left : BLOCK, file);
        if (n == 0) break;
        hash = vt_hash(hash, buffer, n);
        left -= (off_t)n;
    }
    if (left || hash != expected)
        st = VT_RAISE(VT_EINPUT, "%s is damaged: its checksum is %016" PRIx64 ", it should be %016" PRIx64,
                      path, hash, expected);
done:
    free(buffer);
    fclose(file);
    return st;
}

enum vt_status vt_h5_memory_store(struct vt_h5_memory *m, const char *path, bool sealed,
                                  enum vt_status (*verify)(const char *temporary, void *self), void *self)
{
    struct vt_replace r = {0};
    enum vt_status st;
    VT_TRY_GOTO(st, done, vt_h5_check(H5Fclose(m->file), path));
    m->file = -1;
    VT_TRY_GOTO(st, done, vt_replace_open(&r, path));
    /* The block is larger than the file; the file's end stands in its superblock (version 2, HDF5 file format
     * specification, II.A). */
    const unsigned char *bytes = m->image->bytes;
    assert(bytes[8] == 2 && bytes[9] == 8);
    size_t size = 0;
    for (int k = 7; k >= 0; k--) size = size << 8 | bytes[28 + k];
    fwrite(bytes, 1, size, r.file); /* the flush reports failures */
    if (sealed) fprintf(r.file, seal_format, vt_hash(VT_HASH_START, bytes, size));
    VT_TRY_GOTO(st, done, vt_replace_flush(&r));
    if (verify)
        VT_TRY_GOTO(st, done,
                    vt_prefix(verify(r.temporary, self), "cannot write %s: it does not read back", path));
    st = vt_replace_commit(&r);
done:
    vt_replace_abandon(&r);
    vt_h5_memory_release(m);
    return st;
}

enum vt_status vt_h5_group(hid_t file, const char *path, hid_t *group)
{
    hid_t here = H5Gopen2(file, "/", H5P_DEFAULT);
    VT_TRY(vt_h5_check(here, path));
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_link_creation_order(create, keep_order);
    H5Pset_attr_creation_order(create, keep_order);
    enum vt_status st = VT_OK;
    char *name = NULL;
    VT_TRY_GOTO(st, done, vt_alloc(&name, strlen(path) + 1));
    while (*path) {
        size_t n = strcspn(path, "/");
        memcpy(name, path, n);
        name[n] = '\0';
        path += n + (path[n] == '/');
        hid_t next = H5Lexists(here, name, H5P_DEFAULT) > 0
                         ? H5Gopen2(here, name, H5P_DEFAULT)
                         : H5Gcreate2(here, name, H5P_DEFAULT, create, H5P_DEFAULT);
        VT_TRY_GOTO(st, done, vt_h5_check(next, name));
        H5Gclose(here);
        here = next;
    }
done:
    free(name);
    H5Pclose(create);
    if (st == VT_OK)
        *group = here;
    else
        H5Gclose(here);
    return st;
}

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

/* Takes over file_type. */
static enum vt_status put(hid_t object, const char *key, hid_t file_type, hid_t memory_type, int n,
                          const void *values)
{
    if (vt_h5_has(object, key)) H5Adelete(object, key);
    hsize_t length = (hsize_t)n;
    hid_t space = n ? H5Screate_simple(1, &length, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, key, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    enum vt_status st = vt_h5_check(attribute, key);
    if (st == VT_OK) {
        st = vt_h5_check(H5Awrite(attribute, memory_type, values), key);
        H5Aclose(attribute);
    }
    H5Sclose(space);
    return st;
}

enum vt_status vt_h5_put_texts(hid_t object, const char *key, int n, const char *const *texts)
{
    hid_t type = text_type();
    enum vt_status st = put(object, key, type, type, n, texts);
    H5Tclose(type);
    return st;
}

enum vt_status vt_h5_put_text(hid_t object, const char *key, const char *text)
{
    return vt_h5_put_texts(object, key, 0, &text);
}

enum vt_status vt_h5_put_numbers(hid_t object, const char *key, hid_t file_type, hid_t memory_type, int n,
                                 const void *values)
{
    return put(object, key, file_type, memory_type, n, values);
}

enum vt_status vt_h5_put_fixed(hid_t object, const char *key, int n, const char *const *texts)
{
    size_t width = 1;
    for (int k = 0; k < (n ? n : 1); k++)
        if (strlen(texts[k]) + 1 > width) width = strlen(texts[k]) + 1;
    char *block;
    VT_TRY(vt_alloc(&block, width * (size_t)(n ? n : 1)));
    for (int k = 0; k < (n ? n : 1); k++) strcpy(block + (size_t)k * width, texts[k]);
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    enum vt_status st = put(object, key, type, type, n, block);
    H5Tclose(type);
    free(block);
    return st;
}

bool vt_h5_has(hid_t object, const char *key)
{
    return H5Aexists(object, key) > 0;
}

/* Open an attribute of n values (0: one) of a class. */
static enum vt_status open_attribute(hid_t object, const char *key, H5T_class_t wanted, int n,
                                     hid_t *attribute)
{
    if (!vt_h5_has(object, key)) return VT_RAISE(VT_EINPUT, "attribute %s is missing", key);
    *attribute = H5Aopen(object, key, H5P_DEFAULT);
    if (*attribute < 0) return VT_RAISE(VT_EINPUT, "attribute %s: %s", key, vt_h5_reason());
    hid_t type = H5Aget_type(*attribute), space = H5Aget_space(*attribute);
    H5T_class_t class = H5Tget_class(type);
    bool fits = H5Sget_simple_extent_npoints(space) == (n ? n : 1) &&
                (wanted == H5T_STRING ? class == H5T_STRING && H5Tis_variable_str(type) > 0
                                      : class == H5T_INTEGER || class == H5T_FLOAT);
    H5Tclose(type);
    H5Sclose(space);
    if (fits) return VT_OK;
    H5Aclose(*attribute);
    return VT_RAISE(VT_EINPUT, "attribute %s is not %d %s", key, n ? n : 1,
                    wanted == H5T_STRING ? "text(s)" : "number(s)");
}

enum vt_status vt_h5_get_texts(hid_t object, const char *key, int n, char **texts)
{
    int count = n ? n : 1;
    for (int k = 0; k < count; k++) texts[k] = NULL;
    hid_t attribute;
    VT_TRY(open_attribute(object, key, H5T_STRING, n, &attribute));
    hid_t type = text_type(), space = H5Aget_space(attribute);
    char **read = NULL;
    enum vt_status st = vt_alloc(&read, count);
    if (st == VT_OK && H5Aread(attribute, type, read) < 0)
        st = VT_RAISE(VT_EINPUT, "attribute %s: %s", key, vt_h5_reason());
    for (int k = 0; k < count && st == VT_OK; k++) {
        const char *text = read[k] ? read[k] : "";
        st = vt_copy_text(&texts[k], text);
    }
    if (read) H5Dvlen_reclaim(type, space, H5P_DEFAULT, read);
    free(read);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    for (int k = 0; k < count && st != VT_OK; k++) {
        free(texts[k]);
        texts[k] = NULL;
    }
    return st;
}

enum vt_status vt_h5_get_text(hid_t object, const char *key, char **text)
{
    return vt_h5_get_texts(object, key, 0, text);
}

enum vt_status vt_h5_get_numbers(hid_t object, const char *key, hid_t memory_type, int n, void *values)
{
    hid_t attribute;
    VT_TRY(open_attribute(object, key, H5T_FLOAT, n, &attribute));
    herr_t failed = H5Aread(attribute, memory_type, values);
    H5Aclose(attribute);
    return failed < 0 ? VT_RAISE(VT_EINPUT, "attribute %s: %s", key, vt_h5_reason()) : VT_OK;
}
