-- readers: 3
-- The queue's other states: 3 settled (refused, and dealt with, with what stood behind it), 4 held (behind the refused first event of its record, or put aside by hand).
ALTER TABLE outbox ADD COLUMN successor TEXT NOT NULL DEFAULT ''; -- settled: the case that was filed in its place
CREATE INDEX outbox_oldest ON outbox (committed_ms) WHERE state = 0;
CREATE INDEX outbox_settled ON outbox (done_ms) WHERE state = 3;
CREATE INDEX outbox_case_held ON outbox (case_number) WHERE state = 4;

UPDATE outbox SET state = 4, why = 'earlier-event' WHERE state = 0 AND EXISTS (SELECT 1 FROM outbox e
  WHERE e.case_number = outbox.case_number AND e.generation = outbox.generation AND e.sequence = 1 AND e.state = 2);

-- How many packets stand in each state, so that nobody has to count them.
CREATE TABLE tally (
  state INTEGER PRIMARY KEY,
  n     INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO tally VALUES (0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0);
UPDATE tally SET n = (SELECT count(*) FROM outbox o WHERE o.state = tally.state),
  bytes = (SELECT coalesce(sum(total), 0) FROM outbox o WHERE o.state = tally.state);
CREATE TRIGGER tally_more AFTER INSERT ON outbox BEGIN
  UPDATE tally SET n = n + 1, bytes = bytes + NEW.total WHERE state = NEW.state;
END;
CREATE TRIGGER tally_less AFTER DELETE ON outbox BEGIN
  UPDATE tally SET n = n - 1, bytes = bytes - OLD.total WHERE state = OLD.state;
END;
CREATE TRIGGER tally_moves AFTER UPDATE OF state ON outbox WHEN NEW.state <> OLD.state BEGIN
  UPDATE tally SET n = n - 1, bytes = bytes - OLD.total WHERE state = OLD.state;
  UPDATE tally SET n = n + 1, bytes = bytes + NEW.total WHERE state = NEW.state;
END;

-- How the sender's link stands, for people: why nothing goes, when the next try is, and how far the packet on its way is.
ALTER TABLE link ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN next_ms INTEGER NOT NULL DEFAULT 0; -- wall clock
ALTER TABLE link ADD COLUMN packet TEXT NOT NULL DEFAULT '';
ALTER TABLE link ADD COLUMN held INTEGER NOT NULL DEFAULT 0;    -- bytes of the packet that the platform holds
ALTER TABLE link ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
