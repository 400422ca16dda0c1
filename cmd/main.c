/* argv to exit code: the only printer of errors, the only caller of exit. */
#include "cmd/reference.h"
#include "cmd/render/render.h"
#include "core/base/interrupt.h"

static const char *variable(void *from, const char *name)
{
    (void)from;
    return getenv(name);
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
        return session_open(s, parsed->command->needs, e) && parsed->command->run(s, parsed->args, e);
    return true;
}

/* Prints what came of it. Standard output that can't be written is a failure too: a script would believe half of it. */
static int finish(struct session *s, bool ok, const struct err *e)
{
    int exit_code = ok ? s->exit_code : err_exit_code(e->kind);

    render_progress_clear(s);
    if (s->format == FORMAT_JSON)
        render_json(s, ok ? NULL : e);
    if (!ok)
        render_error(s->err, e, s->color_err, s->arena);
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

    (void)argc;
    interrupt_install();
    s.parsed = &parsed;
    ok = options_parse(&parsed, command_list(), argv, variable, NULL, a, &e);
    session_output(&s);
    ok = ok && run(&s, &parsed, &e);
    exit_code = finish(&s, ok, &e);
    session_close(&s);
    arena_close(a);
    return exit_code;
}
