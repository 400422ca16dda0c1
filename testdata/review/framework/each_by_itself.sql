-- rules: adding-required-field adding-not-null
-- apart
-- script: 1_items.sql
CREATE TABLE items (id bigint);
ALTER TABLE items ADD COLUMN a int NOT NULL;
-- script: 2_items.sql
ALTER TABLE items ADD COLUMN found int NOT NULL;
ALTER TABLE items ADD CHECK (b IS NOT NULL);
-- script: 3_items.sql
ALTER TABLE items ALTER COLUMN b SET NOT NULL;
