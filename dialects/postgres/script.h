/* A script's statements: where each begins, what it is, and what has to stay out of a transaction. No database. */
#ifndef DIALECTS_POSTGRES_SCRIPT_H
#define DIALECTS_POSTGRES_SCRIPT_H

#include "dialects/control.h"
#include "dialects/postgres/input.h"

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
    bool may_commit;      /* DO with a COMMIT in it, and CALL */
    bool changes_session; /* settings or role that outlive it */
    bool forgets;         /* prepared statements or the settings of the transaction: DEALLOCATE, DISCARD, RESET ALL */
    bool copies_in;       /* COPY … FROM stdin */
};

/* The rows of a COPY … FROM stdin, without the line that ends them. */
struct copy_block {
    size_t statement; /* of the list */
    size_t from, to;  /* bytes of source; in body they are blanks */
};

struct copy_blocks {
    struct copy_block *at;
    size_t len, cap;
};

enum script_note_kind {
    NOTE_PSQL,           /* a command of psql's that was passed over */
    NOTE_EMPTIES_LEDGER, /* a statement that empties the whole table */
    NOTE_LEDGER_IN_DO    /* a DO block whose body names the table: a string, which is not looked into */
};

struct script_note {
    enum script_note_kind kind;
    struct pos at;
};

struct script_notes {
    struct script_note *at;
    size_t len, cap;
};

/* Up to INPUT_WHOLE_MAX bytes, included files counted, a script is `whole`: all of it is in memory and listed. Of a
 * larger one the list has the first statement, the last, those that have a mark, and those that begin or end a
 * transaction; reader.h gives the others. */
struct pg_script {
    const char *path;
    struct script script;
    const char *separator;
    bool whole;
    struct text source; /* all bytes, included files where they are named; empty where it is not whole */
    struct text body;   /* as it is sent: as long as source, byte for byte in the same places; or empty too */
    struct input_spans spans;
    struct statements statements;
    struct copy_blocks copies; /* in the order of the statements; none where it is not whole */
    uint64_t count;            /* of all statements, dropped ones too */
    uint64_t bytes;            /* of all that was read */
    struct control control;
    struct segments segments;
    struct statement_traits traits;
    uint64_t timeout_at; /* the first statement that names statement_timeout; UINT64_MAX: none does */
    size_t outside_at;   /* the first of the list that has to be outside, if traits.outside */
    struct script_notes notes;
    struct script_facts facts; /* writes_own_row, changes_schema and changes_data are set */
};

/* Reads, cuts and settles a script. Errors: ERR_SCRIPT_SYNTAX for what is left open, ERR_MIGRATION_FILE for psql's
 * commands, NUL bytes, what releases merganser's own lock or changes how strings are read, and what is done to another
 * version's row of the ledger; each with its place. */
bool script_read(struct pg_script *out, const struct script_request *r, struct arena *a, struct err *e);

/* The statements that are sent, dropped ones left out. */
uint64_t script_sent(const struct pg_script *s);
/* The nth (0-based) of those, or NULL, also where it is not listed. */
const struct statement *script_nth_sent(const struct pg_script *s, uint64_t nth);
/* The rows of a statement of the list, or NULL. */
const struct copy_block *script_rows(const struct pg_script *s, size_t statement);

/* The statement whose options ours begins with (control.begin_options), or NULL. */
const struct statement *script_begin(const struct pg_script *s);

/* A byte of source, as a place in the file that it is from. */
struct pos script_place(const struct pg_script *s, size_t byte);
/* Where a statement of the list begins. */
struct pos script_statement_place(const struct pg_script *s, const struct statement *at);
/* The same as e's place, with its excerpt where the source is at hand. Each returns false. */
bool script_error_place(struct err *e, const struct pg_script *s, size_t byte);
bool script_error_statement(struct err *e, const struct pg_script *s, const struct statement *at);

/* ---- one statement: positions in src, the text that it is read from ---- */

