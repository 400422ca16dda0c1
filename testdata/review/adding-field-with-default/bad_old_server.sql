-- server: 100000
ALTER TABLE users ADD COLUMN active boolean DEFAULT true;
ALTER TABLE users ADD COLUMN at timestamptz DEFAULT now();
