-- What the fleet page needs: heartbeats of the past, why a terminal was put out, who may look.

ALTER TABLE terminals ADD COLUMN barred_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE terminals ADD COLUMN reason TEXT NOT NULL DEFAULT ''; -- why it is barred

-- A generation whose certificates are ended for good.
CREATE TABLE revocations (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  at         INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (number, generation),
  FOREIGN KEY (number, generation) REFERENCES terminals
) STRICT;

-- The last heartbeat of every ten minutes, for two weeks.
CREATE TABLE heartbeats (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  slot       INTEGER NOT NULL, -- at in units of ten minutes
  at         INTEGER NOT NULL, -- when the platform heard it
  body       BLOB NOT NULL,
  PRIMARY KEY (number, generation, slot)
) STRICT, WITHOUT ROWID;

-- People of the county or province who may look at the fleet page.
CREATE TABLE operators (
  name    TEXT PRIMARY KEY,
  salt    BLOB NOT NULL,
  hash    BLOB NOT NULL, -- argon2id
  time    INTEGER NOT NULL,
  memory  INTEGER NOT NULL, -- KiB
  threads INTEGER NOT NULL,
  made    INTEGER NOT NULL,
  barred  INTEGER NOT NULL DEFAULT 0
) STRICT;
