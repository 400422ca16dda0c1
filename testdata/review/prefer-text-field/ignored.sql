CREATE TABLE a (name varchar(100)); -- merganser: ignore prefer-text-field another program reads the length
