-- script: 1_users.sql
CREATE TABLE plans (id bigint PRIMARY KEY);
-- script: 2_users.sql
ALTER TABLE users ADD COLUMN plan_id bigint;
DELETE FROM orders WHERE done;
