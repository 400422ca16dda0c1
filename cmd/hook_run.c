/* A hook that git runs: it looks, says what it saw, and never fails what git did. */
#include <unistd.h>

#include "cmd/hook.h"
#include "cmd/migrate.h"
#include "cmd/render/render.h"
#include "cmd/setup.h"

enum { INPUT_MAX = 64 * 1024 };

static bool switched_off(void)
{
    static const char *const words[] = { "0", "false", "no", "off" };
    const char *value = getenv("MERGANSER_HOOKS");

    for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
        if (text_is_nocase(text_from(value), words[i]))
            return true;
    return false;
}

/* The repository that git's own variables name, seen from the work tree's root, where git runs hooks. */
static bool repository_open(struct session *s, struct err *e)
{
    const struct vcs_options o = { .start = ".", .from_environment = true };

    if (!vcs_open(&s->vcs, &o, s->arena, e))
        return false;
    if (!vcs_root(s->vcs) || !*vcs_prefix(s->vcs))
        return true;
    if (chdir(vcs_root(s->vcs)) != 0)
        return err_plain(e, ERR_SYSTEM, "can't go to %s: %m", text_shown(s->arena, text_from(vcs_root(s->vcs))));
    vcs_close(s->vcs);
    s->vcs = NULL;
    return vcs_open(&s->vcs, &o, s->arena, e);
}

/* git gives post-rewrite the pairs of commits; what somebody types is not waited for. */
static struct text input_read(struct arena *a)
{
    struct buf all = buf_open(a, INPUT_MAX);
    char piece[4096];
    size_t n;

    while (!isatty(STDIN_FILENO) && !all.overflowed && (n = fread(piece, 1, sizeof piece, stdin)) > 0)
        buf_add(&all, piece, n);
    return buf_content(&all);
}

/* From here on the options are those of install, whatever variables are set for other runs. */
static struct parsed *options_settle(struct session *s, const struct hook_settings *settings)
{
    struct parsed *own = arena_make(s->arena, struct parsed, 1);

    *own = *s->parsed;
    own->common.environment = settings->environment;
    own->common.environment_from_variable = false;
    own->common.ref = NULL;
    own->common.staged = false;
    if (!own->common.config && *settings->folder) {
        const char *path = arena_printf(s->arena, "%s/merganser.yml", settings->folder);

        if (access(path, F_OK) == 0)
            own->common.config = path;
    }
    s->parsed = own;
    return own;
}

static bool database_look(struct session *s, struct hook_news *news, struct err *e)
{
    if (!setup_source(s, e))
        return false;
    s->source_open = true;
    s->database_open = setup_database(s, true, e);
    if (!s->database_open || !workspace_survey(&s->work, e))
        return false;
    news->versions = &s->work.versions;
    news->database = s->work.db->info.shown;
    return true;
}

/* `up` runs what is committed: what lies about in the work tree came with no pull. `sync` has to see the work tree,
 * else it would take such a migration, once applied, for one that is gone; so it is not run where one is pending. */
static bool act(struct session *s, struct parsed *own, enum hook_mode mode, struct err *e)
{
    const struct sync_options careful = { .max_rollback = SYNC_MAX_ROLLBACK };
    struct migrate_request r = { .go_up = mode == HOOK_APPLY, .sync = mode == HOOK_SYNC ? &careful : NULL };
    struct workspace fresh = {
        .arena = s->arena, .notices = &s->notices, .run_id = s->work.run_id, .environment = s->work.environment
    };

    session_close_database(s);
    own->command = command_find(mode == HOOK_SYNC ? TEXT("sync") : TEXT("up"));
    if (mode == HOOK_APPLY)
        own->common.ref = "HEAD";
    else
        own->common.yes = true; /* whoever installed it so has answered */
    s->work = fresh;
    if (!setup_config(s, e) || !setup_source(s, e))
        return false;
    s->database_open = setup_database(s, false, e);
    return s->database_open && migrate_run(s, &r, e);
}

/* Whether there is something to act upon. A new work tree only says how things stand: the database is another's too. */
static bool acts(const struct session *s, enum hook_mode mode, bool new_tree)
{
    const struct resolution *r = &s->work.versions;

    return !new_tree && r->pending + (mode == HOOK_SYNC ? r->missing : 0) > 0 &&
           (mode == HOOK_APPLY || mode == HOOK_SYNC);
}

static bool sync_is_safe(struct session *s, struct err *e)
{
    const struct resolution *r = &s->work.versions;

    if (vcs_has_worktrees(s->vcs)) {
        err_plain(e, ERR_SYNC_REFUSED, "nothing was done: another work tree of this clone may use the same database");
        return err_hint(e, "`merganser sync` does it when you say so");
    }
    for (size_t i = 0; i < r->len; i++) {
        if (r->at[i].state != STATE_PENDING || !(r->at[i].flags & FLAG_UNCOMMITTED))
            continue;
        err_plain(e, ERR_SYNC_REFUSED, "nothing was done: %s is not committed",
                  text_shown(s->arena, text_from(r->at[i].id)));
        return err_hint(e, "`merganser sync` does it when you say so");
    }
    return true;
}

