-- server: 110022
REINDEX INDEX users_zip_idx;
