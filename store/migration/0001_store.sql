-- One row per fact about the store itself.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The time mark: one row.
CREATE TABLE mark (
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  time_ms     INTEGER NOT NULL, -- business time never goes before it
  wall_ms     INTEGER NOT NULL, -- clocks when it was noted
  monotonic_ms INTEGER NOT NULL,
  boot        TEXT NOT NULL,
  anchored    INTEGER NOT NULL,
  offset_ms   INTEGER NOT NULL, -- platform minus wall, when last known
  offset_from_ms INTEGER NOT NULL, -- platform's time then; 0 when never
  commits     INTEGER NOT NULL  -- case events ever committed here, for finding restored copies
) STRICT;

CREATE TABLE numbers (
  terminal   TEXT NOT NULL,
  generation TEXT NOT NULL,
  date       TEXT NOT NULL,
  last       INTEGER NOT NULL,
  PRIMARY KEY (terminal, generation, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
  number      TEXT PRIMARY KEY,
  tag         BLOB NOT NULL,    -- finds a person's cases; derived from card and terminal secret
  generation  TEXT NOT NULL,    -- of the last event from here
  public      BLOB NOT NULL,    -- the case's SM2 key, compressed
  by_card     BLOB NOT NULL,    -- private half, wrapped by the card
  by_recovery BLOB NOT NULL,    -- private half, wrapped to the point's recovery key
  summary     BLOB NOT NULL,    -- sealed to the case's key
  state       TEXT NOT NULL,
  filed_ms    INTEGER NOT NULL,
  sequence    INTEGER NOT NULL, -- of that event
  evaluations INTEGER NOT NULL DEFAULT 0,
  last_platform_event TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX cases_tag ON cases (tag, filed_ms);

-- The case's log: order and kind in clear, everything else sealed to the case's key.
CREATE TABLE events (
  case_number TEXT NOT NULL REFERENCES cases (number),
  position    INTEGER NOT NULL,
  id          TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  sequence    INTEGER NOT NULL, -- 0 for the platform's
  at_ms       INTEGER NOT NULL,
  digest      TEXT NOT NULL,
  detail      BLOB NOT NULL,
  PRIMARY KEY (case_number, position)
) STRICT, WITHOUT ROWID;

-- Immutable payload of the outbox.
CREATE TABLE packets (
  id     TEXT PRIMARY KEY,
  digest TEXT NOT NULL,
  head   BLOB NOT NULL
) STRICT;

CREATE TABLE attachments (
  digest TEXT PRIMARY KEY,
  packet TEXT NOT NULL,
  position INTEGER NOT NULL,
  length INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_packet ON attachments (packet, position);

-- Narrow queue beside it: state 0 queued, 1 accepted, 2 refused.
CREATE TABLE outbox (
  id          INTEGER PRIMARY KEY,
  packet      TEXT NOT NULL UNIQUE,
  case_number TEXT NOT NULL,
  generation  TEXT NOT NULL,
  sequence    INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  state       INTEGER NOT NULL DEFAULT 0,
  priority    INTEGER NOT NULL,
  registered  INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0,
  next_ms     INTEGER NOT NULL DEFAULT 0,
  why         TEXT NOT NULL DEFAULT '',
  head_length INTEGER NOT NULL,
  total       INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL,
  done_ms     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_queued ON outbox (registered, priority, id) WHERE state = 0;
CREATE INDEX outbox_refused ON outbox (id) WHERE state = 2;
CREATE INDEX outbox_accepted ON outbox (done_ms) WHERE state = 1;
CREATE UNIQUE INDEX outbox_order ON outbox (case_number, generation, sequence);

-- The platform's signed answers, exactly as they came.
CREATE TABLE answers (
  packet TEXT NOT NULL,
  kind   TEXT NOT NULL,
  signed BLOB NOT NULL,
  at_ms  INTEGER NOT NULL,
  PRIMARY KEY (packet, kind)
) STRICT;

CREATE TABLE prints (
  id       INTEGER PRIMARY KEY,
  kind     TEXT NOT NULL,
  case_number TEXT NOT NULL,
  item     TEXT NOT NULL,
  reprint  INTEGER NOT NULL,
  state    TEXT NOT NULL,
  evidence TEXT NOT NULL DEFAULT '',
  confirmed_by TEXT NOT NULL DEFAULT '',
  begun_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Hash-chained: hash = SM3 (previous hash, then every field with its length).
CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  actor   TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL,
  hash    BLOB NOT NULL
) STRICT;

CREATE TABLE staff (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  salt    BLOB NOT NULL,
  hash    BLOB NOT NULL,
  time    INTEGER NOT NULL,
  memory  INTEGER NOT NULL, -- KiB
  threads INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Failed sign-ins; times are monotonic within a boot, never the wall clock.
CREATE TABLE tries (
  account   TEXT PRIMARY KEY,
  failures  INTEGER NOT NULL,
  lock_ms   INTEGER NOT NULL,
  since_ms  INTEGER NOT NULL,
  boot      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How the link to the platform stands, as the sender last saw it: one row.
CREATE TABLE link (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  online  INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL, -- monotonic
  boot    TEXT NOT NULL,
  contact_ms INTEGER NOT NULL -- wall clock of the last signed answer; 0 when never
) STRICT;

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
