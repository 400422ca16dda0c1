-- café
SELECT 'café';
