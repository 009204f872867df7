package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scope is for whom a setting is; the later in this order wins, and of two divisions the longer.
type Scope string

// Scopes from the most general to the most special.
const (
	ForAll      Scope = "all"
	ForRole     Scope = "role"
	ForRegion   Scope = "region"
	ForPoint    Scope = "point"
	ForTerminal Scope = "terminal"
)

var scopes = []Scope{ForAll, ForRole, ForRegion, ForPoint, ForTerminal}

// Target names whom a setting is for.
type Target struct {
	Scope Scope
	Name  string // "", a role, the first digits of a division code, PointName, a terminal's number
}

// PointName is a point's name as a target.
func PointName(region, point string) string { return region + "/" + point }

// Setting is one change of the province's settings.
type Setting struct {
	Number int64
	Target
	Key    string
	Value  string
	Unset  bool // the value is taken back
	Locked bool // a machine may not set it for itself
	At     time.Time
}

// Standing is what counts for one terminal: the newest number among all that ever concerned it, and the winning values.
type Standing struct {
	Number int64 // 0 when nothing ever did
	Made   time.Time
	Values []Setting // by key
}

// ErrNotSet says that there is nothing to take back.
var ErrNotSet = errors.New("this setting is not set for these terminals")

// Set sets a value, or takes it back, and gives the change its number.
func (r *Registry) Set(ctx context.Context, s Setting) (Setting, error) {
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		value := sql.NullString{String: s.Value, Valid: !s.Unset}
		if s.Unset {
			var there bool
			if err := tx.QueryRowContext(ctx, `SELECT coalesce((SELECT value IS NOT NULL FROM settings WHERE scope = ? AND target = ? AND key = ?
				ORDER BY number DESC LIMIT 1), 0)`, s.Scope, s.Name, s.Key).Scan(&there); err != nil {
				return err
			}
			if !there {
				return ErrNotSet
			}
		}
		s.At = fromMillis(millis(r.now()))
		result, err := tx.ExecContext(ctx, `INSERT INTO settings (scope, target, key, value, locked, at) VALUES (?,?,?,?,?,?)`,
			s.Scope, s.Name, s.Key, value, s.Locked, millis(s.At))
		if err != nil {
			return err
		}
		s.Number, err = result.LastInsertId()
		return err
	})
	if err != nil {
		return Setting{}, fmt.Errorf("keep a setting: %w", err)
	}
	return s, nil
}

// ErrNumber says that the settings' number is as high already.
var ErrNumber = errors.New("the number is not above the newest")

