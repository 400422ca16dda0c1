/* One fault at one point of one run, and what is true afterwards. The runs go through a proxy; where they are stopped
 * is told by what they send (the proxy holds it) or by a gate that a statement of the script waits at, never by time.
 */
#ifndef TESTS_SUPPORT_FAULT_H
#define TESTS_SUPPORT_FAULT_H

#include "tests/support/postgres.h"
#include "tests/support/proxy.h"
#include "tests/support/server.h"
#include "tests/support/stage.h"

/* What the second of three migrations is; FAULT_DOWN rolls the third and the second one back. */
enum fault_shape { FAULT_ATOMIC, FAULT_SEGMENTED, FAULT_OUTSIDE, FAULT_DOWN, FAULT_SHAPES };

enum {
    IN_ATOMIC = 1 << FAULT_ATOMIC,
    IN_SEGMENTED = 1 << FAULT_SEGMENTED,
    IN_OUTSIDE = 1 << FAULT_OUTSIDE,
    IN_DOWN = 1 << FAULT_DOWN,
    IN_UP = IN_ATOMIC | IN_SEGMENTED | IN_OUTSIDE,
    IN_ALL = IN_UP | IN_DOWN
};

enum fault_point {
    POINT_BEFORE, /* the message with the text has not reached the server */
    POINT_BEHIND, /* the server has done what the message says, and its answer has not come */
    POINT_GATE,   /* the server is in the middle of it */
    POINT_BUILD   /* the concurrent build waits for a transaction of the test's */
};

/* Gates of the database: the second migration's three statements, the COMMIT of what wrote a row, the history. */
enum { GATE_FIRST = 1, GATE_MIDDLE, GATE_LAST, GATE_COMMIT, GATE_HISTORY };

struct fault_where {
    const char *name;
    enum fault_point point;
    /* Of the message; NULL: the connection's first. "script", "commit" and "next" stand for the shape's own. */
    const char *text;
    unsigned nth; /* message with the text; 0: the first */
    int gate;
    bool fresh; /* on a database without ledger and history, else version 1 (or all, for a way down) is applied */
    unsigned shapes;
};

enum fault_what {
    FAULT_KILL,
    FAULT_TERM,
    FAULT_INT_TWICE,
    FAULT_TERMINATE,
    FAULT_CANCEL,
    FAULT_CUT,
    FAULT_HALF, /* a half of the message, or of the answer, passes before the cut */
    FAULT_STALL,
    FAULT_BACKEND,   /* kill -9 of the server's process */
    FAULT_IMMEDIATE, /* stop -m immediate; the server is back before the client hears of it */
    FAULT_DOWNTIME,  /* the same, and it comes back when the client has found nobody there */
    FAULT_WHATS
};

extern const char *const fault_what_names[FAULT_WHATS];
extern const char *const fault_shape_names[FAULT_SHAPES];

struct fault_scene {
    struct arena *arena;
    struct stage stage;
    enum fault_shape shape;
    struct server *server;         /* NULL: the tests' own, which is not to be hurt */
    struct postgres_session *eye;  /* looks, and holds gates */
    struct postgres_session *hand; /* holds a transaction open against a concurrent build; or NULL */
    struct proxy *proxy;
    int pid; /* of the run; 0: it has ended */
    int exit_code;
    const char *label; /* of the trial */
    bool repaired;     /* the last trial needed `repair` */
    size_t nviolations;
    struct buf violations; /* one line each */
};

struct fault_scene fault_open(enum fault_shape shape, struct server *server);
void fault_close(struct fault_scene *c);

/* Whether that can be done there. */
bool fault_applies(const struct fault_where *where, enum fault_what what, enum fault_shape shape);
/* Does it: runs, harms, holds what is said against what is true, runs again, and looks that everything is there
 * exactly once. What is wrong is added to the violations. */
void fault_try(struct fault_scene *c, const struct fault_where *where, enum fault_what what);

/* The run's command line, up to its --database. */
const char *fault_command(const struct fault_scene *c);

/* fault_truth.c: what the database and the program's claims say. */
void fault_violation(struct fault_scene *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Whatever is still at work. */
void fault_check_invariants(struct fault_scene *c);
/* Of the run that has ended, while nothing else is at work: its exit code, its steps and its message. */
void fault_check_claims(struct fault_scene *c, enum fault_what what);
/* Runs again, with `repair` where it asks for that, and holds the end against what it has to be. */
void fault_finish(struct fault_scene *c);

#endif
