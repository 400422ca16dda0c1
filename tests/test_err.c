/* Errors as values, their places and excerpts, notices, the stop flag. */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/interrupt.h"
#include "core/base/text.h"
#include "tests/support/rows.h"

Test(err, set_starts_anew)
{
    struct err e;

    memset(&e, 'x', sizeof e);
    cr_expect(!err_set(&e, ERR_CONFIG, (struct pos) { "f", 2, 3 }, "a %d", 1));
    cr_expect(e.kind == ERR_CONFIG && strcmp(e.at.path, "f") == 0 && e.at.line == 2 && e.at.column == 3);
    cr_expect_str_eq(e.message, "a 1");
    cr_expect(!e.hint[0] && !e.detail[0] && !e.state[0] && !e.excerpt[0] && !e.sqlstate[0] && !e.caret);
    cr_expect(!err_hint(&e, "h %s", "x") && !err_detail(&e, "d") && !err_state(&e, "s"));
    cr_expect(strcmp(e.hint, "h x") == 0 && strcmp(e.detail, "d") == 0 && strcmp(e.state, "s") == 0);
    cr_expect(!err_plain(&e, ERR_USAGE, "b"));
    cr_expect(e.kind == ERR_USAGE && !e.at.path && !e.at.line && !e.hint[0]);
}

Test(err, prefix_keeps_the_rest)
{
    struct err e;

    err_set(&e, ERR_GIT, IN_FILE("f"), "message");
    err_hint(&e, "hint");
    cr_expect(!err_prefix(&e, "in %s: ", "x"));
    cr_expect_str_eq(e.message, "in x: message");
    cr_expect(e.kind == ERR_GIT && strcmp(e.at.path, "f") == 0 && strcmp(e.hint, "hint") == 0);
}

/* A text that is too long ends with a whole character. */
Test(err, long_texts_are_cut_between_characters)
{
    struct arena *a = arena_open();
    struct err e;

    for (size_t lead = 0; lead < 4; lead++) {
        struct buf text = buf_open(a, 4096);

        for (size_t i = 0; i < lead; i++)
            buf_char(&text, 'x');
        while (text.len < 3000)
            buf_string(&text, "\xf0\x90\x8d\x88");
        err_plain(&e, ERR_GIT, "%s", buf_cstr(&text));
        cr_expect(text_is_utf8(text_from(e.message)) && strlen(e.message) > 1000);
        err_hint(&e, "%s", buf_cstr(&text));
        err_detail(&e, "%s", buf_cstr(&text));
        err_state(&e, "%s", buf_cstr(&text));
        cr_expect(text_is_utf8(text_from(e.hint)) && text_is_utf8(text_from(e.detail)) &&
                  text_is_utf8(text_from(e.state)));
        err_prefix(&e, "%s", "abc");
        cr_expect(text_is_utf8(text_from(e.message)) && text_starts(text_from(e.message), "abc"));
        err_prefix(&e, "%s", buf_cstr(&text));
        cr_expect(text_is_utf8(text_from(e.message)));
    }
    arena_close(a);
}

Test(err, kinds_are_listed_once)
{
    size_t n = 0;

    for (; err_row(n); n++) {
        cr_expect_eq(err_row(n)->kind, (enum err_kind)n);
        cr_expect_eq(err_exit_code((enum err_kind)n), err_row(n)->exit_code);
        cr_expect_str_eq(err_word((enum err_kind)n), err_row(n)->name);
        for (const char *c = err_row(n)->name; *c; c++)
            cr_expect(*c == '-' || (*c >= 'a' && *c <= 'z'), "%s", err_row(n)->name);
        for (size_t i = 0; i < n; i++)
            cr_expect_str_neq(err_row(i)->name, err_row(n)->name);
    }
    cr_expect(n > 30 && !err_row(n + 1000));
    cr_expect_eq(err_exit_code(ERR_NONE), 0);
    cr_expect_eq(err_exit_code(ERR_TERMINATED), 143);
}

