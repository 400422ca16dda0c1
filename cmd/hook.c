/* hook: let git say after a pull or a checkout what it brought, and apply it. */
#include "cmd/hook.h"

#include <limits.h>
#include <unistd.h>

#include "cmd/setup.h"

struct hook_args {
    const char *post_merge, *post_checkout, *post_rewrite, *hold_for;
    bool pre_commit, merge_drivers;
};

static const char *const actions[] = { "install", "uninstall", "status", "hold", "continue", "run", NULL };
static const char *const hooks[] = { "post-merge", "post-checkout", "post-rewrite", "pre-commit", NULL };
static const char *const modes[] = { "notify", "apply", "off", NULL };
static const char *const checkout_modes[] = { "notify", "apply", "sync", "off", NULL };

static const struct operand_row operands[] = {
    { .name = "<action>", .help = "what to do", .required = true, .choices = actions },
    { .name = "<hook>", .help = "which one, for uninstall (default: all) and run", .choices = hooks },
    { .name = "<argument>", .help = "what git gives the hook, for run", .repeated = true },
    { 0 },
};

#define MODE(option, member, words, when)                                                                              \
    {                                                                                                                  \
        .name = option, .kind = OPTION_CHOICE, .offset = offsetof(struct hook_args, member), .value = "<mode>",        \
        .help = when, .choices = words, .with = "install"                                                              \
    }

static const struct option_row options[] = {
    MODE("post-merge", post_merge, modes, "what to do after a merge or a pull"),
    MODE("post-checkout", post_checkout, checkout_modes, "what to do after a checkout of a branch"),
    MODE("post-rewrite", post_rewrite, modes, "what to do after a rebase or an amended commit"),
    { .name = "pre-commit",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct hook_args, pre_commit),
      .help = "stop a commit whose migrations can't be read, or in which `merganser check --staged` finds an error",
      .with = "install" },
    { .name = "merge-drivers",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct hook_args, merge_drivers),
      .help = "let git merge Drizzle journals and structure.sql by `merganser merge-driver`",
      .with = "install" },
    { .name = "for",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct hook_args, hold_for),
      .value = "<duration>",
      .help = "for so long, as in 30min or 8h; default: until `merganser hook continue`",
      .with = "hold" },
    { 0 },
};

static enum hook_mode mode_named(const char *word)
{
    for (enum hook_mode m = HOOK_OFF; word && m <= HOOK_SYNC; m++)
        if (strcmp(word, hook_mode_word(m)) == 0)
            return m;
    return HOOK_UNSET;
}

/* Where this program is, for the day that it is not in PATH. */
static const char *program_path(struct arena *a)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

    return n > 0 ? arena_cstr(a, (struct text) { path, (size_t)n }) : "merganser";
}

/* What holds for this run only would be forgotten by the time that a hook runs. */
static bool lasting(const struct session *s, struct err *e)
{
    const struct common_options *o = &s->parsed->common;
    const struct {
        const char *option, *variable;
        bool given, has_key;
    } passing[] = {
        { "--database", "MERGANSER_DATABASE", o->database, true },
        { "--migrations", "MERGANSER_MIGRATIONS", o->migrations, true },
        { "--layout", "MERGANSER_LAYOUT", o->layout, true },
        { "--config", "MERGANSER_CONFIG", o->config, false },
        { "--ref", "MERGANSER_REF", o->ref, false },
        { "--staged", "MERGANSER_STAGED", o->staged, false },
    };

    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        const char *variable = getenv(passing[i].variable);

        if (!passing[i].given || (variable && *variable))
            continue;
        err_plain(e, ERR_USAGE, "%s holds for one run, and hooks run later", passing[i].option);
        return passing[i].has_key
                   ? err_hint(e, "write `%s:` into merganser.yml; --env NAME is kept", passing[i].option + 2)
                   : err_hint(e, "leave it out; --env NAME is kept");
    }
    return true;
}

static bool report(struct session *s, struct hook_answer *r)
{
    s->add_json = json_hooks;
    s->json_from = r;
    if (s->format == FORMAT_HUMAN) {
        render_hooks(s, &r->hooks);
        render_merge_drivers(s, &r->merge);
    }
    return true;
}

static bool policy_allows(const struct session *s, const struct hook_install *how, struct err *e)
{
    const struct config_policy *p = &s->work.config.policy;
    bool writes = false, syncs = false;

    for (size_t i = 0; i < HOOK_COUNT; i++) {
        syncs |= how->modes[i] == HOOK_SYNC;
        writes |= how->modes[i] == HOOK_APPLY || how->modes[i] == HOOK_SYNC;
    }
    if (writes && p->confirm == 1) {
        err_set(e, ERR_POLICY, p->confirm_at, "a hook can't ask, and the policy says `confirm: true`");
        return err_hint(e, "install it with notify, and type `merganser up` yourself");
    }
    if (syncs && p->sync == POLICY_REFUSE) {
        err_set(e, ERR_POLICY, p->sync_at, "the policy refuses `sync` here");
        return err_hint(e, "install it with notify or apply, which roll nothing back");
    }
    return true;
}

