CREATE TABLE a (name varchar, other text CHECK (length(other) <= 100), code char(2));
CREATE FUNCTION f(a varchar(10)) RETURNS int LANGUAGE sql AS 'SELECT 1';
