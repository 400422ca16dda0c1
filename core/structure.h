/* What a structure.sql is made of beside its SQL: the form that a release of Rails gives it, the versions at its end,
 * what it makes, and the markers of a merge that was not finished. Pure. */
#ifndef CORE_STRUCTURE_H
#define CORE_STRUCTURE_H

#include "core/base/err.h"
#include "dialects/dialect.h"

/* activerecord's tasks/postgresql_database_tasks.rb, tasks/sqlite_database_tasks.rb, and insert_versions_sql in
 * connection_adapters/abstract/schema_statements.rb (since 8.1 migration/default_schema_versions_formatter.rb). */
struct structure_form {
    bool oldest_first;  /* the versions: before 7.1, which also end with another empty line */
    unsigned keep;      /* of enum dump_keep */
    const char *guard;  /* the word behind a \restrict that was kept; NULL: none was */
    const char *reason; /* why this form, for people: "as Rails 6.1 does" */
};

/* The newest Rails'. */
extern const struct structure_form structure_form_newest;

/* "6.1", "7.2.3": where the last number is left out, that release's newest. ERR_USAGE for anything else. */
bool structure_form_of_rails(struct structure_form *out, const char *version, struct arena *a, struct err *e);
/* As a file has it, as far as it shows. False: it shows nothing, and *out is the newest. */
bool structure_form_of_file(struct structure_form *out, struct text file, struct arena *a);
/* The word of a kept \restrict line in what comes first in a file; NULL: there is none. */
const char *structure_guard(struct text file, struct arena *a);
/* The version of activerecord, else of rails, that a Gemfile.lock holds (Bundler's lockfile); NULL: neither. */
const char *structure_rails_locked(struct text gemfile_lock, struct arena *a);

/* Adds the versions' INSERT. versions are rising; none: as Rails leaves it then. table is qualified where its schema is
 * set. */
void structure_add_versions(struct buf *out, struct table_name table, const char *const *versions, size_t n,
                            const struct structure_form *form);

/* ERR_STRUCTURE_FILE, with its line, where the file holds the markers of a merge conflict. */
bool structure_refuse_conflicts(const char *path, struct text file, struct err *e);

/* Whether the file makes a table of that name; name.schema NULL: in any schema. *found has the schema as the file
 * writes it, NULL where it writes none. */
bool structure_makes(struct table_name *found, struct text file, struct table_name name, struct arena *a);

#endif
