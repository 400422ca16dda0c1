/* Work tree, index or commit → sorted migrations, through vcs and a layout. */
#ifndef CORE_SOURCE_H
#define CORE_SOURCE_H

#include "core/layouts/layout.h"
#include "vcs/vcs.h"

struct source_request {
    const char *const *folders; /* from the root, NULL-ended; NULL: looked for */
    const char *layout;         /* its name; NULL: detected */
    struct pos asked_at;        /* where the folders were named, for messages */
    struct vcs_source at;
};

struct source_folder {
    const char *path;
    struct layout_input input;
    struct vcs_ignored ignored; /* what lies in it and git ignores */
};

/* A file that a script named, as it was when that was first read. */
struct source_include {
    struct vcs_source at;
    struct vcs_file file;
};

struct source_included {
    struct source_include *at;
    size_t len, cap;
};

struct source {
    struct vcs *vcs;
    struct vcs_source at;
    const struct layout *layout;
    struct source_folder *folders;
    size_t nfolders;
    struct migrations migrations;
    bool rails_project;  /* config/application.rb stands above a folder: Rails checks ar_internal_metadata */
    bool diesel_project; /* so does diesel.toml */
    const char *project; /* the folder that either stands in, from the root, "" for the root; NULL: neither does */
    bool tolerant;       /* source_load_tolerant's */
    struct source_included *included;
    struct arena *arena;
    struct notices *notices;
};

/* The largest script or journal that is read into memory whole. */
#define SOURCE_FILE_MAX ((size_t)1 << 30)

/* One without folders or migrations. */
struct source source_empty(struct vcs *v, const struct source_request *r, struct arena *a, struct notices *notices);

/* Reads folders and journals, no script. ERR_NO_MIGRATIONS when none or several folders were found, with what was
 * seen; the layouts' errors otherwise. */
bool source_load(struct source *out, struct vcs *v, const struct source_request *r, struct arena *a,
                 struct notices *notices, struct err *e);

/* The same for a review: two migrations may have one version, and the layout is tolerant. */
bool source_load_tolerant(struct source *out, struct vcs *v, const struct source_request *r, struct arena *a,
                          struct notices *notices, struct err *e);

/* All bytes of one of a migration's files, in memory; core/scripts.h reads what may be large. */
bool source_read(struct text *out, const struct source *s, const struct migration_file *f, struct err *e);
/* Reads what is needed to run a pending migration and sets its no_transaction; *up is its up script. ERR_UNRENDERED
 * where there is none. */
bool source_prepare(struct script *up, struct source *s, struct migration *m, struct err *e);
/* The same for a down script; *m is the migration as it is prepared for that: its `up` is the down script. */
bool source_prepare_down(struct script *down, struct migration *m, const struct source *s, const struct migration *of,
                         struct err *e);
/* The layout's input that a migration came from. */
const struct layout_input *source_input_of(const struct source *s, const struct migration *m);

/* The folders that are looked at where nothing names one. NULL-ended. */
const char *const *source_candidates(void);

#endif
