/* What a person may have meant whose migrations are not found. Shared by source*.c only. */
#ifndef CORE_SOURCE_SEEN_H
#define CORE_SOURCE_SEEN_H

#include "core/source.h"

/* A folder of listed files, all below path, in path order. */
struct source_folder source_folder_of(struct source *s, const char *path, const struct vcs_file *listed, size_t n);

/* Warns where git ignores what would be a migration. */
void source_warn_ignored(struct source *s, const struct source_folder *f);

/* Where folders deeper in the tree hold migrations, as a monorepo has them: a hint that names them and what to type.
 * False: there are none, or nobody can tell. */
bool source_hint_nested(struct source *s, struct err *e);

#endif
