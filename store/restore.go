package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"bianmin/core/casefile"
)

// Adopt begins accepting under a terminal's generation, or refuses with
// casefile.Restored: the database came from a copy and must not give numbers
// again before the platform gave the terminal a new generation.
//
// Found here: a database older than the high-water file in the keys folder, a
// database that vanished, a keys folder of the same generation without its
// file. Not found here: a
// whole disk put back, keys and all; there the platform sees a case number
// twice, says so, and MarkRestored closes the terminal.
func (s *Store) Adopt(ctx context.Context, generation string) error {
	_, err := s.Standing(ctx, generation)
	return err
}

// sqlStanding is the time mark with what the store remembers of generations.
const sqlStanding = `SELECT coalesce((SELECT value FROM meta WHERE key = 'generation'), ''), coalesce((SELECT value FROM meta WHERE key = 'restored'), ''),
	coalesce((SELECT value FROM meta WHERE key = 'replaced'), ''),
	coalesce(m.time_ms, 0), coalesce(m.wall_ms, 0), coalesce(m.monotonic_ms, 0), coalesce(m.boot, ''), coalesce(m.anchored, 0), coalesce(m.offset_ms, 0),
	coalesce(m.offset_from_ms, 0), coalesce(m.commits, 0)
	FROM (SELECT 1) LEFT JOIN mark m ON m.id = 1`

// Standing adopts a terminal's generation like Adopt and gives the business time besides.
func (s *Store) Standing(ctx context.Context, generation string) (Clock, error) {
	if len(generation) != 1 {
		return Clock{}, errors.New("adopt a generation: not one letter")
	}
	if err := s.check.found(); err != nil {
		return Clock{}, err
	}
	if err := s.settled(ctx); err != nil {
		return Clock{}, err
	}
	water, said, err := s.look(ctx, generation)
	if err != nil {
		return Clock{}, classify(fmt.Errorf("adopt a generation: %w", err))
	}
	if said.told == generation {
		return Clock{}, &casefile.Error{Code: casefile.Restored, Err: errors.New("the platform saw a number of this generation twice")}
	}
	if said.replaced == generation {
		return Clock{}, errReplaced()
	}
	if !water.holds(generation, said.last, said.commits) {
		return Clock{}, &casefile.Error{Code: casefile.Restored, Err: errors.New("the database is older than its high-water file")}
	}
	if !water.known || water.generation != generation[0] || said.last != generation {
		if err := s.begin(ctx, generation, said.commits); err != nil {
			return Clock{}, err
		}
	}
	return s.judge(said.mark)
}

// generations is what the database remembers of them: the last one that was adopted, one that the platform closed, one that
// was replaced; with the time mark and the commits so far.
type generations struct {
	last, told, replaced string
	mark                 casefile.Mark
	commits              int64
}

// look reads the file and then the database, for the file is raised after each commit. Where there was no file it looks once
// more: whoever made one in between has committed under it since.
func (s *Store) look(ctx context.Context, generation string) (water level, said generations, err error) {
	for range 2 {
		water = s.water.read()
		var row markRow
		if err := s.askRow(ctx, sqlStanding).Scan(append([]any{&said.last, &said.told, &said.replaced}, row.fields()...)...); err != nil {
			return level{}, generations{}, err
		}
		said.mark, said.commits = row.mark()
		if water.known || water.holds(generation, said.last, said.commits) {
			break
		}
	}
	return water, said, nil
}

func (s *Store) begin(ctx context.Context, generation string, commits int64) error {
	if err := s.water.begin(generation[0], commits); err != nil {
		return classify(err)
	}
	err := s.transact(ctx, true, func(tx *sql.Tx, _ statements) error { return setMeta(tx, "generation", generation) })
	return wrap(err, "adopt a generation")
}

// MarkRestored closes the store for a generation: nothing is accepted until
// the terminal has another one. The sender calls it when the platform says that
// a number was given twice.
func (s *Store) MarkRestored(ctx context.Context, generation string) error {
	err := s.transact(ctx, true, func(tx *sql.Tx, q statements) error {
		if err := setMeta(tx, "restored", generation); err != nil {
			return err
		}
		clock, err := s.clockIn(tx, q)
		if err != nil {
			return err
		}
		return s.audit(tx, q, clock, Entry{Actor: "platform", Action: "restored", Subject: generation})
	})
	return wrap(err, "mark as restored")
}

func setMeta(tx *sql.Tx, key, value string) error {
	_, err := tx.Exec("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return err
}
