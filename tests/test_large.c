/* Scripts of many megabytes as a user runs them: memory that does not grow with them, and files that they include. */
#include <criterion/criterion.h>

#include "core/base/text.h"
#include "tests/support/stage.h"

#define GENERATE "bash " TESTDATA "/../tests/bench/large.sh"

static struct arena *a;
static struct stage s;

static void setup(void)
{
    a = arena_open();
    s = stage_open(a, TEXT("== commit Nothing\n== file db/migrate/README\nhere\n"), true);
}

static void teardown(void)
{
    stage_close(&s);
    arena_close(a);
}

TestSuite(large, .init = setup, .fini = teardown, .timeout = 300);

Test(large, memory_does_not_grow_with_the_script)
{
    long small;

    stage_expect(&s, 0, GENERATE " copy 3 > db/migrate/1_small.sql");
    small = stage_peak_of_up(&s, "");
    stage_empty(&s);
    stage_expect(&s, 0, "rm db/migrate/1_small.sql; " GENERATE " copy 30 > db/migrate/1_large.sql");
    cr_expect_leq(stage_peak_of_up(&s, ""), small + 10, "from the work tree, %ld MiB for the small one", small);
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT version FROM public.schema_migrations"), "1");
    stage_empty(&s);
    /* git is one of the children, and holds a small file whole. */
    stage_expect(&s, 0, "git config core.bigFileThreshold 1m; git add . && git commit -qm Large && git gc -q");
    cr_expect_leq(stage_peak_of_up(&s, "--ref HEAD"), small + 10, "from a pack, %ld MiB for the small one", small);
    cr_expect_str_eq(stage_query(&s, s.postgres,
                                 "SELECT max(id) = count(*) FROM (SELECT id FROM public.t1 UNION ALL "
                                 "SELECT id FROM public.t2 UNION ALL SELECT id FROM public.t3 "
                                 "UNION ALL SELECT id FROM public.t4) x"),
                     "t");
}

/* What an included file may be; each is db/migrate/1_a.sql's only line. */
static const struct {
    const char *line, *error; /* NULL: it is applied */
} includes[] = {
    { "\\i db/shared/f.sql", NULL },
    { "\\ir ../shared/f.sql", NULL },
    { "\\ir ../../outside.sql", "'../../outside.sql' can't be included: there is no such file" },
    { "\\ir ../../../outside.sql", "'../../../outside.sql' can't be included: it is not below the root" },
    { "\\i /etc/hostname", "'/etc/hostname' can't be included: it is an absolute path" },
    { "\\i .git/config", "'.git/config' can't be included: it is not below the root" },
    { "\\i db/link.sql", "'db/link.sql' is a symbolic link" },
    { "\\i db/secret.sql", "'db/secret.sql' is ignored by git" },
    { "\\i db/nothing.sql", "'db/nothing.sql' can't be included: there is no such file" },
};

Test(large, includes_only_files_of_the_source)
{
    stage_expect(&s, 0,
                 "mkdir db/shared; echo 'CREATE TABLE f (id int);' > db/shared/f.sql; ln -s shared/f.sql db/link.sql;"
                 "echo secret.sql > .gitignore; echo 'SELECT 1;' > db/secret.sql; echo 'SELECT 1;' > ../outside.sql;"
                 "git add . && git commit -qm Shared");
    for (size_t i = 0; i < sizeof includes / sizeof *includes; i++) {
        struct process_result r;

        scratch_write(s.repository, "db/migrate/1_a.sql", text_from(includes[i].line));
        stage_empty(&s);
        r = stage_run(&s, "merganser up --database $PG");
        cr_expect_eq(r.exit_code, includes[i].error ? 2 : 0, "%s: %s", includes[i].line, arena_cstr(a, r.err));
        if (includes[i].error)
            cr_expect(strstr(arena_cstr(a, r.err), includes[i].error), "%s: %s", includes[i].line,
                      arena_cstr(a, r.err));
        else
            cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT to_regclass('f')"), "f");
    }
}

Test(large, a_commit_includes_what_it_has_itself)
{
    stage_expect(&s, 0,
                 "mkdir db/shared; echo 'CREATE TABLE before (id int);' > db/shared/f.sql;"
                 "printf '\\\\ir ../shared/f.sql\\n' > db/migrate/1_a.sql; git add . && git commit -qm One;"
                 "echo 'CREATE TABLE after (id int);' > db/shared/f.sql");
    stage_expect(&s, 0, "merganser up --ref HEAD --database $PG");
    cr_expect_str_eq(stage_query(&s, s.postgres, "SELECT to_regclass('before')"), "before");
}
