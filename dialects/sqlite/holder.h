/* Who holds a lock of a file, as Linux tells. */
#ifndef DIALECTS_SQLITE_HOLDER_H
#define DIALECTS_SQLITE_HOLDER_H

#include "core/base/arena.h"

/* "pid 123 (ruby)": another process that holds a write lock of the file at path whose first byte is from..to; NULL
 * where none can be seen. type is "OFDLCK" or "POSIX", as in /proc/PID/fdinfo/FD (proc(5)). */
const char *sqlite_holder(const char *path, const char *type, uint64_t from, uint64_t to, struct arena *a);

#endif
