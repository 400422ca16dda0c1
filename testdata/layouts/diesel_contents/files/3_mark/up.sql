-- merganser: no-transaction
VACUUM;
