#include "tests/support/command_line.h"

#include <criterion/criterion.h>

#include "core/base/text.h"

struct up_args {
    const char *to;
    uint64_t steps;
    bool dry_run;
    const char *const *only;
    const char *mode;
};

static const char *const modes[] = { "fast", "safe", NULL };

static const struct option_row up_rows[] = {
    { .letter = 't',
      .name = "to",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct up_args, to),
      .value = "<version>",
      .help = "stop after it" },
    { .letter = 'n',
      .name = "steps",
      .kind = OPTION_COUNT,
      .offset = offsetof(struct up_args, steps),
      .value = "<n>",
      .help = "that many",
      .from_environment = true },
    { .name = "dry-run",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct up_args, dry_run),
      .help = "only print",
      .from_environment = true },
    { .name = "only",
      .kind = OPTION_LIST,
      .offset = offsetof(struct up_args, only),
      .value = "<version>",
      .help = "those" },
    { .name = "mode",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct up_args, mode),
      .value = "<mode>",
      .help = "how",
      .choices = modes },
    { 0 },
};

struct down_args {
    const char *version;
};

static const struct option_row down_rows[] = {
    { .name = "version",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct down_args, version),
      .value = "<version>",
      .help = "that one" },
    { 0 },
};

static const struct operand_row show_operands[] = { { .name = "<version>", .required = true },
                                                    { .name = "<more>" },
                                                    { 0 } };

static const char *const json_and_github[] = { "json", "github", NULL };

static const struct command up = { .name = "up",
                                   .alias = "migrate",
                                   .options = up_rows,
                                   .args_size = sizeof(struct up_args),
                                   .formats = json_and_github };
static const struct command down = { .name = "down", .options = down_rows, .args_size = sizeof(struct down_args) };
static const struct command show = { .name = "show", .operands = show_operands };
static const struct command status = { .name = "status", .formats = json_and_github };
const struct command *const command_line_verbs[] = { &up, &down, &show, &status, NULL };

const char *command_line_variable(void *from, const char *name)
{
    const char *const *pairs = from;
    size_t len = strlen(name);

    for (size_t i = 0; pairs[i]; i++)
        if (strncmp(pairs[i], name, len) == 0 && pairs[i][len] == '=')
            return pairs[i] + len + 1;
    return NULL;
}

static void show_text(struct buf *out, const char *name, const char *value)
{
    if (value)
        buf_printf(out, " %s=%s", name, value);
}

static void show_list(struct buf *out, const char *name, const char *const *list)
{
    for (size_t i = 0; list && list[i]; i++)
        buf_printf(out, "%s%s", i ? "," : arena_printf(out->arena, " %s=", name), list[i]);
}

static const char *described(struct arena *a, const struct parsed *p)
{
    const struct common_options *c = &p->common;
    struct buf out = buf_open(a, 4096);

    buf_string(&out, p->command ? p->command->name : "-");
    show_text(&out, "C", c->directory);
    show_text(&out, "config", c->config);
    show_text(&out, "env", c->environment);
    show_text(&out, "database", c->database);
    show_list(&out, "migrations", c->migrations);
    show_text(&out, "layout", c->layout);
    show_text(&out, "ref", c->ref);
    if (strcmp(c->format, "human") != 0)
        show_text(&out, "format", c->format);
    if (strcmp(c->color, "auto") != 0)
        show_text(&out, "color", c->color);
    buf_printf(&out, "%s%s%s%s%s%s", c->staged ? " staged" : "", c->quiet ? " quiet" : "", c->verbose ? " verbose" : "",
               c->yes ? " yes" : "", c->help ? " help" : "", p->version ? " version" : "");
    buf_printf(&out, "%s%s", c->database_from_variable ? " (database)" : "",
               c->environment_from_variable ? " (env)" : "");
    if (p->command == &up) {
        const struct up_args *args = p->args;

        show_text(&out, "to", args->to);
        if (args->steps)
            buf_printf(&out, " steps=%llu", (unsigned long long)args->steps);
        buf_string(&out, args->dry_run ? " dry" : "");
        show_list(&out, "only", args->only);
        show_text(&out, "mode", args->mode);
    }
    if (p->command == &down)
        show_text(&out, "version", ((const struct down_args *)p->args)->version);
    show_list(&out, "operands", p->operands);
    return buf_cstr(&out);
}

bool command_line_parse(struct parsed *out, const struct command_line *line, struct arena *a, struct err *e)
{
    char **argv = arena_make(a, char *, COMMAND_LINE_WORDS + 2);

    argv[0] = (char *)"merganser";
    for (size_t i = 0; i < COMMAND_LINE_WORDS && line->argv[i]; i++)
        argv[i + 1] = (char *)line->argv[i];
    return options_parse(out, command_line_verbs, argv, command_line_variable, (void *)line->variables, a, e);
}

void command_line_check(const struct command_line *line)
{
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;
    bool ok = command_line_parse(&p, line, a, &e);

    cr_expect_eq(ok, line->hint == NULL, "%s", ok ? line->want : e.message);
    cr_expect_str_eq(ok ? described(a, &p) : e.message, line->want);
    if (!ok) {
        cr_expect_eq(e.kind, ERR_USAGE);
        cr_expect_str_eq(e.hint, line->hint ? line->hint : "", "%s", e.message);
    }
    arena_close(a);
}
