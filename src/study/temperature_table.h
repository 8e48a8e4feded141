/* temperature_table.h: the temperatures of files by a table: lines "NAME TEMPERATURE [K]", `#` begins a
 * comment. */
#ifndef VT_TEMPERATURE_TABLE_H
#define VT_TEMPERATURE_TABLE_H

#include "core/status.h"

struct vt_temperature_table {
    const char *path;
    int n;
    struct vt_named_temperature {
        char *name;
        double temperature;
    } * row; /* by name */
};

/* VT_EINPUT "PATH:LINE: ..." where a line is none of the form, a temperature not positive, or a name there
 * twice. path is kept. Released by the caller, also after a failure. Local. */
enum vt_status vt_temperature_table_read(const char *path, struct vt_temperature_table *table);
void vt_temperature_table_release(struct vt_temperature_table *table);
/* Of the file: by its whole path, else by its last part. NULL if the table has neither. */
const double *vt_temperature_table_find(const struct vt_temperature_table *table, const char *file);

#endif
