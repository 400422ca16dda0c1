/* What the files of this room share. Only they include it, and only they speak to libgit2. */
#ifndef VCS_INTERNAL_H
#define VCS_INTERNAL_H

#include <git2.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "vcs/vcs.h"

struct vcs {
    struct arena *arena;
    void (*meanwhile)(void *to); /* as in vcs_options */
    void *to;
    git_repository *repo; /* NULL: a plain folder */
    git_odb *odb;
    git_index *index;             /* NULL until index_open */
    struct timespec index_time;   /* the index file's mtime from before it was read */
    const char *root, *prefix;    /* as vcs_root and vcs_prefix give them */
    const char *directory;        /* git's own, per work tree; no slash at its end */
    const char *common_directory; /* shared by all work trees: objects, refs, shallow */
    bool started;                 /* libgit2 was, for this one */
    bool bare, shallow;
    struct {
        git_tree *at[4]; /* NULL an empty place */
        size_t next;
    } large_trees; /* that tree.c read last: libgit2 keeps only small ones */
};

/* Library handles that live inside one function are declared with AUTO(git_tree) and freed where it ends. */
#define AUTO(type) __attribute__((cleanup(auto_##type))) type *
#define AUTO_TYPE(type)                                                                                                \
    static inline void auto_##type(type **handle)                                                                      \
    {                                                                                                                  \
        type##_free(*handle);                                                                                          \
    }
AUTO_TYPE(git_object)
AUTO_TYPE(git_odb_object)
AUTO_TYPE(git_commit)
AUTO_TYPE(git_tree)
AUTO_TYPE(git_tree_entry)
AUTO_TYPE(git_reference)
AUTO_TYPE(git_config)
AUTO_TYPE(git_config_iterator)
AUTO_TYPE(git_filter_list)

void meanwhile(const struct vcs *v);

/* Whether libgit2 hashes each object that it reads: most of a walk's cost, so off where only commits are walked, and on
 * for all that may be executed. */
void verification_set(bool on);

struct object_id id_from_oid(const git_oid *id);
git_oid id_to_oid(struct object_id id);

/* discover.c: where a repository is, by stat alone. */
struct place {
    const char *start;     /* absolute, symlinks resolved */
    const char *folder;    /* the folder that holds .git, or the git directory; NULL: a plain folder */
    bool is_git_directory; /* folder is a git directory itself */
    const char *work_tree; /* GIT_WORK_TREE and GIT_INDEX_FILE, NULL where unset or not asked for */
    const char *index_file;
};
bool discover_place(struct place *out, const struct vcs_options *o, struct arena *a, struct err *e);

/* failure.c: libgit2's errors in our words. Each sets *e and returns false. */
bool failure_open(struct err *e, int rc, const struct place *p, struct arena *a);
/* An object that can't be read. what is "blob", "tree" or "commit"; path may be NULL. */
bool failure_object(struct err *e, int rc, struct vcs *v, const char *what, const git_oid *id, const char *path);
bool failure_index(struct err *e, struct vcs *v);
bool failure_revision(struct err *e, int rc, struct vcs *v, const char *rev);
/* Anything else: what was tried, and libgit2's own words. */
bool failure_other(struct err *e, struct vcs *v, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool failure_submodule(struct err *e, struct vcs *v, struct text submodule);
bool failure_symlink(struct err *e, struct vcs *v, struct text link);
bool failure_conflict(struct err *e, struct vcs *v, const char *path);
bool failure_too_large(struct err *e, struct vcs *v, const char *path, uint64_t size, size_t max);

/* path.c */
/* A path below the root without ".", doubled slashes and a slash at its end. ERR_USAGE where it leaves the root. */
bool path_clean(const char **out, const char *path, struct arena *a, struct err *e);
/* Cuts the next component's end: "db", then "db/migrate". False behind the last. Begin with *end = 0. */
bool path_next(const char *path, size_t *end);
/* Whether path lies below folder, which has no slash at its end; everything lies below "". */
bool path_below(const char *path, const char *folder);
const char *path_join(struct arena *a, const char *folder, const char *name);

/* directory.c: folders and files on disk, below a root, symlinks never followed. */
enum disk_kind { DISK_NONE, DISK_FILE, DISK_FOLDER, DISK_SYMLINK, DISK_REPOSITORY, DISK_OTHER };
/* What is at path. Where a component on the way is a symlink, or a repository of its own, that is the answer and
 * *end its length in path. st is filled for DISK_FILE. */
enum disk_kind directory_look(const char *root, const char *path, size_t *end, struct stat *st, struct arena *a);

/* What it is to the callers of this room, for a file, a symlink and a repository. */
enum vcs_entry directory_entry(enum disk_kind kind);

struct disk_file {
    struct text path; /* NUL-ended, from the root */
    enum disk_kind kind;
    struct stat st;
};
struct disk_files {
    struct disk_file *at;
    size_t len, cap;
};
/* Every file, symlink and nested repository below folder, in path order. enter says whether to look into a folder. */
bool directory_list(struct disk_files *out, const char *root, const char *folder,
                    bool (*enter)(void *to, const char *path), void *to, struct arena *a, struct err *e);
/* Whether the file has a line that CR LF ends. */
bool directory_has_crlf(bool *has, const char *root, const char *path, struct arena *a, struct err *e);
/* A regular file's bytes as they are. *found is false where there is none. */
bool directory_read(struct text *out, bool *found, const char *root, const char *path, size_t max, struct vcs *v,
                    struct arena *a, struct err *e);

/* tree.c: commits and trees. */
void large_trees_free(struct vcs *v); /* those that are kept */
/* The id of the folder's tree; *found is false where none is there, whatever else may be. */
bool tree_of_folder(git_oid *out, bool *found, struct vcs *v, struct object_id commit, const char *folder,
                    struct err *e);
/* The files below one tree, in path order; prefix is the tree's own path. */
bool tree_walk(struct vcs_files *out, struct vcs *v, const git_oid *tree, const char *prefix, struct arena *a,
               struct err *e);
bool tree_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id commit, const char *folder,
               struct arena *a, struct err *e);
