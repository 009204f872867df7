package readiness

import (
	"errors"

	"bianmin/packaging/diary"
	"bianmin/packaging/tested"
)

const (
	historyFile = "readiness.jsonl" // in the data folder, one report a line, the newest last
	historyKept = 60
)

// ErrDamaged says that a part of the history cannot be read; the rest was given.
var ErrDamaged = errors.New("a part of the history cannot be read")

func history(data string) diary.Diary[Report] {
	return diary.Diary[Report]{Data: data, File: historyFile, Trim: diary.Newest[Report](historyKept), Damaged: ErrDamaged}
}

// Keep adds a report to the terminal's history, of which the last 60 are kept. A history that is damaged is kept aside
// as it is, and what can be read of it stays. What the look asked of the devices is kept as their internal test.
func Keep(data string, r Report) error {
	return errors.Join(history(data).Add(r), tested.Keep(data, r.asked...))
}

// History gives the reports that were kept, oldest first; beside ErrDamaged those that can be read.
func History(data string) ([]Report, error) { return history(data).All() }
