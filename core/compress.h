/* Texts made small and portable, and back: the only user of zlib beside vcs. */
#ifndef CORE_COMPRESS_H
#define CORE_COMPRESS_H

#include "core/base/arena.h"

/* zlib's format (RFC 1950) as base64 (RFC 4648, section 4), without line ends. */
struct text compress_text(struct text in, struct arena *a);
/* False where it is no such text, is cut off or damaged, or would become longer than max bytes: it takes no more
 * memory than a few times that, whatever it says of itself. */
bool compress_expand(struct text *out, struct text in, size_t max, struct arena *a);

#endif
