#include "tests/support/planned.h"

#include <criterion/criterion.h>

#include "core/base/text.h"

const char planned_story[] = "== commit Begin\n"
                             "== file db/migrate/1_users.sql\n"
                             "CREATE TABLE users (id int PRIMARY KEY, email text);\n"
                             "== file db/migrate/2_users_email.sql\n"
                             "CREATE INDEX users_email ON users (email);\n"
                             "== file db/migrate/3_cities.sql\n"
                             "CREATE TABLE cities (id int PRIMARY KEY);\n"
                             "== commit More\n"
                             "== file db/migrate/4_phone.sql\n"
                             "ALTER TABLE users ADD COLUMN phone text;\n"
                             "== file db/migrate/5_posts.sql\n"
                             "CREATE TABLE posts (id int PRIMARY KEY, city int REFERENCES cities (id));\n";

struct scene planned_open(bool postgres)
{
    struct scene c = scene_open(planned_story, postgres);

    scene_run(&c, 0, "up --to 3 --quiet");
    scene_shell(&c, "printf 'plan.json\\n*.yml\\n' >> .git/info/exclude");
    return c;
}

/* Versions, and every column and index there is. */
static const char *state_of(struct scene *c)
{
    if (c->url == c->stage.sqlite)
        return scene_ask(c, "SELECT version FROM schema_migrations ORDER BY 1; SELECT name, sql FROM sqlite_schema "
                            "ORDER BY 1");
    return scene_ask(c, "SELECT (SELECT string_agg(version, ' ' ORDER BY version) FROM schema_migrations), "
                        "(SELECT md5(string_agg(t, ' ' ORDER BY t)) FROM (SELECT attrelid::regclass || '.' || attname "
                        "|| atttypid AS t FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0) x)");
}

void planned_try(struct scene *c, const struct planned_change *change)
{
    struct process_result r;
    const char *before;

    if (change->sql)
        scene_ask(c, change->sql);
    if (change->shell)
        scene_shell(c, change->shell);
    before = state_of(c);
    r = stage_run(&c->stage, arena_printf(c->arena, "merganser apply plan.json --database '%s'",
                                          change->elsewhere ? c->stage.sqlite : c->url));
    cr_expect_eq(r.exit_code, change->exit_code, "%s: exit %d\n%.*s%.*s", change->name, r.exit_code, (int)r.out.len,
                 r.out.at, (int)r.err.len, r.err.at);
    if (change->exit_code)
        cr_expect_str_eq(state_of(c), before, "%s", change->name);
    if (change->says)
        scene_says(r.err, change->says);
    if (change->back)
        scene_ask(c, change->back);
    if (change->unshell)
        scene_shell(c, change->unshell);
}
