CREATE TABLE items (id bigint CONSTRAINT items_id_key UNIQUE);
CREATE INDEX items_idx ON items (id);
DROP INDEX items_idx;
DROP INDEX items_id_key;
CREATE INDEX users_tmp_idx ON users (zip);
ALTER INDEX users_tmp_idx RENAME TO users_tmp;
DROP INDEX users_tmp;
-- script: 2_b.sql
DROP INDEX CONCURRENTLY users_zip_idx;
-- script: 2_b.down.sql down
DROP INDEX users_city_idx;
