-- readers: 3
-- How often what was used on which day, for the county's figures. Of people it says nothing.
CREATE TABLE usage (
  day  TEXT NOT NULL,               -- business date
  kind TEXT NOT NULL,
  item TEXT NOT NULL,               -- its code, '' for a visit
  n    INTEGER NOT NULL,
  told INTEGER NOT NULL DEFAULT 0,  -- the platform has it
  PRIMARY KEY (day, kind, item)
) STRICT, WITHOUT ROWID;
