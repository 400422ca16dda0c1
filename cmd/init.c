/* init: look at the repository and write merganser.yml. */
#include <unistd.h>

#include "cmd/render/render.h"
#include "cmd/setup.h"
#include "core/base/text.h"
#include "core/files.h"

/* How each tool is told to leave merganser's tables alone when it dumps or compares the schema. */
static const struct {
    const struct layout *layout;
    const char *server, *file;
} ignoring[] = {
    { &rails_layout, NULL,
      "in an initializer: ActiveRecord::SchemaDumper.ignore_tables += [\"__merganser_history\", "
      "\"__merganser_history_schema\"]" },
    { &diesel_layout, NULL,
      "in diesel.toml: [print_schema] filter = { except_tables = [\"__merganser_history\", "
      "\"__merganser_history_schema\"] }" },
    { &drizzle_layout,
      "in drizzle.config.ts: schemaFilter: [\"public\"] (merganser's history is in the schema merganser)",
      "in drizzle.config.ts: tablesFilter: [\"!__merganser_history\", \"!__merganser_history_schema\", "
      "\"!schema_migrations\"]" },
};

struct init_result {
    const char *path;
};

static void json_path(struct json *object, const void *from, struct arena *a)
{
    (void)a;
    json_set_string(object, "path", ((const struct init_result *)from)->path);
}

/* The value that merganser.yml gets: never a secret, so a URL with a password is left to its variable. */
static const char *database_of(struct session *s)
{
    const struct common_options *o = &s->parsed->common;

    if (!o->database || o->database_from_variable)
        return getenv("MERGANSER_DATABASE") ? "${MERGANSER_DATABASE}" : "${DATABASE_URL}";
    return strcmp(url_redact(s->arena, o->database), o->database) == 0 ? o->database : "${DATABASE_URL}";
}

static struct text file_content(struct session *s)
{
    const struct source *source = &s->work.source;
    struct buf out = buf_open(s->arena, 1 << 16);

    buf_string(&out, "# How merganser finds this project's migrations and its database. `merganser help` says more.\n");
    if (source->nfolders == 1) {
        buf_printf(&out, "migrations: %s\n", source->folders[0].path);
    } else {
        buf_string(&out, "migrations:\n");
        for (size_t i = 0; i < source->nfolders; i++)
            buf_printf(&out, "  - %s\n", source->folders[i].path);
    }
    buf_printf(&out, "layout: %s\ndatabase: %s\n", source->layout->name, database_of(s));
    return buf_content(&out);
}

static void print_next(struct session *s)
{
    const char *url = s->parsed->common.database ? s->parsed->common.database : getenv("DATABASE_URL");
    bool file = url && (text_starts(text_from(url), "sqlite") || text_starts(text_from(url), "file:"));

    fprintf(s->out, "wrote merganser.yml: %zu migration%s in %s, layout %s\n", s->work.source.migrations.len,
            s->work.source.migrations.len == 1 ? "" : "s",
            text_shown(s->arena, text_from(s->work.source.folders[0].path)), s->work.source.layout->name);
    for (size_t i = 0; i < sizeof ignoring / sizeof *ignoring; i++) {
        const char *line = file ? ignoring[i].file : ignoring[i].server;

        if (ignoring[i].layout == s->work.source.layout && line)
            fprintf(s->out, "so that your tool leaves merganser's tables alone, write %s\n", line);
    }
    fputs("next: `merganser status`\n", s->out);
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    static const struct init_result result = { "merganser.yml" };
    const char *root;

    (void)raw;
    if (!session_open_repository(s, e))
        return false;
    root = vcs_root(s->vcs);
    if (!root) {
        err_plain(e, ERR_USAGE, "merganser.yml is written into a work tree, and this repository is bare");
        return err_hint(e, "clone it, run `merganser init` there, and commit the file");
    }
    if (access(arena_printf(s->arena, "%s/merganser.yml", root), F_OK) == 0) {
        err_set(e, ERR_USAGE, IN_FILE("merganser.yml"), "it is there already");
        return err_hint(e, "edit it, or delete it first; `merganser status` uses it as it is");
    }
    if (!setup_source(s, e))
        return false;
    s->source_open = true;
    s->add_json = json_path;
    s->json_from = &result;
    if (!files_write(root, "merganser.yml", file_content(s), false, s->arena, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        print_next(s);
    return true;
}

const struct command init_command = {
    .name = "init",
    .group = GROUP_START,
    .summary = "look at the repository and write merganser.yml with what it found",
    .details =
        "The file lands in the repository's root. The database is named by a variable unless --database gives one "
        "without a password.",
    .examples = (const char *const[]) { "merganser init",
                                        "merganser init --migrations db/migrate --database sqlite:dev.sqlite3", NULL },
    .needs = NEED_NOTHING,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
