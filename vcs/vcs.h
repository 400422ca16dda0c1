/* Where migrations come from: a git repository, or a plain folder. The whole interface of this room. */
#ifndef VCS_VCS_H
#define VCS_VCS_H

#include "core/base/err.h"

struct vcs;

enum vcs_kind { VCS_WORKTREE, VCS_INDEX, VCS_COMMIT };

struct vcs_options {
    const char *start;     /* a directory: anywhere in a work tree, a bare repository, a git directory */
    bool from_environment; /* GIT_DIR and its like decide: in hooks */
    bool trust;            /* open a repository of another owner all the same */
    /* Called now and then in a long listing, so that what else goes on can be seen to; may be NULL. */
    void (*meanwhile)(void *to);
    void *to;
};

/* Opens what start lies in. Outside any repository a plain folder is opened and its root is start itself;
 * that is no error. libgit2 is started only when a repository is there. Close it before the arena. */
bool vcs_open(struct vcs **out, const struct vcs_options *o, struct arena *a, struct err *e);
void vcs_close(struct vcs *v); /* NULL is allowed */

bool vcs_is_git(const struct vcs *v);
bool vcs_is_bare(const struct vcs *v); /* no work tree here: bare, or a git directory was named itself */
/* The absolute path that all paths below are relative to, without a slash at its end; NULL where bare. */
const char *vcs_root(const struct vcs *v);
/* start relative to the root, "" at the root or where bare. */
const char *vcs_prefix(const struct vcs *v);
const char *vcs_git_directory(const struct vcs *v); /* NULL outside git */
bool vcs_is_shallow(const struct vcs *v);
/* Where the repository was cloned from, as an absolute URI without what may be a secret; NULL where nothing says it. */
const char *vcs_remote_uri(struct vcs *v, struct arena *a);

/* What files are read from. ref and commit belong to VCS_COMMIT; for the other two commit is HEAD's, unknown where
 * HEAD is unborn or there is no git. */
struct vcs_source {
    enum vcs_kind kind;
    const char *ref; /* as asked, NULL otherwise */
    struct object_id commit;
};

/* Makes a source out of what was asked. VCS_WORKTREE in a bare repository becomes VCS_COMMIT at HEAD. Errors:
 * ERR_REVISION (unknown, ambiguous, bad syntax, not a commit), ERR_GIT (no git, unborn HEAD where one is needed). */
bool vcs_source_open(struct vcs_source *out, struct vcs *v, enum vcs_kind kind, const char *rev, struct arena *a,
                     struct err *e);

/* The name that a revision begins with ("v1" of "v1~2"), where it is a tag's and a branch's at once and the tag was
 * taken, as gitrevisions(7) says. NULL: it is not. */
const char *vcs_tag_and_branch(struct vcs *v, const char *rev, struct arena *a);

/* A commit's author for the history: "Name <email>", NULL where unknown. */
const char *vcs_author(struct vcs *v, struct object_id commit, struct arena *a);
/* Who works here: user.name and user.email of the configuration, NULL where unset or outside git. */
const char *vcs_identity(struct vcs *v, struct arena *a);
/* The oldest root commit reachable from commit: the repository's own name across clones. Unknown when history is
 * shallow, broken or absent; never an error. */
struct object_id vcs_root_commit(struct vcs *v, struct object_id commit);

enum vcs_entry { VCS_FILE, VCS_SYMLINK, VCS_SUBMODULE };

struct vcs_file {
    struct text path; /* from the root, any bytes but NUL */
    enum vcs_entry kind;
    struct object_id blob; /* of the cleaned bytes; unknown outside git: vcs_hash_blob of what was read */
    bool uncommitted;      /* not in HEAD, or not as in HEAD; never at a commit or outside git */
    bool untracked;        /* not in the index */
};

struct vcs_ignored {
    struct text *at; /* from the root; a folder that was not entered ends with a slash */
    size_t len, cap;
};

struct vcs_files {
    struct vcs_file *at;
    size_t len, cap;
    struct vcs_ignored ignored; /* what a work tree has and git ignores, in no order */
};

/* Folders and paths are given from the root, without "..": anything else is ERR_USAGE.
 *
 * Every file below folder ("" is the root), recursively, in the order of its path's bytes. *found is false where the
 * folder does not exist; an empty folder is found and has no files. In a work tree: what is there, tracked or not,
 * ignored files left out; files that the index's stat data says are unchanged are not read. A conflicted entry, and
 * an entry that libgit2 can't clean (working-tree-encoding, an external filter) is ERR_GIT with the path. */
