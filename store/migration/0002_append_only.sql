-- Who gets at the file can still change it, but no statement of ours does so by mistake.
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit trail only grows'); END;
CREATE TRIGGER events_keep_words BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'a case''s log only grows'); END;
CREATE TRIGGER packets_keep_bytes BEFORE UPDATE ON packets BEGIN SELECT raise(ABORT, 'a packet never changes'); END;
CREATE TRIGGER answers_keep_bytes BEFORE UPDATE ON answers BEGIN SELECT raise(ABORT, 'an answer never changes'); END;
