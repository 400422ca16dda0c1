/* lexer FOLDER...: cuts every .sql file below the folders as merganser does and as libpg_query's parser does, and says
 * where they differ. lexer -t FILE: how fast one file is cut, read in pieces, and what memory that takes. */
#include <dirent.h>
#include <fcntl.h>
#include <pg_query.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dialects/postgres/reader.h"
#include "tests/support/pieces.h"

struct counts {
    size_t files, agree, statements, differ, rejected, alone, alone_rejected, alone_differ, psql, blanked, other;
};

static struct text file_read(const char *path, struct arena *a)
{
    struct buf out = buf_open(a, SIZE_MAX / 2);
    char piece[65536];
    FILE *in = fopen(path, "rb");
    size_t len;

    while (in && (len = fread(piece, 1, sizeof piece, in)) > 0)
        buf_add(&out, piece, len);
    if (in)
        fclose(in);
    return buf_content(&out);
}

static bool read_script(struct pg_script *out, struct text text, struct arena *a, struct err *e)
{
    struct pieces_file *file = arena_make(a, struct pieces_file, 1);
    struct pieces *all = arena_make(a, struct pieces, 1);
    struct script *s = arena_make(a, struct script, 1);
    struct script_request r = { .script = s };

    *file = (struct pieces_file) { "script", text };
    *all = (struct pieces) { .files = file, .len = 1 };
    *s = pieces_script(all, 0, a);
    return script_read(out, &r, a, e);
}

/* Where the parser rejects a file, most of its statements are sound all the same: each has to be one for it too. */
static void each_alone(struct counts *n, const char *path, const struct pg_script *s, struct arena *a)
{
    for (size_t i = 0; i < s->statements.len; i++) {
        const struct statement *at = &s->statements.at[i];
        const char *sql = arena_cstr(a, text_cut(s->source, at->from, at->to));
        PgQuerySplitResult r = pg_query_split_with_parser(sql);

        if (r.error) {
            n->alone_rejected++;
        } else if (r.n_stmts == 1 && !at->dropped) {
            n->alone++;
        } else if (r.n_stmts != 1) {
            printf("DIFFERS %s:%d: %d statements\n", path, script_place(s, at->from).line, r.n_stmts);
            n->alone_differ++;
        }
        pg_query_free_split_result(r);
    }
}

static void compare(struct counts *n, const char *path, const struct pg_script *s, struct arena *a)
{
    bool accepted;
    const char *wrong = pieces_against_parser(s, &accepted, a);

    if (wrong) {
        n->differ++;
        printf("DIFFERS %s: %s\n", path, wrong);
    } else if (accepted) {
        n->agree++;
        n->statements += (size_t)script_sent(s);
    } else {
        n->rejected++;
        each_alone(n, path, s, a);
    }
}

/* The lines that begin with a backslash become blanks, but for those that end rows. */
static struct text without_commands(struct text source, struct arena *a)
{
    char *out = arena_cstr(a, source);

    for (size_t i = 0; i < source.len; i++)
        if (out[i] == '\\' && (i == 0 || out[i - 1] == '\n') && out[i + 1] != '.')
            while (i < source.len && out[i] != '\n')
                out[i++] = ' ';
    return (struct text) { out, source.len };
}

static void look(struct counts *n, const char *path)
{
    struct arena *a = arena_open();
    struct text source = file_read(path, a);
    struct err e = { 0 };
    struct pg_script s;

    n->files++;
    if (read_script(&s, source, a, &e)) {
        compare(n, path, &s, a);
    } else if (strstr(e.message, "psql's") || strstr(e.message, "COPY")) {
        n->psql++;
        printf("psql's %s:%d: %s\n", path, e.at.line, e.message);
        if (read_script(&s, without_commands(source, a), a, &e)) {
            n->blanked++;
            compare(n, path, &s, a);
        }
    } else {
        n->other++;
        printf("refused %s:%d: %s\n", path, e.at.line, e.message);
    }
    arena_close(a);
}

static void walk(struct counts *n, const char *folder)
{
    struct dirent **names;
    int len = scandir(folder, &names, NULL, alphasort);

    for (int i = 0; i < len; i++) {
        char *path = NULL;
        size_t name = strlen(names[i]->d_name);

        if (names[i]->d_name[0] == '.' || asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
            continue;
        if (name > 4 && strcmp(names[i]->d_name + name - 4, ".sql") == 0)
            look(n, path);
        else if (names[i]->d_type == DT_DIR)
            walk(n, path);
        free(path);
        free(names[i]);
    }
    if (len >= 0)
        free(names);
}

struct file {
    int descriptor;
    char piece[256 * 1024];
};

static bool read_file(const struct script *s, size_t offset, struct text *piece, struct err *e)
{
    struct file *f = (struct file *)(uintptr_t)s->from;
    ssize_t len = pread(f->descriptor, f->piece, sizeof f->piece, (off_t)offset);

    (void)e;
    *piece = (struct text) { f->piece, len > 0 ? (size_t)len : 0 };
    return len >= 0;
}

static double seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int timed(const char *path)
{
    struct file *f = calloc(1, sizeof *f);
    struct arena *a = arena_open();
    struct script s = { .path = path, .read = read_file, .from = f };
    struct script_request r = { .script = &s, .version = "7", .ledger = { "public", "schema_migrations" } };
    struct read_statement got = { 0 };
    struct rusage u;
    struct pg_script script;
    struct reader *reader;
    struct err e = { 0 };
    double from, mib;
    bool more = true;

    f->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    s.size = (size_t)lseek(f->descriptor, 0, SEEK_END);
    mib = (double)s.size / 1048576;
    from = seconds();
    if (!script_read(&script, &r, a, &e)) {
        fprintf(stderr, "%d:%d: %s\n", e.at.line, e.at.column, e.message);
        return 1;
    }
    printf("%.0f MiB, %zu statements: %.0f MiB/s", mib, (size_t)script.count, mib / (seconds() - from));
    from = seconds();
    reader_open(&reader, &script, a, &e);
    while (more && reader_next(&got, &more, reader, &e))
        ;
    getrusage(RUSAGE_SELF, &u);
    printf(", walked again at %.0f MiB/s; %ld MiB of memory\n", mib / (seconds() - from), u.ru_maxrss / 1024);
    reader_close(reader);
    arena_close(a);
    close(f->descriptor);
    free(f);
    return 0;
}

int main(int argc, char **argv)
{
    struct counts n = { 0 };

    if (argc == 3 && strcmp(argv[1], "-t") == 0)
        return timed(argv[2]);
    for (int i = 1; i < argc; i++)
        walk(&n, argv[i]);
    printf("%zu files: %zu agree with the parser whole (%zu statements), %zu differ\n"
           "%zu the parser rejects: of their statements alone %zu agree, %zu it rejects, %zu differ\n"
           "%zu use what only psql has; without the lines of its commands %zu can be read, and are counted above too\n"
           "%zu are refused for another reason\n",
           n.files, n.agree, n.statements, n.differ, n.rejected, n.alone, n.alone_rejected, n.alone_differ, n.psql,
           n.blanked, n.other);
    return n.differ + n.alone_differ > 0;
}
