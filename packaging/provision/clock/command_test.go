package clock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/packaging/provision/clock"
	"bianmin/store"
	"bianmin/sync/seal/sealtest"
)

// machine is an enrolled machine without network, whose last record is of some time ago.
func machine(t *testing.T, ago time.Duration) (run func(words ...string) (string, error), ready func() error) {
	t.Helper()
	data := t.TempDir()
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	sealtest.New(t).Enrol(t, filepath.Join(data, "keys"), "QH0301", "A")
	if err := os.WriteFile(config, fmt.Appendf(nil, "data: %s\nupdate: {state: %s}\n", data, filepath.Join(data, "update")), 0o600); err != nil {
		t.Fatal(err)
	}
	// What it did last was in another boot.
	open := func(clock func() (casefile.Reading, error)) *store.Store {
		s, err := store.Open(t.Context(), store.Options{Folder: data, Clock: clock, Check: store.CheckNone})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	last := time.Now().Add(-ago)
	s := open(func() (casefile.Reading, error) {
		return casefile.Reading{Wall: last, Monotonic: time.Hour, BootID: "an earlier start"}, nil
	})
	if err := s.SetPlatformTime(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	run = func(words ...string) (string, error) {
		c := clock.Command()
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetErr(&out)
		c.SilenceErrors = true
		c.SetArgs(append(words, "--config", config))
		err := c.ExecuteContext(t.Context())
		return out.String(), err
	}
	ready = func() error {
		s := open(store.SystemClock)
		defer func() { _ = s.Close() }()
		c, err := s.Clock(t.Context())
		if err == nil && c.Judgement.Doubt {
			err = fmt.Errorf("in doubt: %s", c.Judgement.Why)
		}
		return err
	}
	return run, ready
}

func watch(at time.Time) string { return at.In(casefile.Zone).Format("2006-01-02 15:04") }

// TestConfirmedByWatch: a machine that was off for a month, at a point that no network reaches, is brought back to service by a technician with a
// watch, and not by one whose watch shows something else.
func TestConfirmedByWatch(t *testing.T) {
	run, ready := machine(t, 30*24*time.Hour)
	if ready() == nil {
		t.Fatal("after a month the time is not in doubt")
	}
	if out, err := run("show"); err != nil || !strings.Contains(out, "more than two weeks") || !strings.Contains(out, "两个星期") || !strings.Contains(out, "last told") {
		t.Errorf("show: %q, %v", out, err)
	}
	for _, wrong := range []string{"", "18:00", watch(time.Now().Add(-24 * time.Hour)), watch(time.Now().Add(20 * time.Minute))} {
		if out, err := run("confirm", "--at", wrong); err == nil || !strings.Contains(err.Error(), "Not confirmed") || ready() == nil {
			t.Errorf("confirmed by a watch that shows %q: %q, %v", wrong, out, err)
		}
	}
	if out, err := run("confirm", "--at", watch(time.Now())); err != nil || !strings.Contains(out, "Confirmed") {
		t.Errorf("confirm: %q, %v", out, err)
	}
	if err := ready(); err != nil {
		t.Errorf("after the confirmation: %v", err)
	}
	out, err := run("show", "--json")
	var said clock.Report
	if err != nil || json.Unmarshal([]byte(out), &said) != nil || said.Doubt != "" || time.Since(said.Time).Abs() > time.Minute || said.Told == nil {
		t.Errorf("show: %q, %v", out, err)
	}
}

// TestClockOfTheFutureIsNotConfirmed: a clock that stands before what was done here last is to be set, and no word of a technician makes an old time the present.
func TestClockOfTheFutureIsNotConfirmed(t *testing.T) {
	run, ready := machine(t, -10*24*time.Hour)
	if out, err := run("show"); err != nil || !strings.Contains(out, "battery is empty") {
		t.Errorf("show: %q, %v", out, err)
	}
	if _, err := run("confirm", "--at", watch(time.Now())); err == nil || !strings.Contains(err.Error(), "set-time") || ready() == nil {
		t.Errorf("the clock of before was confirmed: %v", err)
	}
}

// TestBelievedNeedsNoWord: where the time is believed nothing is changed.
func TestBelievedNeedsNoWord(t *testing.T) {
	run, ready := machine(t, time.Hour)
	if out, err := run("confirm", "--at", watch(time.Now().Add(-time.Hour))); err != nil || !strings.Contains(out, "it is believed") {
		t.Errorf("confirm: %q, %v", out, err)
	}
	if err := ready(); err != nil {
		t.Error(err)
	}
}
