#include "core/digest.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include "core/base/interrupt.h"
#include "core/base/text.h"

static const char *hex_of(struct text bytes, const EVP_MD *kind, struct arena *a)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    if (!EVP_Digest(bytes.at ? bytes.at : "", bytes.len, raw, &len, kind, NULL))
        abort(); /* the hash itself is missing: nothing recorded could be trusted */
    return text_hex(a, raw, len);
}

const char *digest_sha256(struct text bytes, struct arena *a)
{
    return hex_of(bytes, EVP_sha256(), a);
}

const char *digest_sha1(struct text bytes, struct arena *a)
{
    return hex_of(bytes, EVP_sha1(), a);
}

const char *digest_script(struct text script, struct arena *a)
{
    return digest_sha256(text_normalised(a, script), a);
}

void digest_chain(char hex[65], struct text statement)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL) || !EVP_DigestUpdate(context, hex, strlen(hex)) ||
        !EVP_DigestUpdate(context, statement.at, statement.len) || !EVP_DigestFinal_ex(context, raw, &len))
        abort();
    EVP_MD_CTX_free(context);
    for (unsigned int i = 0; i < len; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", raw[i]);
}

const char *digest_run_id(struct arena *a)
{
    unsigned char raw[16];
    struct buf out = buf_open(a, 37);

    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        abort();
    raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x40);
    raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof raw; i++)
        buf_printf(&out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", raw[i]);
    return buf_cstr(&out);
}

struct digest {
    EVP_MD_CTX *context;
    enum digest_form form;
    char head[3]; /* of the script, until it is known whether that is a BOM */
    size_t held;
    bool begun; /* behind the head */
    bool cr;    /* a CR that was not added yet: what follows decides */
};

static void context_free(void *handle)
{
    EVP_MD_CTX_free(handle);
}

struct digest *digest_open(struct arena *a)
{
    struct digest *d = arena_make(a, struct digest, 1);

    d->context = EVP_MD_CTX_new();
    if (!d->context)
        abort();
    arena_own(a, d->context, context_free);
    return d;
}

void digest_begin(struct digest *d, enum digest_form form)
{
    *d = (struct digest) { .context = d->context, .form = form, .begun = form == DIGEST_RAW };
    if (!EVP_DigestInit_ex(d->context, EVP_sha256(), NULL))
        abort();
}

static void update(struct digest *d, const char *at, size_t len)
{
    if (!EVP_DigestUpdate(d->context, at, len))
        abort();
}

static size_t upto(struct text t, char c)
{
    const char *found = t.len ? memchr(t.at, c, t.len) : NULL;

    return found ? (size_t)(found - t.at) : t.len;
}

/* Bytes without a CR before a LF. */
static void add_lines(struct digest *d, struct text t)
{
    if (d->form == DIGEST_LF) {
        update(d, t.at, t.len);
        return;
    }
    for (size_t end; t.len; t = text_cut(t, end + 1, t.len)) {
        end = upto(t, '\n');
        update(d, t.at, end);
        if (end < t.len)
            update(d, "\r\n", 2);
    }
}

static void add_normalised(struct digest *d, struct text t)
{
    if (d->cr && t.len && t.at[0] != '\n')
        add_lines(d, TEXT("\r"));
    d->cr = d->cr && !t.len;
    while (t.len) {
        size_t end = upto(t, '\r');

        add_lines(d, text_cut(t, 0, end));
        if (end + 1 == t.len)
            d->cr = true;
        else if (end < t.len && t.at[end + 1] != '\n')
            add_lines(d, TEXT("\r"));
        t = text_cut(t, end + 1, t.len);
    }
}

static void end_head(struct digest *d)
{
    d->begun = true;
    if (d->held < sizeof d->head || memcmp(d->head, "\xef\xbb\xbf", sizeof d->head) != 0)
        add_normalised(d, (struct text) { d->head, d->held });
}

void digest_add(struct digest *d, struct text piece)
{
    for (; !d->begun && piece.len; piece = text_cut(piece, 1, piece.len)) {
        d->head[d->held++] = piece.at[0];
        if (d->held == sizeof d->head)
            end_head(d);
    }
    if (d->form == DIGEST_RAW)
        update(d, piece.at, piece.len);
    else
        add_normalised(d, piece);
}

const char *digest_end(struct digest *d, struct arena *a)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    if (!d->begun)
        end_head(d);
    if (d->cr)
        add_lines(d, TEXT("\r"));
    if (!EVP_DigestFinal_ex(d->context, raw, &len))
        abort();
    return text_hex(a, raw, len);
}

bool digest_of(const char **out, const struct script *s, enum digest_form form, struct arena *a, struct err *e)
{
    struct digest *d = NULL;
    struct text piece;
    size_t at = 0;

    if (!s->read(s, 0, &piece, e))
        return false;
    if (piece.len == s->size && form != DIGEST_CRLF) {
        *out = form == DIGEST_RAW ? digest_sha256(piece, a) : digest_script(piece, a);
        return true;
    }
    d = digest_open(a);
    digest_begin(d, form);
    while (piece.len) {
        digest_add(d, piece);
        at += piece.len;
        if (!interrupt_check(e) || !s->read(s, at, &piece, e))
            return false;
    }
    *out = digest_end(d, a);
    return true;
}