/* What is at path, as a listing has it; *found is false where nothing is. What lies in a submodule or behind a symlink
 * is an error. */
bool tree_find(struct vcs_file *out, bool *found, struct vcs *v, struct object_id commit, const char *path,
               struct arena *a, struct err *e);
/* The blob of a regular file at path. */
bool tree_find_file(git_oid *out, bool *found, struct vcs *v, struct object_id commit, const char *path, struct err *e);
/* What a mode of a tree's or an index's entry means. */
bool tree_is_file(uint32_t mode);
enum vcs_entry tree_kind(uint32_t mode);
/* A blob's bytes. path, for messages, may be NULL. */
bool tree_read_blob(struct text *out, struct vcs *v, const git_oid *id, const char *path, size_t max, struct arena *a,
                    struct err *e);

/* index.c: the staging area. Entries are valid until the next index_open. */
struct index_entries {
    const git_index_entry **at;
    size_t len, cap;
};
bool index_open(struct vcs *v, struct err *e);
/* The entries below folder in path order, those that are only announced (git add -N) included. */
bool index_entries(struct index_entries *out, struct vcs *v, const char *folder, struct arena *a, struct err *e);
/* The entry of a path or NULL; conflicted is an error. */
bool index_find(const git_index_entry **out, struct vcs *v, const char *path, struct err *e);
/* Refuses a path that lies in a submodule, or is one. */
bool index_check_submodule(struct vcs *v, const char *path, bool itself, struct err *e);
bool index_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                     struct err *e);
bool index_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id head, const char *folder,
                struct arena *a, struct err *e);
/* Sets uncommitted of each file of the sorted list by what head has. tracked: all of the folder. */
bool index_mark_uncommitted(struct vcs_files *files, struct vcs *v, const struct index_entries *tracked,
                            struct object_id head, const char *folder, struct arena *a, struct err *e);

/* cache_tree.c: the tree that git recorded in the index file for all entries below a folder, and their number. False
 * where the file does not say, or is not the one that was read last; then nobody knows. */
bool cache_tree_find(git_oid *out, size_t *entries, const struct vcs *v, const char *folder);
/* The same for the bytes of an index file. */
bool cache_tree_parse(git_oid *out, size_t *entries, struct text index, const char *folder);

/* clean.c: a work tree file's bytes as git would store them. *found is false where no regular file is there. */
bool clean_read(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                struct err *e);
/* Whether these bytes are those of the file itself: nothing that git would do to them changes any. */
bool clean_is_raw(bool *raw, struct vcs *v, const char *path, struct err *e);
bool clean_identify(struct object_id *out, bool *found, struct vcs *v, const char *path, struct err *e);

/* worktree.c */
bool worktree_list(struct vcs_files *out, bool *found, struct vcs *v, struct object_id head, const char *folder,
                   struct arena *a, struct err *e);
/* What is at path, as a listing has it. Not found is also what lies behind a symlink or in a repository of its own. */
bool worktree_find(struct vcs_file *out, bool *found, struct vcs *v, const char *path, struct arena *a, struct err *e);
bool worktree_read(struct text *out, struct vcs *v, const struct vcs_file *file, size_t max, struct arena *a,
                   struct err *e);
bool worktree_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                        struct err *e);

/* folder.c: no git. */
bool folder_list(struct vcs_files *out, bool *found, struct vcs *v, const char *folder, struct arena *a, struct err *e);
bool folder_read_path(struct text *out, bool *found, struct vcs *v, const char *path, size_t max, struct arena *a,
                      struct err *e);

/* revision.c */
/* ERR_REVISION and a message of its own for each way to name a commit wrongly. */
bool revision_commit(struct object_id *out, struct vcs *v, const char *rev, struct err *e);
/* HEAD's commit, unknown where HEAD is unborn. */
bool revision_head(struct object_id *out, struct vcs *v, struct err *e);

/* range.c: the two ends of "A..B" and what a push leaves of them. *nothing: a deleted branch. */
bool range_resolve(struct vcs_changes *out, bool *nothing, struct vcs *v, const char *range, struct arena *a,
                   struct err *e);
/* Says in the note where the base is no ancestor of the head, as after a forced push: what was edited or deleted is
 * then worth a second look. Where all was added nobody asks, since it takes a walk through the history. */
void range_note_rewritten(struct vcs_changes *out, struct vcs *v, struct arena *a);
/* The branch that others leave from: what the remote says, else a usual name. False: there is none. */
bool range_default_branch(git_oid *out, const char **name, struct vcs *v);
bool range_failure_shallow(struct err *e, const char *what);

/* sha1.c */
struct sha1 {
    uint32_t state[5];
    uint64_t len;
    unsigned char block[64];
};
void sha1_open(struct sha1 *s);
void sha1_add(struct sha1 *s, const void *bytes, size_t len);
void sha1_close(struct sha1 *s, unsigned char out[20]);
/* Begins the name of a blob of that size: its bytes come next. */
void sha1_open_blob(struct sha1 *s, uint64_t size);

#endif
