-- server: 140004
-- merganser: no-transaction
CREATE INDEX CONCURRENTLY i ON users (email);
