package ipp_test

import (
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/ipp"
	"bianmin/drivers/sim/document"
)

// TestRealQueueTroubled: what CUPS tells of the printer behind its queue reaches the person in the same words, and the page comes out once after mending.
func TestRealQueueTroubled(t *testing.T) {
	cups := spooler(t)
	for trouble, fault := range map[document.Trouble]drivers.Fault{
		document.Jam: drivers.FaultJam, document.CoverOpen: drivers.FaultCoverOpen, document.TonerEmpty: drivers.FaultTonerEmpty,
	} {
		t.Run(string(trouble), func(t *testing.T) {
			far := plugIn(t)
			name := strings.ReplaceAll(string(trouble), "-", "")
			if err := cups.AddQueue(t.Context(), name, strings.Replace(far.Link(), "127.0.0.1", "localhost", 1)); err != nil {
				t.Fatal(err)
			}
			if err := far.Have(trouble); err != nil {
				t.Fatal(err)
			}
			told := listener{heard: map[drivers.Fault]int{}}
			told.await(t, fault, func() {
				if files, err := far.Printed(); err != nil || len(files) != 0 {
					t.Errorf("in trouble %d sheets came out, %v", len(files), err)
				}
				if err := far.Have(""); err != nil {
					t.Error(err)
				}
			})
			report, err := open(t, cups.Link(name), ipp.Options{Poll: 20 * time.Millisecond, Quiet: 300 * time.Millisecond, Told: told.hear}).Print(t.Context(), "x", page(t))
			files, unread := far.Printed()
			if err != nil || report.Outcome != drivers.Printed || len(files) != 1 || unread != nil || told.heard[fault] == 0 {
				t.Errorf("%+v, %v, %d sheets, %v, told %v", report, err, len(files), unread, told.heard)
			}
		})
	}
}
