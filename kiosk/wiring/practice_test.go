package wiring

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/kiosk/journey"
	invented "bianmin/kiosk/practice"
	"bianmin/packaging/settings"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal/sealtest"
)

// listed are the files under a folder.
func listed(t *testing.T, folder string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPractice: on a machine that no platform knows, the invented person's card comes by itself, a case is filed under
// practice's own number, and afterwards nothing is left.
func TestPractice(t *testing.T) {
	data := t.TempDir()
	k, err := Open(t.Context(), Options{Settings: settings.Settings{Data: data, Catalogue: filepath.Join(data, "none")}, Practice: true, Times: journey.Times{Guard: time.Nanosecond}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, done := k.Session(), make(chan error, 1)
	go func() { _, err := session.Run(ctx); done <- err }()
	confirmed := false
	for state := range session.States() {
		if !state.Practice {
			t.Errorf("%s has no band", state.Screen)
		}
		switch state.Screen {
		case journey.Attract:
			session.Send(journey.Begin{})
		case journey.Home:
			session.Send(journey.OpenMyCases{})
		case journey.MyCases:
			confirmed = true
			cancel()
		case journey.OutOfService:
			t.Errorf("out of service: %s", state.OutOfService.Reason)
			cancel()
		}
	}
	if err := <-done; !errors.Is(err, context.Canceled) || !confirmed {
		t.Errorf("the card never came: %v", err)
	}
	card, err := invented.Person()
	if err != nil {
		t.Fatal(err)
	}
	filed, err := k.Desk.Submit(t.Context(), casefile.Submission{
		Item: casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5}, Values: json.RawMessage(`{}`),
		Applicant: casefile.Applicant{Name: card.Name, Number: card.Number, Source: "card"},
	}, nil, card)
	if err != nil || !strings.HasPrefix(string(filed.Number), practice.Terminal) {
		t.Errorf("filed %s, %v", filed.Number, err)
	}
	devices := k.journeyDevices()
	if devices.Printer != nil {
		t.Error("practice has a printer: what it prints could be taken for a receipt")
	}
	one, err := devices.Scanner.Scan(t.Context(), drivers.ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	two, err := devices.Scanner.Scan(t.Context(), drivers.ScanOptions{})
	if err != nil || string(one.Image) == string(two.Image) {
		t.Errorf("two sheets are one: %v", err)
	}
	for _, file := range listed(t, data) {
		if !strings.HasPrefix(file, practice.Folder(data)) {
			t.Errorf("practice wrote %s", file)
		}
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
	if left := listed(t, data); len(left) > 0 {
		t.Errorf("practice left %v", left)
	}
}

// TestNoPracticeInService: a terminal that serves people refuses it, and touches nothing.
func TestNoPracticeInService(t *testing.T) {
	data := t.TempDir()
	sealtest.New(t).Enrol(t, filepath.Join(data, "keys"), "QH0301", "A")
	desk := filepath.Join(practice.Folder(data), "of-a-desk")
	if err := os.MkdirAll(desk, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Settings: settings.Settings{Data: data}, Practice: true}); !errors.Is(err, ErrInService) {
		t.Errorf("practice on an enrolled terminal: %v", err)
	}
	if _, err := os.Stat(desk); err != nil {
		t.Errorf("it cleared another's practice: %v", err)
	}
}
