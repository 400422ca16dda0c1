CREATE TABLE a (id bigserial PRIMARY KEY, n serial);
ALTER TABLE users ADD COLUMN "N" smallserial;
