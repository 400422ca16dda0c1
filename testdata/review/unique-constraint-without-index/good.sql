-- script: 1_a.sql
CREATE TABLE items (id bigint PRIMARY KEY, code text UNIQUE, UNIQUE (id, code));
ALTER TABLE items ADD UNIQUE (code);
-- script: 2_b.sql
-- merganser: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
-- script: 3_c.sql
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id_idx;
