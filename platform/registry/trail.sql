-- Who of the county looked at people's data or decided about their work. Each entry holds the hash of the one before it.
CREATE TABLE trail (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  actor   TEXT NOT NULL, -- an operator of the page, or "command" and the machine's user
  action  TEXT NOT NULL,
  subject TEXT NOT NULL, -- a case number or a packet
  detail  TEXT NOT NULL,
  hash    TEXT NOT NULL
) STRICT;
CREATE TRIGGER trail_keeps_rows BEFORE DELETE ON trail BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER trail_keeps_words BEFORE UPDATE ON trail BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;

-- Which refused application was to mend which.
CREATE INDEX refusals_previous ON refusals (previous) WHERE previous <> '';