/* What is looked for in every token of a script. */
struct statement_wanted {
    const char *ledger; /* the table's name, or NULL */
    size_t ledger_len;
    struct enum_labels *labels; /* or NULL */
};

struct statement_seen {
    bool set_config;   /* the function is named */
    bool unlocks_all;  /* pg_advisory_unlock_all() is called */
    bool names_ledger; /* perhaps */
    bool timeout;      /* statement_timeout is named, as a word or a string */
    bool conforming;   /* standard_conforming_strings is named, as a word or within a string */
};

/* statement.c: fills s->control, s->options and s->marks, and sets the traits. */
void statement_classify(struct statement *s, struct statement_traits *traits, struct text src,
                        const struct statement_head *head, struct arena *a);
/* COPY … FROM stdin. */
bool statement_copies_in(struct text src, const struct statement_head *head);

/* statement.c: false for one that only names functions, as GRANT and CREATE do, and calls none. */
bool statement_runs(struct text src, const struct statement_head *head);

/* True for a word of the list anywhere in it, within its strings too. */
bool statement_mentions(struct text statement, const char *const *words);

/* refused.c: what no script may do, whatever the server says to it. False: *e is set without a place, and *at is the
 * byte that it is about. */
bool statement_allowed(size_t *at, struct text src, const struct statement *s, const struct statement_head *head,
                       const struct statement_seen *seen, struct err *e);

/* refused.c: the same for what is loaded from a dump, which copies from and to nothing but its own rows. */
bool statement_stays_inside(size_t *at, struct text src, const struct statement *s, const struct statement_head *head,
                            struct err *e);

/* labels.c: labels that ALTER TYPE … ADD VALUE has added, until they are used. */
struct enum_label {
    struct text written; /* between its quotes */
    uint64_t statement;
    bool used;
};

struct enum_labels {
    struct enum_label *at;
    size_t len, cap;
    struct {
        const char **at;
        size_t len, cap;
    } types;      /* that the script itself has made */
    bool relaxed; /* the server lets a type that was made in the same transaction be used at once */
    struct arena *arena;
};

/* A statement that was read: remembers what it adds or makes. */
void labels_learn(struct enum_labels *labels, struct text src, const struct statement *s,
                  const struct statement_head *head);
/* A string of a later statement. */
void labels_look(struct enum_labels *labels, struct text string);
/* Rows of a later COPY: any label may be in them. */
void labels_used(struct enum_labels *labels);

enum ledger_act { LEDGER_NOTHING, LEDGER_INSERTS, LEDGER_UPDATES, LEDGER_DELETES, LEDGER_COPIES };

/* ledger.c: what one statement does to the rows of the ledger. */
struct ledger_touch {
    bool own;                /* up: it inserts its own version; down: it deletes it */
    bool empties;            /* the whole table */
    bool hidden;             /* a DO block whose body names the table: a string, which is not looked into */
    enum ledger_act foreign; /* done to another version's row, at `at` */
    size_t at;               /* byte of src */
    const char *version;     /* of foreign; NULL: an UPDATE that sets the column `version` itself, or COPY's rows */
};

/* Most statements are spared this: it is for those that seem to name the table, and for DO. */
struct ledger_touch ledger_touched(struct text src, const struct statement *s, const struct script_request *r,
                                   struct arena *a);
/* What is done to another version's row, as an error without a place. */
void ledger_foreign(struct err *e, const struct ledger_touch *t, const struct script_request *r, struct arena *a);

/* inspect.c: true when PostgreSQL 15's own grammar accepts the text, and finds so many statements in it. */
bool script_parses(const char *sql, uint64_t statements);

/* statements.c: struct dialect's. */
bool postgres_statements(struct script_statements *out, const struct script_request *r, size_t max, struct arena *a,
                         struct err *e);

/* expand.c */
bool postgres_expand(struct text *out, const struct script *s, const char *separator, struct arena *a, struct err *e);

bool postgres_inspect(struct script_facts *out, const struct script_request *r, struct notices *notices,
                      struct arena *a, struct err *e);

#endif
