/* argv and variables in, structs or one usage error out. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "cmd/command.h"
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
static const struct command *const commands[] = { &up, &down, &show, &status, NULL };

/* "NAME=value NAME=value": what a row sets. */
static const char *lookup(void *from, const char *name)
{
    const char *const *pairs = from;
    size_t len = strlen(name);

    for (size_t i = 0; pairs[i]; i++)
        if (strncmp(pairs[i], name, len) == 0 && pairs[i][len] == '=')
            return pairs[i] + len + 1;
    return NULL;
}

enum { WORDS = 8 };

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

struct row {
    const char *argv[WORDS];
    const char *variables[WORDS];
    const char *want; /* as described, or the error's message */
    const char *hint; /* of an error; NULL: it is expected to succeed */
};

static const struct row rows[] = {
    /* Nothing, or nothing that exists. */
    { { NULL },
      { NULL },
      "no verb is given",
      "`merganser status` shows what is applied and what is pending, `merganser up` applies it, `merganser down` rolls "
      "the newest back; `merganser help` lists every verb" },
    { { "--yes" },
      { NULL },
      "no verb is given",
      "`merganser status` shows what is applied and what is pending, `merganser up` applies it, `merganser down` rolls "
      "the newest back; `merganser help` lists every verb" },
    { { "statsu" }, { NULL }, "there is no verb \"statsu\"", "did you mean `merganser status`?" },
    { { "migarte" }, { NULL }, "there is no verb \"migarte\"", "did you mean `merganser migrate`?" },
    { { "frobnicate" }, { NULL }, "there is no verb \"frobnicate\"", "`merganser help` lists every verb" },
    { { "" }, { NULL }, "there is no verb \"\"", "`merganser help` lists every verb" },
    { { "UP" }, { NULL }, "there is no verb \"UP\"", "did you mean `merganser up`?" },
    { { "a\nb\x1b[0m" }, { NULL }, "there is no verb \"a\\nb\\e[0m\"", "`merganser help` lists every verb" },
    { { "postgres://me:secret@host/db" },
      { NULL },
      "there is no verb \"postgres://me:***@host/db\"",
      "`merganser help` lists every verb" },
    { { "up", "--dryrun" }, { NULL }, "up: there is no option \"--dryrun\"", "did you mean --dry-run?" },
    { { "up", "--databse=postgres://me:secret@h/d" },
      { NULL },
      "up: there is no option \"--databse\"",
      "did you mean --database?" },
    { { "up", "--zzzzzzzz" },
      { NULL },
      "up: there is no option \"--zzzzzzzz\"",
      "`merganser help up` lists its options" },
    { { "up", "--=x" }, { NULL }, "up: there is no option \"--\"", "`merganser help up` lists its options" },
    { { "--zzzzzzzz" },
      { NULL },
      "before the verb there is no option \"--zzzzzzzz\"",
      "`merganser help` lists the options" },
    { { "--steps", "1", "up" },
      { NULL },
      "before the verb there is no option \"--steps\"",
      "--steps is an option of `up`: write it behind the verb" },
    { { "status", "--steps", "1" },
      { NULL },
      "status: there is no option \"--steps\"",
      "--steps is an option of `up`; `merganser help status` lists those of status" },
    { { "up", "-x" }, { NULL }, "up: there is no option \"-x\"", "`merganser help up` lists the options" },
    { { "up", "-\xc3\xa4" },
      { NULL },
      "up: there is no option \"-\xc3\xa4\"",
      "`merganser help up` lists the options" },
    { { "up", "-\xff" }, { NULL }, "up: there is no option \"-\\xff\"", "`merganser help up` lists the options" },
    { { "up", "-steps" }, { NULL }, "up: there is no option \"-s\"", "did you mean --steps, with two dashes?" },
    { { "show", "-1" },
      { NULL },
      "show: there is no option \"-1\"",
      "where \"-1\" is meant as it stands, write `--` before it" },

    /* Values that are none. */
    { { "up", "--steps", "0" },
      { NULL },
      "--steps takes a number of 1 or more, not \"0\"",
      "write it as in `--steps 1`" },
    { { "up", "--steps", "-1" },
      { NULL },
      "--steps takes a number of 1 or more, not \"-1\"",
      "write it as in `--steps 1`" },
    { { "up", "--steps=x" }, { NULL }, "--steps takes a number of 1 or more, not \"x\"", "write it as in `--steps 1`" },
    { { "up", "-n", "1.5" }, { NULL }, "-n takes a number of 1 or more, not \"1.5\"", "write it as in `-n 1`" },
    { { "up", "-n+1" }, { NULL }, "-n takes a number of 1 or more, not \"+1\"", "write it as in `-n 1`" },
    { { "up", "--steps", "18446744073709551616" },
      { NULL },
      "--steps takes a number of 1 or more, not \"18446744073709551616\"",
      "write it as in `--steps 1`" },
    { { "up", "--steps", " 1" },
      { NULL },
      "--steps takes a number of 1 or more, not \" 1\"",
      "write it as in `--steps 1`" },
    { { "up", "--steps" }, { NULL }, "--steps needs a value", "write `--steps <n>`" },
    { { "up", "--to=" }, { NULL }, "--to needs a value, and the one given is empty", "write `--to <version>`" },
    { { "up", "--to", "" }, { NULL }, "--to needs a value, and the one given is empty", "write `--to <version>`" },
    { { "up", "--to", "--", "x" }, { NULL }, "--to needs a value", "write `--to <version>`" },
    { { "up", "--to", "--yes" },
      { NULL },
      "--to needs a value",
      "write `--to <version>`; where \"--yes\" is meant as the value, write `--to=--yes`" },
    { { "up", "--env", "--database=postgres://me:secret@h/d" },
      { NULL },
      "--env needs a value",
      "write `--env <name>`; where \"--database=postgres://me:***@h/d\" is meant as the value, write "
      "`--env=--database=postgres://me:***@h/d`" },
    { { "up", "-t", "-y" },
      { NULL },
      "-t needs a value",
      "write `-t <version>`; where \"-y\" is meant as the value, write `--to=-y`" },
    { { "up", "--yes=1" }, { NULL }, "--yes takes no value", "write `--yes` alone" },
    { { "up", "--mode", "fsat" }, { NULL }, "--mode takes fast or safe, not \"fsat\"", "did you mean \"fast\"?" },
    { { "up", "--color=blue" }, { NULL }, "--color takes auto, always or never, not \"blue\"", "name one of them" },
    { { "up", "--format", "xml" },
      { NULL },
      "--format takes human, json, markdown, github or sarif, not \"xml\"",
      "name one of them" },
    { { "up", "--format", "sarif" },
      { NULL },
      "up prints human, json or github, not sarif",
      "write --format and one of them" },
    { { "down", "--json" }, { NULL }, "down prints plain text, not json", "leave out --json" },

    /* Too much, or too little. */
    { { "up", "--database", "a", "--database", "a" }, { NULL }, "--database is given twice", "give it once" },
    { { "--database", "a", "up", "--database=b" }, { NULL }, "--database is given twice", "give it once" },
    { { "up", "--steps", "1", "-n", "2" }, { NULL }, "--steps and -n can't both be given", "give it once" },
    { { "up", "--json", "--format", "github" }, { NULL }, "--json and --format can't both be given", "give it once" },
    { { "up", "--ref", "HEAD", "--staged" },
      { NULL },
      "--ref and --staged can't stand together",
      "leave out one of them" },
    { { "up", "-qv" }, { NULL }, "-q and -v can't stand together", "leave out one of them" },
    { { "up", "extra" },
      { NULL },
      "up takes no operand, but \"extra\" is given",
      "write `merganser up`; `merganser help up` lists its options" },
    { { "up", "host=h password=secret" },
      { NULL },
      "up takes no operand, but \"host=h password=***\" is given",
      "write `merganser up`; `merganser help up` lists its options" },
    { { "show", "1", "2", "3" },
      { NULL },
      "show takes 2 operands; \"3\" is too many",
      "write `merganser show <version> [<more>]`; `merganser help show` lists its options" },
    { { "show" }, { NULL }, "show needs <version>", "write `merganser show <version> [<more>]`" },
    { { "show", "" }, { NULL }, "show: <version> is empty", "write `merganser show <version> [<more>]`" },

    /* Variables that are wrong. */
    { { "up" },
      { "MERGANSER_YES=maybe" },
      "the variable MERGANSER_YES takes 1, true, yes, 0, false or no, not \"maybe\"",
      "set MERGANSER_YES=1 or unset it" },
    { { "up" },
      { "MERGANSER_FORMAT=xml" },
      "the variable MERGANSER_FORMAT takes human, json, markdown, github or sarif, not \"xml\"",
      "correct MERGANSER_FORMAT or unset it" },
    { { "up" },
      { "MERGANSER_FORMAT=sarif" },
      "up prints human, json or github, not sarif",
      "write --format and one of them" },
    { { "up" },
      { "MERGANSER_STEPS=0" },
      "the variable MERGANSER_STEPS takes a number of 1 or more, not \"0\"",
      "correct MERGANSER_STEPS or unset it" },
    { { "up" },
      { "MERGANSER_REF=a", "MERGANSER_STAGED=1" },
      "MERGANSER_REF and MERGANSER_STAGED can't stand together",
      "unset one of them" },
    { { "up", "--json" },
      { "MERGANSER_COLOR=red" },
      "the variable MERGANSER_COLOR takes auto, always or never, not \"red\"",
      "correct MERGANSER_COLOR or unset it" },

    /* What is right. */
    { { "up" }, { NULL }, "up", NULL },
    { { "migrate" }, { NULL }, "up", NULL },
    { { "--", "up" }, { NULL }, "up", NULL },
    { { "-C", "x", "--yes", "up", "--to", "5" }, { NULL }, "up C=x yes to=5", NULL },
    { { "up", "-Cx", "-qy", "-n3", "-t5" }, { NULL }, "up C=x quiet yes to=5 steps=3", NULL },
    { { "up", "-yCx" }, { NULL }, "up C=x yes", NULL },
    { { "-yt5", "up" }, { NULL }, "before the verb there is no option \"-t\"", "`merganser help` lists the options" },
    { { "up", "--to=a=b", "--config", "-" }, { NULL }, "up config=- to=a=b", NULL },
    { { "up", "--to", "-1" }, { NULL }, "up to=-1", NULL },
    { { "up", "--to", "-x" }, { NULL }, "up to=-x", NULL },
    { { "up", "--to=--yes" }, { NULL }, "up to=--yes", NULL },
    { { "up", "--steps", "007" }, { NULL }, "up steps=7", NULL },
    { { "up", "--yes", "--yes", "-y" }, { NULL }, "up yes", NULL },
    { { "up", "--migrations", "a:b", "--migrations=c" }, { NULL }, "up migrations=a:b,c", NULL },
    { { "--migrations=a", "up", "--migrations=c", "--only", "1", "--only=2" },
      { NULL },
      "up migrations=a,c only=1,2",
      NULL },
    { { "up", "--json" }, { NULL }, "up format=json", NULL },
    { { "--json", "up" }, { NULL }, "up format=json", NULL },
    { { "up", "--json", "--format=json", "--json" }, { NULL }, "up format=json", NULL },
    { { "down", "--format", "human" }, { NULL }, "down", NULL },
    { { "show", "--", "-1" }, { NULL }, "show operands=-1", NULL },
    { { "show", "-", "--yes", "b" }, { NULL }, "show yes operands=-,b", NULL },
    { { "show", "--", "--", "--yes" }, { NULL }, "show operands=--,--yes", NULL },
    { { "down", "--version", "5" }, { NULL }, "down version=5", NULL },
    { { "--version" }, { "MERGANSER_YES=maybe" }, "- version", NULL },
    { { "--version", "--bogus" }, { NULL }, "- version", NULL },
    { { "--help" }, { "MERGANSER_YES=maybe" }, "- help", NULL },
    { { "-h", "up" }, { NULL }, "- help", NULL },
    { { "up", "--help", "--bogus" }, { NULL }, "up help", NULL },
    { { "show", "-h" }, { NULL }, "show help", NULL },
    { { "up", "--bogus", "--help" },
      { NULL },
      "up: there is no option \"--bogus\"",
      "`merganser help up` lists its options" },
    { { "status", "--version" },
      { NULL },
      "status: there is no option \"--version\"",
      "--version is an option of `down`; `merganser help status` lists those of status" },

    /* Variables, and what wins. */
    { { "up" },
      { "MERGANSER_DATABASE=d", "MERGANSER_ENV=e", "MERGANSER_CONFIG=c", "MERGANSER_LAYOUT=l", "MERGANSER_REF=r",
        "MERGANSER_FORMAT=json", "MERGANSER_COLOR=never" },
      "up config=c env=e database=d layout=l ref=r format=json color=never (database) (env)",
      NULL },
    { { "up", "--database", "x", "--env=y" },
      { "MERGANSER_DATABASE=d", "MERGANSER_ENV=e" },
      "up env=y database=x",
      NULL },
    { { "up", "--database", "x" }, { "MERGANSER_ENV=e" }, "up env=e database=x (env)", NULL },
    { { "up" }, { "MERGANSER_MIGRATIONS=a::b:" }, "up migrations=a,b", NULL },
    { { "up", "--migrations", "c" }, { "MERGANSER_MIGRATIONS=a:b" }, "up migrations=c", NULL },
    { { "up" },
      { "MERGANSER_YES=TRUE", "MERGANSER_VERBOSE=yes", "MERGANSER_STAGED=1" },
      "up staged verbose yes",
      NULL },
    { { "up" }, { "MERGANSER_YES=0", "MERGANSER_VERBOSE=False", "MERGANSER_STAGED=no" }, "up", NULL },
    { { "up" }, { "MERGANSER_YES=", "MERGANSER_DATABASE=" }, "up", NULL },
    { { "up" }, { "MERGANSER_DIRECTORY=x", "MERGANSER_HELP=1", "MERGANSER_JSON=1", "MERGANSER_TO=4" }, "up", NULL },
    { { "up" }, { "MERGANSER_STEPS=4", "MERGANSER_DRY_RUN=1" }, "up steps=4 dry", NULL },
    { { "up", "--steps", "2" }, { "MERGANSER_STEPS=x" }, "up steps=2", NULL },
    { { "up", "--staged" }, { "MERGANSER_REF=r" }, "up staged", NULL },
    { { "up", "--ref", "r" }, { "MERGANSER_STAGED=1" }, "up ref=r", NULL },
    { { "up", "--ref", "r" }, { "MERGANSER_STAGED=0" }, "up ref=r", NULL },
    { { "up" }, { "MERGANSER_REF=r", "MERGANSER_STAGED=0" }, "up ref=r", NULL },
    { { "up", "-q" }, { "MERGANSER_VERBOSE=1" }, "up quiet", NULL },
    { { "up", "--json" }, { "MERGANSER_FORMAT=sarif" }, "up format=json", NULL },
    { { "down" }, { "MERGANSER_FORMAT=json" }, "down", NULL },
};

