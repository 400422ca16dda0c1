-- rules: adding-required-field
-- script: 1_a.sql
SET search_path TO "$user", app, public;
CREATE TABLE users (id bigint);
ALTER TABLE app.users ADD COLUMN a int NOT NULL;
ALTER TABLE users ADD COLUMN a int NOT NULL;
ALTER TABLE public.users ADD COLUMN found int NOT NULL;
RESET search_path;
ALTER TABLE users ADD COLUMN found int NOT NULL;
SET LOCAL search_path = 'app';
ALTER TABLE users ADD COLUMN a int NOT NULL;
-- script: 2_b.sql
ALTER TABLE users ADD COLUMN found int NOT NULL;
SELECT pg_catalog.set_config('search_path', '', false);
ALTER TABLE app.users ADD COLUMN a int NOT NULL;
