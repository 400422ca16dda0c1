/* A script's statements: where each begins, what it is, and what has to stay out of a transaction. No database. */
#ifndef DIALECTS_POSTGRES_SCRIPT_H
#define DIALECTS_POSTGRES_SCRIPT_H

#include "dialects/control.h"
#include "dialects/postgres/lexer.h"

/* The first words of a statement are enough to know what it is. */
enum { HEAD_TOKENS = 8 };

struct statement_head {
    struct token at[HEAD_TOKENS];
    size_t len;
    struct token last;
};

/* What a statement does beside its work. Gathered over all statements of a script. */
struct statement_traits {
    bool outside;         /* the server refuses it inside a transaction block */
    bool changes_session; /* settings or role that outlive it */
    bool forgets;         /* prepared statements or the settings of the transaction: DEALLOCATE, DISCARD, RESET ALL */
    bool copies_in;       /* COPY … FROM stdin */
    bool discards_all;    /* DISCARD ALL: merganser's lock with the rest */
    bool unlocks_all;     /* calls pg_advisory_unlock_all() */
};

struct pg_script {
    const char *path;
    struct text source; /* the file's bytes */
    struct text body;   /* as it is sent: as long as source, byte for byte in the same places, NUL behind it */
    struct statements statements;
    struct control control;
    struct segments segments;
    struct statement_traits traits;
    size_t outside_at; /* the first statement that has to be outside, if traits.outside */
};

/* Reads, cuts and settles a script. Errors: ERR_SCRIPT_SYNTAX for what is left open, ERR_MIGRATION_FILE for psql's
 * commands, NUL bytes and what releases merganser's own lock, ERR_NOT_SUPPORTED for COPY from stdin; each with its
 * place. */
bool script_read(struct pg_script *out, const struct script_request *r, struct arena *a, struct err *e);

/* The statements that are sent, dropped ones left out. */
size_t script_sent(const struct pg_script *s);
/* The nth (0-based) of those, or NULL. */
const struct statement *script_nth_sent(const struct pg_script *s, size_t nth);

/* The statement whose options ours begins with (control.begin_options), or NULL. */
const struct statement *script_begin(const struct pg_script *s);

/* statement.c: fills s->control and s->options, and adds to the traits. */
void statement_classify(struct statement *s, struct statement_traits *traits, struct text src,
                        const struct statement_head *head, struct arena *a);

/* statement.c: false for one that only names functions, as GRANT and CREATE do, and calls none. */
bool statement_runs(struct text src, const struct statement_head *head);

enum ledger_act { LEDGER_NOTHING, LEDGER_INSERTS, LEDGER_UPDATES, LEDGER_DELETES };

/* ledger.c: what one statement does to the rows of the ledger. */
struct ledger_touch {
    bool own;                /* up: it inserts its own version; down: it deletes it */
    bool empties;            /* the whole table */
    bool hidden;             /* a DO block whose body names the table: a string, which is not looked into */
    enum ledger_act foreign; /* done to another version's row, at `at` */
    size_t at;               /* byte of the script */
    const char *version;     /* of foreign; NULL: an UPDATE that sets the column `version` itself */
};

struct ledger_touch ledger_touched(struct text src, const struct statement *s, const struct script_request *r,
                                   struct arena *a);

bool postgres_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                      struct arena *a, struct err *e);

#endif
