/* A plan that was written to a file: what apply takes from it. Names, versions and checksums to hold what is found
 * against; never SQL, and nothing that says which database is meant. */
#ifndef CORE_PLAN_FILE_H
#define CORE_PLAN_FILE_H

#include "core/plan_basis.h"

struct plan_file_step {
    const char *version, *sha256;
    const char *renamed_from; /* of a relinked one; else NULL */
};

struct plan_file {
    const char *path, *sha256, *created_at, *merganser;
    struct object_id commit;
    const char *repository; /* its oldest root commit */
    const char *layout;
    bool strict, fresh;
    struct plan_file_steps {
        struct plan_file_step *at;
        size_t len, cap;
    } steps;
    const char *fingerprint[PLAN_PARTS];
    struct plan_marks marks[PLAN_PARTS]; /* none of PART_SCRIPTS: the steps say it */
    bool unnamed;
};

#define PLAN_FILE_MAX ((size_t)256 << 20)

/* ERR_USAGE for a file that can't be read; ERR_PLAN_FILE for what is no plan, a plan of another format or with another
 * checksum than it has, and one that says itself that it can't be applied. */
bool plan_file_read(struct plan_file *out, const char *path, struct arena *a, struct err *e);

/* Whether it is of this repository, with the plan's commit as the workspace's source. ERR_PLAN_FILE. */
bool plan_file_is_of(const struct plan_file *f, struct workspace *w, struct err *e);
/* The error where the plan's commit is not here: ERR_PLAN_FILE of another repository, else ERR_REVISION and what to
 * fetch. Returns false. */
bool plan_file_lacks_commit(const struct plan_file *f, struct vcs *v, struct arena *a, struct err *e);

#endif
