-- Which order answers for a purchase of several bookings, where a mapping owes one key per purchase.
CREATE TABLE purchases (
  site varchar(40) COLLATE "C" NOT NULL,
  source varchar(16) COLLATE "C" NOT NULL,
  purchase_id varchar(191) COLLATE "C" NOT NULL,
  order_id bigint NOT NULL,
  PRIMARY KEY (site, source, purchase_id)
);
CREATE INDEX purchases_by_order ON purchases (order_id);
