-- script: 1_alone.sql
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
-- script: 2_asked.sql
-- merganser: no-transaction
DROP INDEX CONCURRENTLY users_zip_idx;
CREATE INDEX CONCURRENTLY users_zip_idx ON users (zip);
-- script: 3_view.sql
CREATE TABLE t (a int);
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
