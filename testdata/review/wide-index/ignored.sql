-- merganser: ignore wide-index all four are looked for
CREATE INDEX CONCURRENTLY i ON users (a, b, c, d);
