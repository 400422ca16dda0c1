-- script: 1_events.sql applied
CREATE TABLE events (id bigint, user_id bigint) PARTITION BY RANGE (id);
-- script: 2_fk.sql
ALTER TABLE events ADD FOREIGN KEY (user_id) REFERENCES users (id);
