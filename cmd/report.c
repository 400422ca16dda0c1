#include "cmd/report.h"

#include "cmd/render/render.h"
#include "core/base/text.h"

struct report_form {
    const char *name;
    void (*render)(struct session *s, FILE *to, const struct err *e);
};

static void render_human(struct session *s, FILE *to, const struct err *e)
{
    if (s->review)
        render_findings(s, to, s->review);
    if (e)
        render_error(to, e, false, s->arena);
}

static const struct report_form forms[] = {
    [FORMAT_HUMAN] = { "human", render_human },    [FORMAT_JSON] = { "json", render_json },
    [FORMAT_GITHUB] = { "github", render_github }, [FORMAT_MARKDOWN] = { "markdown", render_markdown },
    [FORMAT_SARIF] = { "sarif", render_sarif },    [FORMAT_GITLAB] = { "gitlab", render_gitlab },
    [FORMAT_JUNIT] = { "junit", render_junit },
};

enum { FORMS = sizeof forms / sizeof *forms };

enum output_format report_format(const char *name)
{
    for (size_t i = 0; name && i < FORMS; i++)
        if (strcmp(forms[i].name, name) == 0)
            return (enum output_format)i;
    return FORMAT_HUMAN;
}

static bool form_find(const struct report_form **out, const char *asked, const char *equals, struct arena *a,
                      struct err *e)
{
    const char *names[FORMS + 1] = { NULL }, *name, *nearest;

    for (size_t i = 0; i < FORMS; i++) {
        names[i] = forms[i].name;
        if (equals && text_is((struct text) { asked, (size_t)(equals - asked) }, forms[i].name)) {
            *out = &forms[i];
            return true;
        }
    }
    if (!equals) {
        err_plain(e, ERR_USAGE, "--report takes FORMAT=FILE, not '%s'", text_shown(a, text_from(asked)));
        return err_hint(e, "as in --report sarif=merganser.sarif");
    }
    name = arena_printf(a, "%.*s", (int)(equals - asked), asked);
    nearest = text_nearest(name, names);
    err_plain(e, ERR_USAGE, "--report has no format '%s'", text_shown(a, text_from(name)));
    if (nearest)
        return err_hint(e, "did you mean %s?", nearest);
    return err_hint(e, "it has human, json, markdown, github, sarif, gitlab and junit");
}

static bool path_check(const struct report_files *before, const char *path, struct arena *a, struct err *e)
{
    if (!*path || strcmp(path, "-") == 0) {
        err_plain(e, ERR_USAGE, "--report takes a file's name behind the =");
        return err_hint(e, "--format says what is printed on standard output");
    }
    for (size_t i = 0; i < before->len; i++)
        if (strcmp(before->at[i].path, path) == 0) {
            err_plain(e, ERR_USAGE, "--report names %s twice", text_shown(a, text_from(path)));
            return err_hint(e, "give every format a file of its own");
        }
    return true;
}

static bool refused(struct err *e, const char *path)
{
    err_set(e, ERR_SYSTEM, IN_FILE(path), "the report can't be written: %m");
    return err_hint(e, "make its folder, or name another file with --report");
}

bool report_open(struct session *s, const char *const *list, struct err *e)
{
    struct report_files files = { 0 };

    /* Nothing is emptied before all of the command line is understood. */
    for (; list && *list; list++) {
        const char *equals = strchr(*list, '=');
        struct report_file file = { .path = equals ? equals + 1 : "" };

        if (!form_find(&file.form, *list, equals, s->arena, e) || !path_check(&files, file.path, s->arena, e))
            return false;
        *arena_push(s->arena, &files) = file;
    }
    s->reports = files;
    for (size_t i = 0; i < files.len; i++)
        if (!(files.at[i].to = fopen(files.at[i].path, "wbe")))
            return refused(e, files.at[i].path);
    return true;
}

static bool file_finish(struct report_file *f, struct session *s, const struct err *error, struct err *e)
{
    bool failed;

    f->form->render(s, f->to, error);
    failed = ferror(f->to) != 0;
    failed |= fclose(f->to) != 0;
    f->to = NULL;
    return !failed || refused(e, f->path);
}

/* Of a command line that was wrong it may be another one's. */
static bool has_format(const struct command *c, const char *name)
{
    for (const char *const *f = c ? c->formats : NULL; f && *f; f++)
        if (strcmp(*f, name) == 0)
            return true;
    return false;
}

bool report_finish(struct session *s, const struct err *error, struct err *e)
{
    bool ok = true;

    if (s->format != FORMAT_HUMAN && s->format != FORMAT_JSON && (error || s->review) &&
        has_format(s->parsed->command, forms[s->format].name))
        forms[s->format].render(s, s->out, error);
    for (size_t i = 0; i < s->reports.len; i++)
        if (s->reports.at[i].to)
            ok &= file_finish(&s->reports.at[i], s, error, e);
    return ok;
}

void report_close(struct session *s)
{
    for (size_t i = 0; i < s->reports.len; i++)
        if (s->reports.at[i].to)
            fclose(s->reports.at[i].to);
    s->reports.len = 0;
}
