/* repair: put right what a run could not finish. */
#include "core/repair.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

struct repair_args {
    bool finished, undone, accept_edit, reconcile, forget;
};

static const struct option_row options[] = {
    { .name = "finished",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, finished),
      .help = "record a partial version as if its run had finished: the rest was done by hand" },
    { .name = "undone",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, undone),
      .help = "forget a partial version's run: what it left was undone by hand" },
    { .name = "accept-edit",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, accept_edit),
      .help = "record today's script of an edited version as the applied one" },
    { .name = "reconcile",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, reconcile),
      .help = "settle Drizzle's table and schema_migrations: what one lacks, it gets" },
    { .name = "forget",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, forget),
      .help = "with --reconcile: what only schema_migrations has becomes pending again" },
    { 0 },
};

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "the partial or edited version", .completes = "version" },
    { 0 },
};

static void json_version_repaired(struct json *object, const void *from, struct arena *a)
{
    const struct version_entry *v = from;

    (void)a;
    json_set_string(object, "repaired", v ? v->version : NULL);
}

static bool one_version(struct session *s, const struct repair_args *args, struct err *e)
{
    static const char *const done[] = { "is recorded as finished", "is forgotten: it is as if that run had not begun",
                                        "is recorded as it stands today" };
    enum repair_kind kind = args->finished ? REPAIR_FINISHED : args->undone ? REPAIR_UNDONE : REPAIR_ACCEPT_EDIT;
    const struct version_entry *v;

    if (args->finished + args->undone + args->accept_edit != 1 || !s->parsed->noperands) {
        err_plain(e, ERR_USAGE, "repair takes a version, and one of --finished, --undone and --accept-edit");
        return err_hint(e,
                        "`merganser status` shows what is partial or edited, `merganser show VERSION` what is known");
    }
    s->add_json = json_version_repaired;
    if (!repair_check(&v, &s->work, s->parsed->operands[0], kind, e))
        return false;
    if (!session_ask(s, arena_printf(s->arena, "Say of %s in %s that it %s?", text_shown(s->arena, text_from(v->id)),
                                     session_database(s), done[kind])))
        return session_unconfirmed(s, "repair", e);
    if (!repair_version(&v, &s->work, s->parsed->operands[0], kind, e))
        return false;
    s->json_from = v;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        fprintf(s->out, "%s %s\n", text_shown(s->arena, text_from(v->id)), done[kind]);
    return true;
}

static void json_reconciled(struct json *object, const void *from, struct arena *a)
{
    const struct reconcile_result *r = from;
    struct json *added = json_new_array(), *removed = json_new_array();

    (void)a;
    for (size_t i = 0; i < r->nadded; i++)
        json_add_string(added, r->added_versions[i]);
    for (size_t i = 0; i < r->nremoved; i++)
        json_add_string(removed, r->removed_versions[i]);
    json_set(object, "added", added);
    json_set(object, "removed", removed);
}

static bool reconcile(struct session *s, const struct repair_args *args, struct err *e)
{
    struct reconcile_result *r = arena_make(s->arena, struct reconcile_result, 1);

    s->add_json = json_reconciled;
    s->json_from = r;
    if (!repair_reconcile(r, &s->work, args->forget, false, e))
        return false;
    if (s->format == FORMAT_HUMAN) {
        for (size_t i = 0; i < r->nadded; i++)
            fprintf(s->out, "add     %s to the table that lacks it\n",
                    text_shown(s->arena, text_from(r->added_versions[i])));
        for (size_t i = 0; i < r->nremoved; i++)
            fprintf(s->out, "forget  %s\n", text_shown(s->arena, text_from(r->removed_versions[i])));
        if (!r->nadded && !r->nremoved)
            fputs("the two tables agree\n", s->out);
    }
    if (!r->nadded && !r->nremoved)
        return true;
    if (!session_ask(s, arena_printf(s->arena, "Settle the two tables of %s so?", session_database(s))))
        return session_unconfirmed(s, "repair --reconcile", e);
    return repair_reconcile(r, &s->work, args->forget, true, e);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct repair_args *args = raw;

    if (args->reconcile && (args->finished || args->undone || args->accept_edit || s->parsed->noperands))
        err_plain(e, ERR_USAGE, "--reconcile stands alone: it takes no version and no other kind of repair");
    else if (args->forget && !args->reconcile)
        err_plain(e, ERR_USAGE, "--forget goes with --reconcile");
    else
        return args->reconcile ? reconcile(s, args, e) : one_version(s, args, e);
    return err_hint(e, "`merganser help repair` says what each does");
}

const struct command repair_command = {
    .name = "repair",
    .group = GROUP_MAINTAIN,
    .summary = "settle by hand what a run could not finish",
    .details =
        "A migration that runs outside a transaction can stop midway; `up` then refuses until somebody has looked. "
        "Put the database right by hand first, then say here what you did. It asks before it writes.",
    .examples =
        (const char *const[]) { "merganser repair 20240320123000 --finished",
                                "merganser repair 20240320123000 --undone", "merganser repair --reconcile", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct repair_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
