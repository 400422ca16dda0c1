-- script: 1_check.sql applied
ALTER TABLE users ADD CONSTRAINT users_email_null CHECK (email IS NOT NULL AND city IS NOT NULL) NOT VALID;
-- script: 2_validate.sql
ALTER TABLE users VALIDATE CONSTRAINT users_email_null;
-- script: 3_not_null.sql
ALTER TABLE public.users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users ALTER COLUMN city SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_email_null;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
-- script: 4_orders.sql
CREATE TABLE orders (id bigint, total numeric);
ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
