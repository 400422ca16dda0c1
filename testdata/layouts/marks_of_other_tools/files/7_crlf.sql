-- migrate:up transaction:false
SELECT 1;
