/* The scripts of a source: small ones in memory, large ones in pieces. Each later reading of a large one is held
 * against the first, so that what runs is what was looked at. */
#ifndef CORE_SCRIPTS_H
#define CORE_SCRIPTS_H

#include "core/base/script.h"
#include "core/source.h"

enum {
    /* Of a larger down script the history keeps no copy. */
    SCRIPTS_KEPT_MAX = 16 * 1024 * 1024,
    /* A larger one is not shown, and whether only its comments differ is not looked at. */
    SCRIPTS_SHOWN_MAX = 16 * 1024 * 1024,
};

/* One of a migration's files. It may include others of the same source. */
bool scripts_open(struct script *out, const struct source *s, const struct migration_file *f, struct err *e);
/* What a commit had at a path; it may include others of that commit. *found as in vcs_script_commit_path. */
bool scripts_open_at(struct script *out, bool *found, const struct source *s, struct object_id commit, const char *path,
                     struct err *e);
/* A text from elsewhere (the history's copy), which has to live as long. It can't include any: a message says that
 * `whose` names no files. */
struct script scripts_of_text(const struct source *s, const char *path, struct text text, const char *whose);

/* The checksum that is recorded: digest_script's. Costs a reading where there was none. */
bool scripts_sha256(const char **out, const struct script *s, struct arena *a, struct err *e);

#endif
