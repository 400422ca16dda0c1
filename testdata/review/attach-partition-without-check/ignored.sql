-- merganser: ignore attach-partition-without-check it has a few rows
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
