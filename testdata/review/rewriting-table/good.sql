CREATE UNLOGGED TABLE events (id bigint);
ALTER TABLE events SET LOGGED;
ALTER TABLE users SET (fillfactor = 70), CLUSTER ON users_pkey;
ALTER INDEX users_pkey SET TABLESPACE fast;
ALTER SEQUENCE users_id_seq SET LOGGED;
