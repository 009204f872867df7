-- Third version: the course of cases, the departments' word, what terminals hear of it.

ALTER TABLE cases ADD COLUMN kind TEXT NOT NULL DEFAULT 'submitted'; -- of the event that opened the record

-- A record's events in the platform's order: what terminals wrote and what the platform wrote.
CREATE TABLE log (
  position    INTEGER PRIMARY KEY AUTOINCREMENT,
  case_number TEXT NOT NULL REFERENCES cases,
  event       TEXT NOT NULL,               -- packet or update
  kind        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  times       INTEGER NOT NULL DEFAULT 0,  -- evaluated: which evaluation of the case
  points      INTEGER NOT NULL DEFAULT 0   -- returned: how many points must be corrected
) STRICT;
CREATE INDEX log_case ON log (case_number, position);

INSERT INTO log (case_number, event, kind, at, times)
  SELECT case_number, packet, kind, at, times FROM (
    SELECT case_number, packet, kind, at, 0 AS times, 0 AS step FROM events WHERE kind = 'submitted'
    UNION ALL
    SELECT case_number, packet, 'accepted', at, 0, 1 FROM events WHERE kind = 'submitted'
    UNION ALL
    SELECT case_number, packet, kind, at, row_number() OVER (PARTITION BY case_number ORDER BY at, writer, sequence), 2
      FROM events WHERE kind = 'evaluated'
  ) ORDER BY case_number, step, times;

-- What the platform wrote; its content is sealed to the platform's own key.
CREATE TABLE updates (
  position    INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  case_number TEXT REFERENCES cases, -- none: an appointment of no case
  terminal    TEXT,                  -- of such an appointment: a terminal number of its point
  kind        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  sealed      BLOB NOT NULL
) STRICT;
CREATE INDEX updates_case ON updates (case_number, position);

-- Which terminal is told which update, in the order it is told.
CREATE TABLE deliveries (
  position  INTEGER PRIMARY KEY AUTOINCREMENT,
  terminal  TEXT NOT NULL,
  update_id TEXT NOT NULL REFERENCES updates (id),
  UNIQUE (terminal, update_id)
) STRICT;
CREATE INDEX deliveries_terminal ON deliveries (terminal, position);

-- Levels of evaluations, apart from the cases they were given for.
CREATE TABLE evaluations (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  terminal TEXT NOT NULL, -- that opened the case
  level    INTEGER NOT NULL
) STRICT;
