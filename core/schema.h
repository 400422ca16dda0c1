/* The schema's description: taken from a database, as one text with a fingerprint, and two of them compared. */
#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

#include "core/base/schema.h"
#include "core/ledger.h"

struct schema_wanted {
    bool owners, grants;
    const char *const *ignore;   /* patterns as drift.ignore has them; NULL-ended or NULL */
    const struct ledger *ledger; /* whose tables, and the history's, are left out; NULL: none is */
};

/* What the database has, without extension members, our own tables and what is ignored. A schema that holds nothing but
 * our own tables is left out with them. */
bool schema_read(struct schema *out, struct db *db, const struct schema_wanted *w, struct arena *a, struct err *e);

/* Takes out what a pattern (fnmatch(3), "*" matches dots too) matches by its name, "public.events_*", or by kind and
 * name, "index public.*_tmp"; and with an object all that is part of it or says something of it. NULL-ended or NULL. */
void schema_ignore(struct schema *s, const char *const *patterns, struct arena *a);

/* The canonical text, and back from it. The text begins with a line that names its format and the dialect; ERR_INTERNAL
 * for one of another format. */
struct text schema_text(const struct schema *s, const char *dialect, struct arena *a);
bool schema_parse(struct schema *out, struct text canonical, struct arena *a, struct err *e);
/* sha256 of the canonical text, 64 hex digits. */
const char *schema_fingerprint(const struct schema *s, const char *dialect, struct arena *a);

/* Takes out what a predicate says; order stays. */
void schema_keep(struct schema *s, bool (*keep)(const void *from, const struct schema_object *o), const void *from);

enum schema_change_kind { SCHEMA_ADDED, SCHEMA_REMOVED, SCHEMA_CHANGED };

struct schema_change {
    enum schema_change_kind change;
    const struct schema_object *expected, *actual; /* NULL of what was added; NULL of what was removed */
};

/* By kind of object and name. Told once: what is part of an added or removed object, or says something of it (comment,
 * grant, owner), is not listed beside it; nor are its partitions' copies of an index or constraint, the sequence of a
 * column, and an order of columns that changed only by columns coming and going. */
struct schema_changes {
    struct schema_change *at;
    size_t len, cap;
};

/* Pure. Borrows from both, which are sorted as struct schema says. */
void schema_compare(struct schema_changes *out, const struct schema *expected, const struct schema *actual,
                    struct arena *a);

const char *schema_change_word(enum schema_change_kind k); /* "added", "removed", "changed" */

#endif
