/* Bytes and characters: comparing, cutting, counting, showing. ASCII rules whatever the locale. */
#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H

#include "core/base/arena.h"
#include "core/base/types.h"

struct text text_from(const char *s); /* NULL gives an empty text */
bool text_equal(struct text a, struct text b);
bool text_is(struct text t, const char *s);
bool text_is_nocase(struct text t, const char *s);
bool text_starts(struct text t, const char *prefix);
bool text_ends(struct text t, const char *suffix);
int text_compare(struct text a, struct text b); /* by bytes, a shorter one first */
struct text text_cut(struct text t, size_t from, size_t to);
struct text text_trim(struct text t); /* blanks and line ends at both sides */
bool text_find(struct text t, const char *needle, size_t *at);

bool text_is_digit(char c);
bool text_is_letter(char c);
bool text_is_word(char c); /* letter, digit or underscore */
bool text_is_space(char c);
char text_lower(char c);
char text_upper(char c);

/* Takes the next line off *rest, without its LF or CR LF. False when nothing is left. */
bool text_line(struct text *rest, struct text *line);

/* A decimal number without sign; false where it is not one, or does not fit. */
bool text_to_u64(struct text t, uint64_t *out);

/* The names of a NULL-ended list that is nearest to what was typed, or NULL when none is near. */
const char *text_nearest(const char *typed, const char *const *names);

/* Length of the UTF-8 character at the start of t, 0 where there is none (bad byte, or the end). */
size_t text_char_len(struct text t);
/* The code point of the character of that many bytes, 1 to 4, at the start of t; 0 where len is 0. */
unsigned text_char_code(struct text t, size_t len);
bool text_is_utf8(struct text t);
/* The same, but 0 too for what a terminal would act on: control characters, line separators, and the marks that turn
 * the direction of writing. */
size_t text_visible_len(struct text t);

/* How many characters there are; a bad byte counts as one. */
size_t text_chars(struct text t);

/* The byte offset of the nth character (0-based); a bad byte counts as one character. The end at most. */
size_t byte_from_char(struct text src, size_t nth);

/* Where the byte at offset is, a line being ended by LF and the first one being first_line. A byte inside a character
 * is where that begins; a BOM at the start of src does not count as a character. */
struct pos pos_from_byte(const char *path, struct text src, size_t offset, int first_line);
/* Where what follows `text` is, when that begins at `at`: for many places of one source, one after the other. */
struct pos pos_behind(struct pos at, struct text text);

/* src without a BOM, and with CR LF as LF where there is any: what is hashed. Copies only when it must. */
struct text text_normalised(struct arena *a, struct text src);

/* One line, safe on a terminal: what text_visible_len gives 0 for as \n, \t, \r, \e, \xNN, \uNNNN. */
const char *text_shown(struct arena *a, struct text t);
/* The same with white space as single blanks, cut off with "…" behind that many characters. */
const char *text_summary(struct arena *a, struct text t, size_t most);
/* Valid UTF-8: each bad byte as U+FFFD. */
const char *text_as_utf8(struct arena *a, struct text t);

/* A database URL or conninfo with its password, and every query value that may be one, as "***". */
const char *url_redact(struct arena *a, const char *url);
/* SQL or a message of a database with the literals behind PASSWORD, and any of the given secrets, as '***'. */
const char *text_without_secrets(struct arena *a, struct text t, const char *secret);

/* RFC 3339 in UTC, "2024-03-20T12:30:00Z"; milliseconds where they are not 0. */
const char *text_time(struct arena *a, int64_t unix_ms);
/* The same the other way round; a date alone is its first moment. False where it is neither, or not in UTC. */
bool text_to_time(int64_t *unix_ms, struct text t);
int64_t time_now_ms(void);                              /* since 1970, UTC */
int64_t time_monotonic_ms(void);                        /* for durations */
const char *text_duration(struct arena *a, int64_t ms); /* "12 ms", "3.4 s", "2 min 05 s" */

const char *text_hex(struct arena *a, const unsigned char *raw, size_t len); /* two lower-case digits a byte */

bool object_id_equal(struct object_id a, struct object_id b); /* false where either is unknown */
bool object_id_parse(struct object_id *out, struct text hex);
const char *object_id_hex(struct arena *a, struct object_id id); /* NULL where unknown */

#endif
