GRANT SELECT ON countries TO PUBLIC; -- merganser: ignore grant-to-public everybody knows them
