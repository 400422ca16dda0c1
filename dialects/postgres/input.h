/* The text of a script as psql would read it: pieces come as they are needed, and included files stand where they were
 * named. The window of what is in memory begins at the current statement; offsets count all bytes of this text. */
#ifndef DIALECTS_POSTGRES_INPUT_H
#define DIALECTS_POSTGRES_INPUT_H

#include "core/base/err.h"
#include "dialects/postgres/lexer.h"

enum {
    /* Up to here a script is held whole in memory: its source, and what is sent. */
    INPUT_WHOLE_MAX = 1024 * 1024,
    /* Files that are open one within the other. */
    INPUT_DEPTH_MAX = 32
};

/* From which file the text is, from this byte on to the next one's. */
struct input_span {
    size_t from;
    const char *path;
    int line; /* of that byte, which is its first */
};

struct input_spans {
    struct input_span *at;
    size_t len, cap;
};

/* The place of a byte of a text that begins at `base` (which is at `first`). Sets e's place and excerpt too, where e is
 * not NULL. */
struct pos input_spans_place(const struct input_spans *spans, struct text text, size_t base, struct pos first,
                             size_t byte, struct err *e);

struct input_file {
    struct script script;
    size_t next; /* its byte that is read next */
    int line;    /* behind the command that included another one */
    bool ended, nul;
};

struct input {
    struct lexer lexer; /* src is the window */
    size_t base;        /* bytes of the text before the window */
    struct pos base_at; /* where the window's first byte is */
    size_t passed;      /* the byte (of the text) that input_pass was asked for last, and where it is */
    struct pos passed_at;
    bool keeps;    /* the window begins at the text's first byte, and is not moved */
    bool borrowed; /* the window is a reader's piece */
    struct input_spans spans;
    struct input_file files[INPUT_DEPTH_MAX];
    size_t depth;
    struct arena *arena; /* the caller's */
    struct arena *room;  /* of the window, where it is ours */
    char *own;
    size_t cap;
    bool failed; /* a read or what it brought; err says what */
    struct err err;
};

/* Nothing is read yet. `keeps`: as long as the text has no more than INPUT_WHOLE_MAX bytes. */
void input_open(struct input *in, const struct script *s, const char *separator, bool keeps, struct arena *a);
void input_close(struct input *in);

/* Goes into a file, named as psql's \i or \ir does, and back out of it at its end. */
bool input_include(struct input *in, struct text path, bool beside, struct err *e);
void input_leave(struct input *in);

/* Lets go of what lies before the current byte, now and then. No token of before is valid behind this. */
void input_release(struct input *in);

/* A byte of the window, as a place. Cheap where each one asked for lies behind the last. */
struct pos input_pass(struct input *in, size_t byte);
/* The same for any byte, from the window's begin; e's place and excerpt too, where e is not NULL. */
struct pos input_place(const struct input *in, size_t byte, struct err *e);

#endif
