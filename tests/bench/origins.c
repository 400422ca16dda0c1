/* origins REPOSITORY REV FOLDER: who introduced each file below the folder, as "COMMIT TIME AUTHOR" and the file, and
 * who edited it last. */
#include "core/base/arena.h"
#include "core/base/text.h"
#include "vcs/vcs.h"

static bool show(struct vcs *v, const struct vcs_files *files, const struct vcs_origin *origins, struct arena *a,
                 struct err *e)
{
    static const char *const unknown[] = { "found", "absent", "shallow" };
    struct vcs_commit commit = { .id = { .known = false } };
    bool found;

    for (size_t i = 0; i < files->len; i++) {
        const struct vcs_origin *o = &origins[i];
        const char *path = text_shown(a, files->at[i].path);

        if (o->kind != VCS_ORIGIN_FOUND) {
            printf("%s %s\n", unknown[o->kind], path);
            continue;
        }
        /* Files of one commit mostly stand together. */
        if (!object_id_equal(commit.id, o->introduced) && !vcs_commit_read(&commit, &found, v, o->introduced, a, e))
            return false;
        printf("%s %lld %s\t%s\t%zu %s\n", object_id_hex(a, o->introduced), (long long)commit.date_ms / 1000,
               commit.author ? commit.author : "", path, o->edits, o->edited.known ? object_id_hex(a, o->edited) : "-");
    }
    return true;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct vcs_options options = { .start = argc == 4 ? argv[1] : "." };
    struct vcs *v = NULL;
    struct vcs_source source;
    struct vcs_files files = { .len = 0 };
    struct vcs_origin *origins;
    struct text *paths;
    struct err e = { 0 };
    bool found = false, ok;

    ok = argc == 4 && vcs_open(&v, &options, a, &e) && vcs_source_open(&source, v, VCS_COMMIT, argv[2], a, &e) &&
         vcs_list(&files, &found, v, &source, argv[3], a, &e);
    paths = arena_make(a, struct text, files.len);
    origins = arena_make(a, struct vcs_origin, files.len);
    for (size_t i = 0; i < files.len; i++)
        paths[i] = files.at[i].path;
    ok = ok && vcs_origins(origins, v, source.commit, argv[3], paths, files.len, a, &e) &&
         show(v, &files, origins, a, &e);
    if (!ok)
        fprintf(stderr, "origins: %s\n%s\n", e.message, e.hint);
    vcs_close(v);
    arena_close(a);
    return ok && found ? 0 : 1;
}
