CREATE INDEX CONCURRENTLY i ON users (a, b, c, d);
