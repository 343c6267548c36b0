-- Which order answers for a purchase of several bookings, where a mapping owes one key per purchase.
CREATE TABLE IF NOT EXISTS purchases (
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  purchase_id varchar(191) NOT NULL,
  order_id bigint NOT NULL,
  PRIMARY KEY (site, source, purchase_id),
  INDEX purchases_by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;
