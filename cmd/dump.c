/* dump: write the schema and the versions as structure.sql. */
#include "cmd/dump.h"

#include "cmd/render/render.h"
#include "core/base/text.h"

enum { SHORT_LINES = 30 }; /* of a difference, for people */

struct dump_args {
    struct dump_options dump;
    bool check;
};

static const struct operand_row operands[] = {
    { .name = "<file>",
      .help = "the file, from the current directory (structure.sql beside the folder of migrations); `-` writes it to "
              "standard output",
      .completes = "file" },
    { 0 },
};

static const struct option_row options[] = {
    { .name = "check",
      .kind = OPTION_FLAG,
      .offset = offsetof(struct dump_args, check),
      .help = "write nothing: exit with 3, and show what differs, where the file is not current" },
    { .name = "output",
      .letter = 'o',
      .kind = OPTION_TEXT,
      .offset = offsetof(struct dump_args, dump.file),
      .value = "<file>",
      .help = "the same as <file>",
      .completes = "file" },
    { .name = "rails",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct dump_args, dump.rails),
      .value = "<version>",
      .help = "write it as this release of Rails does (Gemfile.lock's; else as the file is written; else the newest)",
      .from_environment = true },
    { .name = "schema",
      .kind = OPTION_LIST,
      .offset = offsetof(struct dump_args, dump.schemas),
      .value = "<pattern>",
      .help = "only these schemas, as pg_dump's --schema (those of the URL's search_path; else all); may be repeated" },
    { .name = "history",
      .kind = OPTION_CHOICE,
      .offset = offsetof(struct dump_args, dump.history),
      .value = "<which>",
      .help = "with merganser's own tables or without them (with in a Rails project, as Rails itself writes the file)",
      .choices = (const char *const[]) { "with", "without", NULL },
      .from_environment = true },
    { .name = "pg-dump",
      .kind = OPTION_TEXT,
      .offset = offsetof(struct dump_args, dump.program),
      .value = "<program>",
      .help = "the pg_dump to run (the one of the server's version)",
      .from_environment = true,
      .completes = "file" },
    { 0 },
};

static bool operand_take(struct dump_options *o, const struct session *s, struct err *e)
{
    const char *operand = s->parsed->operands[0];

    if (operand && o->file) {
        err_plain(e, ERR_USAGE, "the file is named twice: %s and %s", operand, o->file);
        return err_hint(e, "give <file> or --output");
    }
    if (operand)
        o->file = operand;
    return true;
}

static bool check(struct session *s, struct dump *d, struct err *e)
{
    struct text difference;

    if (!structure_refuse_conflicts(d->file.shown, d->file.content, e) ||
        !dump_difference(&difference, d, s->format == FORMAT_HUMAN ? SHORT_LINES : SIZE_MAX, s->arena, e))
        return false;
    s->exit_code = d->current ? 0 : 3;
    if (s->format == FORMAT_HUMAN)
        render_dump_check(s, d, difference);
    return true;
}

static bool write(struct session *s, struct dump *d, bool stream, struct err *e)
{
    if (stream) {
        if (s->format == FORMAT_HUMAN)
            fwrite(d->content.at, 1, d->content.len, s->out);
        return true;
    }
    if (!dump_write(d, &s->work, e))
        return false;
    if (s->format == FORMAT_HUMAN && !s->quiet)
        render_dump(s, d);
    return true;
}

static bool run(struct session *s, const void *raw, struct err *e)
{
    const struct dump_args *args = raw;
    struct dump *d = arena_make(s->arena, struct dump, 1);
    struct dump_options o = args->dump;
    bool stream;

    if (!operand_take(&o, s, e))
        return false;
    o.of_source = args->check;
    stream = o.file && strcmp(o.file, "-") == 0;
    if (!dump_make(d, &s->work, &o, e))
        return false;
    s->add_json = args->check ? json_dump_check : stream ? json_dump_content : json_dump;
    s->json_from = d;
    return args->check ? check(s, d, e) : write(s, d, stream, e);
}

bool dump_behind(struct session *s, struct err *e)
{
    struct dump d;
    const struct dump_options o = {
        .rails = getenv("MERGANSER_RAILS"),
        .history = getenv("MERGANSER_HISTORY"),
        .program = getenv("MERGANSER_PG_DUMP"),
    };

    if (dump_make(&d, &s->work, &o, e) && dump_write(&d, &s->work, e)) {
        if (s->format == FORMAT_HUMAN && !s->quiet)
            render_dump(s, &d);
        return true;
    }
    err_prefix(e, "structure.sql was not written: ");
    return err_state(e, "the database is as it should be; only the file is as it was");
}

const struct command dump_command = {
    .name = "dump",
    .group = GROUP_LOOK,
    .summary = "write the schema and the versions as structure.sql",
    .details =
        "As Rails writes it, byte for byte: on PostgreSQL what pg_dump gives, cleaned, on SQLite what the sqlite3 "
        "program's .schema gives, and the ledger's versions behind it. The file is replaced as a whole, and left "
        "alone where it is current. With --check it is only compared: in the work tree, in the index with "
        "--staged, at a commit with --ref.",
    .examples =
        (const char *const[]) { "merganser dump", "merganser dump --check", "merganser dump - --rails 6.1", NULL },
    .operands = operands,
    .options = options,
    .args_size = sizeof(struct dump_args),
    .needs = NEED_SOURCE | NEED_READING | NEED_SESSION,
    .formats = (const char *const[]) { "json", NULL },
    .run = run,
};
