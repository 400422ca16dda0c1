#include "core/digest.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include "core/base/text.h"

const char *digest_sha256(struct text bytes, struct arena *a)
{
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned int len = 0;

    if (!EVP_Digest(bytes.at ? bytes.at : "", bytes.len, raw, &len, EVP_sha256(), NULL))
        abort(); /* SHA-256 itself is missing: nothing recorded could be trusted */
    return text_hex(a, raw, len);
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
