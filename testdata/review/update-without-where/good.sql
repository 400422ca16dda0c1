UPDATE users SET plan = 'free' WHERE plan IS NULL;
DELETE FROM users WHERE true;
INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET plan = 'free';
TRUNCATE sessions;
CREATE TEMP TABLE t AS SELECT id FROM users;
UPDATE t SET id = id + 1;
CREATE TABLE plans (id bigint);
DELETE FROM plans;
