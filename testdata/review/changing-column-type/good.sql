-- script: 1_users.sql applied
CREATE TABLE users (id integer, name varchar(20), price numeric(10, 2), at timestamp(3), net cidr, city text);
ALTER TABLE users ADD COLUMN nick character varying(5);
-- script: 2_types.sql
ALTER TABLE users ALTER id TYPE int;
ALTER TABLE users ALTER name TYPE varchar(40);
ALTER TABLE users ALTER name TYPE varchar;
ALTER TABLE users ALTER name TYPE text;
ALTER TABLE users ALTER price TYPE numeric(12, 2);
ALTER TABLE users ALTER price TYPE numeric;
ALTER TABLE users ALTER at TYPE timestamp(6);
ALTER TABLE users ALTER at TYPE timestamp;
ALTER TABLE users ALTER net TYPE inet;
ALTER TABLE users ALTER city TYPE varchar;
ALTER TABLE users RENAME COLUMN nick TO nickname;
ALTER TABLE users RENAME TO people;
ALTER TABLE people ALTER nickname TYPE text;
-- script: 3_orders.sql
CREATE TABLE orders (id integer);
ALTER TABLE orders ALTER id TYPE bigint;
