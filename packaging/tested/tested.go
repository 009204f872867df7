// Package tested keeps how the self tests of a terminal's devices ended, in its data folder, and lays out the papers that
// such tests print. Nothing about people goes in; a file that is damaged stops nothing else.
package tested

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/diary"
	"bianmin/packaging/lockfile"
)

const (
	file     = "selftest.jsonl" // in the data folder, one result a line, the newest last
	lock     = "selftest.lock"
	kept     = 20              // of each device and level
	patience = 5 * time.Second // for another program that is just writing
)

// Every is how often the internal tests run by themselves.
const Every = 24 * time.Hour

// ErrDamaged says that a part of the results cannot be read; the rest was given.
var ErrDamaged = errors.New("a part of the self tests' results cannot be read")

func results(data string) diary.Diary[selftest.Result] {
	return diary.Diary[selftest.Result]{Data: data, File: file, Trim: newest, Damaged: ErrDamaged}
}

// kind is what results are kept apart by.
type kind struct {
	role  drivers.Role
	level selftest.Level
}

// newest lets the last of each device and level stay: a year of nights must not push out the one test a person did.
func newest(all []selftest.Result) []bool {
	stay, seen := make([]bool, len(all)), map[kind]int{}
	for i := len(all) - 1; i >= 0; i-- {
		k := kind{all[i].Role, all[i].Level}
		stay[i] = seen[k] < kept
		seen[k]++
	}
	return stay
}

// Keep adds results. Several programs may do so at once.
func Keep(data string, all ...selftest.Result) (err error) {
	if len(all) == 0 {
		return nil
	}
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		return nil // no terminal yet
	}
	for i := range all {
		all[i].At = all[i].At.UTC().Truncate(time.Second)
	}
	release, err := lockfile.Within(patience, filepath.Join(data, lock), lockfile.Alone)
	if err != nil {
		return fmt.Errorf("keep the self tests' results: %w", err)
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := results(data).Add(all...); err != nil {
		return fmt.Errorf("keep the self tests' results: %w", err)
	}
	return nil
}

// All gives the results that are kept, oldest first; beside ErrDamaged those that can be read.
func All(data string) ([]selftest.Result, error) { return results(data).All() }

// Due tells whether the internal tests are to run again: some device has none that is younger than a day.
func Due(all []selftest.Result, roles []drivers.Role, now time.Time) bool {
	return slices.ContainsFunc(roles, func(role drivers.Role) bool {
		return !slices.ContainsFunc(all, func(r selftest.Result) bool {
			age := now.Sub(r.At)
			return r.Role == role && r.Level == selftest.Internal && age >= 0 && age < Every
		})
	})
}

// Why says in words why a test did not pass; "" when it did.
func Why(words *text.Catalog, lang text.Lang, r selftest.Result) string {
	for _, key := range r.WordKeys() {
		if words.Has(lang, key) {
			return words.T(lang, key, nil)
		}
	}
	return ""
}
