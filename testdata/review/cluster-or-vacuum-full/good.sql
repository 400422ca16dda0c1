-- merganser: no-transaction
VACUUM users;
VACUUM (ANALYZE);
ANALYZE users;
CREATE TABLE t (id bigint PRIMARY KEY);
CLUSTER t USING t_pkey;
