-- What a site said of its bookings in its last reconciliation. One row per site and plugin; the counts are those of the
-- last run, summed over its pages.
CREATE TABLE IF NOT EXISTS reconciles (
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  plugin varchar(40) NOT NULL,
  last_at datetime(3) NOT NULL,
  listed int NOT NULL,
  lacking int NOT NULL,
  unknown int NOT NULL,
  silence_told_at datetime(3),
  PRIMARY KEY (site, source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- Bookings that one side has and the other lacks, and what was done about it. `since` is when the state began.
CREATE TABLE IF NOT EXISTS booking_drift (
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  external_id varchar(191) NOT NULL,
  kind varchar(16) NOT NULL,
  state varchar(16) NOT NULL,
  since datetime(3) NOT NULL,
  CONSTRAINT booking_drift_kind CHECK (kind IN ('lacking', 'unknown')),
  CONSTRAINT booking_drift_state CHECK (state IN ('noted', 'told', 'over')),
  PRIMARY KEY (site, source, external_id, kind)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- Revisions that were read and made no order (a place on a waiting list): nothing is lacking there.
CREATE TABLE IF NOT EXISTS passed_bookings (
  site varchar(40) NOT NULL,
  source varchar(16) NOT NULL,
  external_id varchar(191) NOT NULL,
  rev bigint NOT NULL,
  PRIMARY KEY (site, source, external_id, rev)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80017 COLLATE=utf8mb4_0900_bin */ /*M!100600 COLLATE=utf8mb4_nopad_bin */;

-- The orders of a site's last days. MySQL has no CREATE INDEX IF NOT EXISTS, and an interrupted migration runs again.
SET @make_index = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'orders' AND index_name = 'orders_by_time'),
  'DO 0',
  'CREATE INDEX orders_by_time ON orders (site, source, created_at)'
);
PREPARE make_index FROM @make_index;
EXECUTE make_index;
DEALLOCATE PREPARE make_index;
