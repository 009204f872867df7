-- What the province set for its terminals: one row per change, none is ever changed. The newest
-- row of a scope, target and setting counts; the more special scope wins.
CREATE TABLE settings (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- only rises
  scope  TEXT NOT NULL CHECK (scope IN ('all', 'role', 'region', 'point', 'terminal')),
  target TEXT NOT NULL, -- '', a role, the first digits of a division, division/point, a terminal's number
  key    TEXT NOT NULL, -- '' only lifts the number
  value  TEXT,          -- NULL: taken back
  locked INTEGER NOT NULL DEFAULT 0,
  at     INTEGER NOT NULL
) STRICT;
CREATE INDEX settings_target ON settings (scope, target, key, number);
