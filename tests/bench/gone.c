/* gone REPOSITORY REV PATH...: where files that are gone were last seen. */
#include "core/base/arena.h"
#include "core/base/text.h"
#include "vcs/vcs.h"

static size_t match(const void *to, struct text path)
{
    const char *const *paths = to;
    size_t i = 0;

    while (paths[i] && !text_is(path, paths[i]))
        i++;
    return i;
}

static const char *folder_of(const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');

    return arena_cstr(a, (struct text) { path, slash ? (size_t)(slash - path) : 0 });
}

static void show(const char *path, const struct vcs_sighting *s, struct arena *a)
{
    printf("%s\t%s\t%s%s\n", path, s->found ? object_id_hex(a, s->commit) : "-", s->ref ? s->ref : "-",
           s->ancestor ? "\tline" : "");
}

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct vcs_options options = { .start = argc > 3 ? argv[1] : "." };
    const char *folders[] = { argc > 3 ? folder_of(argv[3], a) : NULL, NULL };
    struct vcs_wanted wanted = {
        .folders = folders, .match = match, .to = argv + 3, .n = argc > 3 ? (size_t)argc - 3 : 0
    };
    struct vcs_found *found = arena_make(a, struct vcs_found, wanted.n);
    struct vcs_places places;
    struct vcs_source source;
    struct vcs *v = NULL;
    struct err e = { 0 };
    bool ok;

    wanted.blobs = arena_make(a, struct object_id, wanted.n);
    ok = argc > 3 && vcs_open(&v, &options, a, &e) && vcs_source_open(&source, v, VCS_COMMIT, argv[2], a, &e);
    if (ok)
        wanted.source = source.commit;
    ok = ok && vcs_search(found, &places, v, &wanted, a, &e);
    for (size_t i = 0; ok && i < wanted.n; i++)
        show(argv[3 + i], &found[i].last, a);
    if (ok)
        printf("%zu refs, %zu reflog entries, %zu stashes, %zu commits\n", places.refs, places.reflog_entries,
               places.stashes, places.commits);
    else
        fprintf(stderr, "gone: %s\n%s\n", e.message, e.hint);
    vcs_close(v);
    arena_close(a);
    return ok ? 0 : 1;
}
