/* repair: put right what a run could not finish. */
#include "core/repair.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

struct repair_args {
    bool resume, undo, mark_applied, mark_rolled_back, forget, accept_edit, all_edited, reconcile;
    uint64_t from;
    const char *since;
};

static const struct option_row options[] = {
    { .name = "resume",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, resume),
      .help = "run what is not done of a partial version's script" },
    { .name = "from",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct repair_args, from),
      .value = "<n>",
      .help = "with --resume: run statement n and those behind it, and take those before it as done" },
    { .name = "undo",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, undo),
      .help = "run the down script of a partial version" },
    { .name = "mark-applied",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, mark_applied),
      .help = "record a partial version as applied: the rest was done by hand" },
    { .name = "mark-rolled-back",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, mark_rolled_back),
      .help = "record a partial version as rolled back: the rest was undone by hand" },
    { .name = "forget",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, forget),
      .help = "as if a partial version's run had not begun: what it left was undone by hand; with --reconcile: what "
              "only schema_migrations has becomes pending again" },
    { .name = "accept-edit",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, accept_edit),
      .help = "record today's script of an edited version as the applied one" },
    { .name = "all-edited",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, all_edited),
      .help = "with --accept-edit: of every edited version" },
    { .name = "since",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct repair_args, since),
      .value = "<commit>",
      .help = "with --all-edited: only those whose up script changed since that commit",
      .completes = "ref" },
    { .name = "reconcile",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct repair_args, reconcile),
      .help = "settle Drizzle's table and schema_migrations: what one lacks, it gets" },
    { 0 },
};

static const struct operand_row operands[] = {
    { .name = "<version>", .help = "the partial or edited version", .completes = "version" },
    { 0 },
};

static const char *shown_id(struct session *s, const struct version_entry *v)
{
    return text_shown(s->arena, text_from(v->id));
}

/* ---- a version that stopped midway ---- */

static bool look(struct session *s, const char *version, struct err *e)
{
    struct repair_look *found = arena_make(s->arena, struct repair_look, 1);

    s->add_json = json_look;
    s->json_from = found;
    if (!workspace_survey(&s->work, e) || !repair_look(found, &s->work, version, e))
        return false;
    if (s->format == FORMAT_HUMAN)
        render_look(s, found);
    return true;
}

static void json_repaired(struct json *object, const void *from, struct arena *a)
{
    const struct version_entry *v = from;

    (void)a;
    json_set_string(object, "repaired", v ? v->version : NULL);
}

static bool mark(struct session *s, const char *version, enum repair_kind kind, struct err *e)
{
    static const char *const done[] = { "is recorded as applied", "is recorded as rolled back",
                                        "is forgotten: it is as if that run had not begun" };
    const struct version_entry *v;

    s->add_json = json_repaired;
    if (!workspace_check_writable(&s->work, e) || !workspace_survey(&s->work, e) ||
        !repair_find(&v, &s->work, version, e))
        return false;
    if (!session_ask(
            s, arena_printf(s->arena, "Say of %s in %s that it %s?", shown_id(s, v), session_database(s), done[kind])))
        return session_unconfirmed(s, "repair", e);
    if (!repair_mark(&v, &s->work, version, kind, e))
        return false;
    s->json_from = v;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        fprintf(s->out, "%s %s\n", shown_id(s, v), done[kind]);
    return true;
}

static bool resume_found(struct session *s, struct plan *plan, const struct repair_look *found, uint64_t from,
                         struct err *e)
{
    struct run_events events = render_events(s);
    int64_t began = time_monotonic_ms();
    const char *id = shown_id(s, found->version), *question;
    struct repair_rest rest;

    if (!repair_find_rest(&rest, found, &s->work, from, e))
        return false;
    if (!s->quiet)
        render_rest(s, s->format == FORMAT_HUMAN ? s->out : s->err, found, rest.from);
    fflush(s->out);
    question = rest.from > rest.total
                   ? arena_printf(s->arena, "Record in %s that all of %s has run?", session_database(s), id)
                   : arena_printf(s->arena, "Run %s in %s from statement %llu on?", id, session_database(s),
                                  (unsigned long long)rest.from);
    if (!session_ask(s, question))
        return session_unconfirmed(s, "repair --resume", e);
    if (!repair_resume(plan, &s->work, found, from, &events, e))
        return false;
    render_summary(s, plan, false, time_monotonic_ms() - began);
    return true;
}

