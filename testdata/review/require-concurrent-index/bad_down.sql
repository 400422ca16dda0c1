-- script: 1_users.sql
DROP INDEX users_email_idx;
-- script: 1_users.down.sql down
CREATE INDEX users_email_idx ON users (email);
