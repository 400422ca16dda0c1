-- merganser: ignore prefer-bigint-over-int there are 200 countries
CREATE TABLE countries (id int PRIMARY KEY);
