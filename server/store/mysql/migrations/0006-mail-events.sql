-- What mail providers told of the mails that they had accepted. Each event once, however often it is told.
CREATE TABLE IF NOT EXISTS mail_events (
  provider varchar(16) NOT NULL,
  event_id varchar(191) NOT NULL,
  message_id varchar(36) NOT NULL,
  kind varchar(16) NOT NULL,
  is_hard boolean NOT NULL,
  at datetime(3) NOT NULL,
  detail text NOT NULL,
  CONSTRAINT mail_events_kind CHECK (kind IN ('delivered', 'bounced', 'complained')),
  PRIMARY KEY (provider, event_id),
  INDEX mail_events_by_message (message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- The addresses that mail must not go to.
CREATE TABLE IF NOT EXISTS mail_suppressions (
  address varchar(320) PRIMARY KEY,
  reason varchar(16) NOT NULL,
  provider varchar(16) NOT NULL,
  message_id varchar(36) NOT NULL,
  since datetime(3) NOT NULL,
  detail text NOT NULL,
  CONSTRAINT mail_suppressions_reason CHECK (reason IN ('bounced', 'complained'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- One statement, which ends alike however often it runs. Each server reads its own word: MySQL 8.0.17 has no
-- DROP CONSTRAINT, and MariaDB no DROP CHECK.
ALTER TABLE messages
  DROP /*!80017 CHECK */ /*M!100600 CONSTRAINT */ messages_status,
  ADD CONSTRAINT messages_status CHECK (status IN ('queued', 'sending', 'accepted', 'delivered', 'retrying',
    'failed', 'unknown', 'bounced', 'complained', 'withdrawn'));

-- MySQL has no ADD COLUMN IF NOT EXISTS, and an interrupted migration runs again.
SET @add_column = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'products' AND column_name = 'tell_waiting'),
  'DO 0',
  'ALTER TABLE products ADD COLUMN tell_waiting boolean NOT NULL DEFAULT true'
);
PREPARE add_column FROM @add_column;
EXECUTE add_column;
DEALLOCATE PREPARE add_column;
