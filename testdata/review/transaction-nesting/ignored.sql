CREATE TABLE a (id bigint);
-- merganser: ignore transaction-nesting each half is complete
COMMIT;
BEGIN;
CREATE TABLE b (id bigint);
