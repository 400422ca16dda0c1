#include "core/layouts/rails_new.h"

#include "core/base/text.h"
#include "core/layouts/files.h"
#include "core/layouts/naming.h"
#include "core/layouts/ruby.h"

enum { STAMP_DIGITS = 8, TIME_DIGITS = 14, SECOND_MS = 1000 };

/* Every Rails from 5.0 on runs it. */
static const char oldest_superclass[] = "ActiveRecord::Migration[5.0]";

static const struct migration *newest_of(const struct migrations *list)
{
    return list->len ? &list->at[list->len - 1] : NULL;
}

/* A second later, where it is a time; else the next number. */
static bool successor(const char **out, const char *version, int digits, struct arena *a)
{
    int64_t last;

    if (strlen(version) == TIME_DIGITS && naming_stamp_read(&last, version) &&
        strcmp(naming_stamp(false, last, a), version) == 0) {
        *out = naming_stamp(false, last + SECOND_MS, a);
        return true;
    }
    return naming_successor(out, version, digits, a);
}

bool rails_next_version(const char **out, const struct migration *newest, int64_t now_ms, struct arena *a,
                        struct err *e)
{
    int digits = newest ? (int)strspn(newest->id, "0123456789") : 0;

    *out = naming_stamp(false, now_ms, a);
    if (!newest || (digits >= STAMP_DIGITS && version_compare(ORDER_NUMBER, newest->version, *out) < 0))
        return true;
    if (successor(out, newest->version, digits, a))
        return true;
    err_plain(e, ERR_MIGRATION_FILE, "no version comes after %s", newest->version);
    return err_hint(e, "name the file yourself: VERSION_name.sql");
}

static void add(struct new_files *out, const struct new_request *r, const char *name, struct text content)
{
    struct new_file *f = arena_push(r->arena, out);

    f->path = file_path(r->folder, name, r->arena);
    f->content = content;
}

/* The .rb of the newest migration that has one, in this folder's own spelling of the superclass. */
static bool superclass(const char **out, const struct new_request *r, struct err *e)
{
    const struct migration *m = NULL;
    struct text ruby, found;

    *out = NULL;
    for (size_t i = r->existing->len; i > 0 && !m; i--)
        if (r->existing->at[i - 1].also.path)
            m = &r->existing->at[i - 1];
    if (!m)
        return true;
    if (!r->input->read(r->input->reader, &ruby, m->also.entry, e))
        return false;
    found = ruby_superclass(ruby);
    *out = found.len ? arena_cstr(r->arena, found) : oldest_superclass;
    return true;
}

/* The SQLite adapter's `execute` runs a script's first statement only. */
static const char ruby_end[] = "  private\n"
                               "\n"
                               "  def run_script(name)\n"
                               "    sql = File.read(\"#{__dir__}/#{name}\")\n"
                               "    raw = connection.raw_connection\n"
                               "    raw.respond_to?(:execute_batch) ? raw.execute_batch(sql) : execute(sql)\n"
                               "  end\n"
                               "end\n";

static struct text ruby_file(const struct new_request *r, const char *name, const char *base, const char *up_ending,
                             const char *parent)
{
    struct buf b = buf_open(r->arena, SIZE_MAX / 2);

    buf_string(&b, "# Lets Rails run the scripts beside this file, and know their version.\n"
                   "# A script that can't run in a transaction needs `disable_ddl_transaction!` here.\n");
    buf_printf(&b, "class %s < %s\n", naming_camelised(name, r->arena), parent);
    buf_printf(&b, "  def up\n    run_script \"%s%s\"\n  end\n\n", base, up_ending);
    buf_printf(&b, "  def down\n    run_script \"%s.down.sql\"\n  end\n\n", base);
    buf_string(&b, ruby_end);
    return buf_content(&b);
}

static bool check_name(const struct new_request *r, const char *name, struct err *e)
{
    for (size_t i = 0; i < r->existing->len; i++) {
        const struct migration *m = &r->existing->at[i];

        if (strcmp(m->name, name) != 0 || !m->also.path)
            continue;
        err_set(e, ERR_USAGE, file_place(text_from(m->also.path), r->arena), "this migration is called %s already",
                name);
        return err_hint(e, "choose another name: Rails stops at two migrations of one class");
    }
    return true;
}

bool rails_new(struct new_files *out, const struct new_request *r, struct err *e)
{
    const struct migration *newest = newest_of(r->existing);
    bool spelled_up = newest && newest->up.path && text_ends(text_from(newest->up.path), ".up.sql");
    const char *up_ending = spelled_up ? ".up.sql" : ".sql";
    const char *name, *version, *parent, *base;

    if (!naming_clean(&name, r->name, r->arena, e) || !check_name(r, name, e) ||
        !rails_next_version(&version, newest, r->now_ms, r->arena, e) || !superclass(&parent, r, e))
        return false;
    base = arena_printf(r->arena, "%s_%s", version, name);
    add(out, r, arena_printf(r->arena, "%s%s", base, up_ending),
        TEXT("-- Here goes the SQL that makes the change. It runs in a transaction of its own.\n"));
    add(out, r, arena_printf(r->arena, "%s.down.sql", base),
        TEXT("-- Here goes the SQL that takes the change back. Delete this file where nothing can.\n"));
    if (parent)
        add(out, r, arena_printf(r->arena, "%s.rb", base), ruby_file(r, name, base, up_ending, parent));
    return true;
}
