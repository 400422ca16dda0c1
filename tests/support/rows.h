/* Tables whose rows are cases. */
#ifndef TESTS_SUPPORT_ROWS_H
#define TESTS_SUPPORT_ROWS_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

/* The parameters 0 to n - 1, each a size_t. A row that holds pointers can't be a parameter itself: Criterion passes
 * its bytes to another process. */
struct criterion_test_params rows_numbered(size_t n);

/* A test whose body runs for rows 0 to n - 1, `row` pointing at the number, all in one process: for cases that are
 * over in a moment and leave nothing behind. A process for each would cost far more than the cases do. */
#define RowsTest(suite, name, n)                                                                                       \
    static void suite##_##name##_row(const size_t *row);                                                               \
    Test(suite, name)                                                                                                  \
    {                                                                                                                  \
        for (size_t number = 0; number < (n); number++)                                                                \
            suite##_##name##_row(&number);                                                                             \
    }                                                                                                                  \
    static void suite##_##name##_row(const size_t *row)

#endif
