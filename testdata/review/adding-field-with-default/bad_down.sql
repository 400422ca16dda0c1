-- script: 1_users.sql
CREATE TABLE orders (id bigint);
ALTER TABLE users DROP COLUMN token;
-- script: 1_users.down.sql down
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