static const struct {
    const char *source;
    size_t byte;
    int line, column, caret;
    const char *excerpt;
} places[] = {
    { "", 0, 1, 1, 1, "" },
    { "abc", 0, 1, 1, 1, "abc" },
    { "abc", 3, 1, 4, 4, "abc" },
    { "abc", 99, 1, 4, 4, "abc" },
    { "a\nbc\nd", 3, 2, 2, 2, "bc" },
    { "a\nbc\nd", 4, 2, 3, 3, "bc" },
    { "a\nbc\nd", 5, 3, 1, 1, "d" },
    { "a\n", 2, 2, 1, 1, "" },
    { "a\r\nbc\r\nd", 4, 2, 2, 2, "bc" },
    { "\xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88x", 9, 1, 4, 4, "\xc3\xa4\xe2\x82\xac\xf0\x90\x8d\x88x" },
    /* A byte inside a character is that character. */
    { "a\xe2\x82\xac"
      "b",
      2, 1, 2, 2,
      "a\xe2\x82\xac"
      "b" },
    { "a\xe2\x82\xac"
      "b",
      3, 1, 2, 2,
      "a\xe2\x82\xac"
      "b" },
    /* A BOM is no character. */
    { "\xef\xbb\xbf"
      "abc",
      3, 1, 1, 1, "abc" },
    { "\xef\xbb\xbf"
      "abc",
      4, 1, 2, 2, "abc" },
    { "\xef\xbb\xbf"
      "abc",
      0, 1, 1, 1, "abc" },
    { "\xef\xbb\xbf"
      "abc",
      1, 1, 1, 1, "abc" },
    { "\xef\xbb\xbf\nabc", 5, 2, 2, 2, "abc" },
    /* What a terminal would act on is not shown; each stands for one column. */
    { "a\tb", 2, 1, 3, 3, "a b" },
    { "\x1b[0mb", 4, 1, 5, 5, "?[0mb" },
    { "a\xff\x80"
      "b",
      3, 1, 4, 4, "a??b" },
    { "a\xc2\x9b"
      "31mb",
      3, 1, 3, 3, "a?31mb" },
    { "a\xe2\x80\xae"
      "b",
      4, 1, 3, 3, "a?b" },
    { "a\x7f"
      "b",
      2, 1, 3, 3, "a?b" },
};

Test(err, place)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct err e;

        err_plain(&e, ERR_CONFIG, "m");
        cr_expect(!err_place(&e, "f", text_from(places[i].source), places[i].byte));
        cr_expect_eq(e.at.line, places[i].line, "row %zu: line %d", i, e.at.line);
        cr_expect_eq(e.at.column, places[i].column, "row %zu: column %d", i, e.at.column);
        cr_expect_eq(e.caret, places[i].caret, "row %zu: caret %d", i, e.caret);
        cr_expect_str_eq(e.excerpt, places[i].excerpt, "row %zu", i);
        cr_expect_str_eq(e.message, "m");
    }
}

Test(err, place_in_nothing)
{
    struct err e;

    err_plain(&e, ERR_CONFIG, "m");
    err_place(&e, "f", (struct text) { NULL, 0 }, 5);
    cr_expect(e.at.line == 1 && e.at.column == 1 && !e.excerpt[0]);
}

/* The caret stays under its character however long the line is, and wherever it stands. */
Test(err, place_in_a_long_line)
{
    struct arena *a = arena_open();
    struct buf line = buf_open(a, SIZE_MAX / 2);

    while (line.len < 3000)
        buf_string(&line, "x\xe2\x82\xac");
    for (size_t byte = 0; byte <= line.len; byte++) {
        struct err e;
        struct text excerpt;
        size_t at, start = byte;

        while (start < line.len && ((unsigned char)line.at[start] & 0xc0) == 0x80)
            start--;
        err_plain(&e, ERR_CONFIG, "m");
        err_place(&e, "f", buf_content(&line), byte);
        excerpt = text_from(e.excerpt);
        cr_assert(e.caret > 0 && text_is_utf8(excerpt), "byte %zu", byte);
        at = byte_from_char(excerpt, (size_t)e.caret - 1);
        cr_assert(start == line.len ? at == excerpt.len : e.excerpt[at] == line.at[start], "byte %zu", byte);
    }
    arena_close(a);
}

