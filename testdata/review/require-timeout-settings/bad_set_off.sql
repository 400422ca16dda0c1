-- lock-timeout: 5000
SET lock_timeout = 0;
ALTER TABLE users ADD COLUMN city_id bigint;
