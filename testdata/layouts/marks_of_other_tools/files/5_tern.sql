CREATE TABLE ä (id integer);
---- create above / drop below ----
DROP TABLE ä;
