-- Merganser: no-transaction
SELECT 1;
