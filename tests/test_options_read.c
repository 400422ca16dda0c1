/* Command lines and variables that are right: what is understood, and which one wins. */
#include <criterion/criterion.h>

#include "tests/support/command_line.h"
#include "tests/support/rows.h"

static const struct command_line rows[] = {
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

RowsTest(options_read, row, sizeof rows / sizeof *rows)
{
    command_line_check(&rows[*row]);
}

Test(options_read, values_outlive_the_environment)
{
    char variable[] = "MERGANSER_DATABASE=first";
    const char *pairs[] = { variable, NULL };
    char *argv[] = { (char *)"merganser", (char *)"up", NULL };
    struct arena *a = arena_open();
    struct err e = { 0 };
    struct parsed p;

    cr_assert(options_parse(&p, command_line_verbs, argv, command_line_variable, pairs, a, &e));
    memset(variable, 'x', sizeof variable - 1);
    cr_expect_str_eq(p.common.database, "first");
    arena_close(a);
}
