-- script: 1_users.sql applied
CREATE TABLE users (id integer, name varchar(20), price numeric(10, 2), at timestamp(3), code char(4), city text);
-- script: 2_types.sql
ALTER TABLE users ALTER COLUMN id TYPE bigint;
ALTER TABLE users ALTER name TYPE varchar(10);
ALTER TABLE users ALTER price TYPE numeric(12, 4), ALTER at TYPE timestamptz;
ALTER TABLE users ALTER code TYPE text;
ALTER TABLE users ALTER city TYPE varchar(100);
ALTER TABLE users ALTER city TYPE jsonb USING city::jsonb;
ALTER TABLE others ALTER city TYPE text;
ALTER TABLE others ALTER zip TYPE app.zip USING zip::app.zip;
