CREATE TABLE IF NOT EXISTS deliveries (
  id varchar(36) PRIMARY KEY,
  received_at datetime(3) NOT NULL,
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  hook varchar(200),
  content_type varchar(200),
  body longblob NOT NULL,
  headers longtext NOT NULL,
  verdict varchar(16) NOT NULL,
  flag text NOT NULL,
  orders longtext NOT NULL,
  replay_of varchar(36)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS delivery_orders (
  order_id bigint NOT NULL,
  delivery_id varchar(36) NOT NULL,
  PRIMARY KEY (order_id, delivery_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- due_at starts at the database's clock; milliseconds are cut, not rounded, or a new message would be due in the future.
CREATE TABLE IF NOT EXISTS messages (
  id varchar(36) PRIMARY KEY,
  kind varchar(32) NOT NULL,
  order_id bigint,
  recipient varchar(320) NOT NULL,
  priority smallint NOT NULL,
  created_at datetime(3) NOT NULL,
  status varchar(16) NOT NULL DEFAULT 'queued',
  attempts int NOT NULL DEFAULT 0,
  due_at datetime(3) DEFAULT (UTC_TIMESTAMP(3)),
  lease_token varchar(64),
  last_code varchar(64),
  last_error text,
  accepted_at datetime(3),
  CONSTRAINT messages_status CHECK (status IN
    ('queued', 'sending', 'accepted', 'delivered', 'retrying', 'failed', 'unknown', 'bounced', 'withdrawn')),
  INDEX messages_due (priority, due_at, id),
  INDEX messages_by_order (order_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS alerts (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind varchar(32) NOT NULL,
  order_id varchar(255),
  sku varchar(100),
  detail text NOT NULL,
  created_at datetime(3) NOT NULL,
  message_id varchar(36),
  INDEX alerts_by_message (message_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

CREATE TABLE IF NOT EXISTS audit_log (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  subject varchar(150) NOT NULL,
  seq int NOT NULL,
  at datetime(3) NOT NULL,
  actor varchar(100) NOT NULL,
  action varchar(64) NOT NULL,
  from_status varchar(16),
  to_status varchar(16),
  reason text NOT NULL,
  refs longtext NOT NULL,
  previous_hash varchar(64) NOT NULL,
  hash varchar(64) NOT NULL,
  CONSTRAINT audit_log_chain UNIQUE (subject, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;
