-- What mail providers told of the mails that they had accepted. Each event once, however often it is told.
CREATE TABLE mail_events (
  provider varchar(16) COLLATE "C" NOT NULL,
  event_id varchar(191) COLLATE "C" NOT NULL,
  message_id varchar(36) COLLATE "C" NOT NULL,
  kind varchar(16) COLLATE "C" NOT NULL,
  is_hard boolean NOT NULL,
  at timestamptz(3) NOT NULL,
  detail text COLLATE "C" NOT NULL,
  CONSTRAINT mail_events_kind CHECK (kind IN ('delivered', 'bounced', 'complained')),
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX mail_events_by_message ON mail_events (message_id);

-- The addresses that mail must not go to.
CREATE TABLE mail_suppressions (
  address varchar(320) COLLATE "C" PRIMARY KEY,
  reason varchar(16) COLLATE "C" NOT NULL,
  provider varchar(16) COLLATE "C" NOT NULL,
  message_id varchar(36) COLLATE "C" NOT NULL,
  since timestamptz(3) NOT NULL,
  detail text COLLATE "C" NOT NULL,
  CONSTRAINT mail_suppressions_reason CHECK (reason IN ('bounced', 'complained'))
);

ALTER TABLE messages
  DROP CONSTRAINT messages_status,
  ADD CONSTRAINT messages_status CHECK (status IN ('queued', 'sending', 'accepted', 'delivered', 'retrying',
    'failed', 'unknown', 'bounced', 'complained', 'withdrawn'));

ALTER TABLE products ADD COLUMN tell_waiting boolean NOT NULL DEFAULT true;
