-- script: 1_schema.sql
ALTER TABLE users ADD COLUMN plan text;
INSERT INTO settings (name, value) VALUES ('plans', 'on');
-- script: 2_rows.sql
UPDATE users SET plan = 'free' WHERE plan IS NULL;
ALTER TABLE users ALTER COLUMN plan SET DEFAULT 'free';
-- script: 3_new.sql
CREATE TABLE plans (id bigint PRIMARY KEY, name text);
CREATE INDEX ON plans (name);
INSERT INTO plans (name) SELECT DISTINCT plan FROM users;
UPDATE users SET plan_id = 1 WHERE plan = 'free';
-- script: 4_outside.sql
-- merganser: no-transaction
ALTER TABLE users ADD COLUMN city text;
UPDATE users SET city = '' WHERE city IS NULL;
-- script: 5_into_new.sql
ALTER TABLE users ADD COLUMN zip text;
CREATE TABLE zips (zip text);
INSERT INTO zips SELECT zip FROM users;
