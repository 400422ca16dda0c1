-- lock-timeout: 5000
ALTER TABLE users ADD COLUMN city_id bigint;
