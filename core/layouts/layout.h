/* How a folder's files become migrations. Each layout is one pure file: paths and blob ids in, and a callback that
 * reads a file; migrations out. */
#ifndef CORE_LAYOUTS_LAYOUT_H
#define CORE_LAYOUTS_LAYOUT_H

#include "core/migration.h"

struct layout_file {
    struct text path; /* from the source's root */
    struct text name; /* from the folder: "20240320_x.sql", "meta/_journal.json" */
    struct object_id blob;
    bool uncommitted;
    bool regular;      /* false: a symlink or a submodule */
    const void *entry; /* the source's own */
};

struct layout_input {
    const char *folder;              /* from the source's root, no slash at its end; "" is the root */
    const struct layout_file *files; /* in the order of their paths' bytes */
    size_t len;
    bool tolerant; /* a review's own: what its rules name (a journal's repeated entries, entries without a file, files
                      without an entry) is passed over without a word */
    bool (*read)(const void *reader, struct text *out, const void *entry, struct err *e); /* cleaned bytes */
    const void *reader;
    struct arena *arena;
    struct notices *notices;
};

/* What `new` writes. A path that is there already (a journal) is replaced. */
struct new_file {
    const char *path; /* from the source's root */
    struct text content;
};

struct new_files {
    struct new_file *at;
    size_t len, cap;
};

struct new_request {
    const char *name; /* as typed: "add city to users" or AddCityToUsers */
    const char *folder;
    int64_t now_ms;
    const struct migrations *existing; /* sorted; the new version comes after the newest of them */
    const struct layout_input *input;  /* what is in the folder now */
    struct arena *arena;
};

/* A file, or a folder with all that is in it, gets another name. */
struct file_move {
    const char *from, *to; /* from the source's root */
};

struct file_moves {
    struct file_move *at;
    size_t len, cap;
};

struct renumber_request {
    const struct migration *const *own; /* oldest first */
    const bool *needed;                 /* one for each: it can't keep its version */
    size_t n;
    const struct migration *after;    /* they come behind it; NULL: nothing is before them */
    const struct layout_input *input; /* the tree that is changed */
    const struct layout_input *base;  /* the tree whose migrations they come behind; NULL: there is none */
    int64_t now_ms;
    struct arena *arena;
};

/* What it takes to give migrations later versions. In order: the rewrites, under the old paths, then the moves. */
struct renumbering {
    struct new_files rewrites;
    struct file_moves moves;
    const char **ids; /* of each own one afterwards; its own where it stays */
};

struct layout {
    const char *name;
    enum version_order order;
    bool merges_folders; /* several folders are merged by version */

    /* How sure it is that the folder is of this layout: 0 not at all. The surest wins. No file is read. */
    int (*detect)(const struct layout_input *in);
    /* Lists the folder's migrations, unsorted. Reads a journal, never a script. */
    bool (*list)(struct migrations *out, const struct layout_input *in, struct err *e);
    /* Reads what is needed to run a pending migration: its .rb or metadata.toml and its up script's leading comments;
     * sets no_transaction; refuses scripts with another tool's section marks (ERR_OTHER_TOOL). */
    bool (*prepare)(struct migration *m, const struct layout_input *in, const struct script *up, struct err *e);
    /* By the name alone (from the folder): the version whose up script such a file is, into a buffer that is empty;
     * false: it is none. */
    bool (*version_of_up)(struct buf *version, struct text name);
    /* Where the down script of an up script lies, beside it; NULL where there is no such place. */
    const char *(*down_path)(const char *up, struct arena *a);
    /* The files of a new, empty migration. */
    bool (*create)(struct new_files *out, const struct new_request *r, struct err *e);
    /* Gives the needed ones, and whatever has to stay behind them, later versions of the same form. ERR_MIGRATION_FILE
     * where nothing comes after the newest. */
    bool (*renumber)(struct renumbering *out, const struct renumber_request *r, struct err *e);
};

extern const struct layout rails_layout, diesel_layout, drizzle_layout;
/* What stands between the statements of a Drizzle script (drizzle-kit 0.x). */
extern const char drizzle_separator[];

const struct layout *layout_named(const char *name);
/* The layout that recognises the folder, or NULL. *other_tool names the tool when the folder is plainly one of
 * Prisma's or Drizzle v1's (NAME/migration.sql), else NULL. */
const struct layout *layout_detect(const struct layout_input *in, const char **other_tool);

#endif
