-- Orders that staff cancelled stay cancelled, whatever their booking plugin says later.
ALTER TABLE orders ADD COLUMN stopped boolean NOT NULL DEFAULT false;

-- The last word of the name, for who searches by surname.
CREATE INDEX orders_by_surname ON orders (split_part(name_lower, ' ', -1), id);

-- The inbox of deliveries, a verdict at a time.
CREATE INDEX deliveries_by_verdict ON deliveries (verdict, received_at, id);

-- Mails that did not arrive: few, and the only ones that are asked for by their status.
CREATE INDEX messages_troubled ON messages (status, id) WHERE status IN ('failed', 'unknown', 'bounced', 'complained');

-- What a person must see stays on the attention list until it is settled.
ALTER TABLE alerts ADD COLUMN settled_at timestamptz(3), ADD COLUMN settled_by varchar(100) COLLATE "C";
CREATE INDEX alerts_open ON alerts (kind, id) WHERE settled_at IS NULL;

CREATE INDEX audit_log_by_actor ON audit_log (actor, at, id);
CREATE INDEX audit_log_by_action ON audit_log (action, at, id);
CREATE INDEX audit_log_by_time ON audit_log (at, id);

ALTER TABLE imports ADD COLUMN undone_at timestamptz(3), ADD COLUMN removed integer NOT NULL DEFAULT 0;

-- Rights beyond those of the role, separated by spaces.
ALTER TABLE staff ADD COLUMN grants varchar(200) COLLATE "C" NOT NULL DEFAULT '';

-- Browsers that staff signed in with. Times are the database's.
CREATE TABLE sessions (
  token_hash varchar(64) COLLATE "C" PRIMARY KEY,
  staff_id bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);

-- How often something was done in a window of time that is not over; names are hashes where they would speak of people.
CREATE TABLE turns (
  name varchar(150) COLLATE "C" PRIMARY KEY,
  until_at timestamptz(3) NOT NULL,
  taken integer NOT NULL
);
CREATE INDEX turns_by_end ON turns (until_at);

-- Processes that serve.
CREATE TABLE instances (
  id varchar(36) COLLATE "C" PRIMARY KEY,
  host varchar(200) COLLATE "C" NOT NULL,
  version varchar(40) COLLATE "C" NOT NULL,
  started_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  retries integer NOT NULL
);
