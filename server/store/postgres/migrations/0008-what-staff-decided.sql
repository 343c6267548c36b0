-- What a booking plugin said last, so that the same cancellation is not new to an order that staff set going again; and
-- orders of which staff decided what they are owed.
ALTER TABLE orders
  ADD COLUMN called_off boolean NOT NULL DEFAULT false,
  ADD COLUMN granted boolean NOT NULL DEFAULT false;
UPDATE orders SET called_off = true WHERE status = 'cancelled' AND NOT stopped;
