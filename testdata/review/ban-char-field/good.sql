CREATE TABLE a (name varchar(3), code text, kind "char");