bool vcs_list(struct vcs_files *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *folder,
              struct arena *a, struct err *e);

/* The file's cleaned bytes, at most max. A missing object of a partial clone, an LFS pointer (ERR_MIGRATION_FILE), a
 * symlink or submodule is an error with the path and what to do. */
bool vcs_read(struct text *out, struct vcs *v, const struct vcs_source *source, const struct vcs_file *file, size_t max,
              struct arena *a, struct err *e);

/* One path, without listing: *found tells whether it is a regular file there. out may be NULL to ask only that. */
bool vcs_read_path(struct text *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *path,
                   size_t max, struct arena *a, struct err *e);

/* A blob by its id, and what a commit had at a path: *found is false where the object or the path is not there. */
bool vcs_read_blob(struct text *out, bool *found, struct vcs *v, struct object_id blob, size_t max, struct arena *a,
                   struct err *e);
bool vcs_read_commit_path(struct text *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
                          size_t max, struct arena *a, struct err *e);

/* One path as a listing would have it, without listing. *found is false where no file is there; a symlink or a
 * submodule, there or on the way, and an untracked file that git ignores are errors. */
bool vcs_find(struct vcs_file *out, bool *found, struct vcs *v, const struct vcs_source *source, const char *path,
              struct arena *a, struct err *e);

/* ---- large files ---- */

/* The same three as scripts, which also name it for messages. What is larger than a megabyte is read in pieces, in
 * memory that does not grow with it, where it lies here as it is: in the work tree unless git would change it on the
 * way into a commit, as a loose object, or in a pack as a blob of its own. Anything else is read whole, at most max:
 * what a pack has only as the difference to another blob (git makes none of what is larger than core.bigFileThreshold,
 * 512 MB), a file with CR LF that becomes LF, one with $Id$. */
bool vcs_script(struct script *out, struct vcs *v, const struct vcs_source *source, const struct vcs_file *file,
                size_t max, struct arena *a, struct err *e);
bool vcs_script_blob(struct script *out, bool *found, struct vcs *v, struct object_id blob, size_t max, struct arena *a,
                     struct err *e);
bool vcs_script_commit_path(struct script *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
                            size_t max, struct arena *a, struct err *e);

/* git's own name for these bytes as a blob. Starts no library. */
struct object_id vcs_hash_blob(struct text bytes);

enum vcs_change_kind { VCS_ADDED, VCS_EDITED, VCS_RENAMED, VCS_DELETED };

struct vcs_change {
    enum vcs_change_kind kind;
    struct text path, old_path; /* old_path of a renamed one, else empty */
    struct object_id blob, old_blob;
};

struct vcs_changes {
    struct vcs_change *at;
    size_t len, cap;
    struct object_id base, head; /* what was compared; base unknown: the empty tree */
    const char *note;            /* what was done about an absent or zero commit, a rewritten history; or NULL */
};

/* The files below the folders that differ between two commits (two endpoints, exact renames), in path order.
 * range is "A..B", "A...B" (from their merge base), or "A" (to HEAD). A push's cases are understood: a base of 40
 * zeros is a new branch and a base that is not here a forced push (both: the merge base with the default branch,
 * else the empty tree; ERR_REVISION where history is too shallow to tell), a head of 40 zeros a deleted branch
 * (nothing changed). */
bool vcs_changed(struct vcs_changes *out, struct vcs *v, const char *range, const char *const *folders, size_t n,
                 struct arena *a, struct err *e);

/* Whether the folders hold the same trees at both commits; no history is walked. An unknown base is the empty tree. */
bool vcs_folders_equal(bool *equal, struct vcs *v, struct object_id base, struct object_id head,
                       const char *const *folders, size_t n, struct arena *a, struct err *e);

/* ---- what git is doing ---- */

enum vcs_activity {
    VCS_IDLE,
    VCS_MERGING,
    VCS_REBASING, /* or applying mails */
    VCS_PICKING,
    VCS_REVERTING,
    VCS_BISECTING
};

/* What was begun in this work tree and has not ended; VCS_IDLE outside git. */
enum vcs_activity vcs_activity(struct vcs *v);
const char *vcs_activity_word(enum vcs_activity activity); /* "a merge"; NULL: nothing */
/* A rebase that replays no commit: it only moves the branch, by one checkout, and no post-rewrite comes. */
bool vcs_rebase_is_empty(struct vcs *v);
bool vcs_is_detached(struct vcs *v);   /* HEAD names a commit and no branch */
bool vcs_has_worktrees(struct vcs *v); /* linked ones, made by `git worktree add` */
/* Where the branch stood before the rebase that is ending, or the merge, pull or rebase that ended last (ORIG_HEAD).
 * Unknown: nothing says it. */
