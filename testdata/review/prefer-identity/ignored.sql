CREATE TABLE a (id bigserial PRIMARY KEY); -- merganser: ignore prefer-identity as Rails makes it
