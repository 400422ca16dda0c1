UPDATE users SET plan = 'free';
DELETE FROM audit.events;
WITH gone AS (DELETE FROM orders RETURNING id) INSERT INTO old_orders SELECT id FROM gone;
