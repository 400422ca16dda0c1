/* History as raw objects, each commit once. git_revwalk and the library's own commits and trees cost several times
 * more: they parse everything that leads to a tip before the first answer. Formats: gitformat-pack(5) and the trees,
 * commits of "Git Internals - Git Objects". */
#ifndef VCS_WALK_H
#define VCS_WALK_H

#include "vcs/internal.h"

/* ---- id_map.c ---- */

/* Records found by their id, which is each one's first member. */
struct id_map {
    git_oid **at; /* open addressing, NULL an empty place */
    size_t len, cap;
};
void *id_map_find(const struct id_map *m, const git_oid *id); /* NULL: not there */
/* It must not be there yet. */
void id_map_add(struct id_map *m, void *record, struct arena *a);

/* ---- raw.c: objects as bytes ---- */

/* The object, which must be of that type. path is for messages, empty where it has none. The caller frees it. */
bool raw_read(git_odb_object **out, struct vcs *v, const git_oid *id, git_object_t type, struct text path,
              struct err *e);
/* For what can't be parsed as such. */
bool raw_failure(struct err *e, const char *what, const git_oid *id);
struct text raw_bytes(git_odb_object *object);

/* A line "author NAME <EMAIL> SECONDS ZONE" behind its first word. seconds is 0 where there is none that can be read.
 */
struct raw_person {
    struct text name, email;
    uint64_t seconds;
};
struct raw_person raw_person(struct text line);

struct raw_commit {
    git_oid tree;
    struct text parents; /* the lines as they are: raw_parent */
    size_t n_parents;
    uint64_t time;    /* the committer's, in seconds */
    struct text rest; /* from the author's line on */
};
/* False where the bytes are no commit's. */
bool raw_commit(struct raw_commit *out, struct text bytes);
git_oid raw_parent(const struct raw_commit *c, size_t i);

struct raw_entry {
    struct text name; /* NUL-ended, borrowed from the tree */
    uint32_t mode;
    const git_oid *id; /* unaligned bytes: only compared and copied */
};
/* Takes the next entry off *rest. False at the end, and where the rest is no entry: *rest is not empty then. */
bool raw_entry(struct raw_entry *out, struct text *rest);
bool raw_is_tree(uint32_t mode);

/* The last trees that were read: the parent's in one comparison is the child's in the next. */
enum { TREES_KEPT = 4 };
struct trees {
    struct vcs *v;
    git_odb_object *kept[TREES_KEPT];
    size_t next;
};
/* The tree, which the caller frees too. */
bool trees_read(git_odb_object **out, struct trees *t, const git_oid *id, struct text path, struct err *e);
void trees_close(struct trees *t);

/* ---- join.c: what differs between two trees ---- */

struct join {
    struct trees *trees;
    /* Whether to compare below a folder, which ends in a slash; NULL: always. */
    bool (*enter)(void *to, struct text folder);
    /* A regular file that is on one side only, or whose blob differs: NULL on the side where it isn't, whatever else
     * has that name there. The path is borrowed until file returns. */
    void (*file)(void *to, struct text path, const git_oid *base, const git_oid *head);
    void *to;
    /* The join's own, kept from one comparison to the next. */
    struct arena *arena;
    struct join_pairs {
        struct join_pair *at;
        size_t len, cap;
    } waiting;
    struct buf names, path;
};
/* Begins with all but its own empty. */
struct join join_open(struct trees *t, struct arena *a);
/* Compares the trees of one folder, recursively, in no order of paths; all zero is no tree. */
bool join_trees(struct join *j, const git_oid *base, const git_oid *head, const char *folder, struct err *e);

/* ---- levels.c: the ids of some folders' trees, of many root trees ---- */

struct level;
struct levels {
    struct arena *arena;
    struct level *at; /* each behind the one above it */
    size_t len, cap;
    size_t *folders; /* the level of each */
    size_t n;
    struct id_map answers;   /* struct level_tree, by the root tree */
    git_oid *here;           /* the tree at each level, of the root that is looked at */
    struct level_tree *root; /* what that root has: used again, since its answer is remembered */
};
/* n folders, from the root and clean, "" the root itself. */
struct levels levels_open(const char *const *folders, size_t n, struct arena *a);
/* *out: n ids, all zero where that root has no such folder; valid as long as the arena. */
bool levels_find(const git_oid **out, struct levels *l, struct trees *t, const git_oid *root, struct err *e);

/* ---- commit_graph.c: what git keeps of commits beside the objects ---- */

/* The repository's commit-graph, a file or a chain of them; NULL where there is none, or none that can be used. */
struct graph;
struct graph *graph_open(struct vcs *v, struct arena *a);
void graph_close(struct graph *g); /* NULL is allowed */

struct graph_commit {
    git_oid tree;
    uint64_t time;
    struct graph_places {
        uint32_t *at;
        size_t len, cap;
    } parents; /* filled anew by each graph_commit */
};
/* A commit's place in the graph, the commit at one, and its id. */
bool graph_find(uint32_t *out, const struct graph *g, const git_oid *id);
/* False where what is there makes no sense. */
bool graph_commit(struct graph_commit *out, const struct graph *g, uint32_t at, struct arena *a);
git_oid graph_id(const struct graph *g, uint32_t at);

/* ---- walk.c ---- */

struct walk_commit {
    git_oid id, tree;
    uint64_t time; /* the committer's */
    struct walk_commit **parents;
    size_t n_parents;
    bool read;              /* tree, time and parents are filled */
    bool boundary;          /* a shallow clone's history ends here; it has no parents then */
    bool waiting;           /* pushed and not popped yet */
    const git_oid *folders; /* walk_folders' answer */
    uint32_t place;         /* in the commit-graph, plus one; 0: not known */
    size_t mine;            /* the caller's own; 0 at first */
};

struct walk;

/* A walk that can tell the ids of n folders' trees, named as for levels_open. Until it is closed no object that is read
 * is hashed, so read nothing meanwhile that may be executed. */
bool walk_open(struct walk **out, struct vcs *v, const char *const *folders, size_t n, struct err *e);
void walk_close(struct walk *w); /* NULL is allowed; all that the walk gave is gone then */
struct arena *walk_arena(struct walk *w);
struct trees *walk_trees(struct walk *w);

/* The one record of that commit. Nothing is read yet. */
struct walk_commit *walk_commit(struct walk *w, const git_oid *id);
/* A commit that is not here is an error that names it. Twice is once. */
bool walk_read(struct walk *w, struct walk_commit *c, struct err *e);
/* *out: n ids, all zero where the commit has no such folder; valid as long as the walk. Reads the commit. */
bool walk_folders(const git_oid **out, struct walk *w, struct walk_commit *c, struct err *e);

/* Commits wait by their time, the newest first. One that waits already stays once; one that was popped may come again.
 * push reads the commit; pop gives NULL where none waits. */
bool walk_push(struct walk *w, struct walk_commit *c, struct err *e);
struct walk_commit *walk_pop(struct walk *w);

#endif
