/* What the rules of a review share. Only the files of this folder include it. */
#ifndef CORE_REVIEW_RULE_H
#define CORE_REVIEW_RULE_H

#include "core/layouts/journal.h"
#include "core/review/review.h"

/* The migrations of one commit, or of the tree that is reviewed. */
struct side {
    const char *name; /* as a person calls it: "origin/main" */
    struct object_id commit;
    struct source *source; /* stays where it is: the layout's reader points at it */
    bool has_journal;
    struct journal journal; /* Drizzle's */
};

struct sides {
    struct side *at;
    size_t len, cap;
};

/* How a migration of the base fares in the reviewed tree. */
enum fate {
    FATE_KEPT,
    FATE_EDITED,  /* its up script was, here */
    FATE_RENAMED, /* now has another name or version */
    FATE_DELETED,
    FATE_ABSENT /* it came to the base after this line had left */
};

/* A migration of the reviewed tree. */
struct subject {
    const struct migration *m;
    bool looked_at; /* it differs from where the range begins */
    bool own;       /* the base does not have it, under any name */
};

/* A migration of the base. */
struct original {
    const struct migration *m;
    const struct subject *now; /* what it became; NULL: it is not there */
    enum fate fate;
    bool looked_at;
};

struct review {
    const struct review_request *request;
    struct vcs *vcs;
    struct arena *arena;
    struct notices *notices;
    struct side head, base;
    bool has_base;
    bool all;
    struct sides shared; /* the merge bases of head and base */
    struct sides range;  /* what head is compared with to see what changed */
    struct sides with;
    struct subject *subjects;
    size_t nsubjects;
    struct original *originals;
    size_t noriginals;
    struct review_findings findings;
};

struct sql_look;
struct action;

/* One about the shape of the history has run; one about SQL has statement, action, or both (core/review/sql_rule.h). */
struct rule {
    struct rule_text text;
    const struct layout *layout; /* the one that it is for; NULL: any */
    bool needs_base;
    bool (*run)(struct review *r, const struct rule *rule, struct err *e);
    void (*statement)(struct sql_look *l);                      /* called for every statement, before its actions */
    void (*action)(struct sql_look *l, const struct action *a); /* for everything that it does */
    bool down;                                                  /* holds for down scripts too, one step milder */
    bool everywhere;                                            /* holds on every dialect, not on PostgreSQL alone */
    bool unreadable; /* about scripts that can't be taken apart: sql_scripts.c's */
};

/* The one list of rules; the order in which findings at one place are shown. Each is a file: those about the history in
 * core/review/, those about SQL in core/review/sql/. */
#define HISTORY_RULES(X)                                                                                               \
    X(duplicate_version)                                                                                               \
    X(late_version)                                                                                                    \
    X(edited_migration)                                                                                                \
    X(renamed_migration)                                                                                               \
    X(deleted_migration)                                                                                               \
    X(missing_down)                                                                                                    \
    X(down_does_not_undo)                                                                                              \
    X(ruby_without_sql)                                                                                                \
    X(ruby_sql_apart)                                                                                                  \
    X(journal_files)                                                                                                   \
    X(journal_order)                                                                                                   \
    X(snapshot_chain)
