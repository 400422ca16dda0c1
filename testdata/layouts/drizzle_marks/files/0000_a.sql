-- merganser: no-transaction
CREATE TABLE things (id integer);
