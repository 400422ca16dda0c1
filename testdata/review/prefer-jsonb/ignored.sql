CREATE TABLE a (document json); -- merganser: ignore prefer-jsonb it is kept as it came
