-- What a case came to, in clear: numbers, dates and counts only.
ALTER TABLE cases ADD COLUMN official TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN days INTEGER NOT NULL DEFAULT 0;        -- promised working days
ALTER TABLE cases ADD COLUMN accepted_ms INTEGER NOT NULL DEFAULT 0; -- platform's time; deadlines count from it
ALTER TABLE cases ADD COLUMN points INTEGER NOT NULL DEFAULT 0;      -- to correct
ALTER TABLE cases ADD COLUMN before TEXT NOT NULL DEFAULT '';        -- suspended: the state it goes on in
CREATE INDEX outbox_case_queued ON outbox (case_number) WHERE state = 0;
CREATE INDEX outbox_case_refused ON outbox (case_number) WHERE state = 2;

-- A page can belong to several cases of one package.
CREATE TABLE pages (
  digest   TEXT NOT NULL,
  packet   TEXT NOT NULL,
  position INTEGER NOT NULL,
  length   INTEGER NOT NULL,
  PRIMARY KEY (digest, packet)
) STRICT, WITHOUT ROWID;
INSERT INTO pages SELECT digest, packet, position, length FROM attachments;
DROP TABLE attachments;
ALTER TABLE pages RENAME TO attachments;
CREATE INDEX attachments_packet ON attachments (packet, position);

-- The keys of the accounts that were activated on this PC.
CREATE TABLE agent_keys (
  account     TEXT PRIMARY KEY,
  public      BLOB NOT NULL,  -- SM2, compressed
  wrap        TEXT NOT NULL,  -- kind and version of the wrap: "secret-1" or "tpm-pin-1"
  salt        BLOB NOT NULL,
  time        INTEGER NOT NULL,
  memory      INTEGER NOT NULL, -- KiB
  threads     INTEGER NOT NULL,
  chip        BLOB NOT NULL,  -- what the security chip sealed; empty for "secret-1"
  wrapped     BLOB NOT NULL,  -- private half, by the secret
  by_recovery BLOB NOT NULL,  -- private half, to the point's recovery key
  book        BLOB NOT NULL,  -- book key and lookup key, sealed to public
  card_tag    BLOB NOT NULL   -- finds the account by its own card; empty when unknown
) STRICT, WITHOUT ROWID;

-- A recovery that was asked for and not answered yet.
CREATE TABLE recoveries (
  account TEXT PRIMARY KEY,
  private BLOB NOT NULL  -- fresh private half, sealed to the terminal's encryption key
) STRICT, WITHOUT ROWID;

-- Each change that a list must show moves last and marks the rows it touched.
CREATE TABLE revision (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  last    INTEGER NOT NULL,
  removed INTEGER NOT NULL  -- moves when rows went away
) STRICT;
INSERT INTO revision VALUES (1, 1, 0);

