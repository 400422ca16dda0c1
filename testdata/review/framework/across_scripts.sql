-- rules: adding-required-field
-- script: 1_users.sql applied
CREATE TABLE users (id bigint);
-- script: 2_items.sql
CREATE TABLE items (id bigint);
ALTER TABLE users ADD COLUMN found int NOT NULL;
-- script: 3_items.sql
ALTER TABLE items ADD COLUMN a int NOT NULL;
ALTER TABLE items RENAME TO things;
ALTER TABLE things SET SCHEMA app;
-- script: 4_things.sql
ALTER TABLE app.things ADD COLUMN b int NOT NULL;
ALTER TABLE items ADD COLUMN found int NOT NULL;
ALTER TABLE things ADD COLUMN found int NOT NULL;
DROP TABLE app.things;
ALTER TABLE app.things ADD COLUMN found int NOT NULL;
