package ipp_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/a4"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/ipp"
	"bianmin/drivers/sim/document"
)

// patient are limits for a real printer: short enough that a test ends, long enough for a machine with other work.
func patient() ipp.Options {
	return ipp.Options{Poll: 20 * time.Millisecond, Quiet: 300 * time.Millisecond, Stall: 3 * time.Second, Page: 100 * time.Millisecond}
}

// rigOf is the hand at a real printer, whichever way the driver reaches it.
func rigOf(t *testing.T, far *document.Printer, printer *ipp.Printer) drivertest.DocumentRig {
	t.Helper()
	setter, err := a4.New(assets.FontRegular(), assets.FontBold())
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	return drivertest.DocumentRig{
		Printer: printer, Limit: 40 * time.Second, Away: drivers.FaultUnplugged,
		Page: func(word string) []byte {
			content, err := setter.PDF(receipt.Pages{Title: word, Parts: []receipt.Part{{Kind: receipt.PartTitle, Text: word}}}, a4.Options{})
			must(err)
			return content
		},
		Tray: func() (words []string) {
			files, err := far.Printed()
			must(err)
			for _, name := range files {
				said, err := exec.CommandContext(t.Context(), "pdftotext", name, "-").Output()
				must(err)
				word, _, _ := strings.Cut(string(said), "\n")
				words = append(words, word)
			}
			return words
		},
		Paper: func(there bool) { must(far.SetPaper(t.Context(), there)) },
		Jam:   func() { must(far.Have(document.Jam)) }, Mend: func() { must(far.Have("")) }, Spoil: func() { must(far.Have(document.Aborted)) },
		Unplug: far.Unplug, Plug: func() { must(far.Plug(t.Context())) },
	}
}

// TestContract is the A4 printers' contract with CUPS's own printer.
func TestContract(t *testing.T) {
	drivertest.DocumentPrinter(t, func(t *testing.T) drivertest.DocumentRig {
		far := plugIn(t)
		return rigOf(t, far, open(t, far.Link(), patient()))
	})
}

// TestContractOfQueue is the same with a CUPS queue before it.
func TestContractOfQueue(t *testing.T) {
	drivertest.DocumentPrinter(t, func(t *testing.T) drivertest.DocumentRig {
		cups, far := spooler(t), plugIn(t)
		if err := cups.AddQueue(t.Context(), "desk", strings.Replace(far.Link(), "127.0.0.1", "localhost", 1)); err != nil {
			t.Fatal(err)
		}
		rig := rigOf(t, far, open(t, cups.Link("desk"), patient()))
		rig.Away = drivers.FaultSilent
		rig.Spoil = nil // CUPS says "completed" of a job that the printer behind it gave up: nobody who asks it can know (docs/devices/a4.md)
		return rig
	})
}
