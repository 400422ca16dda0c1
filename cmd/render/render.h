/* Core values on a stream: for people, and as JSON. */
#ifndef CMD_RENDER_RENDER_H
#define CMD_RENDER_RENDER_H

#include "cmd/session.h"
#include "core/changes.h"
#include "core/drift.h"
#include "core/dump.h"
#include "core/history_since.h"
#include "core/load.h"
#include "core/plan_document.h"
#include "core/plan_hold.h"
#include "core/prepare.h"
#include "core/repair.h"
#include "core/review/excerpt.h"
#include "core/review/fix.h"
#include "core/run.h"
#include "core/schema_made.h"

/* ---- for people ---- */

void render_error(FILE *to, const struct err *e, bool color, struct arena *a);
void render_notice(FILE *to, const struct notice *n, bool color, struct arena *a);

/* One line on a terminal's standard error that vanishes; nothing elsewhere. */
void render_progress(struct session *s, const char *line);
void render_progress_clear(struct session *s);

/* Whether status shows provenance: --verbose, or a wide terminal. */
bool render_has_room(const struct session *s);
/* all: every version, else long runs of applied ones are left out. */
void render_status(struct session *s, bool all);
/* What a run that asks first would do, and what it leaves; also where it would do nothing. */
void render_plan(struct session *s, FILE *to, const struct plan *plan);
/* A line a step that ran (or would run), and the summary. */
void render_step(struct session *s, const struct plan *plan, size_t i);
void render_summary(struct session *s, const struct plan *plan, bool dry_run, int64_t took_ms);
/* "1 migration", "12 errors" */
const char *render_count(struct arena *a, size_t n, const char *what);
/* What history shows; since and made may be NULL. */
struct history_report {
    struct history_entries entries; /* newest first */
    const struct history_since *since;
    const struct schema_made *made;
};
void render_history(struct session *s, const struct history_entries *entries);
void render_drift(struct session *s, const struct drift *d);
void render_drift_markdown(struct session *s, const struct drift *d);
void render_made(struct session *s, const struct schema_made *made);
void render_made_markdown(struct session *s, const struct schema_made *made);
void render_history_markdown(struct session *s, FILE *to, const struct history_report *r);
void render_changes(struct session *s, const struct migration_changes *changes);
void render_findings(struct session *s, FILE *to, const struct review_result *r);
void render_finding(FILE *to, const struct finding *f, bool color);
/* What a plan would do, for a person at a terminal; to: the file that it was written to, or NULL. */
void render_document(struct session *s, const struct plan_document *d, const char *to);
void render_fix(struct session *s, const struct fix_result *r, bool dry_run);
/* The rules of a review, and one of them at length; as JSON too. */
void render_rules(struct session *s);
void render_rule(struct session *s, const struct rule_text *rule);
/* What became of structure.sql, and where it is not current the lines that differ. */
void render_dump(struct session *s, const struct dump *d);
void render_dump_check(struct session *s, const struct dump *d, struct text difference);
/* "path:line:column: ", as far as it is known. */
void render_place(FILE *to, struct pos at);

/* One version, with all that is known of it. */
struct shown {
    const struct workspace *workspace;
    const struct version_entry *version;
    bool gone; /* neither a file nor a row of the ledger: the history knows it */
    struct history_entries history;
    const char *up_path;
    struct down_script down;
    struct text up, down_text; /* at NULL: nobody has it, or it is too large to show */
};
void render_shown(struct session *s, const struct shown *shown);

/* What a version that stopped midway has left, and the commands that go on. */
void render_look(struct session *s, const struct repair_look *look);
/* What of it would run, from a statement of today's script on. */
void render_rest(struct session *s, FILE *to, const struct repair_look *look, uint64_t from);
/* What its down script would find. */
void render_undo(struct session *s, FILE *to, const struct repair_look *look);

/* What a person reads: styles are empty where there is no colour. */
enum style { STYLE_GOOD, STYLE_BAD, STYLE_WARN, STYLE_DIM, STYLE_BOLD, STYLE_END };
const char *render_style(bool color, enum style style);
/* Columns a text takes on a terminal, near enough: one a character. */
int render_width(const char *text);
/* The flags of a version, "edited, renamed 20240320123000"; "" for none. */
const char *render_flags(const struct version_entry *v, struct arena *a);
/* What a version is called, as a terminal may have it. */
const char *render_id(const struct version_entry *v, struct arena *a);
/* "2024-03-20T12:30:00.123Z" as a person reads it; "" for NULL. */
const char *render_time(const struct session *s, const char *time);
/* "1a2b3c4 on feature, Ann, 2024-03-20": of a commit; ref may be NULL. */
const char *render_commit(const struct vcs_commit *c, const char *ref, struct arena *a);
/* The events of a run that draw the progress and the steps. */
struct run_events render_events(struct session *s);

/* ---- a review for other programs: what it found (s->review) and what ended it, either of which may be NULL ---- */

void render_github(struct session *s, FILE *to, const struct err *e);   /* annotations of GitHub Actions */
void render_sarif(struct session *s, FILE *to, const struct err *e);    /* SARIF 2.1.0 */
void render_gitlab(struct session *s, FILE *to, const struct err *e);   /* GitLab's code quality report */
void render_junit(struct session *s, FILE *to, const struct err *e);    /* JUnit's XML */
void render_markdown(struct session *s, FILE *to, const struct err *e); /* a comment of a pull request */

/* A plan's part of such a comment; it has room for it. */
void markdown_plan(struct buf *out, struct session *s, const struct plan_document *d);

/* ---- JSON ---- */

/* The whole object: what every one begins with, and the verb's own members. */
void render_json(struct session *s, FILE *to, const struct err *e);
/* The same, for whoever frees it. */
struct json *render_json_object(struct session *s, const struct err *e);

/* The verbs' members; from is a struct workspace, plan, history_report, migration_changes,
 * review_result or fix_result. */
void json_status(struct json *object, const void *from, struct arena *a);
void json_steps(struct json *object, const void *from, struct arena *a);
/* steps, and what sync leaves. */
void json_sync(struct json *object, const void *from, struct arena *a);
void json_history(struct json *object, const void *from, struct arena *a);
void json_drift(struct json *object, const void *from, struct arena *a); /* from: a struct drift */
/* Sets `schema`; made NULL: to null. */
void json_made(struct json *object, const struct schema_made *made, struct arena *a);
void json_changes(struct json *object, const void *from, struct arena *a);
void json_findings(struct json *object, const void *from, struct arena *a);
void json_document(struct json *object, const void *from, struct arena *a); /* from: a struct plan_document */
/* Steps, and what has moved where the plan does not hold; from: a struct applied. */
void json_applied(struct json *object, const void *from, struct arena *a);
struct applied {
    const struct plan *plan;
    const struct plan_hold *hold;
};
void json_look(struct json *object, const void *from, struct arena *a); /* from: a struct repair_look */
void json_fix(struct json *object, const void *from, struct arena *a);
void json_dump(struct json *object, const void *from, struct arena *a); /* from: a struct dump, all three */
void json_dump_content(struct json *object, const void *from, struct arena *a);
void json_dump_check(struct json *object, const void *from, struct arena *a);
/* One version, as status has it. */
struct json *json_version(const struct workspace *w, const struct version_entry *v, struct arena *a);
struct json *json_history_entry(const struct history_entry *h);

#endif
