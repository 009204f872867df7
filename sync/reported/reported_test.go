package reported_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/sync/reported"
)

func TestKeep(t *testing.T) {
	folder := t.TempDir()
	if told, err := reported.Load(folder); err != nil || !told.At.IsZero() {
		t.Fatalf("nothing told yet: %+v, %v", told, err)
	}
	var asked atomic.Int32
	statuses := func() []drivers.Status {
		asked.Add(1)
		return []drivers.Status{
			{Role: drivers.RolePrinter, Condition: drivers.UserError, Paper: drivers.PaperOut, Fault: drivers.FaultPaperOut, Serial: "S1", Model: strings.Repeat("长", 200)},
			{Role: drivers.RoleReader, Condition: drivers.Online},
		}
	}
	before := time.Now().Add(-time.Second)
	keeper := reported.Keep(t.Context(), folder, "kiosk test", statuses, nil)
	keeper.Close()
	told, err := reported.Load(folder)
	if err != nil || len(told.Devices) != 2 || told.At.Before(before) {
		t.Fatalf("told %+v, %v", told, err)
	}
	if !told.Live(time.Now()) || told.Live(time.Now().Add(2*time.Minute)) || (reported.Told{At: time.Now(), Process: 1 << 22}).Live(time.Now()) {
		t.Errorf("whether the program lives: %+v", told)
	}
	printer := reported.Wire(told.Devices)[0]
	if printer.Role != "printer" || printer.Paper != "out" || printer.Fault != "paper-out" || len([]rune(printer.Model)) != 100 {
		t.Errorf("the printer: %+v", printer)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
