-- The platform's database. Times are milliseconds since 1970, UTC.

-- One row per generation of a terminal; a number's newest generation is the one that may connect.
CREATE TABLE terminals (
  number      TEXT NOT NULL,
  generation  TEXT NOT NULL,
  point       TEXT NOT NULL,
  region      TEXT NOT NULL,
  role        TEXT NOT NULL,
  environment TEXT NOT NULL,
  enrolled    INTEGER NOT NULL,
  barred      INTEGER NOT NULL DEFAULT 0,
  seen        INTEGER NOT NULL DEFAULT 0, -- last heartbeat
  heartbeat   BLOB,                       -- its body
  PRIMARY KEY (number, generation)
) STRICT;

CREATE TABLE certificates (
  serial     TEXT PRIMARY KEY, -- hex
  use        TEXT NOT NULL,    -- sign, encrypt, tls
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  der        BLOB NOT NULL,
  FOREIGN KEY (number, generation) REFERENCES terminals
) STRICT;

-- Enrolment codes; only SM3 of the code is kept.
CREATE TABLE codes (
  hash        TEXT PRIMARY KEY,
  number      TEXT NOT NULL,
  point       TEXT NOT NULL,
  region      TEXT NOT NULL,
  role        TEXT NOT NULL,
  url         TEXT NOT NULL,
  environment TEXT NOT NULL,
  made        INTEGER NOT NULL,
  expires     INTEGER NOT NULL,
  used        INTEGER,   -- when
  keys        TEXT,      -- SM3 of the three public keys it was used with
  answer      BLOB       -- what was answered, for the same keys again
) STRICT;

CREATE TABLE staff (
  id      TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  salt    BLOB NOT NULL,
  hash    BLOB NOT NULL,
  time    INTEGER NOT NULL,
  memory  INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  made    INTEGER NOT NULL
) STRICT;

CREATE TABLE packets (
  id            TEXT PRIMARY KEY,
  digest        TEXT NOT NULL,
  number        TEXT NOT NULL, -- terminal that sends it
  generation    TEXT NOT NULL,
  length        INTEGER NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('arriving', 'registered', 'accepted', 'refused')),
  begun         INTEGER NOT NULL,
  mismatches    INTEGER NOT NULL DEFAULT 0, -- times its bytes were not what they should be
  case_number   TEXT,
  event_digest  TEXT,
  writer        TEXT,         -- terminal and generation that wrote the event
  sequence      INTEGER,
  kind          TEXT,
  code          TEXT,   -- of a refusal
  decided       INTEGER,
  answer        BLOB,   -- the newest signed answer, exact bytes
  signature     TEXT
) STRICT;
CREATE INDEX packets_case ON packets (case_number, writer, sequence);

CREATE TABLE cases (
  number   TEXT PRIMARY KEY, -- exactly as on the receipt
  writer   TEXT NOT NULL, -- terminal and generation that opened it
  official TEXT NOT NULL UNIQUE,
  item     TEXT NOT NULL,
  state    TEXT NOT NULL,
  opened   INTEGER NOT NULL
) STRICT;

-- The accepted events of a case in their order.
CREATE TABLE events (
  case_number TEXT NOT NULL REFERENCES cases,
  writer      TEXT NOT NULL, -- terminal and generation, e.g. QH0301A
  sequence    INTEGER NOT NULL,
  packet      TEXT NOT NULL UNIQUE REFERENCES packets,
  kind        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (case_number, writer, sequence)
) STRICT;

-- What rules of items allow only once; the key is a digest, so that nothing personal is readable here.
CREATE TABLE claims (
  rule        TEXT NOT NULL,
  key         TEXT NOT NULL,
  case_number TEXT NOT NULL,
  PRIMARY KEY (rule, key)
) STRICT;

CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
