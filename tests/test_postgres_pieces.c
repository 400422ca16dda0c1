/* What holds for every script: for what the fuzzer has found, and for what is put together by chance. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "tests/support/cut.h"
#include "tests/support/scratch.h"

Test(postgres_pieces, what_the_fuzzer_found)
{
    DIR *folder = opendir(TESTDATA "/fuzz/script");
    size_t files = 0;

    cr_assert(folder);
    for (struct dirent *f; (f = readdir(folder));) {
        struct arena *a = arena_open();
        const char *wrong;

        if (f->d_name[0] != '.') {
            wrong = pieces_file_violated(scratch_read(a, arena_printf(a, TESTDATA "/fuzz/script/%s", f->d_name)), a);
            cr_expect_null(wrong, "%s: %s", f->d_name, wrong);
            files++;
        }
        arena_close(a);
    }
    closedir(folder);
    cr_expect_gt(files, 10);
}

static const char *const words[] = {
    "SELECT ",
    "1",
    "a",
    ", ",
    "; ",
    ";\n",
    "\n",
    " ",
    "'",
    "''",
    "\"",
    "E'",
    "\\'",
    "U&'",
    "U&\"",
    "$$",
    "$a$",
    "$1",
    "--",
    "/*",
    "*/",
    "(",
    ")",
    "[",
    "]",
    ":",
    "::",
    ":=",
    "x",
    "\\\\",
    "\\i a.sql\n",
    "\\ir sub/b.sql\n",
    "\\echo x ",
    "COPY t FROM stdin;\n",
    "\\.\n",
    "1\t2\n",
    "CREATE FUNCTION f() RETURNS int ",
    "BEGIN ATOMIC ",
    "CASE ",
    "END",
    "BEGIN;",
    "COMMIT;",
    "ROLLBACK;",
    "DO ",
    "CALL p();",
    "ALTER TYPE t ADD VALUE 'x';",
    "'x'",
    "\xc3\xa9",
    "\r\n",
    "--> statement-breakpoint",
    "INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', ",
    "1.5",
    "\xef\xbb\xbf",
};

/* The seed is in each failure's text. */
Test(postgres_pieces, scripts_by_chance)
{
    for (unsigned seed = 1; seed <= 3000; seed++) {
        struct arena *a = arena_open();
        struct buf sql = buf_open(a, SIZE_MAX / 2);
        unsigned short chance[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 7 };
        const char *wrong;

        buf_char(&sql, (char)(nrand48(chance) & 0x7f));
        for (long n = nrand48(chance) % 40; n >= 0; n--)
            buf_string(&sql, words[(size_t)nrand48(chance) % (sizeof words / sizeof *words)]);
        wrong = pieces_file_violated(buf_content(&sql), a);
        cr_expect_null(wrong, "seed %u: %s\n%s", seed, wrong, buf_cstr(&sql));
        arena_close(a);
    }
}
