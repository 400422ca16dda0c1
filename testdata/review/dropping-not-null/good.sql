CREATE TABLE orders (id bigint, sum numeric NOT NULL);
ALTER TABLE orders ALTER sum DROP NOT NULL;
ALTER TABLE users ADD COLUMN city text NOT NULL DEFAULT '';
ALTER TABLE users ALTER city DROP NOT NULL;
ALTER TABLE users ALTER name SET NOT NULL;
-- script: 1_a.down.sql down
ALTER TABLE users ALTER name DROP NOT NULL;