ParameterizedTestParameters(options, row)
{
    static size_t index[sizeof rows / sizeof *rows];

    for (size_t i = 0; i < sizeof index / sizeof *index; i++)
        index[i] = i;
    return cr_make_param_array(size_t, index, sizeof index / sizeof *index);
}

static bool parse(struct parsed *out, const struct row *row, struct arena *a, struct err *e)
{
    char **argv = arena_make(a, char *, WORDS + 2);

    argv[0] = (char *)"merganser";
    for (size_t i = 0; i < WORDS && row->argv[i]; i++)
        argv[i + 1] = (char *)row->argv[i];
    return options_parse(out, commands, argv, lookup, (void *)row->variables, a, e);
}

ParameterizedTest(size_t *i, options, row)
{
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;
    bool ok = parse(&p, &rows[*i], a, &e);

    cr_expect_eq(ok, rows[*i].hint == NULL, "row %zu: %s", *i, e.message);
    cr_expect_str_eq(ok ? described(a, &p) : e.message, rows[*i].want, "row %zu", *i);
    if (!ok) {
        cr_expect_eq(e.kind, ERR_USAGE);
        cr_expect_str_eq(e.hint, rows[*i].hint ? rows[*i].hint : "", "row %zu", *i);
    }
    arena_close(a);
}

