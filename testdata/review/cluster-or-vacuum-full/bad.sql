-- merganser: no-transaction
VACUUM FULL;
VACUUM (FULL, ANALYZE) users, public.orders;
CLUSTER users USING users_pkey;
CLUSTER;
