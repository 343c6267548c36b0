-- MySQL has neither ADD COLUMN nor CREATE INDEX with IF NOT EXISTS, and an interrupted migration runs again.

-- Orders that staff cancelled stay cancelled, whatever their booking plugin says later.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'orders' AND column_name = 'stopped'),
  'DO 0',
  'ALTER TABLE orders ADD COLUMN stopped boolean NOT NULL DEFAULT false'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- The last word of the name, for who searches by surname.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'orders' AND column_name = 'surname_lower'),
  'DO 0',
  'ALTER TABLE orders ADD COLUMN surname_lower varchar(191) AS (SUBSTRING_INDEX(name_lower, '' '', -1)) VIRTUAL'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'orders' AND index_name = 'orders_by_surname'),
  'DO 0',
  'CREATE INDEX orders_by_surname ON orders (surname_lower, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- The inbox of deliveries, a verdict at a time.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'deliveries' AND index_name = 'deliveries_by_verdict'),
  'DO 0',
  'CREATE INDEX deliveries_by_verdict ON deliveries (verdict, received_at, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- Mails that did not arrive: few, and the only ones that are asked for by their status. MySQL has no partial indexes; in
-- this one all other mails stand as NULL, in order of their ids, and a mail on its way does not move in it.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'messages' AND column_name = 'trouble'),
  'DO 0',
  'ALTER TABLE messages ADD COLUMN trouble varchar(16) AS (CASE WHEN status IN (''failed'', ''unknown'', ''bounced'', ''complained'') THEN status END) VIRTUAL'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'messages' AND index_name = 'messages_troubled'),
  'DO 0',
  'CREATE INDEX messages_troubled ON messages (trouble, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- What a person must see stays on the attention list until it is settled.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'alerts' AND column_name = 'settled_at'),
  'DO 0',
  'ALTER TABLE alerts ADD COLUMN settled_at datetime(3), ADD COLUMN settled_by varchar(100)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'alerts' AND index_name = 'alerts_open'),
  'DO 0',
  'CREATE INDEX alerts_open ON alerts (kind, settled_at, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_log_by_actor'),
  'DO 0',
  'CREATE INDEX audit_log_by_actor ON audit_log (actor, at, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_log_by_action'),
  'DO 0',
  'CREATE INDEX audit_log_by_action ON audit_log (action, at, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'audit_log' AND index_name = 'audit_log_by_time'),
  'DO 0',
  'CREATE INDEX audit_log_by_time ON audit_log (at, id)'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'imports' AND column_name = 'undone_at'),
  'DO 0',
  'ALTER TABLE imports ADD COLUMN undone_at datetime(3), ADD COLUMN removed int NOT NULL DEFAULT 0'
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- Rights beyond those of the role, separated by spaces.
SET @step = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'staff' AND column_name = 'grants'),
  'DO 0',
  'ALTER TABLE staff ADD COLUMN grants varchar(200) NOT NULL DEFAULT '''''
);
PREPARE step FROM @step;
EXECUTE step;
DEALLOCATE PREPARE step;

-- Browsers that staff signed in with. Times are the database's.
CREATE TABLE IF NOT EXISTS sessions (
  token_hash varchar(64) PRIMARY KEY,
  staff_id bigint NOT NULL,
  created_at datetime(3) NOT NULL,
  seen_at datetime(3) NOT NULL,
  INDEX sessions_by_staff (staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- How often something was done in a window of time that is not over; names are hashes where they would speak of people.
CREATE TABLE IF NOT EXISTS turns (
  name varchar(150) PRIMARY KEY,
  until_at datetime(3) NOT NULL,
  taken int NOT NULL,
  INDEX turns_by_end (until_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- Processes that serve.
CREATE TABLE IF NOT EXISTS instances (
  id varchar(36) PRIMARY KEY,
  host varchar(200) NOT NULL,
  version varchar(40) NOT NULL,
  started_at datetime(3) NOT NULL,
  seen_at datetime(3) NOT NULL,
  retries int NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;