Test(options, an_error_leaves_what_was_understood)
{
    static const struct row broken = { { "up", "--bogus", "--format", "json", "--color=never" }, { NULL }, "", "" };
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;

    cr_expect(!parse(&p, &broken, a, &e));
    cr_expect_str_eq(e.message, "up: there is no option \"--bogus\"");
    cr_expect_eq(p.command, &up);
    cr_expect_str_eq(p.common.format, "json");
    cr_expect_str_eq(p.common.color, "never");
    arena_close(a);
}

Test(options, no_argv_at_all)
{
    static const char *const none[] = { NULL };
    char *argv[] = { NULL };
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;

    cr_expect(!options_parse(&p, commands, argv, lookup, (void *)none, a, &e));
    cr_expect_str_eq(e.message, "no verb is given");
    arena_close(a);
}

Test(options, values_outlive_the_environment)
{
    char variable[] = "MERGANSER_DATABASE=first";
    const char *pairs[] = { variable, NULL };
    char *argv[] = { (char *)"merganser", (char *)"up", NULL };
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;

    cr_assert(options_parse(&p, commands, argv, lookup, pairs, a, &e));
    memset(variable, 'x', sizeof variable - 1);
    cr_expect_str_eq(p.common.database, "first");
    arena_close(a);
}

Test(options, common_rows_are_whole)
{
    for (const struct option_row *row = common_option_rows; row->name; row++) {
        cr_expect(row->help && *row->help, "%s has no help", row->name);
        cr_expect_eq(row->kind == OPTION_FLAG, row->value == NULL, "%s", row->name);
        cr_expect_eq(row->kind == OPTION_CHOICE, row->choices != NULL, "%s", row->name);
        for (const struct option_row *other = row + 1; other->name; other++)
            cr_expect(strcmp(row->name, other->name) != 0 && (!row->letter || row->letter != other->letter),
                      "%s and %s", row->name, other->name);
    }
}