-- The desk's part of a case or record: whose it is, and its row in the list.
CREATE TABLE desk_cases (
  number   TEXT PRIMARY KEY REFERENCES cases (number),
  record   TEXT NOT NULL,    -- "case", "day", "sheet" or "visit"
  account  TEXT NOT NULL,
  by_agent BLOB NOT NULL,    -- the case's private half, to the account's public key
  line     BLOB NOT NULL,    -- sealed by the book key, or to the account's public key while handed
  handed   INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_cases_revision ON desk_cases (revision);
CREATE INDEX desk_cases_account ON desk_cases (account, record);

CREATE TRIGGER desk_case_new AFTER INSERT ON desk_cases BEGIN
  UPDATE revision SET last = last + 1;
  UPDATE desk_cases SET revision = (SELECT last FROM revision) WHERE number = NEW.number;
END;
CREATE TRIGGER desk_case_moves AFTER UPDATE OF account ON desk_cases WHEN NEW.account <> OLD.account BEGIN
  UPDATE revision SET last = last + 1, removed = removed + 1;
  UPDATE desk_cases SET revision = (SELECT last FROM revision) WHERE number = NEW.number;
END;
CREATE TRIGGER desk_case_goes AFTER DELETE ON desk_cases BEGIN
  UPDATE revision SET last = last + 1, removed = removed + 1;
END;
CREATE TRIGGER case_changes AFTER UPDATE ON cases WHEN EXISTS (SELECT 1 FROM desk_cases WHERE number = NEW.number) BEGIN
  UPDATE revision SET last = last + 1;
  UPDATE desk_cases SET revision = (SELECT last FROM revision) WHERE number = NEW.number;
END;
CREATE TRIGGER outbox_grows AFTER INSERT ON outbox WHEN EXISTS (SELECT 1 FROM desk_cases WHERE number = NEW.case_number) BEGIN
  UPDATE revision SET last = last + 1;
  UPDATE desk_cases SET revision = (SELECT last FROM revision) WHERE number = NEW.case_number;
END;
CREATE TRIGGER outbox_moves AFTER UPDATE OF state ON outbox WHEN EXISTS (SELECT 1 FROM desk_cases WHERE number = NEW.case_number) BEGIN
  UPDATE revision SET last = last + 1;
  UPDATE desk_cases SET revision = (SELECT last FROM revision) WHERE number = NEW.case_number;
END;

-- Departments of a case: each by SM3 of case number and department, with its state.
CREATE TABLE branches (
  case_number TEXT NOT NULL,
  department  BLOB NOT NULL,
  state       TEXT NOT NULL,
  PRIMARY KEY (case_number, department)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  account  TEXT NOT NULL,
  id       TEXT NOT NULL,
  saved_ms INTEGER NOT NULL,
  sealed   BLOB NOT NULL, -- by the book key: content and pages with their keys
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- Pages that drafts hold, so that they outlive the program.
CREATE TABLE draft_pages (
  digest  TEXT NOT NULL,
  account TEXT NOT NULL,
  draft   TEXT NOT NULL,
  PRIMARY KEY (digest, account, draft)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  terminal   TEXT NOT NULL,
  generation TEXT NOT NULL,
  last       INTEGER NOT NULL,
  PRIMARY KEY (terminal, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  terminal    TEXT NOT NULL,
  generation  TEXT NOT NULL,
  serial      INTEGER NOT NULL, -- of the receipt, from 1 without gaps
  account     TEXT NOT NULL,
  date        TEXT NOT NULL,    -- business date
  at_ms       INTEGER NOT NULL,
  case_number TEXT NOT NULL,
  sealed      BLOB NOT NULL,    -- by the book key
  PRIMARY KEY (terminal, generation, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_day ON ledger (account, date);

CREATE TABLE closings (
  account TEXT NOT NULL,
  date    TEXT NOT NULL,
  number  TEXT NOT NULL,
  sealed  BLOB NOT NULL, -- by the book key
  PRIMARY KEY (account, date)
) STRICT, WITHOUT ROWID;

CREATE TABLE custody (
  paper       TEXT PRIMARY KEY,
  case_number TEXT NOT NULL,
  account     TEXT NOT NULL,
  step        TEXT NOT NULL,
  since_ms    INTEGER NOT NULL,
  sealed      BLOB NOT NULL, -- by the book key, or to the account's public key while handed
  handed      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX custody_account ON custody (account, since_ms);
CREATE INDEX custody_case ON custody (case_number);

-- Appointments, each sealed to the public key of whoever may see it.
CREATE TABLE visits (
  id          TEXT NOT NULL,
  account     TEXT NOT NULL,
  case_number TEXT NOT NULL, -- '' for one without a case
  date        TEXT NOT NULL,
  state       TEXT NOT NULL, -- as the platform set it
  outcome     TEXT NOT NULL DEFAULT '',
  sealed      BLOB NOT NULL,
  PRIMARY KEY (id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX visits_day ON visits (account, date);

-- That a service was rated, or was not; never how.
CREATE TABLE ratings (
  packet  TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  date    TEXT NOT NULL,
  what    TEXT NOT NULL -- "given", "declined" or "not-offered"
) STRICT, WITHOUT ROWID;
CREATE INDEX ratings_day ON ratings (account, date);

-- What the platform wrote, by its id, so that the same is taken once.
CREATE TABLE updates (
  id    TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ledger_keeps_rows BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_keeps_words BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_closed BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM closings WHERE account = NEW.account AND date >= NEW.date)
  BEGIN SELECT raise(ABORT, 'the day is closed'); END;
CREATE TRIGGER closings_keep_rows BEFORE DELETE ON closings BEGIN SELECT raise(ABORT, 'a closed day never changes'); END;
CREATE TRIGGER closings_keep_words BEFORE UPDATE ON closings BEGIN SELECT raise(ABORT, 'a closed day never changes'); END;
