/* A script's statements, and what is done with each of them. Pure. */
#ifndef DIALECTS_SQLITE_SCRIPT_H
#define DIALECTS_SQLITE_SCRIPT_H

#include "dialects/control.h"

/* SQLite is given a script whole: sqlite3_prepare_v2 takes the text's length as an int. */
enum { SQLITE_SCRIPT_MAX = 1 << 30 };

enum sqlite_keys { KEYS_UNTOUCHED, KEYS_OFF, KEYS_ON };

struct sqlite_statement {
    size_t from, to, behind; /* bytes of the script: its first token, behind its last, where the text goes on */
    enum control_word control;
    const char *options;   /* of a BEGIN: "EXCLUSIVE", or NULL */
    enum sqlite_keys keys; /* what a PRAGMA foreign_keys sets */
    const char *alone;     /* what SQLite refuses, or does not do, inside a transaction: "VACUUM"; or NULL */
    bool changes_session;  /* the connection behaves differently after it */
    bool dropped;          /* not sent: merganser's own BEGIN or COMMIT does it */
    bool lifted;           /* a PRAGMA foreign_keys that is done around the transaction */
};

struct sqlite_statements {
    struct sqlite_statement *at;
    size_t len, cap;
};

struct sqlite_script {
    struct text source; /* as the file has it, for places */
    const char *sql;    /* the same bytes for SQLite: NUL-ended, and a NUL where each separator begins */
    struct sqlite_statements list;
    enum script_shape shape;
    const char *begin_options; /* "EXCLUSIVE", or NULL */
    const char *warning;       /* why it is not atomic, or NULL */
    size_t warned_at;          /* byte */
    bool open_quote;           /* nothing closes the quote at open_at */
    size_t open_at;
    bool has_nul; /* SQLite would take the byte at nul_at for the end */
    size_t nul_at;
};

/* Fails only when the script can't be read, or is too large. */
bool sqlite_script_read(struct sqlite_script *out, const struct script_request *r, struct arena *a, struct err *e);

/* dialect.h's inspect. */
bool sqlite_script_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                           struct arena *a, struct err *e);

/* dialect.h's statements. */
bool sqlite_script_statements(struct script_statements *out, const struct script_request *r, size_t max,
                              struct arena *a, struct err *e);

#endif
