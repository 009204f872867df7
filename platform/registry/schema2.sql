-- Second version: the people at the desks.

-- Only the verifier of the activation code is kept.
CREATE TABLE agents (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  role        TEXT NOT NULL CHECK (role IN ('agent', 'lead', 'trainee')),
  terminal    TEXT NOT NULL,   -- a terminal number of the point the account belongs to
  villages    TEXT NOT NULL,   -- division codes, JSON
  absence     INTEGER NOT NULL, -- hours
  can_confirm INTEGER NOT NULL,
  salt        BLOB NOT NULL,
  hash        BLOB NOT NULL,
  time        INTEGER NOT NULL,
  memory      INTEGER NOT NULL,
  threads     INTEGER NOT NULL,
  made        INTEGER NOT NULL,
  barred      INTEGER          -- when
) STRICT;
