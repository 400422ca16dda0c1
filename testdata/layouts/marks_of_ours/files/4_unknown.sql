-- merganser: no-transactions
SELECT 1;
