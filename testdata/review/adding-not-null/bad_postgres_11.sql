-- server: 110000
-- script: 1_check.sql applied
ALTER TABLE users ADD CONSTRAINT users_email_null CHECK (email IS NOT NULL);
-- script: 2_not_null.sql
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
