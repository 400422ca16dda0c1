-- rules: adding-required-field require-concurrent-index
CREATE TABLE IF NOT EXISTS users (id bigint);
ALTER TABLE users ADD COLUMN doubtful int NOT NULL;
CREATE INDEX ON users (id);
DROP TABLE users;
CREATE TABLE IF NOT EXISTS users (id bigint);
ALTER TABLE users ADD COLUMN a int NOT NULL;
CREATE TABLE items (id bigint);
CREATE TABLE IF NOT EXISTS items (id bigint);
ALTER TABLE items ADD COLUMN a int NOT NULL;
