/* Tables whose rows are cases. */
#ifndef TESTS_SUPPORT_ROWS_H
#define TESTS_SUPPORT_ROWS_H

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

/* The parameters 0 to n - 1, each a size_t. A row that holds pointers can't be a parameter itself: Criterion passes
 * its bytes to another process. */
struct criterion_test_params rows_numbered(size_t n);

#endif
