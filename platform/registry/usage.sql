-- How often what was used at which terminal on which day, as the terminals counted it; and cases by time, for the figures.
CREATE TABLE usage (
  number     TEXT NOT NULL,
  generation TEXT NOT NULL,
  day        TEXT NOT NULL,
  kind       TEXT NOT NULL,
  item       TEXT NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (day, number, generation, kind, item)
) STRICT, WITHOUT ROWID;

CREATE INDEX cases_opened ON cases (opened);
