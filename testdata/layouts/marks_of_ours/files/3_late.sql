SELECT 1;
-- merganser: no-transaction
SELECT 2;
