-- What the platform last heard of a terminal's audit trail, and when a trail was no longer the one heard of before.
CREATE TABLE audit_heads (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  said       INTEGER NOT NULL, -- by the terminal's clock
  entries    INTEGER NOT NULL,
  head       TEXT NOT NULL,
  PRIMARY KEY (number, generation)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_breaks (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  at         INTEGER NOT NULL, -- when the platform heard it
  known      INTEGER NOT NULL, -- entries it had heard of
  entries    INTEGER NOT NULL, -- entries it was told of now
  PRIMARY KEY (number, generation, at)
) STRICT, WITHOUT ROWID;
