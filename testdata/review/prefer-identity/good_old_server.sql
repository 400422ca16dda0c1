-- server: 90624
CREATE TABLE a (id bigserial PRIMARY KEY);
