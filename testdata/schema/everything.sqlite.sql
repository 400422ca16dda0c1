-- A SQLite schema with something of every kind that a description knows.

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email varchar(255) NOT NULL COLLATE NOCASE UNIQUE ON CONFLICT IGNORE, -- where letters go
    name TEXT DEFAULT 'it''s; (so)' /* a comment */ CHECK (name <> ''),
    "Odd ""column"".x" decimal(8, 3) DEFAULT (1 + 2),
    [select] blob DEFAULT x'00ff',
    untyped,
    born date DEFAULT CURRENT_DATE,
    ratio REAL DEFAULT -0.5,
    upper_email text GENERATED ALWAYS AS (upper(email)) STORED,
    lower_email text AS (lower(email)),
    CONSTRAINT named UNIQUE (name, born),
    CONSTRAINT "checked ""so""" CHECK (ratio < 1 AND name NOT IN ('a', 'b'))
);
CREATE TABLE posts (
    id integer PRIMARY KEY DESC,
    user_id INT CONSTRAINT of_user REFERENCES users ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
    slug text,
    born date,
    title text,
    FOREIGN KEY (title, born) REFERENCES users (name, born) MATCH FULL
);
CREATE TABLE tags (
    post_id integer REFERENCES posts (id),
    tag text COLLATE RTRIM,
    PRIMARY KEY (post_id, tag DESC) ON CONFLICT REPLACE
) WITHOUT ROWID;
CREATE TABLE strictly (id INTEGER PRIMARY KEY, any_value ANY, n INT NOT NULL ON CONFLICT ROLLBACK) STRICT;
CREATE TABLE "table with.dot
and line" ("ünï" integer);
CREATE TABLE "quote""d" (a, b);
CREATE TABLE made AS SELECT id, email, ratio * 2 AS twice FROM users;
ALTER TABLE posts ADD COLUMN later text DEFAULT 'x' NOT NULL CHECK (length(later) > 0);
ALTER TABLE posts RENAME COLUMN slug TO handle;

CREATE INDEX users_lower ON users (lower(email) DESC, name COLLATE RTRIM) WHERE ratio > 0 AND name IS NOT NULL;
CREATE UNIQUE INDEX posts_handle ON posts (handle, user_id DESC);
CREATE INDEX "odd index" ON "table with.dot
and line" ("ünï");

CREATE VIEW user_names (id, called) AS
    -- those with a name
    SELECT id,   name || ' -- not a comment' FROM users /* all
    of them */ WHERE name IS NOT NULL;
CREATE VIEW counts AS SELECT count(*) AS "how many" FROM posts;

CREATE TRIGGER touch AFTER UPDATE OF email ON users FOR EACH ROW WHEN new.email <> old.email
BEGIN
    UPDATE users SET born = CURRENT_DATE WHERE id = new.id; -- now
    SELECT CASE WHEN new.id > 5 THEN RAISE(ABORT, 'too; many') END;
END;
CREATE TRIGGER instead INSTEAD OF INSERT ON user_names BEGIN INSERT INTO users (name, email) VALUES (new.called, '-'); END;

CREATE VIRTUAL TABLE search USING fts5(title, body, content = 'posts', tokenize = "porter unicode61");
CREATE VIRTUAL TABLE boxes USING rtree(id, min_x, max_x);
