package printer

// fullRoll is the length of a new roll in rows of dots: 50 m.
const fullRoll = 400_000

// nearEnd is where the near-end sensor looks through the roll, in rows.
const nearEnd = 8_000

// faults is everything that can be wrong with the printer.
type faults struct {
	rows       int // paper left
	cover      bool
	cutter     bool // the cutter has jammed
	cutterJams bool // it will at the next cut
	overheated bool
	broken     bool // unrecoverable
	silent     bool // powered off at the other end of a good cable
	stalled    bool // takes no bytes
	narrow     bool // a roll of 58 mm lies in
	held       bool // somebody holds the feed button
	lying      bool // says of itself that all is well, whatever is
}

func (f *faults) stops() bool {
	return f.rows <= 0 || f.cover || f.cutter || f.overheated || f.broken || f.silent || f.held
}

// sensor is the paper byte of GS r.
func (f *faults) sensor() byte {
	switch {
	case f.rows <= 0:
		return 0x0F
	case f.rows < nearEnd:
		return 0x03
	default:
		return 0
	}
}

// status is the answer to DLE EOT n.
func (f *faults) status(n byte) byte {
	b := byte(0x12)
	set := func(on bool, bits byte) {
		if on {
			b |= bits
		}
	}
	switch n {
	case 1:
		set(f.stops(), 0x08)
		set(f.cutter, 0x20)
	case 2:
		set(f.cover, 0x04)
		set(f.held, 0x08)
		set(f.rows <= 0, 0x20)
		set(f.cutter || f.overheated || f.broken, 0x40)
	case 3:
		set(f.cutter, 0x08)
		set(f.broken, 0x20)
		set(f.overheated, 0x40)
	case 4:
		set(f.rows < nearEnd, 0x0C)
		set(f.rows <= 0, 0x60)
	}
	return b
}

// automatic are the four bytes of the automatic status; they begin with one that no other answer has.
func (f *faults) automatic() [4]byte {
	b := [4]byte{0x10, 0, f.sensor(), 0}
	if f.stops() {
		b[0] |= 0x08
	}
	if f.cover {
		b[0] |= 0x20
	}
	if f.held {
		b[0] |= 0x40
	}
	if f.cutter {
		b[1] |= 0x08
	}
	if f.broken {
		b[1] |= 0x20
	}
	if f.overheated {
		b[1] |= 0x40
	}
	return b
}

// said are the faults as the printer tells them.
func (f *faults) said() *faults {
	if f.lying {
		return &faults{rows: fullRoll}
	}
	return f
}

func (p *Printer) realTime(b []byte) {
	switch {
	case b[1] == 4 && b[2] >= 1 && b[2] <= 4:
		p.answer([]byte{p.faults.said().status(b[2])})
	case b[1] == 5 && b[2] == 2 && p.faults.cutter:
		p.faults.cutter, p.faults.cutterJams = false, false
		p.queue, p.queued = nil, 0
		p.notify()
	case b[1] == 0x14 && b[2] == 8:
		p.queue, p.queued = nil, 0
		p.notify()
	}
}

func (p *Printer) change(f func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	f()
	p.notify()
}

// SetPaper puts a new roll in, or takes the paper away.
func (p *Printer) SetPaper(in bool) {
	p.change(func() {
		p.faults.rows = 0
		if in {
			p.faults.rows = fullRoll
		}
	})
}

// SetRows leaves so many rows of dots on the roll: the paper ends in the middle of a job.
func (p *Printer) SetRows(rows int) { p.change(func() { p.faults.rows = rows }) }

// SetCover opens or closes the cover.
func (p *Printer) SetCover(open bool) { p.change(func() { p.faults.cover = open }) }

// SetCutterJams lets the next cut jam the cutter, or repairs it.
func (p *Printer) SetCutterJams(jams bool) {
	p.change(func() { p.faults.cutterJams, p.faults.cutter = jams, p.faults.cutter && jams })
}

// SetNarrow puts in a roll of 58 mm, or the printer's own again; what is being printed is still on the old one.
func (p *Printer) SetNarrow(on bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.faults.narrow = on
	p.head.roll = widths[p.options.Paper]
	if on {
		p.head.roll = widths[58]
	}
	if p.head.y == 0 {
		p.head.fresh()
		p.head.reset()
	}
	p.notify()
}

// SetOverheated heats the head up or lets it cool.
func (p *Printer) SetOverheated(hot bool) { p.change(func() { p.faults.overheated = hot }) }

// SetHeld has somebody hold the feed button, which takes the printer offline, or let go of it.
func (p *Printer) SetHeld(held bool) { p.change(func() { p.faults.held = held }) }

// SetBroken breaks the printer for good, or replaces it.
func (p *Printer) SetBroken(broken bool) { p.change(func() { p.faults.broken = broken }) }

// SetSilent switches the printer off or on; the cable stays. What it held in memory is lost.
func (p *Printer) SetSilent(silent bool) {
	p.change(func() {
		p.faults.silent = silent
		p.queue, p.queued, p.stream, p.kanji = nil, 0, nil, false
		p.head.reset()
	})
}

// SetLying makes the printer say of itself that all is well, or the truth again.
func (p *Printer) SetLying(lying bool) { p.change(func() { p.faults.lying = lying }) }

// SetStalled makes the printer take no more bytes, as with a full buffer.
func (p *Printer) SetStalled(stalled bool) { p.change(func() { p.faults.stalled = stalled }) }

// Unplug pulls the cable; the printer keeps its power and what it has received.
func (p *Printer) Unplug() error {
	err := p.cable.Unplug()
	p.change(func() {})
	return err
}

// Plug puts the cable back.
func (p *Printer) Plug() error {
	err := p.cable.Plug()
	p.change(func() { p.severed = false })
	return err
}

// Plugged tells whether the cable is in.
func (p *Printer) Plugged() bool { return p.cable.Plugged() }

// After runs action when n more bytes have arrived, exactly there. The action
// must not wait for the printer; PullAfter is the one for cables.
func (p *Printer) After(n int, action func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.traps = append(p.traps, trap{at: p.total + n, action: action})
}

// PullAfter pulls the cable when n more bytes have arrived.
func (p *Printer) PullAfter(n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.traps = append(p.traps, trap{at: p.total + n, sever: true, action: func() {
		p.work.Go(func() { _ = p.Unplug() }) // not here: Unplug waits for the receiver, which is at this trap
	}})
}

// Disarm forgets what After and PullAfter were to do.
func (p *Printer) Disarm() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.traps = nil
}

// Severed tells whether PullAfter has cut the cable since it was last plugged in.
func (p *Printer) Severed() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.severed
}

// Armed is how many orders of After and PullAfter wait for their byte.
func (p *Printer) Armed() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.traps)
}
