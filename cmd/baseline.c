/* baseline: mark versions as applied without running them. */
#include "core/baseline.h"
#include "cmd/render/render.h"
#include "core/base/text.h"

static const struct operand_row operands[] = {
    { .name = "<version>",
      .help = "the newest version that the database has already",
      .required = true,
      .completes = "version" },
    { 0 },
};

static void json_marked(struct json *object, const void *from, struct arena *a)
{
    const struct baseline_result *result = from;
    struct json *list = json_new_array();

    (void)a;
    for (size_t i = 0; i < result->len; i++)
        json_add_string(list, result->marked[i]->version);
    json_set(object, "marked", list);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct baseline_result *result = arena_make(s->arena, struct baseline_result, 1);
    const char *question = arena_printf(s->arena, "Mark all up to %s as applied in %s, without running them?",
                                        text_shown(s->arena, text_from(s->parsed->operands[0])), session_database(s));

    (void)raw;
    s->add_json = json_marked;
    s->json_from = result;
    if (!session_confirm(s, question, e) || !baseline_mark(result, &s->work, s->parsed->operands[0], e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        fprintf(s->out, "%zu version%s marked as applied; nothing was run\n", result->len, result->len == 1 ? "" : "s");
    return true;
}

const struct command baseline_command = {
    .name = "baseline",
    .group = GROUP_MAINTAIN,
    .summary = "mark versions up to one as applied without running them",
    .details = "For a database that has its tables already: every pending version up to the named one gets its row.",
    .examples = (const char *const[]) { "merganser baseline 20240320123000", NULL },
    .operands = operands,
    .needs = NEED_SOURCE | NEED_DATABASE,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
