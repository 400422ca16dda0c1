CREATE TABLE a (id bigserial PRIMARY KEY, n int);
CREATE TABLE b (user_id int REFERENCES users, role_id int REFERENCES roles, PRIMARY KEY (user_id, role_id));
CREATE TABLE c (user_id int PRIMARY KEY REFERENCES users (id));
CREATE TABLE d (user_id int PRIMARY KEY, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE e (id uuid PRIMARY KEY);
CREATE TABLE f (id int UNIQUE);
