/* new: make the next migration's files. */
#include "cmd/render/render.h"
#include "cmd/setup.h"
#include "core/base/text.h"
#include "core/files.h"

static const struct operand_row operands[] = {
    { .name = "<name>", .help = "what it does: add_city_to_users, AddCityToUsers, \"add city\"", .required = true },
    { 0 },
};

static void json_files(struct json *object, const void *from, struct arena *a)
{
    const struct new_files *files = from;
    struct json *list = json_new_array();

    (void)a;
    for (size_t i = 0; i < files->len; i++)
        json_add_string(list, files->at[i].path);
    json_set(object, "files", list);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    struct new_files *files = arena_make(s->arena, struct new_files, 1);
    struct source_request r;

    (void)raw;
    if (!session_open_repository(s, e) || !setup_request(&r, s, e) ||
        !files_new_migration(files, s->vcs, &r, s->parsed->operands[0], s->arena, &s->notices, e))
        return false;
    s->add_json = json_files;
    s->json_from = files;
    for (size_t i = 0; s->format == FORMAT_HUMAN && i < files->len; i++)
        fprintf(s->out, "%s\n", text_shown(s->arena, text_from(files->at[i].path)));
    return true;
}

const struct command new_command = {
    .name = "new",
    .group = GROUP_START,
    .summary = "make the next migration's files in the folder's layout",
    .details = "For the very first one, name folder and layout.",
    .examples = (const char *const[]) { "merganser new add_city_to_users",
                                        "merganser new create_users --migrations db/migrate --layout rails", NULL },
    .operands = operands,
    .needs = NEED_NOTHING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
