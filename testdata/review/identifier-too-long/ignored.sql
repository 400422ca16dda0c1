-- merganser: ignore identifier-too-long the tool looks for it cut
CREATE INDEX index_users_on_a_rather_long_column_name_and_another_one_and_so_on ON users (a);
