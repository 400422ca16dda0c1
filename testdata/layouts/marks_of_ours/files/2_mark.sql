-- CreateBirds

/* a block
   of two lines */
  --merganser:no-transaction
SELECT 1;
