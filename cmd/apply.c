/* apply: run the steps of a plan that was kept, if it still holds. */
#include "cmd/migrate.h"
#include "cmd/render/render.h"
#include "cmd/setup.h"
#include "core/base/text.h"

struct apply_args {
    const char *commit; /* of the plan, once it is read */
};

static const struct operand_row operands[] = {
    { .name = "<plan>",
      .help = "the file that `merganser plan --output` wrote",
      .required = true,
      .completes = "file" },
    { 0 },
};

static const char *ref(const void *raw)
{
    return ((const struct apply_args *)raw)->commit;
}

static bool check(const struct common_options *o, struct err *e)
{
    if (!o->ref && !o->staged)
        return true;
    err_plain(e, ERR_USAGE, "apply reads the plan's commit, and %s another source", o->ref ? "--ref" : "--staged");
    return err_hint(e, "leave it out");
}

static bool open_work(struct session *s, const struct plan_file *f, struct err *e)
{
    bool found = false;
    struct vcs_commit commit;

    if (!session_open_repository(s, e)) {
        struct err ignored;

        if (e->kind == ERR_REVISION && s->vcs &&
            (!vcs_commit_read(&commit, &found, s->vcs, f->commit, s->arena, &ignored) || !found))
            return plan_file_lacks_commit(f, s->vcs, s->arena, e);
        return false;
    }
    s->work.source.vcs = s->vcs;
    if (!plan_file_is_of(f, &s->work, e))
        return false;
    return session_open_source(s, NEED_SOURCE | NEED_DATABASE, e);
}

/* Whether a version with another's script is that one: as the plan has it. */
static enum renamed_handling renamed(const struct plan_file *f)
{
    for (size_t i = 0; i < f->steps.len; i++)
        if (f->steps.at[i].renamed_from)
            return RENAMED_RELINK;
    return RENAMED_RUN;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct apply_args *args = s->parsed->args;
    struct plan_file *f = arena_make(s->arena, struct plan_file, 1);
    struct plan_hold *hold = arena_make(s->arena, struct plan_hold, 1);
    struct migrate_request r = { .go_up = true, .holds = plan_holds, .holds_to = hold };

    (void)raw;
    if (!check(&s->parsed->common, e) || !plan_file_read(f, session_operands(s)[0], s->arena, e))
        return false;
    args->commit = object_id_hex(s->arena, f->commit);
    if (!open_work(s, f, e))
        return false;
    *hold = (struct plan_hold) {
        .work = &s->work, .file = f, .session = s->database.session, .ignore = s->work.drift_ignore
    };
    r.up.only = plan_file_versions(f, s->arena);
    r.up.renamed = renamed(f);
    r.fresh = f->fresh;
    return migrate_run(s, &r, e);
}

const struct command apply_command = {
    .name = "apply",
    .group = GROUP_EVERY_DAY,
    .summary = "run the steps of a plan, if it still holds",
    .details =
        "Takes versions, order and checksums from the plan, and the scripts from the plan's commit, never from the "
        "file; which database it is says the configuration here. With the lock held everything is computed anew: where "
        "ledger, target, schema or scripts have moved since the plan was made, nothing is run, and the difference is "
        "shown. Else it runs exactly those steps, as `up` does.",
    .examples =
        (const char *const[]) { "merganser apply plan.json", "merganser apply plan.json --env production --yes", NULL },
    .operands = operands,
    .args_size = sizeof(struct apply_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .late = true,
    .ref = ref,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
