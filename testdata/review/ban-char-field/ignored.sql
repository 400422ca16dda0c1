CREATE TABLE a (code char(2)); -- merganser: ignore ban-char-field the other table has it so
