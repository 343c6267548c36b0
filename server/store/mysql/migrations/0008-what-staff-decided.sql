-- MySQL has no ADD COLUMN with IF NOT EXISTS, and an interrupted migration runs again.

-- What a booking plugin said last, so that the same cancellation is not new to an order that staff set going again; and
-- orders of which staff decided what they are owed.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'orders' AND column_name = 'called_off'),
  'DO 0',
  'ALTER TABLE orders ADD COLUMN called_off boolean NOT NULL DEFAULT false, ADD COLUMN granted boolean NOT NULL DEFAULT false'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
UPDATE orders SET called_off = true WHERE status = 'cancelled' AND NOT stopped;
