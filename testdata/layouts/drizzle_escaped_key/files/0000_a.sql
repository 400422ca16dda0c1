CREATE TABLE things (id integer);
