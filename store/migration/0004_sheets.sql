-- readers: 3
-- Hand-over sheets: a number is taken before the sheet is printed, and what became of it stays to be seen.
CREATE TABLE sheets (
  number  TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  at_ms   INTEGER NOT NULL,
  state   TEXT NOT NULL, -- "prepared", "issued" or "void"
  sealed  BLOB NOT NULL  -- by the book key: what stands on it, and its code
) STRICT, WITHOUT ROWID;
CREATE INDEX sheets_account ON sheets (account, at_ms);

CREATE TRIGGER sheets_keep_rows BEFORE DELETE ON sheets BEGIN SELECT raise(ABORT, 'a sheet''s number is never given away'); END;
CREATE TRIGGER sheets_keep_words BEFORE UPDATE ON sheets
  WHEN OLD.state <> 'prepared' OR NEW.state = 'prepared' OR NEW.number <> OLD.number OR NEW.account <> OLD.account OR NEW.sealed <> OLD.sealed
  BEGIN SELECT raise(ABORT, 'a sheet that was printed never changes'); END;
