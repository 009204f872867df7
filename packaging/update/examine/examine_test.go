package examine_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/reader"
	"bianmin/packaging/update/examine"
	"bianmin/packaging/update/trial"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestExamination: a version passes when its window, the store and the card reader are there, and says what it lacks when not.
func TestExamination(t *testing.T) {
	for name, c := range map[string]struct {
		silent, excused, none, blank bool
		database                     string
		lacks                        string // "" when it passes
	}{
		"healthy":                   {},
		"no reader":                 {none: true},
		"reader silent":             {silent: true, lacks: "card reader"},
		"reader silent as before":   {silent: true, excused: true},
		"no frame":                  {blank: true, lacks: "frame"},
		"damaged store":             {none: true, database: strings.Repeat("no database at all. ", 500), lacks: "store"},
		"nothing but a blank frame": {blank: true, silent: true, lacks: "frame"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, data := t.TempDir(), t.TempDir()
			must(t, trial.Prepare(folder, data))
			if c.database != "" {
				must(t, os.WriteFile(filepath.Join(data, "bianmin.db"), []byte(c.database), 0o600))
			}
			tried := &trial.Trial{ID: trial.NewID(), From: "1", To: "2", Stage: trial.Running, ReaderSilent: c.excused}
			must(t, tried.Write(folder))
			var device *point.Reader
			if !c.none {
				link := filepath.Join(t.TempDir(), "reader")
				simulated, err := reader.Start(t.Context(), link, reader.Options{})
				must(t, err)
				defer func() { _ = simulated.Close() }()
				simulated.Silence(c.silent)
				device = &point.Reader{Link: "serial:" + link, Baud: 115200}
			}
			var looks atomic.Int64
			err := examine.Run(t.Context(), tried, examine.Options{
				Folder: folder, Data: data, Reader: device, Limit: 3 * time.Second, Poll: 50 * time.Millisecond,
				Shown: func() bool { return looks.Add(1) > 2 && !c.blank },
			})
			if (err == nil) != (c.lacks == "") || tried.Passed(folder) != (c.lacks == "") || trial.Look(folder).On != (c.lacks != "") {
				t.Fatalf("passed %t, %v", tried.Passed(folder), err)
			}
			if c.lacks != "" && (!strings.Contains(err.Error(), c.lacks) || !strings.Contains(tried.Complaint(folder), c.lacks)) {
				t.Errorf("it lacks %q: %v; noted %q", c.lacks, err, tried.Complaint(folder))
			}
		})
	}
}

func TestSilent(t *testing.T) {
	for want, statuses := range map[bool][]drivers.Status{
		false: {{Role: drivers.RolePrinter, Fault: drivers.FaultSilent}, {Role: drivers.RoleReader}},
		true:  {{Role: drivers.RoleReader, Fault: drivers.FaultUnplugged}},
	} {
		if examine.Silent(statuses) != want {
			t.Errorf("%+v", statuses)
		}
	}
}