struct object_id vcs_position_before(struct vcs *v);

/* ---- hooks, and the clone's own settings ---- */

struct vcs_setting {
    const char *key, *value; /* the key as git has it: "merganser.hook.post-merge" */
};

struct vcs_settings {
    struct vcs_setting *at;
    size_t len, cap;
};

/* What the repository's own configuration file says below a section ("merganser.hook."): not the user's or the
 * system's, and nothing that the file includes, since that may be tracked. Later ones win. Empty outside git. */
bool vcs_settings_read(struct vcs_settings *out, struct vcs *v, const char *section, struct arena *a, struct err *e);
/* Writes one, replacing all of that key; value NULL takes it out. */
bool vcs_setting_write(struct vcs *v, const char *key, const char *value, struct err *e);

/* Where git looks for this clone's hooks: githooks(5), core.hooksPath in git-config(1). */
struct vcs_hooks {
    const char *folder; /* absolute */
    const char *shown;  /* as a person in the work tree's root would write it */
    bool in_tree;       /* it lies in the work tree: its files are, or may be, tracked, and are never written */
};

/* ERR_GIT where there is no git or no work tree; ERR_USAGE where core.hooksPath is set for more than this clone. */
bool vcs_hooks_find(struct vcs_hooks *out, struct vcs *v, struct arena *a, struct err *e);
/* A hook's file as it is; *found without a content: something is there that is no regular file, or too large. */
bool vcs_hook_read(struct text *out, bool *found, const struct vcs_hooks *h, const char *name, struct arena *a,
                   struct err *e);
/* Writes it whole or not at all, executable. Without replace nothing that is there is touched: ERR_SYSTEM. */
bool vcs_hook_write(const struct vcs_hooks *h, const char *name, struct text content, bool replace, struct arena *a,
                    struct err *e);
bool vcs_hook_remove(const struct vcs_hooks *h, const char *name, struct arena *a, struct err *e);

/* ---- two lines of history ---- */

/* The branch that others leave from: origin/HEAD, else origin/main or origin/master, else main or master here. NULL
 * where there is none, and outside git. */
const char *vcs_default_branch(struct object_id *commit, struct vcs *v);

struct vcs_commits {
    struct object_id *at;
    size_t len, cap;
};

/* The best common ancestors of two commits, several where lines have crossed; none where they share nothing.
 * ERR_REVISION where history is too shallow to tell. */
bool vcs_merge_bases(struct vcs_commits *out, struct vcs *v, struct object_id one, struct object_id other,
                     struct arena *a, struct err *e);

/* Sets behind[i] where the i-th of n commits is tip or one of its ancestors; of one that is not here, or unknown, that
 * is not known, and it is not set. */
bool vcs_behind(bool *behind, struct vcs *v, struct object_id tip, const struct object_id *commits, size_t n,
                struct err *e);

/* ---- who, and when ---- */

struct vcs_commit {
    struct object_id id;
    const char *author;  /* "Name <email>" */
    int64_t date_ms;     /* the author's date, unix time */
    int64_t made_ms;     /* the committer's */
    const char *subject; /* the message's first line */
};

/* *found is false where the commit is not here. */
bool vcs_commit_read(struct vcs_commit *out, bool *found, struct vcs *v, struct object_id commit, struct arena *a,
                     struct err *e);

enum vcs_origin_kind {
    VCS_ORIGIN_FOUND,
    VCS_ORIGIN_ABSENT,  /* the tip has no such file */
    VCS_ORIGIN_SHALLOW, /* the history ends before the commit that introduced it */
};

/* Which commit introduced a file, and which one edited it last. */
struct vcs_origin {
    enum vcs_origin_kind kind;
    struct object_id introduced; /* known when FOUND */
    struct object_id edited;     /* unknown: never since, or never since the boundary where SHALLOW */
    size_t edits;
};

/* The origin of n files below folder ("" is the root) as tip has them; paths from the root. What is named is the
 * commit that made the content on its side branch, a merge only where the merge itself made it; of a file that was
 * deleted and added again the latter; a rename introduces. Objects outside the folder may be missing. */
