-- merganser: ignore require-concurrent-partition-detach in the maintenance window
ALTER TABLE events DETACH PARTITION events_2019;
