-- Fifth version: who takes over from whom, and who has gone.

-- A generation that may send what an earlier one wrote.
CREATE TABLE successions (
  number      TEXT NOT NULL,
  generation  TEXT NOT NULL, -- the successor
  predecessor TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (number, generation, predecessor)
) STRICT;
INSERT INTO successions SELECT n.number, n.generation, o.generation, n.enrolled FROM terminals n JOIN terminals o
  ON o.number = n.number AND o.generation < n.generation AND o.point = n.point AND o.region = n.region;

-- Statements of erasure, as the terminals signed them.
CREATE TABLE retirements (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  at         INTEGER NOT NULL,
  statement  BLOB NOT NULL,
  signature  BLOB NOT NULL,
  PRIMARY KEY (number, generation)
) STRICT;
