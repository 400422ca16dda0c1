#include "tests/support/scene.h"

#include <criterion/criterion.h>

#include "core/base/text.h"

struct scene scene_open(const char *story, bool postgres)
{
    struct scene c = { .arena = arena_open() };

    c.stage = stage_open(c.arena, text_from(story), postgres);
    c.url = postgres ? c.stage.postgres : c.stage.sqlite;
    c.history = postgres ? "merganser.history" : "__merganser_history";
    return c;
}

void scene_close(struct scene *c)
{
    stage_close(&c->stage);
    arena_close(c->arena);
}

struct process_result scene_run(struct scene *c, int code, const char *line)
{
    return stage_expect(&c->stage, code, arena_printf(c->arena, "merganser %s --database '%s'", line, c->url));
}

void scene_git(struct scene *c, const char *line)
{
    scene_shell(c, arena_printf(c->arena, "git %s", line));
}

void scene_shell(struct scene *c, const char *line)
{
    stage_expect(&c->stage, 0, line);
}

const char *scene_ask(struct scene *c, const char *sql)
{
    return stage_query(&c->stage, c->url, sql);
}

void scene_says(struct text printed, const char *words)
{
    size_t at;

    cr_expect(text_find(printed, words, &at), "it does not say: %s\nbut: %.*s", words, (int)printed.len, printed.at);
}
