-- readers: 3
-- A refusal's words may name somebody: the platform's signed answer is kept sealed to its case. What is needed of it with nobody signed on stands beside.
-- What was kept in clear before is sealed when the store is opened (SealRefusals); it needs no key but the case's public half.
ALTER TABLE answers ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0; -- 1: signed is sealed to the case
ALTER TABLE answers ADD COLUMN code TEXT NOT NULL DEFAULT '';     -- of a refusal: why, by a word of the contract
ALTER TABLE answers ADD COLUMN digest TEXT NOT NULL DEFAULT '';   -- SM3 of the signed answer, so that what is opened is known to be it
CREATE INDEX answers_in_clear ON answers (packet) WHERE kind = 'refusal' AND sealed = 0;
