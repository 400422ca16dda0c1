-- script: 1_own_block.sql
BEGIN;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
COMMIT;
-- script: 2_unasked.sql
ALTER TABLE users ADD COLUMN city text;
CREATE INDEX CONCURRENTLY users_city_idx ON users (city);
DROP INDEX CONCURRENTLY users_zip_idx;
REINDEX (CONCURRENTLY) TABLE users;
ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
-- script: 2_unasked.down.sql down
DROP INDEX CONCURRENTLY users_city_idx;
ALTER TABLE users DROP COLUMN city;
