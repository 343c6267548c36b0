-- Text compares byte by byte everywhere: a key or a booking id that differs in one letter's case is another one.
-- No foreign keys. Each one would take a shared lock on the parent row for every row of a vend, outside the one
-- lock order (orders, keys, holds, messages, audit), and upgrade it later: a source of deadlocks on all engines.
-- Rows are not deleted, so there is little to cascade; `keybank verify` counts what a foreign key would refuse.
-- Both collations compare code point by code point and do not pad with spaces. The first comment is for MySQL, which
-- has the one, the second for MariaDB, which has the other and passes over MySQL's version numbers.

CREATE TABLE IF NOT EXISTS license_keys (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  license_key varchar(512) NOT NULL,
  status varchar(16) NOT NULL DEFAULT 'available',
  product_sku varchar(100) NOT NULL,
  assigned_to_email varchar(320),
  assigned_order_id varchar(255),
  assigned_coupon_code varchar(255),
  assigned_at datetime(3),
  CONSTRAINT license_keys_text UNIQUE (license_key),
  CONSTRAINT license_keys_status CHECK (status IN ('available', 'assigned', 'revoked')),
  INDEX license_keys_claim (product_sku, status, id),
  INDEX license_keys_order (assigned_order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS orders (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  external_id varchar(191) NOT NULL,
  status varchar(16) NOT NULL,
  reason varchar(32),
  rev bigint,
  email varchar(320),
  name varchar(500),
  name_lower varchar(191),
  coupon varchar(255),
  locale varchar(32),
  item_kind varchar(16),
  item_id varchar(191),
  item_name varchar(500),
  units bigint NOT NULL,
  first_delivery_id varchar(36) NOT NULL,
  last_delivery_id varchar(36) NOT NULL,
  created_at datetime(3) NOT NULL,
  updated_at datetime(3) NOT NULL,
  CONSTRAINT orders_booking UNIQUE (site, source, external_id),
  CONSTRAINT orders_status CHECK (status IN ('held', 'waiting', 'fulfilled', 'cancelled', 'ignored', 'attention')),
  INDEX orders_by_status (status, id),
  INDEX orders_by_email (email, id),
  INDEX orders_by_coupon (coupon, id),
  INDEX orders_by_name (name_lower, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS order_alternates (
  order_id bigint NOT NULL,
  email varchar(320) NOT NULL,
  PRIMARY KEY (order_id, email),
  INDEX order_alternates_by_email (email, order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS order_lines (
  order_id bigint NOT NULL,
  sku varchar(100) NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (order_id, sku)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS holds (
  key_id bigint PRIMARY KEY,
  order_id bigint NOT NULL,
  expires_at datetime(3) NOT NULL,
  INDEX holds_by_order (order_id),
  INDEX holds_by_expiry (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;
