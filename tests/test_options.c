/* Command lines and variables that are refused, and with which words. */
#include <criterion/criterion.h>

#include "tests/support/command_line.h"
#include "tests/support/rows.h"

static const struct command_line rows[] = {
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
      "--format takes human, json, markdown, github, sarif, gitlab or junit, not \"xml\"",
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
      "the variable MERGANSER_FORMAT takes human, json, markdown, github, sarif, gitlab or junit, not \"xml\"",
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
};

RowsTest(options, row, sizeof rows / sizeof *rows)
{
    command_line_check(&rows[*row]);
}

Test(options, an_error_leaves_what_was_understood)
{
    static const struct command_line broken = {
        { "up", "--bogus", "--format", "json", "--color=never" }, { NULL }, "", ""
    };
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;

    cr_expect(!command_line_parse(&p, &broken, a, &e));
    cr_expect_str_eq(e.message, "up: there is no option \"--bogus\"");
    cr_expect_str_eq(p.command->name, "up");
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

    cr_expect(!options_parse(&p, command_line_verbs, argv, command_line_variable, (void *)none, a, &e));
    cr_expect_str_eq(e.message, "no verb is given");
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