// Raise lifts the number of all settings, for a platform that was put back from a copy and stands behind its terminals.
func (r *Registry) Raise(ctx context.Context, number int64) error {
	err := r.inTx(ctx, func(tx *sql.Tx) error {
		var newest int64
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM settings`).Scan(&newest); err != nil {
			return err
		}
		if number <= newest {
			return fmt.Errorf("%w: %d", ErrNumber, newest)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (number, scope, target, key, at) VALUES (?,'all','','',?)`, number, millis(r.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("raise the settings' number: %w", err)
	}
	return nil
}

// Settings lists changes by number: those that count, or with history all.
func (r *Registry) Settings(ctx context.Context, history bool) ([]Setting, error) {
	all, err := r.changes(ctx, `SELECT number, scope, target, key, value, locked, at FROM settings ORDER BY number`)
	if err != nil || history {
		return all, err
	}
	return slices.DeleteFunc(newestOf(all), func(s Setting) bool { return s.Unset }), nil
}

// Standing gives what counts for a terminal.
func (r *Registry) Standing(ctx context.Context, t Terminal) (Standing, error) {
	all, err := r.changes(ctx, `SELECT number, scope, target, key, value, locked, at FROM settings WHERE `+concerns+` ORDER BY number`, concerned(t)...)
	if err != nil {
		return Standing{}, err
	}
	var s Standing
	if n := len(all); n > 0 {
		s.Number, s.Made = all[n-1].Number, all[n-1].At
	}
	winners := map[string]Setting{}
	for _, change := range newestOf(all) {
		if before, found := winners[change.Key]; !change.Unset && (!found || special(change.Target, before.Target)) {
			winners[change.Key] = change
		}
	}
	for _, change := range winners {
		s.Values = append(s.Values, change)
	}
	slices.SortFunc(s.Values, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
	return s, nil
}

// SettingsNumber gives the number of what counts for a terminal, 0 when nothing ever concerned it.
func (r *Registry) SettingsNumber(ctx context.Context, t Terminal) (number int64, err error) {
	if err := r.db.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM settings WHERE `+concerns, concerned(t)...).Scan(&number); err != nil {
		return 0, fmt.Errorf("find the settings' number: %w", err)
	}
	return number, nil
}

// concerns picks the changes that are for a terminal; concerned gives what stands in it.
const concerns = `(scope = 'all' AND target = '') OR (scope = 'role' AND target = ?) OR (scope = 'region' AND substr(?, 1, length(target)) = target)
	OR (scope = 'point' AND target = ?) OR (scope = 'terminal' AND target = ?)`

func concerned(t Terminal) []any {
	return []any{t.Role, t.Region, PointName(t.Region, t.Point), t.Number}
}

func (r *Registry) changes(ctx context.Context, query string, args ...any) ([]Setting, error) {
	rows, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list settings: %w", err)
	}
	defer rows.Close()
	var all []Setting
	for rows.Next() {
		var (
			s     Setting
			value sql.NullString
			at    int64
		)
		if err := rows.Scan(&s.Number, &s.Scope, &s.Name, &s.Key, &value, &s.Locked, &at); err != nil {
			return nil, fmt.Errorf("list settings: %w", err)
		}
		s.Value, s.Unset, s.At = value.String, !value.Valid, fromMillis(at)
		all = append(all, s)
	}
	return all, rows.Err()
}

// newestOf leaves the last change of each setting of a target.
func newestOf(all []Setting) []Setting {
	type place struct {
		Target
		key string
	}
	last := map[place]int64{}
	for _, s := range all {
		last[place{s.Target, s.Key}] = s.Number
	}
	return slices.DeleteFunc(slices.Clone(all), func(s Setting) bool { return last[place{s.Target, s.Key}] != s.Number })
}

// special tells whether a is more special than b.
func special(a, b Target) bool {
	if a.Scope != b.Scope {
		return slices.Index(scopes, a.Scope) > slices.Index(scopes, b.Scope)
	}
	return len(a.Name) > len(b.Name)
}

// numbers gives, for a whole fleet at once, the newest number that concerns each terminal, and when it was made.
func (r *Registry) numbers(ctx context.Context) (func(Terminal) (int64, time.Time), error) {
	rows, err := r.db.QueryContext(ctx, `SELECT scope, target, max(number), at FROM settings GROUP BY scope, target`)
	if err != nil {
		return nil, fmt.Errorf("list settings: %w", err)
	}
	defer rows.Close()
	type change struct {
		number, at int64
	}
	newest := map[Target]change{}
	for rows.Next() {
		var (
			t Target
			c change
		)
		if err := rows.Scan(&t.Scope, &t.Name, &c.number, &c.at); err != nil {
			return nil, fmt.Errorf("list settings: %w", err)
		}
		newest[t] = c
	}
	return func(t Terminal) (int64, time.Time) {
		targets := []Target{{ForAll, ""}, {ForRole, t.Role}, {ForPoint, PointName(t.Region, t.Point)}, {ForTerminal, t.Number}}
		for n := range len(t.Region) {
			targets = append(targets, Target{ForRegion, t.Region[:n+1]})
		}
		var found change
		for _, target := range targets {
			if c := newest[target]; c.number > found.number {
				found = c
			}
		}
		if found.number == 0 {
			return 0, time.Time{}
		}
		return found.number, fromMillis(found.at)
	}, rows.Err()
}
