DROP TABLE ponds;
