-- rules: adding-required-field dropping-table
CREATE TEMP TABLE IF NOT EXISTS users (id bigint);
ALTER TABLE users ADD COLUMN a int NOT NULL;
ALTER TABLE pg_temp.users ADD COLUMN a int NOT NULL;
ALTER TABLE public.users ADD COLUMN found int NOT NULL;
DROP TABLE users;
ALTER TABLE users ADD COLUMN found int NOT NULL;
