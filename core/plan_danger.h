/* What in a plan can hurt whoever uses the database while it runs, or can't be taken back. */
#ifndef CORE_PLAN_DANGER_H
#define CORE_PLAN_DANGER_H

#include "core/plan.h"
#include "core/statements.h"

enum danger_kind {
    DANGER_LOSS,    /* rows or columns are gone for good */
    DANGER_REWRITE, /* a table is written anew under a lock that keeps others out */
    DANGER_SCAN,    /* all of a table is read under a lock that keeps writers out */
    DANGER_BLIND    /* nobody can tell what it does */
};
enum { DANGER_KINDS = DANGER_BLIND + 1 };

struct plan_danger {
    enum danger_kind kind;
    size_t step, statement; /* of the plan, of its script */
    const char *why;        /* "rewrites public.users under ACCESS EXCLUSIVE"; names as they are */
};

/* The worst first, then in the order of the plan. */
struct plan_dangers {
    struct plan_danger *at;
    size_t len, cap;
};

/* Pure. scripts: one a step. What concerns only tables that the plan itself makes is no danger. */
void plan_dangers_find(struct plan_dangers *out, const struct planned_script *scripts, size_t n, struct arena *a);

/* How strong a lock is, 1 (ACCESS SHARE) to 8 (ACCESS EXCLUSIVE); 0: none, or not one of PostgreSQL's. */
int plan_lock_strength(const char *lock);

/* The strongest lock of all statements, on a table that the plan does not make itself where there is one. NULL: none.
 */
struct plan_lock {
    const struct effect *effect;
    size_t step, statement;
};
struct plan_lock plan_strongest(const struct planned_script *scripts, size_t n, struct arena *a);

/* "public.users", "users" */
const char *plan_relation(const struct effect *f, struct arena *a);

#endif
