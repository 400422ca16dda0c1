/* What `merganser hook` has beside its rows. */
#ifndef CMD_HOOK_H
#define CMD_HOOK_H

#include "cmd/session.h"
#include "core/changes.h"
#include "core/hooks.h"
#include "core/merge_install.h"

/* Runs a hook of git's, with git's arguments. Fails only where the configuration of the command line is wrong: what
 * goes wrong in it is a line on standard error, and for pre-commit an exit code. */
bool hook_run(struct session *s, enum hook h, const char *const *args, struct err *e);

/* What a hook says. */
struct hook_news {
    enum hook hook;
    bool fresh; /* a new clone or work tree: nothing came in */
    struct migration_changes changes;
    const struct resolution *versions; /* NULL: the database was not looked at */
    const char *database;
    bool acts; /* up or sync comes next */
};

void render_hook_news(struct session *s, const struct hook_news *news);
/* One line. */
void render_hook_failure(struct session *s, enum hook h, const struct err *e);

/* What install, uninstall and status answer. */
struct hook_answer {
    struct hook_report hooks;
    struct merge_drivers merge;
};

void render_hooks(struct session *s, const struct hook_report *r);
void render_merge_drivers(struct session *s, const struct merge_drivers *m);
void json_hooks(struct json *object, const void *from, struct arena *a); /* from is a struct hook_answer */

#endif