static bool install(struct session *s, const struct hook_args *args, struct err *e)
{
    struct hook_answer *r = arena_make(s->arena, struct hook_answer, 1);
    struct hook_install how = {
        .modes = { mode_named(args->post_merge), mode_named(args->post_checkout), mode_named(args->post_rewrite),
                   args->pre_commit ? HOOK_CHECK : HOOK_UNSET },
        .environment = s->parsed->common.environment,
        .program = program_path(s->arena),
    };

    if (!lasting(s, e) || !session_open_repository(s, e) || !policy_allows(s, &how, e))
        return false;
    how.folder = setup_config_folder(s);
    how.target = config_target_sha256(&s->config, s->arena);
    return hooks_install(&r->hooks, s->vcs, &how, s->arena, e) &&
           (args->merge_drivers ? merge_drivers_install : merge_drivers_look)(&r->merge, s->vcs, how.program, s->arena,
                                                                              e) &&
           report(s, r);
}

static bool uninstall(struct session *s, enum hook one, struct err *e)
{
    struct hook_answer *r = arena_make(s->arena, struct hook_answer, 1);

    if (!hooks_uninstall(&r->hooks, s->vcs, one, program_path(s->arena), s->arena, e))
        return false;
    return (one == HOOK_COUNT ? merge_drivers_uninstall(&r->merge, s->vcs, s->arena, e)
                              : merge_drivers_look(&r->merge, s->vcs, program_path(s->arena), s->arena, e)) &&
           report(s, r);
}

static bool look(struct hook_answer *r, struct session *s, struct err *e)
{
    const char *program = program_path(s->arena);

    return hooks_look(&r->hooks, s->vcs, program, s->arena, e) &&
           merge_drivers_look(&r->merge, s->vcs, program, s->arena, e);
}

static bool status(struct session *s, struct err *e)
{
    struct hook_answer *r = arena_make(s->arena, struct hook_answer, 1);

    if (!setup_config(s, e) || !look(r, s, e))
        return false;
    r->hooks.target_differs =
        r->hooks.settings.target && strcmp(r->hooks.settings.target, config_target_sha256(&s->config, s->arena)) != 0;
    return report(s, r);
}

static bool hold(struct session *s, const struct hook_args *args, bool on, struct err *e)
{
    struct hook_answer *r = arena_make(s->arena, struct hook_answer, 1);
    int64_t ms = 0;

    if (args->hold_for && (!config_duration(&ms, text_from(args->hold_for)) || !ms)) {
        err_plain(e, ERR_USAGE, "--for takes a duration, not \"%s\"", text_shown(s->arena, text_from(args->hold_for)));
        return err_hint(e, "write a number and ms, s, min or h, as in `merganser hook hold --for 30min`");
    }
    if (on ? !hooks_hold(&r->hooks.settings, s->vcs, ms, s->arena, e) : !hooks_continue(s->vcs, s->arena, e))
        return false;
    return look(r, s, e) && report(s, r);
}

/* An action that has no use for a hook's name says so. */
static bool operands_fit(const char *action, const char *const *given, struct err *e)
{
    bool runs = strcmp(action, "run") == 0;

    if (runs && !given[1]) {
        err_plain(e, ERR_USAGE, "hook run needs <hook>");
        return err_hint(e, "git's hooks call it, as in `merganser hook run post-merge 0`");
    }
    if (runs || !given[1] || (strcmp(action, "uninstall") == 0 && !given[2]))
        return true;
    err_plain(e, ERR_USAGE, "hook %s does not take \"%s\"", action, given[strcmp(action, "uninstall") == 0 ? 2 : 1]);
    return err_hint(e, "`merganser help hook` says what it takes");
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct hook_args *args = raw;
    const char *const *given = session_operands(s), *action = given[0];
    struct vcs_options o = { .start = "." };
    enum hook h = HOOK_COUNT;

    if (!operands_fit(action, given, e) || (given[1] && !hook_named(&h, given[1])))
        return false;
    if (strcmp(action, "run") == 0)
        return hook_run(s, h, given + 2, e);
    if (strcmp(action, "install") == 0)
        return install(s, args, e);
    if (!vcs_open(&s->vcs, &o, s->arena, e))
        return false;
    if (strcmp(action, "uninstall") == 0)
        return uninstall(s, h, e);
    if (strcmp(action, "status") == 0)
        return status(s, e);
    return hold(s, args, strcmp(action, "hold") == 0, e);
}

const struct command hook_command = {
    .name = "hook",
    .group = GROUP_MAINTAIN,
    .summary = "let git say what a pull or a checkout brought, and apply it",
    .details =
        "install writes git's hooks for this clone; repeated, it keeps what was said before. notify says which "
        "migrations came in and how the database stands to them; apply also runs `merganser up` with what is "
        "committed; "
        "sync, after a checkout only, runs `merganser sync`, which rolls back what belongs to the branch one leaves. "
        "None of them ever fails the git command. What a hook may do is kept in this clone's git configuration, with "
        "the environment (--env) and a checksum of what merganser.yml says of the database: where that has changed, a "
        "hook says so and connects to nothing until it is installed again. An existing hook, and a file in the work "
        "tree, is never written: the lines to add are printed. hold keeps the hooks of this clone silent, continue "
        "ends that, MERGANSER_HOOKS=0 does it for one command. run is what git's hooks call; for pre-commit it exits "
        "with 1 where the staged migrations can't be read or have an error of `merganser check`.",
    .examples =
        (const char *const[]) { "merganser hook install", "merganser hook install --post-merge apply --pre-commit",
                                "merganser hook install --merge-drivers", "merganser hook hold --for 8h",
                                "merganser hook uninstall", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct hook_args),
    .needs = NEED_NOTHING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
