-- readers: 3
-- Every index is a page more of each case. A case's rows in the queue are found by outbox_order; an event's id is unique because its packet's is,
-- the platform's because an answer or an update is taken once.
DROP INDEX outbox_case_queued;

-- The day's last number stands with the mark, which every case moves anyway; numbers has those of other days and generations.
ALTER TABLE mark ADD COLUMN number_terminal TEXT NOT NULL DEFAULT '';
ALTER TABLE mark ADD COLUMN number_generation TEXT NOT NULL DEFAULT '';
ALTER TABLE mark ADD COLUMN number_date TEXT NOT NULL DEFAULT '';
ALTER TABLE mark ADD COLUMN number_last INTEGER NOT NULL DEFAULT 0; -- 0 for none

CREATE TABLE log (
  case_number TEXT NOT NULL REFERENCES cases (number),
  position    INTEGER NOT NULL,
  id          TEXT NOT NULL,
  kind        TEXT NOT NULL,
  sequence    INTEGER NOT NULL, -- 0 for the platform's
  at_ms       INTEGER NOT NULL,
  digest      TEXT NOT NULL,
  detail      BLOB NOT NULL,
  PRIMARY KEY (case_number, position)
) STRICT, WITHOUT ROWID;
INSERT INTO log SELECT case_number, position, id, kind, sequence, at_ms, digest, detail FROM events;
DROP TABLE events;
ALTER TABLE log RENAME TO events;
CREATE TRIGGER events_keep_words BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'a case''s log only grows'); END;
