-- merganser: no-transaction
-- merganser: ignore cluster-or-vacuum-full in the maintenance window
VACUUM FULL users;
