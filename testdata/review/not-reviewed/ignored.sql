-- merganser: ignore not-reviewed read by two of us
DO $$ BEGIN CREATE INDEX i ON t (a); END $$;
