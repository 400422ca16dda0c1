-- merganser: ignore concurrently-in-transaction the column may stay
ALTER TABLE users ADD COLUMN IF NOT EXISTS city text;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_city_idx ON users (city);
