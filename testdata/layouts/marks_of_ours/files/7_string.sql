SELECT '-- merganser: no-transaction';
