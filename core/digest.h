/* Hashes: the only user of libcrypto. */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include "core/base/arena.h"

/* 64 lower-case hex digits. */
const char *digest_sha256(struct text bytes, struct arena *a);
/* 40 of them: what Rails keeps of a file as its schema_sha1. */
const char *digest_sha1(struct text bytes, struct arena *a);
/* A script's checksum wherever merganser records one: without a BOM, CR LF as LF. */
const char *digest_script(struct text script, struct arena *a);
/* One more link of a journal's chain: hex becomes the checksum of what it is, "" before the first, with a statement's
 * text behind it. */
void digest_chain(char hex[65], struct text statement);
/* A random name for a run: a version 4 UUID (RFC 9562). */
const char *digest_run_id(struct arena *a);

/* ---- piece by piece ---- */

enum digest_form {
    DIGEST_RAW, /* the bytes as they are */
    DIGEST_LF,  /* as digest_script: without a BOM, CR LF as LF */
    DIGEST_CRLF /* without a BOM, every line end as CR LF */
};

struct digest;
/* The arena's own; may be begun again and again. */
struct digest *digest_open(struct arena *a);
void digest_begin(struct digest *d, enum digest_form form);
void digest_add(struct digest *d, struct text piece);
const char *digest_end(struct digest *d, struct arena *a);

/* Reads all of a script for it. */
bool digest_of(const char **out, const struct script *s, enum digest_form form, struct arena *a, struct err *e);

#endif
