-- server: 140003
-- merganser: no-transaction
CREATE INDEX CONCURRENTLY i ON users (email);
REINDEX INDEX CONCURRENTLY i;
