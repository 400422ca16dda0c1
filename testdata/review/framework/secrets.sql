-- rules: not-reviewed
CREATE ROLE app LOGIN PASSWORD 'hunter2' BUT IT CANNOT BE READ;
