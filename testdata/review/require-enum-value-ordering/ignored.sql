ALTER TYPE mood ADD VALUE 'other'; -- merganser: ignore require-enum-value-ordering nobody sorts by it
