-- script: 1_a.sql
CREATE TABLE items (id bigint);
CREATE INDEX items_idx ON items (id);
REINDEX INDEX items_idx;
REINDEX TABLE items;
CLUSTER users USING users_idx;
VACUUM ANALYZE users;
-- script: 2_b.sql
-- merganser: no-transaction
REINDEX TABLE CONCURRENTLY users;
REINDEX (CONCURRENTLY) INDEX users_zip_idx;
