-- script: 1_events.sql applied
CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- script: 2_index.sql
CREATE INDEX events_at_idx ON events (at);
CREATE INDEX events_2024_at_idx ON events_2024 (at);
