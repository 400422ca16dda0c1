/* plan: what `up` would do, as a value to look at, to keep, and to apply. */
#include "cmd/render/render.h"
#include "cmd/setup.h"
#include "core/base/text.h"
#include "core/files.h"
#include "core/migrate.h"
#include "core/plan_offline.h"

struct plan_args {
    const char *to, *output, *since, *base, *trace;
    uint64_t steps;
    bool exit_code, offline, strict, relink, no_relink, fresh;
};

static const struct option_row options[] = {
    { .name = "output",
      .letter = 'o',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct plan_args, output),
      .value = "<file>",
      .help = "also write the plan as JSON into this file, which `merganser apply` takes",
      .completes = "file" },
    { .name = "to",
      .letter = 't',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct plan_args, to),
      .value = "<version>",
      .help = "stop after this version",
      .completes = "version" },
    { .name = "steps",
      .letter = 'n',
      .kind = OPTION_COUNT,
      .offset = offsetof(struct plan_args, steps),
      .value = "<n>",
      .help = "apply at most this many" },
    { .name = "exit-code",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, exit_code),
      .help = "exit with 3 when something is pending, missing, edited or partial" },
    { .name = "strict",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, strict),
      .help = "any change of the schema makes the plan stale, also where its scripts don't reach" },
    { .name = "trace",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct plan_args, trace),
      .value = "<url>",
      .help = "run the scripts in this database, roll them back, and show the locks that were seen; `scratch`: in an "
              "empty copy of the schema, made for it and dropped" },
    { .name = "offline",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, offline),
      .help = "open no database: every migration of the source counts as pending" },
    { .name = "since",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct plan_args, since),
      .value = "<rev>",
      .help = "with --offline: only what this commit does not have",
      .completes = "ref" },
    { .name = "base",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct plan_args, base),
      .value = "<rev>",
      .help = "with --offline: only what was added since this line left that branch",
      .completes = "ref" },
    { .name = "relink",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, relink),
      .help = "a pending version with the script of a missing one is that one, renamed: move its row, run nothing" },
    { .name = "no-relink",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, no_relink),
      .help = "run such a version as a new one" },
    { .name = "fresh",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct plan_args, fresh),
      .help = "go on although the database has tables and records nothing as applied" },
    { 0 },
};

static bool excluded(const char *one, const char *other, const char *why, struct err *e)
{
    err_plain(e, ERR_USAGE, "%s and %s exclude each other", one, other);
    return err_hint(e, "%s", why);
}

static bool check(const struct plan_args *args, struct err *e)
{
    if (args->relink && args->no_relink)
        return excluded("--relink", "--no-relink", "give one of them; `merganser help plan` says what each does", e);
    if (args->since && args->base)
        return excluded("--since", "--base", "--since compares with that commit, --base with where this line left it",
                        e);
    if ((args->since || args->base) && !args->offline) {
        err_plain(e, ERR_USAGE, "--since and --base go with --offline");
        return err_hint(e, "with a database its ledger says what is pending");
    }
    if (args->offline && args->trace) {
        err_plain(e, ERR_USAGE, "--trace and --offline exclude each other");
        return err_hint(e, "only a database can say what a statement does");
    }
    if (args->offline && args->exit_code) {
        err_plain(e, ERR_USAGE, "--exit-code can't tell anything with --offline");
        return err_hint(e, "only a database knows what is pending");
    }
    return true;
}

static bool make(struct plan *plan, struct session *s, const struct plan_args *args, struct err *e)
{
    const struct resolve_options up = { .to = args->to,
                                        .steps = args->steps,
                                        .renamed = args->relink      ? RENAMED_RELINK
                                                   : args->no_relink ? RENAMED_RUN
                                                                     : RENAMED_REFUSE };
    const struct migrate_request online = { .go_up = true, .up = up, .dry_run = true, .fresh = args->fresh };
    struct plan_offline_request offline = { .since = args->since, .base = args->base, .resolve = up };
    struct source_request source;

    if (!session_open_work(s, args->offline ? NEED_SOURCE : NEED_SOURCE | NEED_READING, e))
        return false;
    if (!args->offline)
        return migrate(plan, &s->work, &online, e);
    offline.dialect = setup_dialect(s);
    if (!offline.dialect)
        offline.dialect = dialect_named("postgres");
    offline.source = &source;
    return setup_request(&source, s, e) && plan_offline(plan, &s->work, &offline, e);
}

static bool describe(struct plan_document *d, struct session *s, const struct plan *plan, const struct plan_args *args,
                     struct err *e)
{
    struct review_request review = { 0 };
    struct plan_document_request r = {
        .plan = plan,
        .offline = args->offline,
        .strict = args->strict,
        .fresh = args->fresh,
        .session = s->database.session,
        .ignore = s->work.drift_ignore,
        .lock_timeout_ms = s->work.config.timeouts.lock,
        .trace = args->trace,
        .opened = &s->database,
    };

    if (!setup_review(&review, s, e))
        return false;
    r.rules = review.rules;
    r.nrules = review.nrules;
    r.check_ignore = review.ignore;
    return plan_document_make(d, &s->work, &r, e);
}

static bool keep(struct session *s, const char *path, struct err *e)
{
    struct json *object = render_json_object(s, NULL);
    struct text bytes = json_bytes(object, 2, s->arena);

    json_free(object);
    bytes = text_from(arena_printf(s->arena, "%.*s\n", (int)bytes.len, bytes.at));
    return files_write(*path == '/' ? "" : ".", path, bytes, true, s->arena, e);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct plan_args *args = raw;
    struct plan *plan = arena_make(s->arena, struct plan, 1);
    struct plan_document *d = arena_make(s->arena, struct plan_document, 1);
    const struct resolution *r = &s->work.versions;

    s->work.run_id = NULL; /* nothing is run, and two plans of the same are the same */
    if (!check(args, e) || !make(plan, s, args, e) || !describe(d, s, plan, args, e))
        return false;
    s->add_json = json_document;
    s->json_from = d;
    s->document = d;
    s->review = &d->findings;
    s->fails_from = SEVERITIES;
    if (args->exit_code && (r->pending || r->missing || r->edited || r->partial))
        s->exit_code = 3;
    if (args->output && !keep(s, args->output, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        render_document(s, d, args->output);
    return true;
}

const struct command plan_command = {
    .name = "plan",
    .group = GROUP_EVERY_DAY,
    .summary = "show what would be applied, with locks and findings, and keep it for `apply`",
    .details =
        "Names the commit, every step with its checksum, every statement with what it will lock, write anew and read, "
        "what the rules of `check` say of it, and a fingerprint of what all of that was computed from. Runs nothing. "
        "What a statement locks is what its kind takes by the database's documentation; with --trace it is what was seen.",
    .examples = (const char *const[]) { "merganser plan", "merganser plan --ref origin/main --output plan.json",
                                        "merganser plan --offline --base origin/main --format markdown",
                                        "merganser plan --exit-code --quiet", NULL },
    .options = options,
    .args_size = sizeof(struct plan_args),
    .needs = NEED_SOURCE | NEED_READING,
    .late = true,
    .formats = (const char *const[]) { "json", "markdown", "github", NULL },
    .run = run,
};
