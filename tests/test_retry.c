/* How long a transaction that lost against others waits before it is tried again. */
#include <criterion/criterion.h>

#include "dialects/postgres/retry.h"
#include "tests/support/rows.h"

static const struct {
    unsigned failed;
    bool lock;
    int64_t most;
} rows[] = {
    { 1, false, 100 },   { 2, false, 200 },   { 3, false, 400 },    { 7, false, 6400 },          { 8, false, 10000 },
    { 9, false, 10000 }, { 1, true, 500 },    { 2, true, 1000 },    { 5, true, 8000 },           { 6, true, 10000 },
    { 10, true, 10000 }, { 64, true, 10000 }, { 65, false, 10000 }, { UINT32_MAX, true, 10000 },
};

/* All of the range up to the bound, and nothing outside it. */
RowsTest(retry, pause, sizeof rows / sizeof *rows)
{
    int64_t most = rows[*row].most;
    bool lock = rows[*row].lock;

    cr_expect_eq(retry_pause_ms(rows[*row].failed, lock, 0), 1);
    cr_expect_eq(retry_pause_ms(rows[*row].failed, lock, (uint32_t)most - 1), most);
    cr_expect_eq(retry_pause_ms(rows[*row].failed, lock, (uint32_t)most), 1);
    for (uint32_t chance = 0; chance < UINT32_MAX - 100000007; chance += 100000007) {
        int64_t ms = retry_pause_ms(rows[*row].failed, lock, chance);

        cr_expect(ms >= 1 && ms <= most, "%u: %lld", chance, (long long)ms);
    }
}
