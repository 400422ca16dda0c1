#include "cmd/session.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd/render/render.h"
#include "cmd/report.h"
#include "cmd/setup.h"
#include "core/base/text.h"
#include "core/digest.h"

FILE *session_out(struct session *s)
{
    return s->out;
}

struct arena *session_arena(const struct session *s)
{
    return s->arena;
}

const char *const *session_operands(const struct session *s)
{
    return s->parsed->operands;
}

bool session_color(const struct session *s)
{
    return s->color_out;
}

int session_width(const struct session *s)
{
    return s->width;
}

static bool colored(const char *when, FILE *to)
{
    const char *none = getenv("NO_COLOR");

    if (when && strcmp(when, "always") == 0)
        return true;
    if (when && strcmp(when, "never") == 0)
        return false;
    return isatty(fileno(to)) && !(none && *none);
}

static void show_notice(void *to, const struct notice *n)
{
    struct session *s = to;

    if (s->quiet || (n->level == NOTICE_VERBOSE && !s->verbose))
        return;
    render_progress_clear(s);
    render_notice(s->err, n, s->color_err, s->arena);
}

void session_output(struct session *s)
{
    const struct common_options *o = &s->parsed->common;
    struct winsize size = { 0 };

    s->format = report_format(o->format);
    s->quiet = o->quiet;
    s->verbose = o->verbose;
    s->color_out = colored(o->color, s->out);
    s->color_err = colored(o->color, s->err);
    s->terminal_err = isatty(fileno(s->err));
    if (isatty(fileno(s->out)) && ioctl(fileno(s->out), TIOCGWINSZ, &size) == 0)
        s->width = size.ws_col;
    s->notices = (struct notices) { .arena = s->arena, .show = show_notice, .to = s };
}

bool session_open(struct session *s, unsigned needs, struct err *e)
{
    const struct common_options *o = &s->parsed->common;

    s->work = (struct workspace) { .arena = s->arena, .notices = &s->notices, .run_id = digest_run_id(s->arena) };
    if (o->directory && chdir(o->directory) != 0) {
        err_plain(e, ERR_USAGE, "can't go to the directory %s: %m", text_shown(s->arena, text_from(o->directory)));
        return err_hint(e, "-C takes a directory: a work tree, a bare repository or a git directory");
    }
    return !(needs & (NEED_SOURCE | NEED_DATABASE | NEED_READING)) || session_open_work(s, needs, e);
}

bool session_open_work(struct session *s, unsigned needs, struct err *e)
{
    return session_open_repository(s, e) && session_open_source(s, needs, e);
}

bool session_open_source(struct session *s, unsigned needs, struct err *e)
{
    s->session_needed = (needs & NEED_SESSION) != 0;
    if (needs & (NEED_DATABASE | NEED_READING))
        setup_database_start(s, (needs & NEED_READING) != 0);
    if (!setup_source(s, e))
        return false;
    s->source_open = true;
    if (!(needs & (NEED_DATABASE | NEED_READING)))
        return true;
    s->database_open = setup_database(s, (needs & NEED_READING) != 0, e);
    return s->database_open;
}

static void meanwhile(void *to)
{
    const struct session *s = to;

    db_advance(s->starting);
}

bool session_open_repository(struct session *s, struct err *e)
{
    struct vcs_options o = { .start = ".", .meanwhile = meanwhile, .to = s };

    if (!vcs_open(&s->vcs, &o, s->arena, e))
        return false;
    if (!vcs_is_git(s->vcs))
        notice_add(&s->notices, NOTICE_VERBOSE, "no-git", NOWHERE, NULL,
                   "there is no git repository here: the files are read as they lie in the folder");
    return setup_config(s, e);
}

void session_close_database(struct session *s)
{
    if (s->database_open)
        db_close(s->work.db);
    db_close(s->starting);
    s->database_open = s->database_begun = false;
    s->starting = NULL;
}

void session_close(struct session *s)
{
    session_close_database(s);
    report_close(s);
    vcs_close(s->vcs);
    s->vcs = NULL;
}

bool session_ask(struct session *s, const char *question)
{
    char answer[16];

    s->question = question;
    s->answered = false;
    if (s->parsed->common.yes)
        return true;
    if (!isatty(STDIN_FILENO) || !s->terminal_err)
        return false;
    s->answered = true;
    render_progress_clear(s);
    fprintf(s->err, "%s [y/N] ", question);
    fflush(s->err);
    return fgets(answer, sizeof answer, stdin) && text_lower(answer[0]) == 'y';
}

bool session_confirm(struct session *s, const char *question, struct err *e)
{
    if (s->work.config.policy.confirm != 1 || session_ask(s, question))
        return true;
    session_unconfirmed(s, "the policy `confirm: true`", e);
    e->at = s->work.config.policy.confirm_at;
    return false;
}

bool session_unconfirmed(const struct session *s, const char *who, struct err *e)
{
    if (s->answered) {
        err_plain(e, ERR_UNCONFIRMED, "not confirmed: %s", s->question);
        return err_hint(e, "nothing was changed; answer `y`, or give --yes, to go on");
    }
    err_plain(e, ERR_UNCONFIRMED, "%s asks first, and there is no terminal to ask at: %s", who, s->question);
    return err_hint(e, "run it at a terminal, or give --yes");
}

const char *session_database(const struct session *s)
{
    const struct db_info *info = &s->work.db->info;

    return info->host ? arena_printf(s->arena, "%s on %s", info->name, info->host) : info->name;
}
