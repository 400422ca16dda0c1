-- script: 1_a.sql applied
CREATE INDEX users_zip_idx ON users (zip);
-- script: 2_b.sql
DROP INDEX users_zip_idx;
DROP INDEX IF EXISTS app."Idx", other_idx;
