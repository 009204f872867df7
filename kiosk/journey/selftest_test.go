package journey

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// fakeTests keeps results in memory.
type fakeTests struct {
	devices Devices
	mutex   sync.Mutex
	kept    []selftest.Result
	err     error
}

func (f *fakeTests) Devices() selftest.Devices {
	d := f.devices
	return selftest.Devices{Reader: d.Reader, Printer: d.Printer, Scanner: d.Scanner, Button: d.Button, Statuses: func() []drivers.Status {
		return []drivers.Status{{Role: drivers.RoleButton, Condition: drivers.Online}}
	}}
}

func (f *fakeTests) Papers() (receipt.Document, []byte, error) {
	return receipt.Document{Title: "test"}, []byte("%PDF"), nil
}

func (f *fakeTests) All() ([]selftest.Result, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return slices.Clone(f.kept), f.err
}

func (f *fakeTests) Keep(all ...selftest.Result) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.kept = append(f.kept, all...)
	return f.err
}

func (f *fakeTests) Report(context.Context) (receipt.Document, []byte, error) {
	return receipt.Document{Title: "readiness"}, nil, nil
}

// ended are the kept results in short.
func (f *fakeTests) ended() (all []string) {
	kept, _ := f.All()
	for _, r := range kept {
		all = append(all, string(r.Role)+" "+string(r.Level)+" "+string(r.Outcome)+" "+string(r.Code))
	}
	return all
}

func testStage(t *testing.T) (*stage, *fakeTests) {
	t.Helper()
	s := newStage(t, loadCatalogue(t))
	s.toTests()
	s.on(StaffTests)
	return s, s.tests
}

// TestStaffTests: the three levels from the staff screen, with whom they were asked by, and back.
func TestStaffTests(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, kept := testStage(t)
		if v := s.state.StaffTests; len(v.Devices) != 4 || !v.CanPrint || v.Running != "" || v.Devices[0].Role != drivers.RoleReader {
			t.Fatalf("%+v", v)
		}
		s.tap(StaffTest{Level: selftest.Internal})
		s.wait(time.Second)
		if got, want := kept.ended(), []string{"reader internal passed ", "printer internal passed ", "scanner internal passed ", "button internal passed "}; !slices.Equal(got, want) {
			t.Fatalf("%q", got)
		}
		if v := s.state.StaffTests; v.Running != "" || len(v.Devices[0].Last) != 1 {
			t.Errorf("%+v", v)
		}
		s.tap(StaffTest{Level: selftest.External})
		s.wait(time.Second)
		if got := kept.ended()[4:]; len(got) != 3 || len(s.printer.documents()) != 1 {
			t.Errorf("%q, %d papers", got, len(s.printer.documents()))
		}
		for _, r := range kept.kept {
			if r.Asked != (selftest.Asker{Program: "kiosk", Account: "t1"}) {
				t.Errorf("asked by %+v", r.Asked)
			}
		}
		s.tap(StaffReport{})
		if v := s.wait(time.Second).StaffTests; v.Said.Key != keyReportPrinted || s.printer.documents()[1].Title != "readiness" {
			t.Errorf("report: %+v", v)
		}
		s.tap(Back{})
		s.on(Staff)
	})
}

// TestStaffTestsInteractive: what is to be done is said, skipped is no test, and the answer counts.
func TestStaffTestsInteractive(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, kept := testStage(t)
		s.reader.remove()
		v := s.tap(StaffTest{Level: selftest.Interactive})
		if v.StaffTests.Running != drivers.RoleReader || v.StaffTests.Prompt != selftest.LayCard {
			t.Fatalf("%+v", v.StaffTests)
		}
		s.tap(StaffTestAnswer{Right: true}, StaffTestSkip{})
		if v := s.wait(time.Second).StaffTests; v.Running != drivers.RolePrinter || v.Question != selftest.StripRight || v.Prompt != "" {
			t.Fatalf("%+v", v)
		}
		s.tap(StaffTest{Level: selftest.Internal}) // one thing at a time
		s.tap(StaffTestAnswer{}, StaffTestAnswer{Right: true})
		s.wait(time.Second)
		if v := s.wait(time.Second).StaffTests; v.Running != drivers.RoleButton || v.Prompt != selftest.Press {
			t.Fatalf("%+v", v)
		}
		s.button.presses <- struct{}{}
		s.wait(time.Second)
		want := []string{"printer interactive failed not-right", "scanner interactive passed ", "button interactive passed "}
		if got := kept.ended(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}

// TestStaffTestsLeave: whoever leaves ends what runs, and results that cannot be kept are said and stop nothing.
func TestStaffTestsLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s, kept := testStage(t)
		kept.err = errors.New("disk")
		s.tap(StaffTest{Level: selftest.Internal})
		if v := s.wait(time.Second).StaffTests; v.Said.Key != keyTestsNotKept || !v.Bad || len(kept.ended()) != 4 {
			t.Errorf("%+v", v)
		}
		s.reader.remove()
		s.tap(StaffTest{Level: selftest.Interactive}, Leave{})
		if s.over() != Replace || len(kept.ended()) != 4 {
			t.Errorf("%q", kept.ended())
		}
	})
}
