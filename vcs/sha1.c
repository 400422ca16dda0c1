#include "vcs/internal.h"

/* SHA-1 as FIPS 180-4 has it: libgit2's own must not be called before the library is started, and outside git it is
 * not started at all. */

static uint32_t rotated(uint32_t x, int by)
{
    return x << by | x >> (32 - by);
}

static uint32_t big_endian(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* One round, in place: what the five words are called moves on from round to round, they themselves stay. */
static inline void turn(uint32_t a, uint32_t *b, uint32_t mixed, uint32_t *e, uint32_t added)
{
    *e += rotated(a, 5) + mixed + added;
    *b = rotated(*b, 30);
}

static inline uint32_t choice(uint32_t b, uint32_t c, uint32_t d)
{
    return d ^ (b & (c ^ d));
}

static inline uint32_t parity(uint32_t b, uint32_t c, uint32_t d)
{
    return b ^ c ^ d;
}

static inline uint32_t majority(uint32_t b, uint32_t c, uint32_t d)
{
    return (b & c) | (d & (b | c));
}

#define TWENTY(mix, constant, from)                                                                                    \
    for (int i = (from); i < (from) + 20; i += 5) {                                                                    \
        turn(a, &b, mix(b, c, d), &e, (constant) + w[i]);                                                              \
        turn(e, &a, mix(a, b, c), &d, (constant) + w[i + 1]);                                                          \
        turn(d, &e, mix(e, a, b), &c, (constant) + w[i + 2]);                                                          \
        turn(c, &d, mix(d, e, a), &b, (constant) + w[i + 3]);                                                          \
        turn(b, &c, mix(c, d, e), &a, (constant) + w[i + 4]);                                                          \
    }

static void block_add(struct sha1 *s, const unsigned char *block)
{
    uint32_t w[80], a = s->state[0], b = s->state[1], c = s->state[2], d = s->state[3], e = s->state[4];

    for (int i = 0; i < 16; i++)
        w[i] = big_endian(block + 4 * i);
    for (int i = 16; i < 80; i++)
        w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    TWENTY(choice, 0x5a827999, 0)
    TWENTY(parity, 0x6ed9eba1, 20)
    TWENTY(majority, 0x8f1bbcdc, 40)
    TWENTY(parity, 0xca62c1d6, 60)
    s->state[0] += a;
    s->state[1] += b;
    s->state[2] += c;
    s->state[3] += d;
    s->state[4] += e;
}

void sha1_open(struct sha1 *s)
{
    *s = (struct sha1) { .state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } };
}

void sha1_add(struct sha1 *s, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    size_t held = s->len % sizeof s->block;

    s->len += len;
    while (len > 0) {
        size_t n = sizeof s->block - held < len ? sizeof s->block - held : len;

        if (n == sizeof s->block) {
            block_add(s, at);
        } else {
            memcpy(s->block + held, at, n);
            if (held + n == sizeof s->block)
                block_add(s, s->block);
        }
        held = (held + n) % sizeof s->block;
        at += n;
        len -= n;
    }
}

void sha1_close(struct sha1 *s, unsigned char out[20])
{
    static const unsigned char padding[64] = { 0x80 };
    uint64_t bits = s->len * 8;
    size_t held = s->len % sizeof s->block;
    unsigned char length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> (56 - 8 * i));
    sha1_add(s, padding, held < 56 ? 56 - held : 120 - held);
    sha1_add(s, length, sizeof length);
    for (int i = 0; i < 20; i++)
        out[i] = (unsigned char)(s->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha1_open_blob(struct sha1 *s, uint64_t size)
{
    char header[32];
    int len = snprintf(header, sizeof header, "blob %llu", (unsigned long long)size);

    sha1_open(s);
    sha1_add(s, header, (size_t)len + 1);
}

struct object_id vcs_hash_blob(struct text bytes)
{
    struct object_id id = { .known = true };
    struct sha1 s;

    sha1_open_blob(&s, bytes.len);
    sha1_add(&s, bytes.at, bytes.len);
    sha1_close(&s, id.raw);
    return id;
}
