-- dialect: sqlite
UPDATE users SET plan = 'free' WHERE plan IS NULL;
CREATE TABLE Plans (id integer PRIMARY KEY);
UPDATE "plans" SET id = id + 1;
