/* Memory of one command, lists that grow, buffers with a ceiling. */
#include <criterion/criterion.h>
#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"

Test(arena, close_takes_nothing)
{
    arena_close(NULL);
    arena_close(arena_open());
}

/* Sizes around the block's and far beyond, in an order that makes them share and outgrow blocks. */
Test(arena, memory_is_zeroed_aligned_and_its_own)
{
    static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 4096, 16383, 16384, 16385, 65535, 65536, 65537, 1 << 20 };
    enum { ROUNDS = 20, SIZES = sizeof sizes / sizeof *sizes };
    struct arena *a = arena_open();
    unsigned char *at[ROUNDS][SIZES];

    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < SIZES; i++) {
            unsigned char *now = arena_alloc(a, sizes[i]);

            at[round][i] = now;
            cr_assert_eq((uintptr_t)now % alignof(max_align_t), 0, "%zu bytes", sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++)
                cr_assert_eq(now[k], 0, "%zu bytes", sizes[i]);
            memset(now, (int)(round * SIZES + i) & 0xff, sizes[i]);
        }
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < SIZES; i++)
            for (size_t k = 0; k < sizes[i]; k++)
                cr_assert_eq(at[round][i][k], (round * SIZES + i) & 0xff, "%zu bytes", sizes[i]);
    arena_close(a);
}

struct handle {
    size_t *released;
    size_t nth; /* 0: not released */
};

static void release(void *handle)
{
    struct handle *h = handle;

    h->nth = ++*h->released;
}

Test(arena, owns_handles_until_it_is_closed)
{
    enum { HANDLES = 3000 };
    static struct handle handles[HANDLES];
    struct arena *a = arena_open();
    size_t released = 0;

    for (size_t i = 0; i < HANDLES; i++) {
        handles[i].released = &released;
        arena_own(a, &handles[i], release);
    }
    cr_expect_eq(released, 0);
    arena_close(a);
    cr_expect_eq(released, HANDLES);
    cr_expect_eq(handles[HANDLES - 1].nth, 1, "the last given is the first");
}

/* How a child ends that asks for more than there can be. */
static int ends_with(size_t size, size_t n)
{
    int status, pid = fork();

    cr_assert(pid >= 0);
    if (pid == 0) {
        struct arena *a = arena_open();

        cr_assert(freopen("/dev/null", "w", stderr));
        *(volatile char *)arena_alloc_array(a, size, n) = 1;
        _exit(0);
    }
    cr_assert(waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

Test(arena, too_much_ends_the_process)
{
    cr_expect_eq(ends_with(SIZE_MAX / 2, 3), SIGABRT);
    cr_expect_eq(ends_with(1, SIZE_MAX), SIGABRT);
    cr_expect_eq(ends_with(1, SIZE_MAX - 16), SIGABRT);
    cr_expect_eq(ends_with(1, SIZE_MAX - 48), SIGABRT);
    cr_expect_eq(ends_with(1, SIZE_MAX - 65536), SIGABRT);
    cr_expect_eq(ends_with(1, 1), 0);
    cr_expect_eq(ends_with(0, SIZE_MAX), 0);
}

Test(arena, copies_end_with_nul)
{
    struct arena *a = arena_open();
    char bytes[] = { 'a', '\0', 'b' };
    struct text t = arena_text(a, bytes, sizeof bytes);

    cr_expect(t.len == 3 && memcmp(t.at, "a\0b", 4) == 0);
    cr_expect_eq(arena_text(a, NULL, 0).at[0], '\0');
    cr_expect_str_eq(arena_cstr(a, (struct text) { "abcdef", 3 }), "abc");
    cr_expect_str_eq(arena_cstr(a, (struct text) { NULL, 0 }), "");
    cr_expect_str_eq(arena_string(a, ""), "");
    cr_expect_str_eq(arena_printf(a, "%d%s", 12, "ab"), "12ab");
    cr_expect_str_eq(arena_printf(a, "%s", ""), "");
    cr_expect_eq(strlen(arena_printf(a, "%*s", 100000, "x")), 100000);
    arena_close(a);
}

Test(arena, push_keeps_what_was_pushed)
{
    struct arena *a = arena_open();
    struct {
        size_t *at;
        size_t len, cap;
    } list = { 0 };

    for (size_t i = 0; i < 10000; i++) {
        size_t *now = arena_push(a, &list);

        cr_assert_eq(*now, 0);
        *now = i;
    }
    cr_assert_eq(list.len, 10000);
    for (size_t i = 0; i < list.len; i++)
        cr_assert_eq(list.at[i], i);
    arena_close(a);
}

Test(buf, grows_and_ends_with_nul)
{
    struct arena *a = arena_open();
    struct buf b = buf_open(a, SIZE_MAX / 2);

    cr_expect_str_eq(buf_cstr(&b), "");
    cr_expect_eq(buf_content(&b).len, 0);
    buf_add(&b, NULL, 0);
    for (size_t i = 0; i < 5000; i++) {
        buf_char(&b, 'a');
        buf_string(&b, "bc");
        buf_text(&b, (struct text) { "dx", 1 });
        buf_printf(&b, "%c", 'e');
    }
    cr_expect_eq(b.len, 25000);
    cr_expect_eq(strlen(buf_cstr(&b)), 25000);
    for (size_t i = 0; i < b.len; i++)
        cr_assert_eq(b.at[i], "abcde"[i % 5]);
    cr_expect(!b.overflowed);
    arena_close(a);
}

Test(buf, long_printf)
{
    struct arena *a = arena_open();
    struct buf b = buf_open(a, SIZE_MAX / 2);

    for (int len = 509; len < 515; len++) {
        b.len = 0;
        buf_printf(&b, "%*s", len, "x");
        cr_expect_eq(b.len, (size_t)len);
        cr_expect_eq(strlen(buf_cstr(&b)), (size_t)len);
    }
    arena_close(a);
}

Test(buf, stops_at_its_ceiling)
{
    struct arena *a = arena_open();
    struct buf b = buf_open(a, 5), none = buf_open(a, 0);

    buf_string(&b, "abcde");
    cr_expect(!b.overflowed);
    buf_string(&b, "");
    cr_expect(!b.overflowed);
    buf_string(&b, "f");
    cr_expect(b.overflowed);
    cr_expect_str_eq(buf_cstr(&b), "abcde");
    buf_char(&none, 'x');
    cr_expect(none.overflowed);
    cr_expect_str_eq(buf_cstr(&none), "");
    b = buf_open(a, 5);
    buf_printf(&b, "%s", "abcdefgh");
    cr_expect(b.overflowed);
    cr_expect_str_eq(buf_cstr(&b), "abcde");
    arena_close(a);
}
