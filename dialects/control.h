/* What a script's own BEGIN, COMMIT and ROLLBACK make of it: the same rules for every database. Pure. */
#ifndef DIALECTS_CONTROL_H
#define DIALECTS_CONTROL_H

#include "dialects/dialect.h"

enum control_word {
    CONTROL_NONE,
    CONTROL_BEGIN,    /* BEGIN, START TRANSACTION */
    CONTROL_COMMIT,   /* COMMIT, END */
    CONTROL_CHAIN,    /* COMMIT AND CHAIN: commits and begins */
    CONTROL_ROLLBACK, /* of the whole transaction; PREPARE TRANSACTION too. Savepoints are CONTROL_NONE */
};

/* What a statement is beside transaction control, as far as its text tells. */
enum statement_mark {
    MARK_OUTSIDE = 1 << 0,      /* the server refuses it inside a transaction block */
    MARK_MAY_COMMIT = 1 << 1,   /* DO and CALL: what they run may commit, which only works outside */
    MARK_ENDS_SEGMENT = 1 << 2, /* what follows needs it committed: ALTER TYPE … ADD VALUE whose value is used later */
    MARK_COPIES_IN = 1 << 3,    /* COPY … FROM stdin */
    MARK_SETS = 1 << 4,    /* a setting or role that lasts, and nothing else: said again when a script is resumed */
    MARK_REPEATS = 1 << 5, /* can be run again when nobody knows whether it has run: VACUUM and its like */
};

struct statement {
    size_t from, to; /* bytes of the script: from its first token, to behind its last (no semicolon) */
    uint64_t nth;    /* among the script's statements, from 0: of a large script only some are kept */
    unsigned marks;
    struct pos at; /* its first token, where the script is too large to look it up */
    enum control_word control;
    const char *options; /* of a BEGIN: what stands behind it, "" or NULL for none */
    bool dropped;        /* set here: not sent, since merganser's own BEGIN or COMMIT does it */
};

struct statements {
    struct statement *at;
    size_t len, cap;
};

struct control {
    enum script_shape shape;
    const char *begin_options; /* that our BEGIN takes over, or NULL */
    const char *warning;       /* one sentence about why it is not atomic, or NULL */
    size_t warned_at;          /* the statement that it is about */
};

/* no_transaction is what the layout or the script's comment asks. */
void control_settle(struct control *out, struct statements *list, bool no_transaction);

#endif
