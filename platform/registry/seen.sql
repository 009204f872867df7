-- When somebody of the county had looked into a changed audit trail of a terminal; 0 for not yet. What was found stands in the county's own trail.
ALTER TABLE audit_breaks ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
