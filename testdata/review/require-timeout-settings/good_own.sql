-- lock-timeout: 0
-- script: 1_set.sql
SET lock_timeout = '5s';
ALTER TABLE users ADD COLUMN city_id bigint;
-- script: 2_local.sql
SELECT set_config('lock_timeout', '2s', true);
ALTER TABLE users ADD COLUMN zip text;
-- script: 3_none.sql
CREATE TABLE cities (id bigint PRIMARY KEY);
CREATE INDEX ON cities (id);
UPDATE users SET zip = '' WHERE zip IS NULL;
CREATE INDEX CONCURRENTLY ON users (zip);