static bool resume(struct session *s, const char *version, uint64_t from, struct err *e)
{
    struct repair_look *found = arena_make(s->arena, struct repair_look, 1);
    struct plan *plan = arena_make(s->arena, struct plan, 1);

    s->add_json = json_steps;
    s->json_from = plan;
    return workspace_check_writable(&s->work, e) && workspace_survey(&s->work, e) &&
           repair_look(found, &s->work, version, e) && resume_found(s, plan, found, from, e);
}

static bool undo(struct session *s, const char *version, struct err *e)
{
    struct repair_look *found = arena_make(s->arena, struct repair_look, 1);
    struct plan *plan = arena_make(s->arena, struct plan, 1);
    struct run_events events = render_events(s);
    int64_t began = time_monotonic_ms();

    s->add_json = json_steps;
    s->json_from = plan;
    if (!workspace_check_writable(&s->work, e) || !workspace_survey(&s->work, e) ||
        !repair_look(found, &s->work, version, e))
        return false;
    /* Of one whose undoing stopped, the rest of that. */
    if (repair_is_undone(found->version) && !s->quiet)
        render_rest(s, s->format == FORMAT_HUMAN ? s->out : s->err, found, found->done + 1);
    else if (found->undo.script.read && !s->quiet)
        render_undo(s, s->format == FORMAT_HUMAN ? s->out : s->err, found);
    fflush(s->out);
    if ((repair_is_undone(found->version) || found->undo.script.read) &&
        !session_ask(s, arena_printf(s->arena, "Run the down script of %s in %s?", shown_id(s, found->version),
                                     session_database(s))))
        return session_unconfirmed(s, "repair --undo", e);
    if (!repair_undo(plan, &s->work, version, &events, e))
        return false;
    render_summary(s, plan, false, time_monotonic_ms() - began);
    return true;
}

/* ---- edited versions ---- */

static void json_accepted(struct json *object, const void *from, struct arena *a)
{
    const struct repair_edits *edits = from;
    struct json *list = json_new_array();

    (void)a;
    for (size_t i = 0; i < edits->len; i++)
        json_add_string(list, edits->at[i]->version);
    json_set(object, "accepted", list);
}

/* The up scripts that changed since a commit; NULL where none was named. */
static bool changed_since(const char *const **paths, struct session *s, const char *since, struct err *e)
{
    const struct source *source = &s->work.source;
    const char **folders = arena_make(s->arena, const char *, source->nfolders + 1), **list;
    struct vcs_changes changes;

    *paths = NULL;
    if (!since)
        return true;
    for (size_t i = 0; i < source->nfolders; i++)
        folders[i] = source->folders[i].path;
    if (!vcs_changed(&changes, s->vcs, since, folders, source->nfolders, s->arena, e))
        return false;
    *paths = list = arena_make(s->arena, const char *, changes.len + 1);
    for (size_t i = 0; i < changes.len; i++)
        list[i] = arena_cstr(s->arena, changes.at[i].path);
    return true;
}

