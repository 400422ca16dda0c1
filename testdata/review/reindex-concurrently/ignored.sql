-- merganser: ignore reindex-concurrently done at night
REINDEX TABLE users;
