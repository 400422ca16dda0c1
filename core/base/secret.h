/* What url_redact and text_without_secrets share. Everybody else uses text.h. */
#ifndef CORE_BASE_SECRET_H
#define CORE_BASE_SECRET_H

#include "core/base/text.h"

/* Adds a URL from behind its "://" on: user, host, database and query with every password as "***". */
void secret_url_add(struct buf *out, struct text rest);

#endif
