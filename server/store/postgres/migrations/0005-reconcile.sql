-- What a site said of its bookings in its last reconciliation. One row per site and plugin; the counts are those of the
-- last run, summed over its pages.
CREATE TABLE reconciles (
  site varchar(40) COLLATE "C" NOT NULL,
  source varchar(16) COLLATE "C" NOT NULL,
  plugin varchar(40) COLLATE "C" NOT NULL,
  last_at timestamptz(3) NOT NULL,
  listed integer NOT NULL,
  lacking integer NOT NULL,
  unknown integer NOT NULL,
  silence_told_at timestamptz(3),
  PRIMARY KEY (site, source)
);

-- Bookings that one side has and the other lacks, and what was done about it. `since` is when the state began.
CREATE TABLE booking_drift (
  site varchar(40) COLLATE "C" NOT NULL,
  source varchar(16) COLLATE "C" NOT NULL,
  external_id varchar(191) COLLATE "C" NOT NULL,
  kind varchar(16) COLLATE "C" NOT NULL,
  state varchar(16) COLLATE "C" NOT NULL,
  since timestamptz(3) NOT NULL,
  CONSTRAINT booking_drift_kind CHECK (kind IN ('lacking', 'unknown')),
  CONSTRAINT booking_drift_state CHECK (state IN ('noted', 'told', 'over')),
  PRIMARY KEY (site, source, external_id, kind)
);

-- Revisions that were read and made no order (a place on a waiting list): nothing is lacking there.
CREATE TABLE passed_bookings (
  site varchar(40) COLLATE "C" NOT NULL,
  source varchar(16) COLLATE "C" NOT NULL,
  external_id varchar(191) COLLATE "C" NOT NULL,
  rev bigint NOT NULL,
  PRIMARY KEY (site, source, external_id, rev)
);

-- The orders of a site's last days.
CREATE INDEX orders_by_time ON orders (site, source, created_at);
