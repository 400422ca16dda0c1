/* argv to exit code: the only printer of errors, the only caller of exit. */
#include "cmd/reference.h"
#include "cmd/render/render.h"
#include "cmd/report.h"
#include "cmd/title.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"

static const char *variable(void *from, const char *name)
{
    (void)from;
    return getenv(name);
}

static unsigned needs_of(const struct parsed *parsed)
{
    const struct command *c = parsed->command;
    bool looks = c->only_looks && c->only_looks(parsed->args);

    if (c->late)
        return NEED_NOTHING;
    return looks ? (c->needs & ~(unsigned)NEED_DATABASE) | NEED_READING : c->needs;
}

/* --help wins over everything, --version over no verb. */
static bool run(struct session *s, struct parsed *parsed, struct err *e)
{
    if (parsed->version)
        parsed->command = command_find(TEXT("version"));
    if (!parsed->command)
        reference_help(s->out, command_list(), s->color_out, s->width);
    else if (parsed->common.help)
        reference_verb(s->out, parsed->command, s->color_out, s->width);
    else
        return session_open(s, needs_of(parsed), e) && parsed->command->run(s, parsed->args, e);
    return true;
}

/* A question that a signal ended was not answered; and nothing that was typed may bring a password back. */
static void last_words(struct err *e, struct arena *a)
{
    char *const texts[] = { e->message, e->detail, e->hint, e->server_hint, e->state };
    const size_t sizes[] = { sizeof e->message, sizeof e->detail, sizeof e->hint, sizeof e->server_hint,
                             sizeof e->state };

    if (e->kind == ERR_UNCONFIRMED)
        interrupt_check(e);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        snprintf(texts[i], sizes[i], "%s", text_without_secrets(a, text_from(texts[i]), NULL));
}

/* Prints what came of it. Standard output that can't be written is a failure too: a script would believe half of it. */
static int finish(struct session *s, bool ok, const struct err *e)
{
    int exit_code = ok ? s->exit_code : err_exit_code(e->kind);
    struct err late = { 0 };

    render_progress_clear(s);
    if (s->format == FORMAT_JSON)
        render_json(s, s->out, ok ? NULL : e);
    if (!ok)
        render_error(s->err, e, s->color_err, s->arena);
    if (!report_finish(s, ok ? NULL : e, &late)) {
        render_error(s->err, &late, s->color_err, s->arena);
        exit_code = exit_code ? exit_code : err_exit_code(late.kind);
    }
    if (fflush(s->out) != 0 && exit_code == 0)
        exit_code = err_exit_code(ERR_SYSTEM);
    return exit_code;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct session s = { .arena = a, .out = stdout, .err = stderr };
    struct parsed parsed = { 0 };
    struct err e = { 0 };
    bool ok;
    int exit_code;

    interrupt_install();
    s.parsed = &parsed;
    ok = options_parse(&parsed, command_list(), title_take(argc, argv, a), variable, NULL, a, &e);
    session_output(&s);
    ok = ok && run(&s, &parsed, &e);
    if (!ok)
        last_words(&e, a);
    exit_code = finish(&s, ok, &e);
    session_close(&s);
    arena_close(a);
    return exit_code;
}
