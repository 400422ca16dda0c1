/* What a verb works in: opened by what its row says that it needs. */
#ifndef CMD_SESSION_H
#define CMD_SESSION_H

#include "cmd/command.h"
#include "core/json.h"
#include "core/review/review.h"
#include "core/workspace.h"

enum output_format {
    FORMAT_HUMAN,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_GITHUB,
    FORMAT_SARIF,
    FORMAT_GITLAB,
    FORMAT_JUNIT
};

/* Of a step's progress, where lines stay: what was said last. Times are time_monotonic_ms's, 0: never. */
struct progress_told {
    int64_t began_at, said_at, blocked_since;
    int64_t pid, said_of; /* the first blocker's now, and when it was said; -1: nobody */
    bool said;
};

/* A file that a result is written to beside standard output. */
struct report_file {
    const struct report_form *form;
    const char *path;
    FILE *to; /* report_finish or session_close closes it */
};

struct report_files {
    struct report_file *at;
    size_t len, cap;
};

struct session {
    struct arena *arena;
    const struct parsed *parsed;
    FILE *out, *err;
    enum output_format format;
    bool color_out, color_err, terminal_err, quiet, verbose;
    int width; /* of the terminal, 0: none */
    struct notices notices;
    struct vcs *vcs;
    struct config config;
    struct workspace work;
    bool source_named; /* it is known what work.source.at is, though perhaps not what is there */
    bool source_open, database_open;
    struct db_options database; /* as asked for by setup_database_start */
    struct db *starting;        /* what setup_database will wait for; NULL: it opens it itself */
    bool database_begun, database_refused;
    struct err database_err; /* why it was refused */
    bool hurried;        /* somebody waits for another program: a database that does not answer at once is left alone */
    bool session_needed; /* reading too goes around a pooler: NEED_SESSION */
    int64_t connect_seconds; /* a server that has not answered by then is unreachable; 0: as its URL says */
    int exit_code;           /* of a run without an error: 0, or what the verb says: 3 where it was asked for it */
    bool progress_shown;
    struct progress_told told;
    int step_width;       /* of the lines of this run, 0: not known yet */
    const char *question; /* the last one asked */
    bool answered;        /* somebody at a terminal said something to it */
    /* Adds the verb's own members behind those that every JSON object begins with; NULL: it has none. */
    void (*add_json)(struct json *object, const void *from, struct arena *a);
    const void *json_from;
    const struct review_result *review;   /* check's, for cmd/report.h; NULL: it did not come so far */
    const struct plan_document *document; /* plan's, once it is made */
    int fails_from;                       /* the lowest severity that exit code 3 is for; SEVERITIES: none */
    struct report_files reports;
};

/* For verbs that need no more than this of it. */
FILE *session_out(struct session *s);
struct arena *session_arena(const struct session *s);
const char *const *session_operands(const struct session *s); /* NULL-ended */
bool session_color(const struct session *s);                  /* of standard output */
int session_width(const struct session *s);                   /* of the terminal; 0: none */

/* How things are printed: settled from the options before anything can fail. */
void session_output(struct session *s);

/* Opens what the verb needs: directory, configuration, repository, source, database. */
bool session_open(struct session *s, unsigned needs, struct err *e);
void session_close(struct session *s);

/* The same of a verb that is `late`: repository, source, database; and behind session_open_repository. */
bool session_open_work(struct session *s, unsigned needs, struct err *e);
bool session_open_source(struct session *s, unsigned needs, struct err *e);

/* The configuration and the repository alone; NEED_SOURCE does more. */
bool session_open_repository(struct session *s, struct err *e);
void session_close_database(struct session *s);

/* True when --yes was given or somebody at a terminal answers yes. */
bool session_ask(struct session *s, const char *question);
/* With `confirm: true`: asks before a writing verb changes the database. ERR_UNCONFIRMED. */
bool session_confirm(struct session *s, const char *question, struct err *e);
/* ERR_UNCONFIRMED for the question that was not answered with yes; who is what asks. Returns false. */
bool session_unconfirmed(const struct session *s, const char *who, struct err *e);
/* The database as a question names it, without secrets: "shop on 127.0.0.1". */
const char *session_database(const struct session *s);

#endif
