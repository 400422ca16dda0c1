#include "core/source_seen.h"

#include "core/base/text.h"
#include "core/hooks.h"

enum { NESTED_MOST = 4 };

static bool looks_like_migration(struct text path, size_t skip)
{
    struct text name = text_cut(path, skip, path.len);

    return name.len && text_is_digit(name.at[0]) && (text_ends(name, ".sql") || text_ends(name, "/"));
}

void source_warn_ignored(struct source *s, const struct source_folder *f)
{
    size_t n = 0, skip = *f->path ? strlen(f->path) + 1 : 0;
    struct text first = { 0 };
    const char *shown;

    for (size_t i = 0; i < f->ignored.len; i++) {
        struct text path = f->ignored.at[i];

        if (!looks_like_migration(path, skip))
            continue;
        if (!n++ || text_compare(path, first) < 0)
            first = path;
    }
    if (!n)
        return;
    shown = text_shown(s->arena, first);
    notice_add(
        s->notices, NOTICE_WARNING, "ignored-by-git", IN_FILE(arena_cstr(s->arena, first)),
        arena_printf(s->arena, "`git check-ignore -v %s` names the rule; `git add -f` takes it all the same", shown),
        "git ignores it, and it is passed over%s",
        n == 1 ? "" : arena_printf(s->arena, "; %zu more %s like it", n - 1, n == 2 ? "is" : "are"));
}

/* The end of the first folder on the way that has a name as migrations have it; 0: there is none. */
static size_t folder_end(struct text path)
{
    static const char *const names[] = { "migrate", "migrations", "drizzle" };

    for (size_t from = 0, at; text_find(text_cut(path, from, path.len), "/", &at); from += at + 1)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (text_is(text_cut(path, from, from + at), names[i]))
                return from + at;
    return 0;
}

static void word_add(struct buf *to, const char *word)
{
    if (word[strcspn(word, " \t\"'\\$`*?[]();&|<>~#!{}")])
        hook_script_quote(to, word);
    else
        buf_string(to, word);
}

/* What to type: a project's own merganser.yml settles everything for who works there. */
static const char *option_for(struct source *s, const char *folder)
{
    struct buf out = buf_open(s->arena, SIZE_MAX / 2);
    struct text above = text_from(folder);
    const char *slash;

    while (!*vcs_prefix(s->vcs) && (slash = memrchr(above.at, '/', above.len))) {
        const char *project = arena_cstr(s->arena, above = text_cut(above, 0, (size_t)(slash - above.at)));
        struct err ignored;
        bool found;

        if (!vcs_read_path(NULL, &found, s->vcs, &s->at, arena_printf(s->arena, "%s/merganser.yml", project),
                           SOURCE_FILE_MAX, s->arena, &ignored) ||
            !found)
            continue;
        buf_string(&out, "-C ");
        word_add(&out, text_shown(s->arena, above));
        return buf_cstr(&out);
    }
    buf_string(&out, "--migrations ");
    word_add(&out, text_shown(s->arena, text_from(folder)));
    return buf_cstr(&out);
}

bool source_hint_nested(struct source *s, struct err *e)
{
    /* The index instead of the work tree: it knows of the same folders without a look at a disk full of others. */
    struct source at_rest = *s;
    struct notices unheard = { .arena = s->arena };
    struct buf names = buf_open(s->arena, sizeof e->hint / 2);
    const char *first = NULL;
    struct vcs_files all = { 0 };
    struct err ignored;
    size_t n = 0;
    bool found;

    if (!vcs_is_git(s->vcs))
        return false;
    at_rest.at.kind = s->at.kind == VCS_WORKTREE ? VCS_INDEX : s->at.kind;
    at_rest.notices = &unheard;
    if (!vcs_list(&all, &found, s->vcs, &at_rest.at, "", s->arena, &ignored) || !found)
        return false;
    for (size_t i = 0, to; i < all.len; i = to) {
        struct text path = all.at[i].path;
        size_t end = folder_end(path);
        const char *folder = arena_cstr(s->arena, text_cut(path, 0, end)), *tool = NULL;
        struct source_folder here;

        for (to = i + 1; end && to < all.len && text_starts(all.at[to].path, folder) && all.at[to].path.at[end] == '/';)
            to++;
        if (!end)
            continue;
        here = source_folder_of(&at_rest, folder, &all.at[i], to - i);
        if (!layout_detect(&here.input, &tool))
            continue;
        first = first ? first : folder;
        if (n++ < NESTED_MOST)
            buf_printf(&names, "%s%s", n > 1 ? ", " : "", text_shown(s->arena, text_from(folder)));
    }
    if (!n)
        return false;
    return !err_hint(e, "there are migrations in %s%s: name the folder, as in `%s`", buf_cstr(&names),
                     n > NESTED_MOST ? ", ..." : "", option_for(s, first));
}
