#include "core/compress.h"

#include <zlib.h>

/* Level 1: of a schema's description it takes a third of the time, and a quarter more room. */
enum { LEVEL = 1, PIECE = 64 * 1024 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct text encode(struct text in, struct arena *a)
{
    size_t len = (in.len + 2) / 3 * 4;
    char *out = arena_alloc(a, len + 1), *to = out;

    for (size_t i = 0; i < in.len; i += 3) {
        size_t left = in.len - i;
        const unsigned char *at = (const unsigned char *)in.at + i;
        unsigned bits = (unsigned)at[0] << 16 | (left > 1 ? at[1] << 8 : 0) | (left > 2 ? at[2] : 0);

        *to++ = letters[bits >> 18];
        *to++ = letters[bits >> 12 & 63];
        *to++ = left > 1 ? letters[bits >> 6 & 63] : '=';
        *to++ = left > 2 ? letters[bits & 63] : '=';
    }
    return (struct text) { out, len };
}

static void values_of(signed char value[256])
{
    for (int c = 0; c < 256; c++)
        value[c] = -1;
    for (int i = 0; i < 64; i++)
        value[(unsigned char)letters[i]] = (signed char)i;
}

static bool decode(struct text *out, struct text in, struct arena *a)
{
    size_t pads = in.len > 1 ? (in.at[in.len - 1] == '=') + (in.at[in.len - 1] == '=' && in.at[in.len - 2] == '=') : 0;
    unsigned char *to = arena_alloc(a, in.len / 4 * 3 + 1);
    signed char value[256];
    unsigned bits = 0;
    size_t len = 0;

    values_of(value);
    if (in.len % 4)
        return false;
    for (size_t i = 0; i < in.len - pads; i++) {
        int v = value[(unsigned char)in.at[i]];

        if (v < 0)
            return false;
        bits = bits << 6 | (unsigned)v;
        if (i % 4 == 0)
            continue;
        to[len++] = (unsigned char)(bits >> (6 - i % 4 * 2));
    }
    *out = (struct text) { (const char *)to, len };
    return true;
}

struct text compress_text(struct text in, struct arena *a)
{
    uLong room = compressBound(in.len), len = room;
    char *small = arena_alloc(a, room + 1);

    /* It can only fail for want of memory or room, and room there is. */
    if (compress2((Bytef *)small, &len, (const Bytef *)in.at, in.len, LEVEL) != Z_OK)
        abort();
    return encode((struct text) { small, len }, a);
}

/* Until the end that the stream itself marks; what lies behind that is no part of ours. */
static bool inflate_all(struct buf *out, z_stream *z)
{
    char *piece = arena_alloc(out->arena, PIECE);
    int code = Z_OK;

    while (code == Z_OK && !out->overflowed) {
        z->next_out = (Bytef *)piece;
        z->avail_out = PIECE;
        code = inflate(z, Z_NO_FLUSH);
        buf_add(out, piece, PIECE - z->avail_out);
    }
    return code == Z_STREAM_END && z->avail_in == 0 && !out->overflowed;
}

bool compress_expand(struct text *out, struct text in, size_t max, struct arena *a)
{
    struct buf content = buf_open(a, max);
    z_stream z = { 0 };
    struct text small;
    bool ok;

    *out = (struct text) { NULL, 0 };
    /* zlib counts in 32 bits; deflate makes nothing longer than a thousandth more. */
    if (!decode(&small, in, a) || small.len > UINT32_MAX)
        return false;
    z.next_in = (Bytef *)small.at;
    z.avail_in = (uInt)small.len;
    if (inflateInit(&z) != Z_OK)
        return false;
    ok = inflate_all(&content, &z);
    inflateEnd(&z);
    if (ok)
        *out = (struct text) { buf_cstr(&content), content.len };
    return ok;
}
