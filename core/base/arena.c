#include "core/base/arena.h"

#include <stdalign.h>
#include <stdnoreturn.h>

/* Under the address sanitizer every allocation has forbidden bytes behind it, so that an overrun is seen. */
#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_GUARDED)
#include <sanitizer/asan_interface.h>
enum { GUARD = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at))
enum { GUARD = 0 };
#endif

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct owned {
    struct owned *next;
    void *handle;
    void (*release)(void *handle);
};

struct arena {
    struct block *blocks;
    struct owned *owned;
};

static noreturn void out_of_memory(void)
{
    fputs("merganser: out of memory\n", stderr);
    abort();
}

static size_t rounded(size_t size)
{
    const size_t to = alignof(max_align_t);

    return (size + to - 1) / to * to;
}

struct arena *arena_open(void)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a)
        out_of_memory();
    return a;
}

void arena_close(struct arena *a)
{
    if (!a)
        return;
    for (const struct owned *o = a->owned; o; o = o->next)
        o->release(o->handle);
    for (struct block *b = a->blocks, *next; b; b = next) {
        next = b->next;
        ASAN_UNPOISON_MEMORY_REGION(b->bytes, b->size);
        free(b);
    }
    free(a);
}

/* What is shared by many allocations is zeroed piece by piece: most of a short-lived arena is never touched. */
static struct block *block_add(struct arena *a, size_t size, bool shared)
{
    struct block *b = shared ? malloc(sizeof *b + size) : calloc(1, sizeof *b + size);

    if (!b)
        out_of_memory();
    b->size = size;
    b->used = 0;
    ASAN_POISON_MEMORY_REGION(b->bytes, size);
    /* A block made for one large allocation goes behind the current one, which still has room. */
    if (a->blocks && !shared) {
        b->next = a->blocks->next;
        a->blocks->next = b;
    } else {
        b->next = a->blocks;
        a->blocks = b;
    }
    return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
    struct block *b = a->blocks;
    size_t room;
    void *at;

    if (size > PTRDIFF_MAX - BLOCK_SIZE)
        out_of_memory();
    size = size ? size : 1;
    room = rounded(size) + GUARD;
    if (room > BLOCK_SIZE / 4 && (!b || b->size - b->used < room)) {
        b = block_add(a, room, false);
        b->used = room;
        ASAN_UNPOISON_MEMORY_REGION(b->bytes, size);
        return b->bytes;
    }
    if (!b || b->size - b->used < room)
        b = block_add(a, BLOCK_SIZE, true);
    at = b->bytes + b->used;
    b->used += room;
    ASAN_UNPOISON_MEMORY_REGION(at, size);
    return memset(at, 0, size);
}

void arena_own(struct arena *a, void *handle, void (*release)(void *handle))
{
    struct owned *o = arena_alloc(a, sizeof *o);

    *o = (struct owned) { a->owned, handle, release };
    a->owned = o;
}

void *arena_alloc_array(struct arena *a, size_t size, size_t n)
{
    if (n && size > PTRDIFF_MAX / n)
        out_of_memory();
    return arena_alloc(a, size * n);
}

struct text arena_text(struct arena *a, const void *bytes, size_t len)
{
    char *at = arena_alloc(a, len + 1);

    if (len)
        memcpy(at, bytes, len);
    return (struct text) { at, len };
}

char *arena_cstr(struct arena *a, struct text t)
{
    return (char *)arena_text(a, t.at, t.len).at;
}

char *arena_string(struct arena *a, const char *s)
{
    return arena_cstr(a, (struct text) { s, strlen(s) });
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    int len;
    char *at;

    va_copy(again, ap);
    len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (len < 0)
        abort();
    at = arena_alloc(a, (size_t)len + 1);
    vsnprintf(at, (size_t)len + 1, fmt, ap);
    return at;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *at;

    va_start(ap, fmt);
    at = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return at;
}

void *arena_grow(struct arena *a, void *at, size_t len, size_t *cap, size_t size)
{
    void *bigger;

    /* A list that was cut shorter has old bytes there. */
    if (len < *cap) {
        memset((char *)at + len * size, 0, size);
        return at;
    }
    *cap = *cap ? *cap * 2 : 8;
    bigger = arena_alloc_array(a, size, *cap);
    if (len)
        memcpy(bigger, at, len * size);
    return bigger;
}

struct buf buf_open(struct arena *a, size_t max)
{
    return (struct buf) { .arena = a, .max = max };
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    if (len > b->max - b->len) {
        len = b->max - b->len;
        b->overflowed = true;
    }
    if (b->len + len + 1 > b->cap) {
        size_t cap = b->cap ? b->cap : 256;
        char *bigger;

        while (cap < b->len + len + 1)
            cap *= 2;
        bigger = arena_alloc(b->arena, cap);
        if (b->len)
            memcpy(bigger, b->at, b->len);
        b->at = bigger;
        b->cap = cap;
    }
    if (len)
        memcpy(b->at + b->len, bytes, len);
    b->len += len;
    b->at[b->len] = '\0';
}

void buf_text(struct buf *b, struct text t)
{
    buf_add(b, t.at, t.len);
}

void buf_string(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (len < 0)
        abort();
    if ((size_t)len < sizeof small) {
        buf_add(b, small, (size_t)len);
        return;
    }
    va_start(ap, fmt);
    buf_string(b, arena_vprintf(b->arena, fmt, ap));
    va_end(ap);
}

struct text buf_content(const struct buf *b)
{
    return (struct text) { b->at ? b->at : "", b->len };
}

const char *buf_cstr(const struct buf *b)
{
    return b->at ? b->at : "";
}

void buf_shell_word(struct buf *to, const char *word)
{
    buf_char(to, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            buf_string(to, "'\\''");
        else
            buf_char(to, *word);
    }
    buf_char(to, '\'');
}
