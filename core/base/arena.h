/* One arena a command: everything allocated for it is freed together, at its end. */
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stdarg.h>

#include "core/base/types.h"

struct arena;

/* Never fails: where there is no memory the process ends with one line on standard error. */
struct arena *arena_open(void);
void arena_close(struct arena *a); /* NULL is allowed */

/* A library's handle that what lies in the arena points into: arena_close gives it to release, the last one first. */
void arena_own(struct arena *a, void *handle, void (*release)(void *handle));

/* Zeroed memory, aligned for any type, valid until arena_close. */
void *arena_alloc(struct arena *a, size_t size);
#define arena_make(a, type, n) ((type *)arena_alloc_array((a), sizeof(type), (n)))
void *arena_alloc_array(struct arena *a, size_t size, size_t n);

/* Copies, each with a NUL behind it. */
char *arena_string(struct arena *a, const char *s);
char *arena_cstr(struct arena *a, struct text t);
struct text arena_text(struct arena *a, const void *bytes, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* A list is any struct with members `T *at; size_t len, cap;`. Appends one zeroed element, gives its address;
 * addresses of earlier elements do not survive. */
#define arena_push(a, list)                                                                                            \
    ((list)->at = arena_grow((a), (list)->at, (list)->len, &(list)->cap, sizeof *(list)->at),                          \
     &(list)->at[(list)->len++])
void *arena_grow(struct arena *a, void *at, size_t len, size_t *cap, size_t size);

/* A growing buffer with a ceiling. Past it the bytes are dropped and overflowed is set; the caller says so. */
struct buf {
    struct arena *arena;
    char *at; /* NUL-ended once anything was added; NULL before */
    size_t len, cap, max;
    bool overflowed;
};

struct buf buf_open(struct arena *a, size_t max);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_text(struct buf *b, struct text t);
void buf_string(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
/* Adds a word as a shell takes it, whatever it holds. */
void buf_shell_word(struct buf *b, const char *word);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct text buf_content(const struct buf *b);
const char *buf_cstr(const struct buf *b); /* "" where nothing was added */

#endif