static bool target_changed(struct session *s, const struct hook_settings *settings, enum hook h)
{
    if (settings->target && strcmp(settings->target, config_target_sha256(&s->config, s->arena)) == 0)
        return false;
    fprintf(s->err,
            "merganser %s: migrations came in, but what merganser.yml says of the database is not what it said at "
            "`merganser hook install`: nothing was looked at; read it, then run `merganser hook install` again\n",
            hook_word(h));
    return true;
}

static bool news_tell(struct session *s, struct parsed *own, struct hook_news *news, enum hook_mode mode, struct err *e)
{
    bool ok = database_look(s, news, e);

    news->acts = ok && acts(s, mode, news->fresh);
    render_hook_news(s, news);
    if (!ok || !news->acts)
        return ok;
    return (mode == HOOK_APPLY || sync_is_safe(s, e)) && act(s, own, mode, e);
}

static bool look(struct session *s, enum hook h, const char *const *args, struct err *e)
{
    struct hook_event event = { .hook = h, .args = args };
    struct notices unseen = { .arena = s->arena };
    struct hook_news news = { .hook = h };
    struct hook_settings settings;
    struct hook_range range;
    struct source_request r;
    const char *const *folders;
    struct parsed *own;
    size_t n = 0;
    bool equal;

    if (!hook_settings_read(&settings, s->vcs, s->arena, e))
        return false;
    if (settings.modes[h] <= HOOK_OFF || hook_settings_held(&settings, time_now_ms(), s->arena))
        return true;
    if (h == HOOK_POST_REWRITE)
        event.input = input_read(s->arena);
    if (!hook_range_find(&range, &event, s->vcs, s->arena, e))
        return false;
    if (range.nothing)
        return true;
    own = options_settle(s, &settings);
    if (!setup_config(s, e) || !setup_request(&r, s, e))
        return false;
    folders = r.folders ? r.folders : source_candidates();
    while (folders[n])
        n++;
    if (!vcs_folders_equal(&equal, s->vcs, range.base, range.head, folders, n, s->arena, e))
        return false;
    if (equal || target_changed(s, &settings, h))
        return true;
    news.fresh = range.fresh;
    if (!range.fresh && !changes_load(&news.changes, s->vcs,
                                      arena_printf(s->arena, "%s..%s", object_id_hex(s->arena, range.base),
                                                   object_id_hex(s->arena, range.head)),
                                      &r, s->arena, &unseen, e))
        return false;
    /* Nothing that counts, or nothing that can be read: then that is the news. */
    if (!range.fresh && !news.changes.len)
        return setup_source(s, e);
    return news_tell(s, own, &news, settings.modes[h], e);
}

/* The kinds that say that the folder itself is broken. */
static bool is_finding(enum err_kind kind)
{
    return kind == ERR_MIGRATION_FILE || kind == ERR_DUPLICATE_VERSION || kind == ERR_JOURNAL ||
           kind == ERR_UNRENDERED || kind == ERR_OTHER_TOOL || kind == ERR_SCRIPT_SYNTAX;
}

static void stop_commit(struct session *s)
{
    fputs("merganser pre-commit: nothing was committed; `git commit --no-verify` commits it as it is\n", s->err);
    s->exit_code = 1;
}

static bool review_staged(struct session *s, const struct source_request *r, struct err *e)
{
    struct review_request q = { .source = *r };
    struct review_result result;

    if (!setup_review(&q, s, e))
        return false;
    if (review_run(&result, &s->work.source, s->vcs, &q, s->arena, &s->notices, e)) {
        if (!result.counts[SEVERITY_ERROR])
            return true;
        if (!review_excerpts(&result.findings, &s->work.source, s->arena, e))
            return false;
        render_findings(s, s->out, &result);
        stop_commit(s);
        return true;
    }
    if (e->kind == ERR_NO_MIGRATIONS)
        return true;
    if (!is_finding(e->kind))
        return false;
    render_error(s->err, e, s->color_err, s->arena);
    stop_commit(s);
    return true;
}

static bool check(struct session *s, struct err *e)
{
    struct hook_settings settings;
    struct source_request r;
    struct parsed *own;
    bool staged;

    if (!hook_settings_read(&settings, s->vcs, s->arena, e))
        return false;
    if (settings.modes[HOOK_PRE_COMMIT] != HOOK_CHECK || hook_settings_held(&settings, time_now_ms(), s->arena))
        return true;
    own = options_settle(s, &settings);
    own->common.staged = true;
    if (!setup_config(s, e) || !setup_request(&r, s, e))
        return false;
    if (!hook_is_staged(&staged, s->vcs, r.folders ? r.folders : source_candidates(), s->arena, e))
        return false;
    return !staged || review_staged(s, &r, e);
}

bool hook_run(struct session *s, enum hook h, const char *const *args, struct err *e)
{
    bool ok;

    s->format = FORMAT_HUMAN;
    s->out = s->err;
    s->hurried = true;
    s->notices.show = NULL;
    if (switched_off())
        return true;
    ok = repository_open(s, e);
    if (ok && vcs_is_git(s->vcs))
        ok = h == HOOK_PRE_COMMIT ? check(s, e) : look(s, h, args, e);
    if (!ok)
        render_hook_failure(s, h, e);
    return true;
}
