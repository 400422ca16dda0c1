/* status: every version with its state. */
#include "cmd/render/render.h"
#include "core/prepare.h"

struct status_args {
    bool all, exit_code;
};

static const struct option_row options[] = {
    { .name = "all",
      .letter = 'a',
      .kind = OPTION_FLAG,
      .offset = offsetof(struct status_args, all),
      .help = "list every applied version, however many there are" },
    { .name = "exit-code",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct status_args, exit_code),
      .help = "exit with 3 when something is pending, missing, edited or partial" },
    { 0 },
};

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct status_args *args = raw;
    const struct resolution *r = &s->work.versions;

    if (!workspace_survey(&s->work, e) || !prepare_flags(&s->work, e))
        return false;
    /* A walk through the history is only paid for where somebody sees what it finds. */
    if ((s->format != FORMAT_HUMAN || render_has_room(s)) && !workspace_origins(&s->work, e))
        return false;
    s->add_json = json_status;
    s->json_from = &s->work;
    if (s->format == FORMAT_HUMAN)
        render_status(s, args->all);
    if (args->exit_code && (r->pending || r->missing || r->edited || r->partial))
        s->exit_code = 3;
    return true;
}

const struct command status_command = {
    .name = "status",
    .group = GROUP_EVERY_DAY,
    .summary = "show every version with its state",
    .details =
        "A version is up (applied), down (pending) or NO FILE (applied, and its file is not here). Of the last kind, "
        "`retired` says that this line of history had the file and deleted it, `elsewhere` that another line has it "
        "or this repository applied it, `unknown` that neither git nor the history knows it; `merganser show "
        "VERSION` says more, and `merganser sync` rolls back what is `elsewhere` and ours. Among many, "
        "applied versions that need no attention are left out. On a wide terminal, with --verbose and in JSON it "
        "says which commit introduced each.",
    .examples = (const char *const[]) { "merganser status", "merganser status --ref origin/main --json",
                                        "merganser status --exit-code --quiet", NULL },
    .options = options,
    .args_size = sizeof(struct status_args),
    .needs = NEED_SOURCE | NEED_READING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
