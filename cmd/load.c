/* load: bring an empty database to where structure.sql is. */
#include "core/load.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

static const struct operand_row operands[] = {
    { .name = "<file>",
      .help = "the file, from the current directory (structure.sql beside the folder of migrations)",
      .completes = "file" },
    { 0 },
};

static void json_loaded(struct json *object, const void *from, struct arena *a)
{
    const struct load *l = from;
    struct json *list = json_new_array();

    for (size_t i = 0; i < l->n; i++)
        json_add_string(list, l->versions[i]);
    json_set_string(object, "path", l->shown ? text_as_utf8(a, text_from(l->shown)) : NULL);
    json_set(object, "marked", list);
    json_set_integer(object, "pending", (int64_t)l->pending);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct load *l = arena_make(s->arena, struct load, 1);
    struct run_events events = render_events(s);
    struct load_events of_lock = { events.waiting, events.to };
    const char *question = arena_printf(s->arena, "Load the dump into %s?", session_database(s));

    (void)raw;
    s->add_json = json_loaded;
    s->json_from = l;
    if (!session_confirm(s, question, e) || !load_structure(l, &s->work, s->parsed->operands[0], &of_lock, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        fprintf(s->out, "%s loaded: %zu version%s recorded as applied, %zu pending\n",
                text_shown(s->arena, text_from(l->shown)), l->n, l->n == 1 ? "" : "s", l->pending);
    return true;
}

const struct command load_command = {
    .name = "load",
    .group = GROUP_START,
    .summary = "bring an empty database to where structure.sql is",
    .details =
        "Runs the file in one transaction and records its versions as applied, in the history as a baseline; what "
        "the migrations have beyond it stays pending. A file that Rails, pg_dump or the sqlite3 program wrote "
        "will do. The database has to be empty.",
    .examples = (const char *const[]) { "merganser load", "merganser load db/structure.sql", NULL },
    .operands = operands,
    .needs = NEED_SOURCE | NEED_DATABASE,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
