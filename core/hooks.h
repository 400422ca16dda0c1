/* git's hooks: what they may do in this clone, which files run them, and what one has to look at. */
#ifndef CORE_HOOKS_H
#define CORE_HOOKS_H

#include "core/base/text.h"
#include "vcs/vcs.h"

enum hook { HOOK_POST_MERGE, HOOK_POST_CHECKOUT, HOOK_POST_REWRITE, HOOK_PRE_COMMIT, HOOK_COUNT };

enum hook_mode {
    HOOK_UNSET,
    HOOK_OFF,
    HOOK_NOTIFY, /* says what came in and how the database stands to it */
    HOOK_APPLY,  /* and runs up */
    HOOK_SYNC,   /* post-checkout: and runs sync */
    HOOK_CHECK   /* pre-commit: the staged migrations can be read */
};

const char *hook_word(enum hook h);           /* "post-merge" */
const char *hook_mode_word(enum hook_mode m); /* "notify" */
bool hook_named(enum hook *out, const char *word);

/* ---- settings: kept in the clone's own git configuration, below merganser.hook ---- */

struct hook_settings {
    enum hook_mode modes[HOOK_COUNT];
    const char *environment; /* --env at install; NULL: none */
    const char *folder;      /* where merganser.yml was looked for, from the work tree's root; "": there */
    const char *target;      /* config_target_sha256 of it as it stood; NULL: never installed */
    const char *held_since, *held_until, *held_by; /* RFC 3339, UTC; since NULL: not held; until NULL: for good */
};

bool hook_settings_read(struct hook_settings *out, struct vcs *v, struct arena *a, struct err *e);
/* All but what holds them. What is unset is taken out. */
bool hook_settings_write(struct vcs *v, const struct hook_settings *s, struct arena *a, struct err *e);
/* Whether the hooks are held at that time. */
bool hook_settings_held(const struct hook_settings *s, int64_t now_ms, struct arena *a);

/* Holds the hooks of this clone for that long, 0: until hooks_continue. *s is what then stands. */
bool hooks_hold(struct hook_settings *s, struct vcs *v, int64_t for_ms, struct arena *a, struct err *e);
bool hooks_continue(struct vcs *v, struct arena *a, struct err *e);

/* ---- files ---- */

/* How a hook's file stands. */
enum hook_file {
    HOOK_FILE_ABSENT,
    HOOK_FILE_OURS,
    HOOK_FILE_OLDER,  /* ours as an earlier install wrote it, byte for byte */
    HOOK_FILE_EDITED, /* ours once, changed since */
    HOOK_FILE_OTHER,  /* another's */
};

/* What was done about it. */
enum hook_deed { HOOK_DEED_NONE, HOOK_DEED_WRITTEN, HOOK_DEED_UPDATED, HOOK_DEED_REMOVED, HOOK_DEED_LEFT };

struct hook_state {
    enum hook hook;
    enum hook_mode mode;
    const char *path; /* as a person in the work tree's root would write it */
    enum hook_file file;
    bool calls; /* the file, or its manager's configuration, runs this hook of merganser */
    enum hook_deed deed;
    /* What a person has to write, where merganser does not: the lines, and the file they belong into. NULL: nothing. */
    const char *add, *add_to;
};

struct hook_report {
    struct hook_state at[HOOK_COUNT];
    struct hook_settings settings;
    bool held;
    bool target_differs; /* merganser.yml means another database than at install; whoever has read it says so */
};

/* The file of a hook, sealed with its own checksum; program is where merganser is when it is not in PATH. Pure. */
struct text hook_script(enum hook h, const char *program, struct arena *a);
/* How a file's content stands to the one that would be written. Pure. */
enum hook_file hook_script_state(struct text content, struct text wanted);
/* Whether a file runs this hook of merganser. Pure. */
bool hook_script_calls(struct text content, enum hook h, struct arena *a);

struct hook_install {
    enum hook_mode modes[HOOK_COUNT]; /* HOOK_UNSET: as it was, else notify; pre-commit: else off */
    const char *environment, *folder, *target;
    const char *program; /* absolute path */
};

/* Writes settings and files. A file that is not ours, and one in the work tree, is left: add says the lines for it. */
bool hooks_install(struct hook_report *out, struct vcs *v, const struct hook_install *r, struct arena *a,
                   struct err *e);
/* Removes what is ours, byte for byte, and the settings; one hook alone, or HOOK_COUNT: all. */
bool hooks_uninstall(struct hook_report *out, struct vcs *v, enum hook one, const char *program, struct arena *a,
                     struct err *e);
bool hooks_look(struct hook_report *out, struct vcs *v, const char *program, struct arena *a, struct err *e);

/* ---- a hook that runs ---- */

struct hook_event {
    enum hook hook;
    const char *const *args; /* git's, NULL-ended */
    struct text input;       /* git's, of post-rewrite */
};

/* What it has to compare. */
struct hook_range {
    bool nothing;                /* git is in the midst of something, or nothing moved: stay silent */
    bool fresh;                  /* a new clone or work tree: there is no commit before */
    struct object_id base, head; /* base unknown where fresh */
};

bool hook_range_find(struct hook_range *out, const struct hook_event *event, struct vcs *v, struct arena *a,
                     struct err *e);

/* Whether the index has another migrations folder than HEAD. */
bool hook_is_staged(bool *out, struct vcs *v, const char *const *folders, struct arena *a, struct err *e);

#endif
