package printer

import (
	"context"
	"fmt"
	"image"
)

// State is what one sees at the printer.
type State struct {
	Plugged   bool
	PaperOut  bool
	PaperLow  bool
	CoverOpen bool
	Silent    bool
	Cutter    bool // jammed, or it will at the next cut
	Hot       bool
	Broken    bool
	Held      bool // somebody holds the feed button
	Stalled   bool
	Lying     bool
	Narrow    bool // a roll of 58 mm lies in
	Rows      int  // paper left, in rows of dots
	Strips    int  // finished and cut
	Unknown   int  // commands no printer knows
	Received  int  // bytes
	Lost      int  // bytes that found the buffer full
	Waiting   int  // tokens not yet executed
}

// State tells how the printer stands.
func (p *Printer) State() State {
	plugged := p.cable.Plugged()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return State{
		Plugged: plugged, PaperOut: p.faults.rows <= 0, PaperLow: p.faults.rows < nearEnd, CoverOpen: p.faults.cover,
		Silent: p.faults.silent, Cutter: p.faults.cutter || p.faults.cutterJams, Hot: p.faults.overheated, Broken: p.faults.broken, Held: p.faults.held,
		Stalled: p.faults.stalled, Lying: p.faults.lying, Narrow: p.faults.narrow, Rows: p.faults.rows,
		Strips: len(p.finished), Unknown: p.unknown, Received: p.total, Lost: p.lost, Waiting: len(p.queue),
	}
}

// Changed is closed at the next visible change.
func (p *Printer) Changed() <-chan struct{} {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.changed
}

// Wait waits until the condition holds.
func (p *Printer) Wait(ctx context.Context, what string, condition func(State) bool) error {
	for {
		changed := p.Changed()
		if condition(p.State()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		}
	}
}

// Strips copies the finished strips that nobody has torn off, oldest first.
func (p *Printer) Strips() []Strip {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var out []Strip
	for _, s := range p.finished {
		out = append(out, s.clone())
	}
	return out
}

// Hanging copies the strip that is being printed and not yet cut.
func (p *Printer) Hanging() Strip {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.head.strip.clone()
}

// Tear takes everything that hangs out of the printer, the uncut piece too when
// something is on it, oldest first.
func (p *Printer) Tear() []Strip {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var out []Strip
	for _, s := range p.finished {
		out = append(out, *s)
	}
	if p.head.y > 0 {
		out = append(out, *p.head.strip)
		p.head.fresh()
	}
	p.finished = nil
	p.notify()
	return out
}

// Picture shows the newest paper as a person sees it: the piece being printed, else the last strip; nil when there is none.
func (p *Printer) Picture() image.Image {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	switch {
	case p.head.y > 0:
		return p.head.strip.Image()
	case len(p.finished) > 0:
		return p.finished[len(p.finished)-1].Image()
	default:
		return nil
	}
}
