/* A plan whose run broke off: what its first steps have done is no reason to refuse the others. */
#ifndef CORE_PLAN_BEGUN_H
#define CORE_PLAN_BEGUN_H

#include "core/plan_hold.h"

struct plan_begun {
    size_t done;      /* so many of its first steps are applied, as the history says with the plan's scripts */
    const char *half; /* the version of the next one, where its script stopped midway; NULL: it did not */
};

void plan_begun_find(struct plan_begun *out, const struct plan_file *f, const struct workspace *w);

/* The scripts of all its steps, as if none had run, but of those that are relinked. */
struct plan_begun_scripts {
    struct planned_script *at;
    size_t len, undescribed; /* as plan_scripts_read has it */
};
bool plan_begun_read(struct plan_begun_scripts *out, const struct plan_file *f, struct workspace *w, struct err *e);

/* Takes out of the moves what the begun steps have moved themselves: their versions in the ledger, and objects that
 * their scripts name or whose table they name, or whose name begins with such a one (users_id_seq). */
void plan_begun_excuse(struct plan_moves *moves, const struct plan_begun *b, const struct plan_file *f,
                       const struct plan_begun_scripts *scripts, struct arena *a);

#endif
