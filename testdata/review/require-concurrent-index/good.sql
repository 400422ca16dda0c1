-- script: 1_users.sql
CREATE TABLE users (id bigint);
CREATE INDEX users_id_idx ON public.users (id);
-- script: 2_email.sql
CREATE INDEX ON users (lower(email));
-- script: 3_orders.sql
-- merganser: no-transaction
CREATE INDEX CONCURRENTLY ON orders (id);
