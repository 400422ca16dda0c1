#include "tests/support/rows.h"

struct criterion_test_params rows_numbered(size_t n)
{
    size_t *numbers = cr_malloc(n * sizeof *numbers);

    for (size_t i = 0; i < n; i++)
        numbers[i] = i;
    return cr_make_param_array(size_t, numbers, n, NULL);
}
