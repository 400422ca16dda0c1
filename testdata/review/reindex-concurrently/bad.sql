REINDEX INDEX users_zip_idx;
REINDEX TABLE app.users;
REINDEX SCHEMA app;
