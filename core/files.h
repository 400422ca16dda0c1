/* Files that merganser makes in a work tree: a new migration's, merganser.yml. */
#ifndef CORE_FILES_H
#define CORE_FILES_H

#include "core/source.h"

/* Writes root/path, making folders on the way. Never over an existing file unless replace is set, and then through a
 * temporary file beside it. ERR_SYSTEM. */
bool files_write(const char *root, const char *path, struct text content, bool replace, struct arena *a, struct err *e);

/* Writes a file anew, whole or not at all: through a temporary one beside it, with the rights that it has; where path
 * is a symbolic link, the file that it leads to. Its folder has to be there. ERR_SYSTEM. */
bool files_replace(const char *path, struct text content, struct arena *a, struct err *e);

/* A file's bytes, at most max. ERR_SYSTEM. */
bool files_read(struct text *out, const char *path, size_t max, struct arena *a, struct err *e);

/* The files of the next migration, written. r names folder and layout where there is no migration yet. */
bool files_new_migration(struct new_files *out, struct vcs *v, const struct source_request *r, const char *name,
                         struct arena *a, struct notices *notices, struct err *e);

#endif
