/* Reviewing migrations: what is wrong with those that a line of history brings, found without a database. */
#ifndef CORE_REVIEW_REVIEW_H
#define CORE_REVIEW_REVIEW_H

#include "core/config.h"
#include "core/source.h"
#include "dialects/dialect.h"

enum severity { SEVERITY_OFF, SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };
enum { SEVERITIES = SEVERITY_ERROR + 1 };

const char *severity_word(enum severity s);

/* What `check --explain` says of a rule. */
struct rule_text {
    const char *name;    /* kebab case */
    const char *summary; /* one clause */
    enum severity severity;
    const char *risk;   /* what can go wrong */
    const char *safe;   /* the safe way */
    const char *except; /* when it does not apply */
};

/* Row i of the rules, NULL behind the last: for --explain and the README's check. */
const struct rule_text *review_rule(size_t i);
/* By its name. ERR_USAGE with the nearest one. */
bool review_rule_named(const struct rule_text **out, const char *name, struct err *e);

struct finding {
    const char *rule;
    enum severity severity; /* never SEVERITY_OFF */
    const char *version;    /* NULL: of no single migration */
    struct pos at;          /* from the root, the path as it is; line 0: the file is not there any more */
    int end_line, end_column;
    const char *message;
    const char *hint; /* or NULL */
    /* excerpt.h's: */
    const char *fingerprint;       /* stays the same while lines move; no two findings of a review have the same one */
    const struct excerpt *excerpt; /* NULL: it is about a whole file */
};

struct review_findings {
    struct finding *at;
    size_t len, cap;
};

struct roundtrip_request;

struct review_request {
    struct source_request source; /* what is reviewed: work tree, index or a commit */
    const char *base;             /* a revision; NULL: the default branch */
    const char *const *with;      /* further branches that must not have the same versions; NULL-ended or NULL */
    const char *since;            /* what differs from this revision is looked at; NULL: from the merge base, for the
                                     index from HEAD */
    bool all;                     /* everything is looked at */
    const char *const *versions;  /* these are looked at, whatever the history says; NULL-ended or NULL */
    /* Of SQL rules: */
    const struct dialect *dialect; /* NULL: told by the files */
    int server;                    /* db_info.version; 0: not known */
    int64_t lock_timeout_ms;       /* as configured; -1: not */
    struct table_name ledger;      /* table NULL: not known */
    const struct config_rule *rules;
    size_t nrules;
    const char *const *ignore; /* patterns of paths from the root, as in fnmatch(3); NULL-ended or NULL */
    /* Where up and down scripts are tried (core/roundtrip.h); NULL: nowhere, and no database is opened. */
    const struct roundtrip_request *roundtrip;
};

struct review_result {
    struct review_findings findings; /* by path and line */
    size_t counts[SEVERITIES];
    const char *base;                          /* as it is called; NULL: there was none */
    const struct migration *const *migrations; /* those that were looked at */
    size_t looked_at;
    const char *reason; /* why nothing of the history could be compared, or NULL */
    const char *unread; /* why no SQL rule ran, or NULL */
};

/* Reviews; head is where the reviewed migrations are loaded to, and has to outlive the result. What could not be known
 * (no branch to compare with, a merge in progress) is a note, or ERR_REVISION and ERR_GIT where a verdict would be
 * wrong. Opens no database. For a pre-commit hook: source.at is the index. */
bool review_run(struct review_result *out, struct source *head, struct vcs *v, const struct review_request *r,
                struct arena *a, struct notices *notices, struct err *e);

#endif