bool vcs_origins(struct vcs_origin *out, struct vcs *v, struct object_id tip, const char *folder,
                 const struct text *paths, size_t n, struct arena *a, struct err *e);

/* ---- files that are gone ---- */

/* Where a file was last seen. */
struct vcs_sighting {
    bool found;
    bool ancestor;           /* the commit is one of the source's ancestors, or the source itself */
    const char *path;        /* from the root */
    struct object_id blob;   /* what the file held there */
    struct object_id commit; /* the newest commit found that has it */
    const char *ref;         /* what leads there, as git names it: "feature", "origin/feature", "v1", "stash@{0}",
                                "HEAD@{3}"; NULL: only the walk through the history does */
};

struct vcs_wanted {
    struct object_id source;    /* the commit that is being looked from; unknown: none */
    const char *const *folders; /* from the root, NULL-ended; what no commit can have is passed over */
    /* Which of the n wanted ones a path (from the root) is; n or more: none of them. Several paths may be the same one;
     * of those in one commit the last one is taken. Must be pure, and fast: it is asked for every file. */
    size_t (*match)(const void *to, struct text path);
    const void *to;
    size_t n;
    const struct object_id *blobs; /* n of them: what each held when it was recorded; unknown: anything will do */
};

/* What was found of one wanted file: where any content of it was seen last, and where the recorded content was. An
 * ancestor of the source is preferred for `last`, so that last.ancestor tells whether this line ever had the file. */
struct vcs_found {
    struct vcs_sighting last, exact;
};

struct vcs_places {
    size_t refs, reflog_entries, stashes, commits; /* how many were looked at */
    size_t unreadable; /* objects that should be here and are not, or are damaged: what they hold was passed over */
    bool shallow;      /* the history ends early: not finding proves nothing */
    bool whole_line;   /* every ancestor of the source was looked at: what none of them had, this line never had */
};

/* Looks for files that are gone: at the source's ancestors, at the tips of all refs and HEAD, ORIG_HEAD, FETCH_HEAD, in
 * reflogs and the stash, then in one walk through everything that leads there; ends as soon as nothing is missing.
 * Outside git nothing is found. */
bool vcs_search(struct vcs_found *out, struct vcs_places *places, struct vcs *v, const struct vcs_wanted *wanted,
                struct arena *a, struct err *e);

/* Shows what a path (from the root) ever held in anything that refs, reflogs and the stash lead to: each content once,
 * those of tips first, then newest first, until take says that it is enough. What is larger than max, or can't be
 * read, is passed over. For reading only: the contents are not checked against their names. */
bool vcs_contents(struct vcs *v, const char *path, size_t max, bool (*take)(void *to, struct text content), void *to,
                  struct arena *a, struct err *e);

/* ---- merging ---- */

enum { VCS_PUBLISHED_MAX = 2 };

/* The tips of what others have already: the branch that others leave from, then what the branch of HEAD tracks, each
 * once. How many there are. */
size_t vcs_published(struct object_id out[VCS_PUBLISHED_MAX], struct vcs *v);

/* The merge driver that git's attributes name for a path from the root: gitattributes(5). NULL: none. */
const char *vcs_merge_attribute(struct vcs *v, const char *path, struct arena *a);

struct vcs_merge {
    struct text ancestor, ours, theirs;
    unsigned marker_size; /* of the conflict markers; 0: git's own */
};

/* Merges lines as git itself does, with markers where both sides changed the same ones, in the style that
 * merge.conflictStyle names; what is binary is a conflict too, and ours stays. v may be NULL. */
bool vcs_merge_text(struct text *out, bool *conflicted, const struct vcs_merge *m, struct vcs *v, struct arena *a,
                    struct err *e);

/* ---- files that get another name ---- */

struct vcs_move {
    const char *from, *to; /* a file, or a folder with all that is in it */
};

struct vcs_rewrite {
    const char *path; /* before the moves */
    struct text content;
};

/* As `git mv` and `git add` would, in work tree and index: first the rewrites, then the moves in their order. Looks at
 * everything before it changes anything, and undoes what it did where one change fails. ERR_UNCLEAN in the middle of a
 * merge or a rebase, where another git runs, and for a file that is not committed as it stands; ERR_SYSTEM where a new
 * name is taken. */
bool vcs_rearrange(struct vcs *v, const struct vcs_rewrite *rewrites, size_t nrewrites, const struct vcs_move *moves,
                   size_t nmoves, struct arena *a, struct err *e);

#endif
