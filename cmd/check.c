/* check: review the migrations that a branch brings, and mend their order. */
#include "cmd/render/render.h"
#include "cmd/report.h"
#include "cmd/setup.h"
#include "core/base/text.h"
#include "core/roundtrip.h"

struct check_args {
    const char *base, *since, *fail_on, *explain, *scratch;
    const char *const *with, *const *report;
    const char *dialect;
    bool all, pending, roundtrip, rules, fix, dry_run;
};

static const struct option_row options[] = {
    { .name = "base",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct check_args, base),
      .value = "<rev>",
      .help = "the branch this one will be merged into (origin/HEAD, else origin/main or master, else main or master)",
      .from_environment = true,
      .completes = "ref" },
    { .name = "with",
      .kind = OPTION_LIST,
      .offset = offsetof(struct check_args, with),
      .value = "<rev>",
      .help = "another branch that must not have the same versions; may be repeated",
      .completes = "ref" },
    { .name = "since",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct check_args, since),
      .value = "<rev>",
      .help = "look at what differs from this commit (the merge base; HEAD with --staged)",
      .completes = "ref" },
    { .name = "all",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, all),
      .help = "look at every migration, each by itself" },
    { .name = "pending",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, pending),
      .help = "open the database and look at what is pending there" },
    { .name = "dialect",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct check_args, dialect),
      .value = "<name>",
      .help = "whose SQL the scripts are (the configured database's, else as they look)",
      .choices = (const char *const[]) { "postgres", "sqlite", NULL } },
    { .name = "roundtrip",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, roundtrip),
      .help = "try in a scratch database beside the configured one whether each down script undoes its up script" },
    { .name = "scratch",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct check_args, scratch),
      .value = "<url>",
      .help = "with --roundtrip: try in this empty database; it is left as the migrations made it",
      .from_environment = true },
    { .name = "fail-on",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct check_args, fail_on),
      .value = "<severity>",
      .help = "exit with 3 from this severity on (error)",
      .choices = (const char *const[]) { "error", "warning", "never", NULL },
      .from_environment = true },
    { .name = "report",
      .kind = OPTION_LIST,
      .offset = offsetof(struct check_args, report),
      .value = "<format>=<file>",
      .help = "write what was found into a file too, in any --format; may be repeated" },
    { .name = "fix",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, fix),
      .help = "renumber this branch's own migrations behind the base's newest, as `git mv` would" },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, dry_run),
      .help = "with --fix: show what would be renamed, and change nothing" },
    { .name = "explain",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct check_args, explain),
      .value = "<rule>",
      .help = "say what a rule is about, and stop" },
    { .name = "rules",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct check_args, rules),
      .help = "list the rules, and stop" },
    { 0 },
};

static int fails_from(const char *on)
{
    if (on && strcmp(on, "never") == 0)
        return SEVERITIES;
    return on && strcmp(on, "warning") == 0 ? SEVERITY_WARNING : SEVERITY_ERROR;
}

static bool fails(const struct review_result *r, int from)
{
    size_t n = 0;

    for (; from < SEVERITIES; from++)
        n += r->counts[from];
    return n > 0;
}

static bool fix(struct session *s, const struct check_args *args, const struct review_request *q, struct err *e)
{
    struct fix_result *result = arena_make(s->arena, struct fix_result, 1);

    if (!review_fix(result, &s->work.source, s->vcs, q, args->dry_run, s->arena, &s->notices, e))
        return false;
    s->source_open = true;
    s->add_json = json_fix;
    s->json_from = result;
    if (s->format == FORMAT_HUMAN)
        render_fix(s, result, args->dry_run);
    return true;
}

static bool review(struct session *s, const struct check_args *args, const struct review_request *q, struct err *e)
{
    struct review_result *result = arena_make(s->arena, struct review_result, 1);

    s->fails_from = fails_from(args->fail_on);
    if (!review_run(result, &s->work.source, s->vcs, q, s->arena, &s->notices, e) ||
        !review_excerpts(&result->findings, &s->work.source, s->arena, e))
        return false;
    s->source_open = true;
    s->add_json = json_findings;
    s->json_from = s->review = result;
    if (s->format == FORMAT_HUMAN)
        render_findings(s, s->out, result);
    s->exit_code = fails(result, s->fails_from) ? 3 : 0;
    return true;
}

