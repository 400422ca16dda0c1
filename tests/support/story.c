#include "tests/support/story.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/scratch.h"

struct teller {
    struct arena *arena;
    const char *folder;
    const char *subject; /* of the commit whose files are being told, or NULL */
    int day;
};

/* Runs a command line below the repository, on the story's own day. */
static void run(struct teller *t, const char *line)
{
    const char *date = arena_printf(t->arena, "%d +0000", 1704067200 + 86400 * t->day++);
    const char *const argv[] = { "sh", "-c", line, NULL };
    const char *const environment[] = {
        "GIT_AUTHOR_NAME=Ada Example",
        "GIT_AUTHOR_EMAIL=ada@example.org",
        "GIT_COMMITTER_NAME=Ada Example",
        "GIT_COMMITTER_EMAIL=ada@example.org",
        arena_printf(t->arena, "GIT_AUTHOR_DATE=%s", date),
        arena_printf(t->arena, "GIT_COMMITTER_DATE=%s", date),
        "GIT_CONFIG_NOSYSTEM=1",
        NULL,
    };
    struct process p = { .argv = argv, .environment = environment, .directory = t->folder };
    struct process_result r = process_run(&p, t->arena);

    cr_assert_eq(r.exit_code, 0, "%s: %.*s", line, (int)r.err.len, r.err.at);
}

static void commit(struct teller *t)
{
    if (!t->subject)
        return;
    cr_assert(!strchr(t->subject, '\''), "no ' in a subject: %s", t->subject);
    run(t, arena_printf(t->arena, "git add -A && git commit -q --allow-empty -m '%s'", t->subject));
    t->subject = NULL;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, text_lower(c)) : NULL;

    cr_assert(at, "no hexadecimal digit: %c", c);
    return (int)(at - digits);
}

static void add_unescaped(struct buf *to, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] != '\\') {
            buf_char(to, t.at[i]);
            continue;
        }
        cr_assert(++i < t.len, "a \\ ends a line");
        switch (t.at[i]) {
        case 'n':
            buf_char(to, '\n');
            break;
        case 'r':
            buf_char(to, '\r');
            break;
        case 't':
            buf_char(to, '\t');
            break;
        case 'e':
            buf_char(to, '\033');
            break;
        case '\\':
            buf_char(to, '\\');
            break;
        case 'x':
            cr_assert(i + 2 < t.len);
            buf_char(to, (char)(hex(t.at[i + 1]) * 16 + hex(t.at[i + 2])));
            i += 2;
            break;
        default:
            cr_assert_fail("no such escape: \\%c", t.at[i]);
        }
    }
}

static const char *unescaped(struct arena *a, struct text t)
{
    struct buf b = buf_open(a, SIZE_MAX / 2);

    add_unescaped(&b, t);
    return buf_cstr(&b);
}

static bool is_step(struct text line)
{
    return text_starts(line, "== ");
}

/* Takes the lines up to the next step off *rest. */
static struct text content(struct teller *t, struct text *rest, bool escaped)
{
    struct buf b = buf_open(t->arena, SIZE_MAX / 2);
    struct text line, before = *rest;

    while (text_line(rest, &line)) {
        if (is_step(line)) {
            *rest = before;
            break;
        }
        if (escaped) {
            add_unescaped(&b, line);
        } else {
            buf_text(&b, line);
            buf_char(&b, '\n');
        }
        before = *rest;
    }
    return buf_content(&b);
}

/* Cuts the first word off *rest. */
static struct text word(struct text *rest)
{
    size_t end = 0;
    struct text first;

    *rest = text_trim(*rest);
    while (end < rest->len && rest->at[end] != ' ')
        end++;
    first = text_cut(*rest, 0, end);
    *rest = text_trim(text_cut(*rest, end, rest->len));
    return first;
}

static void step(struct teller *t, struct text line, struct text *rest)
{
    struct text rest_of_line = text_cut(line, 3, line.len);
    struct text verb = word(&rest_of_line);
    struct text target = rest_of_line, first = word(&target);
    const char *path = unescaped(t->arena, first);
    const char *whole = arena_printf(t->arena, "%s/%s", t->folder, path);

    if (text_is(verb, "file") || text_is(verb, "bytes")) {
        scratch_write(t->folder, path, content(t, rest, text_is(verb, "bytes")));
    } else if (text_is(verb, "link")) {
        /* The folder may not be there yet. */
        scratch_write(t->folder, path, TEXT(""));
        cr_assert(unlink(whole) == 0 && symlink(arena_cstr(t->arena, target), whole) == 0, "cannot link %s", path);
    } else if (text_is(verb, "delete")) {
        cr_assert(unlink(whole) == 0, "cannot delete %s", path);
    } else {
        commit(t);
        if (text_is(verb, "commit"))
            t->subject = arena_cstr(t->arena, rest_of_line);
        else if (text_is(verb, "branch"))
            run(t, arena_printf(t->arena, "git switch -q -c '%s'", path));
        else if (text_is(verb, "git"))
            run(t, arena_printf(t->arena, "git %s", arena_cstr(t->arena, rest_of_line)));
        else
            cr_assert(text_is(verb, "uncommitted"), "no such step: %.*s", (int)line.len, line.at);
    }
}

void story_tell(const char *folder, struct text story)
{
    struct teller t = { .arena = arena_open(), .folder = folder };
    struct text line;

    if (text_starts(story, "== plain\n"))
        text_line(&story, &line);
    else
        run(&t, "git init -q -b main");
    while (text_line(&story, &line)) {
        cr_assert(is_step(line), "a story begins with a step: %.*s", (int)line.len, line.at);
        step(&t, line, &story);
    }
    commit(&t);
    arena_close(t.arena);
}

const char *const *story_commits(const char *folder, struct arena *a)
{
    const char *const argv[] = { "git", "rev-list", "--all", "--reverse", NULL };
    struct process p = { .argv = argv, .directory = folder };
    struct process_result r = process_run(&p, a);
    size_t n = 0;
    struct text rest = r.out, line;
    const char **ids;

    while (text_line(&rest, &line))
        n++;
    ids = arena_make(a, const char *, n + 1);
    n = 0;
    rest = r.out;
    while (text_line(&rest, &line))
        ids[n++] = arena_cstr(a, line);
    return ids;
}
