CREATE TABLE a (opens_at timestamp); -- merganser: ignore prefer-timestamptz by the clock on the shop's wall
