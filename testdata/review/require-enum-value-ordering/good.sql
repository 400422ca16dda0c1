ALTER TYPE mood ADD VALUE 'content' AFTER 'sad';
ALTER TYPE mood ADD VALUE 'glad' BEFORE 'happy';
ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';
CREATE TYPE size AS ENUM ('s', 'm');
