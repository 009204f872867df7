package stand

import (
	"context"

	"bianmin/drivers/sim/printer"
)

// A new order for paper that is nearly gone, and for paper or power that goes in the middle of a receipt.
const (
	nearlyGone = 6000 // rows of dots: some receipts
	midReceipt = 300  // rows of dots
	midBytes   = 500  // of a receipt of some 1250
)

func printerFaults() []Fault {
	paper := func(rows int) func(context.Context, *Stand, bool) error {
		return func(_ context.Context, s *Stand, on bool) error {
			if s.printer.SetPaper(true); on {
				s.printer.SetRows(rows)
			}
			return nil
		}
	}
	set := func(f func(*printer.Printer, bool)) func(context.Context, *Stand, bool) error {
		return func(_ context.Context, s *Stand, on bool) error { f(s.printer, on); return nil }
	}
	is := func(f func(printer.State) bool) func(*Stand) bool {
		return func(s *Stand) bool { return f(s.printer.State()) }
	}
	return []Fault{
		{
			Name: "paper-near-end", Of: Printer, Words: [2]string{"纸快用完", "Paper low"}, turn: paper(nearlyGone),
			on: is(func(p printer.State) bool { return p.PaperLow && p.Rows > midReceipt }),
		},
		{
			Name: "paper-mid-print", Of: Printer, Words: [2]string{"印一半没纸", "Ends midway"}, Covers: []string{"printer.SetRows"}, turn: paper(midReceipt),
			on: is(func(p printer.State) bool { return p.Rows > 0 && p.Rows <= midReceipt }),
		},
		{
			Name: "paper-out", Of: Printer, Words: [2]string{"缺纸", "Paper out"}, Key: "P", Covers: []string{"printer.SetPaper"}, turn: paper(0),
			on: is(func(p printer.State) bool { return p.PaperOut }),
		},
		{
			Name: "narrow-paper", Of: Printer, Words: [2]string{"装58毫米纸", "58 mm paper"}, Covers: []string{"printer.SetNarrow"},
			turn: set((*printer.Printer).SetNarrow), on: is(func(p printer.State) bool { return p.Narrow }),
		},
		{
			Name: "cover", Of: Printer, Words: [2]string{"盖子打开", "Cover up"}, Key: "C", Covers: []string{"printer.SetCover"},
			turn: set((*printer.Printer).SetCover), on: is(func(p printer.State) bool { return p.CoverOpen }),
		},
		{
			Name: "cutter", Of: Printer, Words: [2]string{"切刀卡住", "Cutter jams"}, Covers: []string{"printer.SetCutterJams"},
			turn: set((*printer.Printer).SetCutterJams), on: is(func(p printer.State) bool { return p.Cutter }),
		},
		{
			Name: "hot", Of: Printer, Words: [2]string{"打印头过热", "Overheated"}, Covers: []string{"printer.SetOverheated"},
			turn: set((*printer.Printer).SetOverheated), on: is(func(p printer.State) bool { return p.Hot }),
		},
		{
			Name: "broken", Of: Printer, Words: [2]string{"坏了", "Broken"}, Covers: []string{"printer.SetBroken"},
			turn: set((*printer.Printer).SetBroken), on: is(func(p printer.State) bool { return p.Broken }),
		},
		{
			Name: "button-held", Of: Printer, Words: [2]string{"按住进纸键", "Feed held"}, Covers: []string{"printer.SetHeld"},
			turn: set((*printer.Printer).SetHeld), on: is(func(p printer.State) bool { return p.Held }),
		},
		{
			Name: "stalled", Of: Printer, Words: [2]string{"不收数据", "Takes no data"}, Covers: []string{"printer.SetStalled"},
			turn: set((*printer.Printer).SetStalled), on: is(func(p printer.State) bool { return p.Stalled }),
		},
		{
			Name: "lying", Of: Printer, Words: [2]string{"谎报正常", "Says all is well"}, Covers: []string{"printer.SetLying"},
			turn: set((*printer.Printer).SetLying), on: is(func(p printer.State) bool { return p.Lying }),
		},
		{
			Name: "printer-off", Of: Printer, Words: [2]string{"关机", "Switched off"}, Covers: []string{"printer.SetSilent"},
			turn: set((*printer.Printer).SetSilent), on: is(func(p printer.State) bool { return p.Silent }),
		},
		atByte("off-mid-print", [2]string{"印一半断电", "Off midway"}, "printer.After", func(p *printer.Printer) {
			p.After(midBytes, func() { p.SetSilent(true) })
		}),
		atByte("pull-mid-print", [2]string{"印一半拔线", "Pull midway"}, "printer.PullAfter", func(p *printer.Printer) { p.PullAfter(midBytes) }),
		unplugged(Printer, "U", func(s *Stand) cable { return s.printer }, "printer.Unplug"),
	}
}

// atByte is a fault that waits for a byte of the next receipt; then it is over, and what it did stands as a fault of its own.
func atByte(name string, words [2]string, covers string, order func(*printer.Printer)) Fault {
	return Fault{
		Name: name, Of: Printer, Words: words, Covers: []string{covers},
		turn: func(_ context.Context, s *Stand, on bool) error {
			s.printer.Disarm()
			s.order(Printer, "")
			if on {
				s.order(Printer, name)
				order(s.printer)
			}
			return nil
		},
		on: func(s *Stand) bool { return s.printer.Armed() > 0 && s.isOrdered(Printer, name) },
	}
}
