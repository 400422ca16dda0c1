/* As much of TOML as it takes to read one flag. */
#ifndef CORE_LAYOUTS_TOML_H
#define CORE_LAYOUTS_TOML_H

#include "core/base/types.h"

enum toml_flag {
    TOML_BROKEN, /* the document is not TOML, or the key is no boolean */
    TOML_ABSENT,
    TOML_FALSE,
    TOML_TRUE
};

/* A key at the top of a document, outside its tables. Format: https://toml.io/en/v1.0.0; numbers and dates are only
 * looked at for their characters. */
enum toml_flag toml_flag(struct text document, const char *key);

#endif
