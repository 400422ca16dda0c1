/* What a script that stopped midway has left: each statement's actions held against the catalog. */
#ifndef DIALECTS_POSTGRES_EVIDENCE_H
#define DIALECTS_POSTGRES_EVIDENCE_H

#include "core/base/actions.h"
#include "dialects/postgres/session.h"

enum probe_state {
    PROBE_NONE,     /* nothing can be asked */
    PROBE_ABSENT,   /* what the action names is not there */
    PROBE_PRESENT,  /* it is there, as the action makes it */
    PROBE_FLAWED,   /* it is there, and plainly not as the action leaves it */
    PROBE_DOUBTFUL, /* it is there, but may be another one */
    PROBE_FAILED,   /* the server refused to say */
};

/* One question to the catalog and its answer. */
struct probe {
    const char *sql;         /* gives no row, or the state's letter (n, y, f, d) and words; NULL: none */
    const char *search_path; /* SQL for the names to be found by; NULL: as the session has it */
    const char *absent;      /* words for no row */
    enum probe_state state;
    const char *words; /* "table public.users has the column city text" */
};

/* evidence_probe.c: the question whether what an action names is as the action leaves it; for ACTION_DROP whether it is
 * there at all. p->sql stays NULL where the catalog does not tell. */
void probe_make(struct probe *p, const struct pg *pg, const struct action *x, struct arena *a);

/* A question that is being written, and what the two files of them have in common. */
struct asking {
    struct probe *p;
    const struct pg *pg;
    const struct action *x;
    struct arena *arena;
    struct buf sql;
};

void probe_literal(struct asking *k, const char *value);
struct table_name probe_table(const struct action *x);
/* "public.users" as the script writes it; schema may be NULL. */
const char *probe_written(const struct asking *k, const char *schema, const char *name);
/* Sets the words for no row: there is none of that kind. */
void probe_absent(struct asking *k, const char *kind, const char *schema, const char *name);
const char *probe_kind(enum object_kind kind);
/* SQL: what a relation c in the schema s is called, and the two joined. */
extern const char probe_relation_words[], probe_from_relation[];
/* evidence_probe_other.c: what is no relation and no column. */
void probe_other(struct asking *k);

/* evidence_ask.c: answers all of them, in one round trip where the server answers each, in a transaction that can only
 * read. */
bool probes_ask(struct pg *pg, struct probe **probes, size_t n, struct arena *a, struct err *e);

/* evidence_order.c: what other statements of the script do to an action's object. */
struct examined {
    struct action action;
    size_t statement;         /* index among the evidences */
    struct probe here, there; /* there: under the name that it has at the end; sql NULL where that is the same */
    const struct examined *dropped_before, *made_before; /* an earlier statement; NULL: none */
    const struct examined *dropped_behind, *made_behind; /* a later one, when all is done */
    bool changed_behind;                                 /* a later statement alters it further */
};

struct examined_list {
    struct examined *at;
    size_t len, cap;
};

/* Sets the last five of every action, and *later to what it is called at the end. */
void examined_order(struct action *later, bool *renamed, struct examined *x, const struct examined_list *all);

bool postgres_examine(struct evidences *out, struct db *db, const struct script_request *r, struct arena *a,
                      struct err *e);

#endif
