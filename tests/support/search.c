#include "tests/support/search.h"

#include <criterion/criterion.h>

#include "core/base/text.h"

const char *search_git(struct arena *a, const char *repo, const char *command, const char *argument)
{
    return repo_git(a, repo, command, argument, NULL);
}

const char *search_repo(struct arena *a)
{
    const char *repo = repo_make(a);

    repo_write(repo, "db/1.sql", "select 1;");
    repo_commit_at(a, repo, "one", "1700000000 +0000");
    return repo;
}

const char *search_branch(struct arena *a, const char *branch)
{
    const char *repo = search_repo(a);

    repo_git(a, repo, "checkout", "--quiet", "-b", branch, NULL);
    repo_write(repo, "db/2.sql", "select 2;");
    repo_commit_at(a, repo, "two", "1700000100 +0000");
    search_git(a, repo, "checkout", "main");
    search_expire_reflogs(a, repo);
    return repo;
}

void search_expire_reflogs(struct arena *a, const char *repo)
{
    repo_git(a, repo, "reflog", "expire", "--expire=now", "--all", NULL);
}

void search_collect_garbage(struct arena *a, const char *repo)
{
    repo_git(a, repo, "gc", "--quiet", "--prune=now", NULL);
}

size_t search_match(const void *paths, struct text path)
{
    const char *const *list = paths;
    size_t i = 0;

    while (list[i] && !text_is(path, list[i]))
        i++;
    return i;
}

static const char *words(struct arena *a, const char *repo, const struct vcs_sighting *s)
{
    if (!s->found)
        return "nowhere";
    return arena_printf(a, "%s by %s%s",
                        repo_git(a, repo, "log", "-1", "--format=%s", object_id_hex(a, s->commit), NULL),
                        s->ref ? s->ref : "no name", s->ancestor ? ", line" : "");
}

const char *search_for(struct arena *a, const char *repo, const struct search_asked *asked, struct vcs_places *places)
{
    const char *folders[] = { asked->folder ? asked->folder : "db", NULL };
    struct object_id blobs[SEARCH_MOST] = { { .known = false } };
    struct vcs_wanted wanted = { .folders = folders, .match = search_match, .to = asked->paths, .blobs = blobs };
    struct buf out = buf_open(a, 65536);
    struct vcs_places ignored;
    struct vcs *v = repo_open(a, repo);
    struct vcs_found found[SEARCH_MOST];
    struct err e;

    for (; asked->paths[wanted.n]; wanted.n++)
        if (asked->blobs[wanted.n])
            cr_assert(object_id_parse(&blobs[wanted.n], text_from(asked->blobs[wanted.n])));
    if (asked->source)
        wanted.source = repo_source(a, v, VCS_COMMIT, asked->source).commit;
    cr_assert(vcs_search(found, places ? places : &ignored, v, &wanted, a, &e), "%s", e.message);
    for (size_t i = 0; i < wanted.n; i++) {
        buf_printf(&out, "%s%s: %s", i ? "\n" : "", asked->paths[i], words(a, repo, &found[i].last));
        if (asked->blobs[i])
            buf_printf(&out, "; recorded: %s", words(a, repo, &found[i].exact));
        else
            cr_expect_eq(found[i].exact.path, found[i].last.path);
        if (found[i].last.found)
            cr_expect_str_eq(found[i].last.path, asked->paths[i]);
    }
    vcs_close(v);
    return buf_cstr(&out);
}

const char *search_one(struct arena *a, const char *repo, const char *path)
{
    struct search_asked asked = { .source = "HEAD", .paths = { path } };
    const char *got = search_for(a, repo, &asked, NULL);

    return got + strlen(path) + strlen(": ");
}
