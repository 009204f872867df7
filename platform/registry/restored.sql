-- That the platform was put back from a copy, and what its own acknowledgements, which the terminals keep, say of packets it no longer knows.
CREATE TABLE restores (
  number INTEGER PRIMARY KEY, -- seconds since 1970 when it was said: only rises, whatever copy is put back
  since  INTEGER NOT NULL     -- when the copy was made
) STRICT;
CREATE TABLE promised (
  packet   TEXT PRIMARY KEY,
  official TEXT NOT NULL,     -- the record's number, as it was told
  at       INTEGER NOT NULL   -- when it was accepted
) STRICT, WITHOUT ROWID;
