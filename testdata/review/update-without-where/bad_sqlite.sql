-- dialect: sqlite
UPDATE users SET plan = (SELECT name FROM plans WHERE plans.id = users.plan_id);
DELETE FROM "users";
