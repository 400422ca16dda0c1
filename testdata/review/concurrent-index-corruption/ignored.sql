-- server: 140000
-- merganser: no-transaction
CREATE INDEX CONCURRENTLY i ON users (email); -- merganser: ignore concurrent-index-corruption nobody writes to it
