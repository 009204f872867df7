package drivertest

import (
	"context"
	"testing"
	"time"

	"bianmin/drivers"
)

// DocumentRig is one A4 printer under test with its tray and its mechanism.
type DocumentRig struct {
	Printer drivers.DocumentPrinter
	// Page makes a document that says a word and no other does; Tray gives the words of all that came out, oldest first.
	Page func(word string) []byte
	Tray func() []string
	// Paper takes all paper out or puts it back. Jam jams its mechanism, Mend puts it right; Spoil loses the next job for good, and is nil
	// where nothing tells of that.
	Paper            func(there bool)
	Jam, Mend, Spoil func()
	// Unplug takes it off the wire, Plug puts it back. Away is what is told meanwhile.
	Unplug, Plug func()
	Away         drivers.Fault
	// Limit is the longest that a document takes, or a fault.
	Limit time.Duration
}

// DocumentPrinter runs every rule of the contract drivers.DocumentPrinter. open is called once for each rule and closes what it opened by t.Cleanup.
func DocumentPrinter(t *testing.T, open func(t *testing.T) DocumentRig) {
	for _, rule := range []struct {
		name  string
		check func(t *testing.T, rig DocumentRig)
	}{
		{"tells how it is", documentTells},
		{"prints each once and in order", documentPrints},
		{"prints nothing without paper", documentWithoutPaper},
		{"prints once when a jam is mended", documentJams},
		{"says of a lost job that nobody knows", documentSpoiled},
		{"obeys its context", documentObeys},
		{"tells unplugging and prints again when it is back", documentUnplugged},
		{"closes twice", documentCloses},
	} {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			rule.check(t, open(t))
		})
	}
}

// Print prints a document that says the word and looks whether the report agrees with the error.
func (rig DocumentRig) Print(ctx context.Context, t *testing.T, word string) (drivers.PrintReport, error) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, rig.Limit)
	defer cancel()
	page := rig.Page(word)
	report, err := rig.Printer.Print(limited, "便民服务", page)
	if (err == nil) != (report.Outcome == drivers.Printed) || drivers.FaultOf(err) != report.Fault || report.Outcome == drivers.Printed && report.Bytes != len(page) {
		t.Errorf("%s: %+v does not agree with %v", word, report, err)
	}
	if (report.Bytes == 0) != (report.Outcome == drivers.NotPrinted) {
		t.Errorf("%s: %s after %d bytes", word, report.Outcome, report.Bytes)
	}
	if limited.Err() != nil && ctx.Err() == nil {
		t.Errorf("%s: it has no limit of its own", word)
	}
	return report, err
}

func (rig DocumentRig) prints(t *testing.T, word string) {
	t.Helper()
	if report, err := rig.Print(t.Context(), t, word); err != nil {
		t.Errorf("%s: %+v, %v", word, report, err)
	}
}

// came waits until so many documents have come out, and gives how often each word did. Only a queue lets them come after the job is over.
func (rig DocumentRig) came(t *testing.T, want int) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), rig.Limit)
	defer cancel()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for len(rig.Tray()) < want && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-look.C:
		}
	}
	count := map[string]int{}
	for _, word := range rig.Tray() {
		count[word]++
	}
	return count
}

func documentTells(t *testing.T, rig DocumentRig) {
	s, err := rig.Printer.Status(t.Context())
	if err != nil || s.Role != drivers.RoleDocument || s.Condition != drivers.Online || s.Fault != "" || s.Model == "" || s.At.IsZero() {
		t.Errorf("%+v, %v", s, err)
	}
}

func documentPrints(t *testing.T, rig DocumentRig) {
	for _, word := range []string{"ONE", "TWO", "THREE"} {
		rig.prints(t, word)
	}
	if tray := rig.Tray(); len(tray) != 3 || tray[0] != "ONE" || tray[1] != "TWO" || tray[2] != "THREE" {
		t.Errorf("the tray holds %q", tray)
	}
}

func documentWithoutPaper(t *testing.T, rig DocumentRig) {
	rig.Paper(false)
	report, err := rig.Print(t.Context(), t, "EARLY")
	if err == nil || report.Fault != drivers.FaultPaperOut || len(rig.Tray()) != 0 {
		t.Errorf("without paper: %+v, %v, the tray holds %q", report, err, rig.Tray())
	}
	rig.Paper(true)
	rig.prints(t, "LATER")
	most := 0
	if report.Outcome == drivers.Unconfirmed {
		most = 1
	}
	if tray := rig.came(t, 1); tray["LATER"] != 1 || tray["EARLY"] > most {
		t.Errorf("with paper: %v, after %s", tray, report.Outcome)
	}
}

func documentJams(t *testing.T, rig DocumentRig) {
	rig.Jam()
	timer := time.AfterFunc(time.Second, rig.Mend)
	defer timer.Stop()
	rig.prints(t, "JAMMED")
	rig.prints(t, "NEXT")
	if tray := rig.came(t, 2); tray["JAMMED"] != 1 || tray["NEXT"] != 1 {
		t.Errorf("the tray holds %v", tray)
	}
}

func documentSpoiled(t *testing.T, rig DocumentRig) {
	if rig.Spoil == nil {
		return
	}
	rig.Spoil()
	if report, err := rig.Print(t.Context(), t, "LOST"); err == nil || report.Outcome != drivers.Unconfirmed {
		t.Errorf("%+v, %v", report, err)
	}
	rig.Mend()
	rig.prints(t, "NEXT")
	if tray := rig.came(t, 1); tray["NEXT"] != 1 || tray["LOST"] > 1 {
		t.Errorf("the tray holds %v", tray)
	}
}

func documentObeys(t *testing.T, rig DocumentRig) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if report, err := rig.Print(gone, t, "NEVER"); report.Outcome != drivers.NotPrinted || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("cancelled before: %+v, %v", report, err)
	}
	rig.Jam()
	back, cancel := context.WithCancel(t.Context())
	timer := time.AfterFunc(time.Second, cancel)
	defer timer.Stop()
	if report, err := rig.Print(back, t, "TAKEN BACK"); report.Outcome != drivers.Unconfirmed || drivers.FaultOf(err) != drivers.FaultCancelled {
		t.Errorf("taken back: %+v, %v", report, err)
	}
	if tray := rig.Tray(); len(tray) != 0 {
		t.Errorf("the tray holds %q", tray)
	}
	rig.Mend()
	rig.prints(t, "NEXT")
	if tray := rig.came(t, 1); tray["NEXT"] != 1 || tray["TAKEN BACK"] > 1 || tray["NEVER"] != 0 {
		t.Errorf("after it: %v", tray)
	}
}

func documentUnplugged(t *testing.T, rig DocumentRig) {
	rig.Unplug()
	if report, err := rig.Print(t.Context(), t, "AWAY"); report.Outcome == drivers.Printed || report.Fault != rig.Away {
		t.Errorf("unplugged: %+v, %v", report, err)
	}
	if s, err := rig.Printer.Status(t.Context()); s.Condition == drivers.Online && s.Fault == "" && err == nil && rig.Away == drivers.FaultUnplugged {
		t.Errorf("unplugged: %+v", s)
	}
	rig.Plug()
	rig.prints(t, "BACK")
	if tray := rig.came(t, 1); tray["BACK"] != 1 || tray["AWAY"] > 1 {
		t.Errorf("the tray holds %v", tray)
	}
}

func documentCloses(t *testing.T, rig DocumentRig) {
	for range 2 {
		if err := rig.Printer.Close(); err != nil {
			t.Error(err)
		}
	}
}
