/* drift: what changed in the schema behind merganser's back. */
#include "core/drift.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

struct drift_args {
    bool exit_code, accept, owners, grants;
};

static const struct option_row options[] = {
    { .name = "exit-code",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct drift_args, exit_code),
      .help = "exit with 3 when something drifted" },
    { .name = "accept",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct drift_args, accept),
      .help = "record the schema as it is now as the one that is expected from now on" },
    { .name = "owners",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct drift_args, owners),
      .help = "compare who owns what too" },
    { .name = "grants",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct drift_args, grants),
      .help = "compare who may do what too" },
    { 0 },
};

/* What was never recorded, or differs only in what is not compared, is recorded all the same: then it is known. */
static bool is_recorded(const struct drift *d)
{
    return d->last && !d->unusable && !d->changes.len && !d->found && strcmp(d->last->sha256, d->live_sha256) == 0;
}

static bool accept(struct session *s, struct drift *d, struct err *e)
{
    bool human = s->format == FORMAT_HUMAN && !s->quiet;
    const char *question =
        arena_printf(s->arena, "Record the schema of %s as it is now as the expected one?", session_database(s));

    if (is_recorded(d))
        return true;
    fflush(s->out);
    if (!session_ask(s, question))
        return session_unconfirmed(s, "drift --accept", e);
    if (!drift_accept(&s->work, d, e))
        return false;
    d->accepted = true;
    if (human)
        fputs("recorded: this schema is the expected one from now on\n", s->out);
    return true;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct drift_args *args = raw;
    const struct drift_options compared = { .owners = args->owners, .grants = args->grants };
    struct drift *d = arena_make(s->arena, struct drift, 1);

    if (args->accept && args->exit_code) {
        err_plain(e, ERR_USAGE, "--accept and --exit-code exclude each other");
        return err_hint(e, "`merganser drift --exit-code` tells whether something drifted, `--accept` settles it");
    }
    s->add_json = json_drift;
    s->json_from = d;
    if ((args->accept && !workspace_check_writable(&s->work, e)) || !drift_look(d, &s->work, &compared, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        render_drift(s, d);
    if (s->format == FORMAT_MARKDOWN)
        render_drift_markdown(s, d);
    if (args->accept)
        return accept(s, d, e);
    if (!d->last || d->unusable)
        return drift_nothing(d, e);
    if (args->exit_code && d->changes.len)
        s->exit_code = 3;
    return true;
}

static bool only_looks(const void *raw)
{
    return !((const struct drift_args *)raw)->accept;
}

const struct command drift_command = {
    .name = "drift",
    .group = GROUP_LOOK,
    .summary = "show what changed in the schema behind merganser's back",
    .details = "Every run records what the schema is behind it. This compares what is there with that, and lists what "
               "was added, removed and changed, with both texts. What a run found changed stays drift until somebody "
               "accepts it or takes it back. Patterns under `drift: {ignore: [...]}` in merganser.yml are left out. "
               "Accepting asks first, and writes a row of the history.",
    .examples = (const char *const[]) { "merganser drift", "merganser drift --exit-code --quiet",
                                        "merganser drift --accept --yes", NULL },
    .options = options,
    .args_size = sizeof(struct drift_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .formats = (const char *const[]) { "json", "markdown", NULL },
    .run = run,
};
