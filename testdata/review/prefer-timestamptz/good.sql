CREATE TABLE a (created_at timestamptz, at timestamp(3) with time zone, day date, opens time, b timestamptz[]);
ALTER TABLE users ALTER COLUMN born TYPE timestamptz USING born AT TIME ZONE 'utc';
