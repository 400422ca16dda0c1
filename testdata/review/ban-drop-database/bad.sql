-- merganser: no-transaction
DROP DATABASE IF EXISTS old_reports;
