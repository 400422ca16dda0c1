CREATE INDEX index_users_on_a_rather_long_column_name_and_another_one_and_so_on ON users (a);
ALTER TABLE users
    ADD CONSTRAINT "Größe_dieser_Spalte_darf_nicht_größer_sein_als_die_größte_Größe" CHECK (a < 9);
