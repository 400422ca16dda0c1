-- rules: adding-required-field
-- script: 1_users.sql
CREATE TABLE users (id bigint);
CREATE TABLE app.users (id bigint);
-- script: 2_users.sql
ALTER TABLE users ADD COLUMN a int NOT NULL;
ALTER TABLE "users" ADD COLUMN a int NOT NULL;
ALTER TABLE public.users ADD COLUMN a int NOT NULL;
ALTER TABLE app.users ADD COLUMN a int NOT NULL;
ALTER TABLE "Users" ADD COLUMN found int NOT NULL;
ALTER TABLE audit.users ADD COLUMN found int NOT NULL;
