/* read REPOSITORY REV FOLDER: lists the folder at the revision and reads every file, as a run of merganser does. */
#include "core/base/arena.h"
#include "core/base/text.h"
#include "vcs/vcs.h"

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct vcs_options options = { .start = argc == 4 ? argv[1] : "." };
    struct vcs *v = NULL;
    struct vcs_source source;
    struct vcs_files files;
    struct err e = { 0 };
    bool found = false, ok;
    size_t bytes = 0;

    ok = argc == 4 && vcs_open(&v, &options, a, &e) && vcs_source_open(&source, v, VCS_COMMIT, argv[2], a, &e) &&
         vcs_list(&files, &found, v, &source, argv[3], a, &e);
    for (size_t i = 0; ok && i < files.len; i++) {
        struct text content = { NULL, 0 };

        ok = vcs_read(&content, v, &source, &files.at[i], 1 << 20, a, &e);
        bytes += content.len;
    }
    if (ok)
        printf("%zu files, %zu bytes\n", files.len, bytes);
    else
        fprintf(stderr, "read: %s\n", e.message);
    vcs_close(v);
    arena_close(a);
    return ok && found ? 0 : 1;
}
