-- Renewals of a terminal's certificates, each for keys of its own. The certificates of a generation before them stay.
CREATE TABLE renewals (
  keys       TEXT PRIMARY KEY, -- SM3 of the three public keys
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  position   INTEGER NOT NULL, -- 1 for a generation's first
  at         INTEGER NOT NULL,
  sign       TEXT NOT NULL UNIQUE, -- serials in hex
  encrypt    TEXT NOT NULL,
  tls        TEXT NOT NULL UNIQUE,
  answer     BLOB NOT NULL,    -- what is answered, without nonce and time
  ends       INTEGER NOT NULL,
  used       INTEGER NOT NULL DEFAULT 0, -- when the terminal first came with it
  UNIQUE (number, generation, position),
  FOREIGN KEY (number, generation) REFERENCES terminals
) STRICT;
CREATE INDEX certificates_terminal ON certificates (number, generation);
