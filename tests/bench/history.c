/* history COMMITS MIGRATIONS: a made-up project's history for git fast-import, the same one every time.
 *
 * One commit adds 45 files and 40 folders of 25; each later one edits one of them, or adds a migration, or (one of 500)
 * edits an old migration. Three of ten are made on main, the others on up to eight side branches of one to seven
 * commits, which are merged as they end. The branches are refs/heads/main and refs/side/N. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOT_FILES = 45, FOLDERS = 40, FOLDER_FILES = 25, SIDES = 8, LONGEST_SIDE = 7, LINES = 24 };
enum { YOUNG = 60 }; /* migrations that a side branch may not have yet: none of them is edited */
enum { FILES = ROOT_FILES + FOLDERS * FOLDER_FILES };

struct change {
    int file; /* below FILES, else a migration behind that */
    int blob; /* its mark */
};

struct branch {
    int tip, left, changed;
    struct change changes[LONGEST_SIDE];
};

struct history {
    uint64_t random;
    int commits, migrations; /* wanted */
    int mark, made, added;
    struct branch main, sides[SIDES];
};

/* Numerical recipes' 64-bit generator: the same numbers on every machine. */
static int under(struct history *h, int n)
{
    h->random = h->random * 6364136223846793005u + 1442695040888963407u;
    return (int)((h->random >> 33) % (uint64_t)n);
}

static void path_put(char *to, size_t size, int file)
{
    static const char *const verbs[] = { "create", "add", "remove", "rename", "index" };
    int migration = file - FILES, folder = (file - ROOT_FILES) / FOLDER_FILES;

    if (migration >= 0)
        snprintf(to, size, "db/migrate/20%02d%02d%02d%06d_%s_thing_%d.sql", 10 + migration / 150,
                 1 + migration / 12 % 12, 1 + migration % 28, migration, verbs[migration % 5], migration);
    else if (file < ROOT_FILES)
        snprintf(to, size, "file_%02d.txt", file);
    else
        snprintf(to, size, "folder_%02d/file_%02d.rb", folder, (file - ROOT_FILES) % FOLDER_FILES);
}

static int blob_make(struct history *h, int file)
{
    char content[LINES * 48];
    size_t len = 0;
    int odd = under(h, LINES);

    for (int i = 0; i < (file < FILES ? LINES : 4); i++)
        len += (size_t)snprintf(content + len, sizeof content - len, "line %d of file %d says %d\n", i, file,
                                i == odd || file >= FILES ? under(h, 100000) : file * i);
    printf("blob\nmark :%d\ndata %zu\n%s\n", ++h->mark, len, content);
    return h->mark;
}

static void commit_begin(struct history *h, const char *ref, int from, int merged, const char *what)
{
    char message[160];
    int author = under(h, 60);
    int64_t when = INT64_C(1300000000) + (int64_t)h->made * 6000;

    snprintf(message, sizeof message, "%s number %d\n\nWhat was done here is told at some length, as it should be.\n",
             what, h->made);
    printf("commit %s\nmark :%d\nauthor Person %d <person%d@example.org> %" PRId64 " +0000\n"
           "committer Person %d <person%d@example.org> %" PRId64 " +0000\ndata %zu\n%s\n",
           ref, ++h->mark, author, author, when - under(h, 5000), author, author, when, strlen(message), message);
    if (from)
        printf("from :%d\n", from);
    if (merged)
        printf("merge :%d\n", merged);
    h->made++;
}

static void change_put(struct change c)
{
    char path[80];

    path_put(path, sizeof path, c.file);
    printf("M 100644 :%d %s\n", c.blob, path);
}

static struct change change_make(struct history *h)
{
    struct change c;

    if ((int64_t)h->added * h->commits < (int64_t)h->made * h->migrations && h->added < h->migrations)
        c.file = FILES + h->added++;
    else if (under(h, 500) == 0 && h->added > YOUNG)
        c.file = FILES + under(h, h->added - YOUNG);
    else
        c.file = under(h, FILES);
    c.blob = blob_make(h, c.file);
    return c;
}

static void main_begin(struct history *h)
{
    static struct change all[FILES];

    for (int i = 0; i < FILES; i++)
        all[i] = (struct change) { i, blob_make(h, i) };
    commit_begin(h, "refs/heads/main", 0, 0, "Start");
    for (int i = 0; i < FILES; i++)
        change_put(all[i]);
    h->main.tip = h->mark;
}

static void main_commit(struct history *h)
{
    struct change c = change_make(h);

    commit_begin(h, "refs/heads/main", h->main.tip, 0, "Change");
    change_put(c);
    h->main.tip = h->mark;
}

static void main_merge(struct history *h, struct branch *side)
{
    commit_begin(h, "refs/heads/main", h->main.tip, side->tip, "Merge");
    for (int i = 0; i < side->changed; i++)
        change_put(side->changes[i]);
    h->main.tip = h->mark;
    side->changed = 0;
}

static void side_commit(struct history *h, int n)
{
    struct branch *side = &h->sides[n];
    struct change c = change_make(h);
    char ref[32];

    if (side->left == 0) {
        side->left = 1 + under(h, LONGEST_SIDE);
        side->tip = h->main.tip;
    }
    snprintf(ref, sizeof ref, "refs/side/%d", n);
    commit_begin(h, ref, side->tip, 0, "Work");
    change_put(c);
    side->tip = h->mark;
    side->changes[side->changed++] = c;
    if (--side->left == 0)
        main_merge(h, side);
}

int main(int argc, char **argv)
{
    struct history h = { .random = 42 };

    h.commits = argc == 3 ? (int)strtol(argv[1], NULL, 10) : 0;
    h.migrations = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (h.commits < 1 || h.migrations < 1)
        return 2;
    main_begin(&h);
    while (h.made < h.commits) {
        if (under(&h, 10) < 3)
            main_commit(&h);
        else
            side_commit(&h, under(&h, SIDES));
    }
    for (int i = 0; i < SIDES; i++)
        if (h.sides[i].left > 0)
            main_merge(&h, &h.sides[i]);
    return ferror(stdout) ? 1 : 0;
}
