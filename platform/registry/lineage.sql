-- Refused applications: each is work for the county until another one stands in its place, it is withdrawn, or somebody closes it.
CREATE TABLE refusals (
  packet      TEXT PRIMARY KEY,
  case_number TEXT NOT NULL,            -- '' where not even that is known
  terminal    TEXT NOT NULL,            -- number
  item        TEXT NOT NULL,
  who         TEXT NOT NULL,            -- digest of the applicant, '' when the manifest did not open
  previous    TEXT NOT NULL,            -- the refused case that it was to mend
  code        TEXT NOT NULL,
  reason      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  ended       INTEGER NOT NULL DEFAULT 0, -- when, 0 while it waits
  how         TEXT NOT NULL DEFAULT '',   -- replaced, withdrawn, closed
  note        TEXT NOT NULL DEFAULT ''    -- closed: what was done, and by whom
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_case ON refusals (case_number);
CREATE INDEX refusals_open ON refusals (at) WHERE ended = 0;
INSERT INTO refusals (packet, case_number, terminal, item, who, previous, code, reason, at)
  SELECT id, coalesce(case_number, ''), number, '', '', '', coalesce(code, ''), coalesce(json_extract(CAST(answer AS TEXT), '$.reason'), ''), coalesce(decided, begun)
  FROM packets WHERE state = 'refused' AND coalesce(kind, 'submitted') = 'submitted';

-- Of every accepted application who applied, and which refused case it mends.
CREATE TABLE lineage (
  case_number TEXT PRIMARY KEY,
  previous    TEXT NOT NULL,
  who         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Cases that another one of the same applicant stands for, or would if they were his: they may come later.
CREATE TABLE replaced (
  case_number TEXT NOT NULL,
  who         TEXT NOT NULL,
  successor   TEXT NOT NULL,
  at          INTEGER NOT NULL,
  PRIMARY KEY (case_number, who)
) STRICT, WITHOUT ROWID;
