-- lock-timeout: 0
CREATE TABLE cities (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN city_id bigint;
CREATE INDEX ON users (city_id);
