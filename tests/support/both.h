/* Tests that are played on both databases: ON_BOTH(suite, name) { … } has `postgres`, and runs once with each. */
#ifndef TESTS_SUPPORT_BOTH_H
#define TESTS_SUPPORT_BOTH_H

#include "tests/support/rows.h"

enum { SQLITE, POSTGRES, DATABASES };

#define ON_BOTH(suite, name)                                                                                           \
    static void on_##name(bool postgres);                                                                              \
    ParameterizedTestParameters(suite, name)                                                                           \
    {                                                                                                                  \
        return rows_numbered(DATABASES);                                                                               \
    }                                                                                                                  \
    ParameterizedTest(size_t *row, suite, name)                                                                        \
    {                                                                                                                  \
        on_##name(*row == POSTGRES);                                                                                   \
    }                                                                                                                  \
    static void on_##name(bool postgres)

#endif
