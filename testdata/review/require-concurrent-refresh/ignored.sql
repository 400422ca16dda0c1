-- merganser: ignore require-concurrent-refresh its first filling
REFRESH MATERIALIZED VIEW totals;