static void count(void *to, const struct notice *n)
{
    *(size_t *)to += strlen(n->message);
}

Test(err, notices_are_kept_and_shown)
{
    struct arena *a = arena_open();
    size_t shown = 0;
    char hint[] = "hint";
    struct notices list = { .arena = a, .show = count, .to = &shown };

    notice_add(&list, NOTICE_WARNING, "odd-name", IN_FILE("f"), hint, "%s is %d", "x", 5);
    list.show = NULL;
    notice_add(&list, NOTICE_NOTE, "note", NOWHERE, NULL, "b");
    memset(hint, 'x', sizeof hint - 1);
    cr_expect_eq(list.len, 2);
    cr_expect_eq(shown, strlen("x is 5"));
    cr_expect_str_eq(list.at[0].message, "x is 5");
    cr_expect_str_eq(list.at[0].hint, "hint");
    cr_expect_str_eq(list.at[0].code, "odd-name");
    cr_expect(list.at[1].level == NOTICE_NOTE && !list.at[1].hint);
    arena_close(a);
}

Test(interrupt, a_signal_is_remembered)
{
    static const struct {
        int signal;
        enum err_kind kind;
        const char *message;
    } rows[] = { { SIGINT, ERR_INTERRUPTED, "stopped by SIGINT" },
                 { SIGTERM, ERR_TERMINATED, "stopped by SIGTERM" },
                 { SIGHUP, ERR_HUNG_UP, "stopped by SIGHUP: the terminal was closed" } };
    struct err e = { 0 };

    /* Whoever started the tests may have ignored it, as nohup does. */
    signal(SIGHUP, SIG_DFL);
    interrupt_install();
    cr_expect(interrupt_check(&e) && interrupt_requested() == 0 && e.kind == ERR_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        raise(rows[i].signal);
        cr_expect_eq(interrupt_requested(), rows[i].signal);
        cr_expect(!interrupt_check(&e));
        cr_expect_eq(e.kind, rows[i].kind);
        cr_expect_str_eq(e.message, rows[i].message);
        interrupt_reset();
        cr_expect(interrupt_check(&e));
    }
    raise(SIGPIPE);
    cr_expect_eq(interrupt_requested(), 0);
}

/* How a process ends that gets these, one behind the other; 0: it goes on. */
static const struct {
    int first, second, exit_code;
} pairs[] = {
    { SIGINT, SIGTERM, 143 },
    { SIGTERM, SIGINT, 130 },
    { SIGHUP, SIGTERM, 143 },
    { SIGHUP, SIGHUP, 0 },
    { SIGTERM, SIGHUP, 0 },
    /* the one that npm passes on, of what the terminal has sent to all */
    { SIGINT, SIGINT, 0 },
};

RowsTest(interrupt, second, sizeof pairs / sizeof *pairs)
{
    int status, pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0) {
        signal(SIGHUP, SIG_DFL);
        interrupt_install();
        raise(pairs[*row].first);
        raise(pairs[*row].second);
        _exit(0);
    }
    cr_assert(waitpid(pid, &status, 0) == pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == pairs[*row].exit_code, "%d", status);
}

Test(interrupt, the_same_signal_again_ends_it_too)
{
    int status, pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0) {
        int64_t until = time_monotonic_ms() + 150;

        interrupt_install();
        raise(SIGINT);
        while (time_monotonic_ms() < until)
            ;
        raise(SIGINT);
        _exit(0);
    }
    cr_assert(waitpid(pid, &status, 0) == pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "%d", status);
}

Test(interrupt, a_pause_ends_with_it)
{
    int64_t began = time_monotonic_ms();
    struct err e = { 0 };

    interrupt_install();
    cr_expect(interrupt_pause(1, &e));
    raise(SIGTERM);
    cr_expect(!interrupt_pause(60000, &e));
    cr_expect_eq(e.kind, ERR_TERMINATED);
    cr_expect_lt(time_monotonic_ms() - began, 10000);
}
