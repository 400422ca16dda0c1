/* What every layout does with the files that it is given. */
#ifndef CORE_LAYOUTS_FILES_H
#define CORE_LAYOUTS_FILES_H

#include "core/layouts/layout.h"

/* The last part of a name, and what stands before it ("" or with its slash). */
struct text file_base(struct text name);
struct text file_directory(struct text name);
/* Not to be looked at by any layout: hidden, or in a folder that is hidden or called `data`. */
bool file_is_aside(struct text name);

/* The file of a name relative to the folder, or NULL. */
const struct layout_file *files_named(const struct layout_input *in, struct text name);
/* As a migration has it: the path is copied. */
struct migration_file file_taken(const struct layout_file *f, const struct layout_input *in);
/* name below the folder, from the source's root. */
const char *file_path(const char *folder, const char *name, struct arena *a);

/* ERR_MIGRATION_FILE for a symlink or a submodule in the place of a migration's file. */
bool file_check_regular(const struct layout_file *f, const struct layout_input *in, struct err *e);
/* Warns that a name fits no rule; rule says which one it should. */
void file_pass_over(const struct layout_file *f, const struct layout_input *in, const char *rule);

/* The tool whose folder it is where NAME/migration.sql is in it: Prisma's, or drizzle-kit 1.0's with a snapshot.json
 * beside it. Else NULL. */
const char *files_other_tool(const struct layout_input *in);
/* ERR_OTHER_TOOL for such a folder: for a layout that was asked for and finds no migration. */
bool files_check_tool(const struct layout_input *in, struct err *e);

/* text_shown in the arena, without its buffer for the plain names that nearly all are. */
const char *file_shown(struct text name, struct arena *a);
/* A path in an error or a notice: escaped, in the arena. */
struct pos file_place(struct text path, struct arena *a);

#endif
