ALTER TABLE users ADD COLUMN plan text;
UPDATE users SET plan = 'free' WHERE plan IS NULL;
INSERT INTO plans (name) SELECT DISTINCT plan FROM users;
