-- migrated: up
-- migrate:upward
-- we had +goose here
 --	migrate:up is no mark behind a blank
-- up migration of the birds table
-- Previous: none
---- create above ----
SELECT '-- migrate:up', 1; -- +goose Up
