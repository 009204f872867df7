package desk

import (
	"context"

	"bianmin/core/catalogue"
	"bianmin/core/text"
	"bianmin/drivers"
)

// batch is one run of the feeder.
type batch struct {
	draft *accept
	keys  []string // of the materials, one for each sheet; the last takes the rest
	both  bool     // both sides were asked for
	count int      // pages that came
	bare  int      // sheets that came without a back though it was asked for
	empty []string // ids of backs on which nothing is seen
}

// scanBatch scans what lies in the feeder, sheet after sheet, into the materials in
// their order: each takes as many sheets as it wants copies, the last takes the
// rest. A scanner without a feeder gives the one sheet on its glass.
func (m *machine) scanBatch(a *accept) {
	b := &batch{draft: a, both: m.shift.bothSides && m.canBoth()}
	for _, line := range a.materials() {
		if line.Source == catalogue.SourcePerson && a.way(line) == "" {
			for range max(line.Copies, 1) {
				b.keys = append(b.keys, line.key)
			}
		}
	}
	if len(b.keys) == 0 {
		m.say(Warn, "desk.notice.nothing-to-scan", nil)
		return
	}
	a.busy = "scan"
	if m.viewer() != nil {
		m.photograph(b)
		return
	}
	w, mark := m.shift, m.mark()
	options := drivers.ScanOptions{Feeder: true, Duplex: b.both}
	m.fx.start(slotScan, w, false, func(ctx context.Context, emit func(then)) then {
		for sheet, pages := 0, 0; pages < maxPages; sheet++ {
			sides, err := m.scanSheet(ctx, w, options, mark)
			if err != nil {
				return func(m *machine) { m.batchEnded(b, err) }
			}
			pages += len(sides)
			emit(func(m *machine) { m.batchSheet(b, sheet, sides) })
			if sides[0].glass { // no feeder: the same sheet would come again
				return func(m *machine) { m.batchEnded(b, nil) }
			}
		}
		return func(m *machine) { m.batchFull(b) }
	})
}

// photograph takes one page after another into the materials in their order, as a feeder does; the agent lays each before the camera.
func (m *machine) photograph(b *batch) {
	a := b.draft
	var came []string
	next := func() string { return b.keys[min(b.count, len(b.keys)-1)] }
	m.scanOne(shot{
		drop: func(m *machine) {
			came = m.takeBack(a, came)
			b.count--
		},
		name: func() text.Local { return a.nameOf(next()) }, more: func() bool { return a.room(next()) },
		left: func(m *machine) {
			a.busy = ""
			if b.count > 0 && m.notice == nil {
				m.say(Good, "desk.notice.scanned", map[string]any{"n": b.count})
			}
		},
		use: func(m *machine, p page, _ error) {
			key := next()
			b.count++
			m.addPage(a, key, p)
			came = append(came, a.newestID())
		},
	})
}

// nameOf is the name of the material with a key.
func (a *accept) nameOf(key string) text.Local {
	for _, line := range a.materials() {
		if line.key == key {
			return line.Name
		}
	}
	return nil
}

// canBoth tells whether the scanner says that it takes both sides of a sheet.
func (m *machine) canBoth() bool { return m.statuses[drivers.RoleScanner].Duplex }

// batchSheet keeps a sheet's pages in their order.
func (m *machine) batchSheet(b *batch, sheet int, sides []page) {
	for _, p := range sides {
		b.count++
		m.addPage(b.draft, b.keys[min(sheet, len(b.keys)-1)], p)
		if p.empty && m.shift.accept == b.draft {
			b.empty = append(b.empty, b.draft.newestID())
		}
	}
	if b.both && len(sides) == 1 && !sides[0].glass {
		b.bare++
	}
}

// batchFull ends a run that is as long as a material may be: there may be more in the feeder.
func (m *machine) batchFull(b *batch) {
	b.draft.busy = ""
	m.say(Warn, "desk.notice.scanned-full", map[string]any{"n": b.count})
	m.askEmpty(b)
}

// batchEnded tells how many pages came; an empty feeder is the end, not a fault.
func (m *machine) batchEnded(b *batch, err error) {
	b.draft.busy = ""
	switch {
	case err != nil && (b.count == 0 || drivers.FaultOf(err) != drivers.FaultNoDocument):
		m.fail("scan batch", err)
	case b.bare > 0:
		m.say(Warn, "desk.notice.one-side", map[string]any{"n": b.bare})
	case m.notice == nil:
		m.say(Good, "desk.notice.scanned", map[string]any{"n": b.count})
	}
	m.askEmpty(b)
}

// askEmpty asks whether the backs on which nothing is seen are to be left out. Until somebody says so they stay.
func (m *machine) askEmpty(b *batch) {
	if len(b.empty) == 0 || m.shift.accept != b.draft {
		return
	}
	if m.overlay != nil {
		m.unknown = append(m.unknown, func(m *machine) { m.askEmpty(b) })
		return
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.empty-backs", Args: map[string]any{"n": len(b.empty)}}, Text: []Message{{Key: "desk.ask.empty-why"}},
		Yes: Message{Key: "desk.ask.leave-out"}, No: Message{Key: "desk.ask.keep-all"},
	}, func(m *machine, answer Answer) {
		if !answer.Yes || m.shift == nil || m.shift.accept != b.draft {
			return
		}
		for _, id := range b.empty {
			m.removePage(b.draft, id)
		}
		m.say(Good, "desk.notice.left-out", map[string]any{"n": len(b.empty)})
	})
}
