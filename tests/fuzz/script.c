/* A libFuzzer target: what tests/support/pieces.h says holds for every script. The first byte says how it is read. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    const char *wrong = pieces_file_violated((struct text) { (const char *)data, size }, a);

    if (wrong) {
        fprintf(stderr, "%s\n", wrong);
        abort();
    }
    arena_close(a);
    return 0;
}