#define SQL_RULES(X)                                                                                                   \
    X(unreadable_script)                                                                                               \
    X(adding_required_field)                                                                                           \
    X(adding_not_null)                                                                                                 \
    X(changing_column_type)                                                                                            \
    X(renaming_column)                                                                                                 \
    X(renaming_table)                                                                                                  \
    X(dropping_column)                                                                                                 \
    X(dropping_table)                                                                                                  \
    X(dropping_not_null)                                                                                               \
    X(foreign_key_not_valid)                                                                                           \
    X(check_not_valid)                                                                                                 \
    X(unique_constraint_without_index)                                                                                 \
    X(require_concurrent_index)                                                                                        \
    X(concurrently_in_transaction)                                                                                     \
    X(drop_index_concurrently)                                                                                         \
    X(reindex_concurrently)                                                                                            \
    X(validate_in_same_transaction)                                                                                    \
    X(not_null_policy)                                                                                                 \
    X(renaming_schema)                                                                                                 \
    X(concurrent_index_corruption)                                                                                     \
    X(adding_field_with_default)                                                                                       \
    X(adding_generated_column)                                                                                         \
    X(adding_exclusion_constraint)                                                                                     \
    X(rewriting_table)                                                                                                 \
    X(cluster_or_vacuum_full)                                                                                          \
    X(require_concurrent_refresh)                                                                                      \
    X(require_concurrent_partition_detach)                                                                             \
    X(attach_partition_without_check)                                                                                  \
    X(backfill_in_same_transaction)                                                                                    \
    X(require_timeout_settings)                                                                                        \
    X(transaction_nesting)                                                                                             \
    X(update_without_where)                                                                                            \
    X(ban_truncate_cascade)                                                                                            \
    X(ban_drop_cascade)                                                                                                \
    X(ban_drop_schema)                                                                                                 \
    X(ban_drop_database)                                                                                               \
    X(domain_with_constraint)                                                                                          \
    X(require_enum_value_ordering)                                                                                     \
    X(identifier_too_long)                                                                                             \
    X(disabling_row_security)                                                                                          \
    X(grant_to_public)                                                                                                 \
    X(prefer_bigint_over_int)                                                                                          \
    X(prefer_identity)                                                                                                 \
    X(prefer_jsonb)                                                                                                    \
    X(prefer_timestamptz)                                                                                              \
    X(prefer_text_field)                                                                                               \
    X(ban_char_field)                                                                                                  \
    X(wide_index)                                                                                                      \
    X(not_reviewed)
#define RULES(X) HISTORY_RULES(X) SQL_RULES(X)

#define RULE_DECLARE(name) extern const struct rule rule_##name;
RULES(RULE_DECLARE)
#undef RULE_DECLARE

const struct rule *const *rules_list(void); /* NULL-ended */
const struct rule *rules_find(const char *name);
const char *rules_nearest(const char *name, struct arena *a);
/* As the configuration has it, else the rule's own. */
enum severity rules_severity(const struct rule *rule, const struct config_rule *configured, size_t n);
/* ERR_CONFIG for a rule that is not there. */
bool rules_check_configured(const struct config_rule *configured, size_t n, struct arena *a, struct err *e);

/* By path and line, then by the rules' order. */
void findings_sort(struct review_findings *list);
/* Adds a finding with the rule's own severity, at a file's first line. It can be changed until the next one. */
struct finding *finding_add(struct review *r, const struct rule *rule, const struct migration *m, const char *path,
                            const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* At a byte of a file. */
void finding_place(struct finding *f, struct text source, size_t from, size_t to);
void finding_hint(struct review *r, struct finding *f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The file that a migration is known by: its up script, else its .rb. */
const char *path_of_migration(const struct migration *m);
/* The migrations of a version one after the other, which may be there twice: what stands behind `before`, or the first
 * one where that is NULL. NULL: no more. */
const struct migration *side_next(const struct side *s, const char *version, const struct migration *before);
/* The migration of the same version and name, or NULL. */
const struct migration *side_find(const struct side *s, const struct migration *m);
/* What is the last one in the layout's order (Drizzle: by `when`); NULL: there is none. */
const struct migration *side_newest(const struct side *s);
/* The files of the side's one folder. */
const struct layout_input *side_input(const struct side *s);

/* The .sql of a .rb's name that has another version, or NULL. */
const struct migration *ruby_script_apart(const struct review *r, const struct migration *ruby);

/* sides.c: loads what the commits have of the folders and the layout of head. */
bool sides_open(struct review *r, struct source *head, const char **reason, struct err *e);
/* compare.c: fills subjects and originals. */
void review_compare(struct review *r);
/* sql_scripts.c: runs the SQL rules over what is looked at; *unread is why they did not run, or NULL. */
bool review_scripts(struct review *r, const char **unread, struct err *e);
/* ignore.c: takes out what the configuration or a script's own mark says to ignore. */
bool findings_ignore(struct review *r, struct err *e);

#endif
