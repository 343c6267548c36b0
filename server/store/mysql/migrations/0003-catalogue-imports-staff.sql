CREATE TABLE IF NOT EXISTS products (
  sku varchar(100) PRIMARY KEY,
  name varchar(500) NOT NULL,
  low_stock int,
  on_cancel varchar(16) NOT NULL,
  hold_minutes int NOT NULL,
  activation_url varchar(2000),
  instructions text
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS product_mappings (
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  kind varchar(16) NOT NULL,
  item_id varchar(191) NOT NULL,
  sku varchar(100),
  quantity int NOT NULL,
  per varchar(16) NOT NULL,
  PRIMARY KEY (site, source, kind, item_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS sites (
  slug varchar(40) PRIMARY KEY,
  url varchar(500) NOT NULL,
  CONSTRAINT sites_url UNIQUE (url)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS imports (
  id varchar(36) PRIMARY KEY,
  sku varchar(100) NOT NULL,
  actor varchar(100) NOT NULL,
  origin varchar(255) NOT NULL,
  added int NOT NULL,
  created_at datetime(3) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS imported_keys (
  key_id bigint PRIMARY KEY,
  import_id varchar(36) NOT NULL,
  INDEX imported_keys_by_import (import_id, key_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS key_tails (
  key_id bigint PRIMARY KEY,
  tail varchar(16) NOT NULL,
  INDEX key_tails_by_tail (tail, key_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS staff (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name varchar(200) NOT NULL,
  role varchar(16) NOT NULL,
  token_hash varchar(64) NOT NULL,
  created_at datetime(3) NOT NULL,
  last_used_at datetime(3),
  revoked_at datetime(3),
  CONSTRAINT staff_token UNIQUE (token_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS jobs (
  name varchar(150) PRIMARY KEY,
  slot bigint NOT NULL,
  fired_at datetime(3)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;
