-- first
-- merganser: no-transaction
SELECT 1;
