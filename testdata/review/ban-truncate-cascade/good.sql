TRUNCATE users, orders;
CREATE TABLE t (id bigint);
TRUNCATE t CASCADE;
