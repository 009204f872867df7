-- Fourth version: a terminal hears what another one changed in a case of both.

ALTER TABLE updates ADD COLUMN author TEXT; -- terminal number whose event is told on; it is not told of it itself