static bool accept(struct session *s, const struct repair_args *args, const char *version, struct err *e)
{
    struct repair_edits *edits = arena_make(s->arena, struct repair_edits, 1);
    const char *const *paths;
    const char *question;

    s->add_json = json_accepted;
    s->json_from = edits;
    if (!changed_since(&paths, s, args->since, e) || !workspace_check_writable(&s->work, e) ||
        !workspace_survey(&s->work, e) || !repair_edited(edits, &s->work, version, paths, e))
        return false;
    for (size_t i = 0; args->all_edited && s->format == FORMAT_HUMAN && i < edits->len; i++)
        fprintf(s->out, "accept  %s%s\n", shown_id(s, edits->at[i]),
                edits->at[i]->flags & FLAG_COSMETIC ? "  [cosmetic]" : "");
    if (!edits->len) {
        if (s->format == FORMAT_HUMAN)
            fputs("no applied version was edited\n", s->out);
        return true;
    }
    question =
        edits->len == 1
            ? arena_printf(s->arena, "Say of %s in %s that it is recorded as it stands today?",
                           shown_id(s, edits->at[0]), session_database(s))
            : arena_printf(s->arena, "Say of these %zu versions in %s that they are recorded as they stand today?",
                           edits->len, session_database(s));
    fflush(s->out);
    if (!session_ask(s, question))
        return session_unconfirmed(s, "repair", e);
    if (!repair_accept(&s->work, edits, version, paths, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet && !args->all_edited)
        fprintf(s->out, "%s is recorded as it stands today\n", shown_id(s, edits->at[0]));
    else if (s->format == FORMAT_HUMAN && !s->quiet)
        fprintf(s->out, "%zu recorded as %s today\n", edits->len, edits->len == 1 ? "it stands" : "they stand");
    return true;
}

/* ---- two tables ---- */

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

/* ---- what was asked for ---- */

static bool usage(const struct session *s, const struct repair_args *args, struct err *e)
{
    int kinds = args->resume + args->undo + args->mark_applied + args->mark_rolled_back + args->accept_edit +
                (args->forget && !args->reconcile);
    bool version = s->parsed->noperands > 0;

    if (args->reconcile && (kinds || version))
        err_plain(e, ERR_USAGE, "--reconcile stands alone: it takes no version and no other kind of repair");
    else if (args->all_edited && (!args->accept_edit || version))
        err_plain(e, ERR_USAGE, "--all-edited goes with --accept-edit, and takes no version");
    else if (args->since && !args->all_edited)
        err_plain(e, ERR_USAGE, "--since goes with --accept-edit --all-edited");
    else if (args->from && !args->resume)
        err_plain(e, ERR_USAGE, "--from goes with --resume");
    else if (kinds > 1)
        err_plain(e, ERR_USAGE, "a version is repaired in one way: give one of these options");
    else if (!version && !args->reconcile && !args->all_edited)
        err_plain(e, ERR_USAGE, "repair takes a version; `merganser status` shows what is partial or edited");
    else
        return true;
    return err_hint(e, "`merganser help repair` says what each does");
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct repair_args *args = raw;
    const char *version = s->parsed->operands[0];

    if (!usage(s, args, e))
        return false;
    if (args->reconcile)
        return reconcile(s, args, e);
    if (args->accept_edit)
        return accept(s, args, version, e);
    if (args->resume)
        return resume(s, version, args->from, e);
    if (args->undo)
        return undo(s, version, e);
    if (args->mark_applied || args->mark_rolled_back || args->forget)
        return mark(s, version,
                    args->mark_applied       ? REPAIR_MARK_APPLIED
                    : args->mark_rolled_back ? REPAIR_MARK_ROLLED_BACK
                                             : REPAIR_FORGET,
                    e);
    return look(s, version, e);
}

static bool only_looks(const void *raw)
{
    const struct repair_args *args = raw;

    return !args->resume && !args->undo && !args->mark_applied && !args->mark_rolled_back && !args->forget &&
           !args->accept_edit && !args->reconcile;
}

const struct command repair_command = {
    .name = "repair",
    .group = GROUP_MAINTAIN,
    .summary = "look at what a run could not finish, and settle it",
    .details =
        "A migration that runs outside a transaction can stop midway; `up` goes on with it, and refuses where nobody "
        "can tell what is done. With a version alone, repair looks: it holds every statement of the script against the "
        "database, says which are done, and which commands go on. The options say what to make of that. They ask "
        "before they write.",
    .examples = (const char *const[]) { "merganser repair 20240320123000", "merganser repair 20240320123000 --resume",
                                        "merganser repair 20240320123000 --mark-applied",
                                        "merganser repair --accept-edit --all-edited --since v1.2",
                                        "merganser repair --reconcile", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct repair_args),
    .needs = NEED_SOURCE | NEED_DATABASE,
    .only_looks = only_looks,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