/* What the database has not, for its server. */
static bool pending(struct review_request *q, struct session *s, struct err *e)
{
    struct workspace *w = &s->work;
    const char **versions;
    size_t n = 0;

    setup_database_start(s, true);
    if (!setup_source(s, e))
        return false;
    s->source_open = true;
    s->database_open = setup_database(s, true, e);
    if (!s->database_open || !workspace_survey(w, e))
        return false;
    versions = arena_make(s->arena, const char *, w->versions.pending + 1);
    for (size_t i = 0; i < w->versions.len; i++)
        if (w->versions.at[i].state == STATE_PENDING)
            versions[n++] = w->versions.at[i].version;
    q->versions = versions;
    q->dialect = w->db->dialect;
    q->server = w->db->info.version;
    q->ledger = w->ledger.main;
    return true;
}

/* Where the review tries down scripts. Only then a database is written to, and never the configured one. */
static bool roundtrip(struct review_request *q, struct session *s, const struct check_args *args, struct err *e)
{
    struct roundtrip_request *r = arena_make(s->arena, struct roundtrip_request, 1);

    if (!setup_scratch(&r->beside, s, args->scratch, e))
        return false;
    r->scratch = args->scratch;
    r->config = &s->work.config;
    r->environment = s->work.environment ? s->work.environment : "development";
    r->ignore = s->work.drift_ignore;
    q->roundtrip = r;
    return true;
}

/* Options that say what is looked at. */
static bool check_range(const struct check_args *args, struct err *e)
{
    if (args->all && args->since) {
        err_plain(e, ERR_USAGE, "--all and --since exclude each other");
        return err_hint(e, "--since looks at what differs from a commit, --all at everything");
    }
    if (args->pending && (args->all || args->since || args->fix)) {
        err_plain(e, ERR_USAGE, "--pending and %s exclude each other",
                  args->all     ? "--all"
                  : args->since ? "--since"
                                : "--fix");
        return err_hint(e, "--pending looks at what the database has not");
    }
    if (args->dry_run && !args->fix) {
        err_plain(e, ERR_USAGE, "--dry-run goes with --fix");
        return err_hint(e, "`merganser check` alone changes nothing");
    }
    if (args->roundtrip && args->fix) {
        err_plain(e, ERR_USAGE, "--roundtrip and --fix exclude each other");
        return err_hint(e, "run `merganser check --fix` first, then `merganser check --roundtrip`");
    }
    if (args->report && (args->fix || args->rules || args->explain)) {
        err_plain(e, ERR_USAGE, "--report goes with a review");
        return err_hint(e, "leave out --fix, --rules or --explain");
    }
    return true;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct check_args *args = raw;
    struct review_request q = { .base = args->base, .with = args->with, .since = args->since, .all = args->all };
    const struct rule_text *rule;

    if (!check_range(args, e) || !report_open(s, args->report, e))
        return false;
    if (args->rules) {
        render_rules(s);
        return true;
    }
    if (args->explain) {
        if (!review_rule_named(&rule, args->explain, e))
            return false;
        render_rule(s, rule);
        return true;
    }
    if (!session_open_repository(s, e) || !setup_request(&q.source, s, e) || (args->pending && !pending(&q, s, e)))
        return false;
    if (args->dialect)
        q.dialect = dialect_named(args->dialect);
    if (!setup_review(&q, s, e) || (args->roundtrip && !roundtrip(&q, s, args, e)))
        return false;
    return args->fix ? fix(s, args, &q, e) : review(s, args, &q, e);
}

const struct command check_command = {
    .name = "check",
    .group = GROUP_LOOK,
    .summary = "review the migrations that a branch brings",
    .details =
        "Compares the files with the branch that they will be merged into, by the commit graph: versions that are "
        "there twice or will land late, migrations that the other branch has and that were edited, renamed or "
        "deleted here, down scripts that are missing, Drizzle's journal and Rails' pairs. Then takes the scripts apart "
        "as "
        "`up` would run them, and looks at what their SQL would lock, rewrite, lose or break. Opens a database only "
        "for "
        "--pending, which reads, and --roundtrip, which works in a scratch database.",
    .examples = (const char *const[]) { "merganser check", "merganser check --base origin/main --format github",
                                        "merganser check --report sarif=merganser.sarif --report junit=merganser.xml",
                                        "merganser check --staged", "merganser check --pending --env production",
                                        "merganser check --all --roundtrip", "merganser check --fix --dry-run",
                                        "merganser check --explain late-version", NULL },
    .options = options,
    .args_size = sizeof(struct check_args),
    .needs = NEED_NOTHING,
    .formats = (const char *const[]) { "json", "markdown", "github", "sarif", "gitlab", "junit", NULL },
    .run = run,
};
