#include "core/layouts/files.h"

#include "core/base/text.h"

struct text file_base(struct text name)
{
    const char *slash = name.len ? memrchr(name.at, '/', name.len) : NULL;

    return slash ? text_cut(name, (size_t)(slash - name.at) + 1, name.len) : name;
}

struct text file_directory(struct text name)
{
    return text_cut(name, 0, name.len - file_base(name).len);
}

bool file_is_aside(struct text name)
{
    while (name.len) {
        const char *slash = memchr(name.at, '/', name.len);
        struct text part = text_cut(name, 0, slash ? (size_t)(slash - name.at) : name.len);

        if (text_starts(part, ".") || (slash && text_is(part, "data")))
            return true;
        name = text_cut(name, part.len + 1, name.len);
    }
    return false;
}

const struct layout_file *files_named(const struct layout_input *in, struct text name)
{
    size_t from = 0, to = in->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int side = text_compare(name, in->files[middle].name);

        if (side == 0)
            return &in->files[middle];
        if (side < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

struct migration_file file_taken(const struct layout_file *f, const struct layout_input *in)
{
    return (struct migration_file) {
        .path = arena_cstr(in->arena, f->path), .blob = f->blob, .uncommitted = f->uncommitted, .entry = f->entry
    };
}

const char *file_path(const char *folder, const char *name, struct arena *a)
{
    return *folder ? arena_printf(a, "%s/%s", folder, name) : arena_string(a, name);
}

const char *file_shown(struct text name, struct arena *a)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.at[i] < ' ' || name.at[i] > '~')
            return text_shown(a, name);
    return arena_cstr(a, name);
}

struct pos file_place(struct text path, struct arena *a)
{
    return IN_FILE(arena_cstr(a, path));
}

bool file_check_regular(const struct layout_file *f, const struct layout_input *in, struct err *e)
{
    if (f->regular)
        return true;
    err_set(e, ERR_MIGRATION_FILE, file_place(f->path, in->arena), "it is a symbolic link or a submodule, not a file");
    return err_hint(e, "put the script itself in its place; what a link points to is not in the commit");
}

void file_pass_over(const struct layout_file *f, const struct layout_input *in, const char *rule)
{
    notice_add(in->notices, NOTICE_WARNING, "passed-over", file_place(f->path, in->arena), NULL, "passed over: %s",
               rule);
}

const char *files_other_tool(const struct layout_input *in)
{
    const char *tool = NULL;

    for (size_t i = 0; i < in->len; i++) {
        struct text directory = file_directory(in->files[i].name);
        const char *snapshot;

        if (!directory.len || !text_is(file_base(in->files[i].name), "migration.sql"))
            continue;
        snapshot = arena_printf(in->arena, "%.*ssnapshot.json", (int)directory.len, directory.at);
        if (files_named(in, text_from(snapshot)))
            return "drizzle-kit 1.0";
        tool = "Prisma";
    }
    return tool;
}

bool files_check_tool(const struct layout_input *in, struct err *e)
{
    const char *tool = files_other_tool(in);

    if (!tool)
        return true;
    err_set(e, ERR_OTHER_TOOL, file_place(text_from(in->folder), in->arena),
            "the folder is one of %s, with a folder and a migration.sql for every migration", tool);
    return err_hint(e, "to go over to merganser, make every NAME/migration.sql a NAME.sql in this folder");
}
