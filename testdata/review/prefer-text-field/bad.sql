CREATE TABLE a (name varchar(100), code character varying(2)[]);
ALTER TABLE users ADD COLUMN city varchar(30);
ALTER TABLE users ALTER COLUMN name TYPE varchar(200);
