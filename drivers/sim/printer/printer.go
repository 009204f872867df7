// Package printer simulates a receipt printer at the far end of a serial
// cable: it reads ESC/POS byte by byte as a real one does, draws the strip, and
// has the faults of real ones. It shares no code with the driver that talks to
// it, and is never part of a shipped program.
package printer

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"bianmin/assets"
	"bianmin/drivers/dots"
	"bianmin/drivers/sim/plug"
)

// bufferSize is a small printer's receive buffer in bytes. When it is full the printer takes nothing more.
const bufferSize = 4096

// Options say which printer is simulated. Zero values are an 80 mm printer that answers everything.
type Options struct {
	Paper    int           // mm: 80 (default) or 58
	RowTime  time.Duration // time to print one row of dots; 0 prints at once
	NoAnswer bool          // like clones that do not know GS r
	Nameless bool          // like clones that do not know GS I
	RealTime bool          // answers DLE EOT inside pictures too, as the dear ones do
	Overrun  bool          // no flow control: what the full buffer cannot hold is lost
	Baud     int           // paces what it takes in as a line of this speed would; 0 takes it at once
	Face     Face          // nil: the embedded font
}

// Printer is one simulated printer. All methods are safe for use by several goroutines.
type Printer struct {
	options Options
	cable   Cable
	cancel  context.CancelFunc
	work    sync.WaitGroup

	mutex    sync.Mutex
	end      io.Writer // where answers go, nil while unplugged
	stream   []byte    // received, not yet a whole token
	kanji    bool      // two-byte characters, as the receiver sees it
	queue    []token   // received in order, not yet executed
	queued   int       // bytes in queue
	head     *head
	finished []*Strip
	unknown  int // tokens no printer knows
	total    int // bytes received since the beginning
	lost     int // bytes the full buffer could not hold
	severed  bool
	traps    []trap
	faults   faults
	wake     chan struct{} // the executor has something to look at
	changed  chan struct{} // closed and replaced at every visible change

	automatic bool    // GS a: tells of every change by itself
	told      [4]byte // what it told last
}

// trap runs an action when so many bytes have arrived in all.
type trap struct {
	at     int
	sever  bool // the cable is cut here: nothing after it arrives
	action func()
}

// Cable is what a printer hangs on; *plug.Cable is one.
type Cable interface {
	Path() string
	Plugged() bool
	Plug() error
	Unplug() error // returns when the printer has let go of its end
	Close() error
}

// New puts a printer at the end of a cable named path.
func New(ctx context.Context, path string, options Options) (*Printer, error) {
	return NewOn(ctx, options, func(ctx context.Context, talk func(context.Context, io.ReadWriter)) (Cable, error) {
		return plug.New(ctx, path, func(ctx context.Context, end *os.File) { talk(ctx, end) })
	})
}

// widths are the papers' printing areas in dots, by mm.
var widths = map[int]int{58: 384, 80: 576}

// NewOn puts a printer at the end of any cable. connect lays it; at its far end talk is the printer, until a read or
// write on that end fails or the context it was given ends.
func NewOn(ctx context.Context, options Options, connect func(ctx context.Context, talk func(context.Context, io.ReadWriter)) (Cable, error)) (*Printer, error) {
	if options.Paper == 0 {
		options.Paper = 80
	}
	if options.Face == nil {
		face, err := dots.NewFace(assets.FontRegular())
		if err != nil {
			return nil, fmt.Errorf("simulated printer: %w", err)
		}
		options.Face = face
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Printer{
		options: options, cancel: cancel, head: newHead(widths[options.Paper], options.Face),
		wake: make(chan struct{}, 1), changed: make(chan struct{}), faults: faults{rows: fullRoll},
	}
	p.head.nameless = options.Nameless
	cable, err := connect(ctx, p.receive)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("simulated printer: %w", err)
	}
	p.cable = cable
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		p.run(ctx)
	}()
	return p, nil
}

// Path is the name programs open.
func (p *Printer) Path() string { return p.cable.Path() }

// Close pulls the cable for good.
func (p *Printer) Close() error {
	err := p.cable.Close()
	p.cancel()
	p.work.Wait()
	return err
}

// receive takes bytes off the line while the buffer has room.
func (p *Printer) receive(ctx context.Context, end io.ReadWriter) {
	p.mutex.Lock()
	p.end = end
	p.mutex.Unlock()
	defer func() {
		p.mutex.Lock()
		p.end = nil
		p.mutex.Unlock()
	}()
	buffer := make([]byte, 256)
	for {
		if !p.roomy(ctx) {
			return
		}
		n, err := end.Read(buffer)
		if err != nil || !p.onLine(ctx, n) {
			return
		}
		if severed := p.accept(buffer[:n]); severed {
			return
		}
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// onLine waits as long as n bytes are on the line; false when ctx ends.
func (p *Printer) onLine(ctx context.Context, n int) bool {
	if p.options.Baud <= 0 {
		return true
	}
	timer := time.NewTimer(time.Duration(n) * 10 * time.Second / time.Duration(p.options.Baud))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// roomy waits until the receive buffer has room; false when ctx ends.
func (p *Printer) roomy(ctx context.Context) bool {
	for {
		p.mutex.Lock()
		full := p.queued >= bufferSize && !p.options.Overrun || p.faults.stalled
		changed := p.changed
		p.mutex.Unlock()
		if !full {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// accept takes bytes in, springing traps exactly where they were set; severed says that the cable was cut among them.
func (p *Printer) accept(data []byte) (severed bool) {
	for len(data) > 0 {
		p.mutex.Lock()
		n := len(data)
		var action func()
		sever := false
		for i, t := range p.traps {
			if left := t.at - p.total; left <= n {
				n, action, sever = max(left, 0), t.action, t.sever
				p.traps = append(p.traps[:i], p.traps[i+1:]...)
				break
			}
		}
		p.total += n
		p.severed = p.severed || sever
		switch {
		case p.faults.silent:
		case p.options.Overrun && p.queued >= bufferSize:
			p.lost += n
		default:
			p.stream = append(p.stream, data[:n]...)
			p.sort()
		}
		p.mutex.Unlock()
		data = data[n:]
		if action != nil {
			action()
		}
		if sever {
			return true
		}
	}
	return false
}

// sort turns the stream into tokens; real-time ones are answered at once.
func (p *Printer) sort() {
	for {
		t, ok := next(p.stream, p.kanji)
		if !ok {
			p.peek()
			return
		}
		p.stream = p.stream[len(t.bytes):]
		switch {
		case t.kind == realTime:
			p.realTime(t.bytes)
			continue
		case t.kind == unknown:
			p.unknown++
			continue
		case t.bytes[0] == fs && len(t.bytes) == 2:
			p.kanji = t.bytes[1] == '&'
		case t.bytes[0] == esc && t.bytes[1] == '@':
			p.kanji = false
		}
		p.queue = append(p.queue, t)
		p.queued += len(t.bytes)
	}
}

// peek answers a status question that stands at the end of an unfinished
// command, as printers do that look for it in everything that arrives.
func (p *Printer) peek() {
	if n := len(p.stream); p.options.RealTime && n > 3 && p.stream[n-3] == dle && p.stream[n-2] == 4 {
		p.realTime(p.stream[n-3:])
	}
}

// run executes tokens in order while nothing stops the printer.
func (p *Printer) run(ctx context.Context) {
	for {
		pause, more := p.step()
		if pause > 0 {
			timer := time.NewTimer(pause)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return
			}
		}
		if more {
			continue
		}
		select {
		case <-p.wake:
		case <-ctx.Done():
			return
		}
	}
}

// step executes one token; more is false when there is nothing to do now.
func (p *Printer) step() (pause time.Duration, more bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if len(p.queue) == 0 || p.faults.stops() {
		return 0, false
	}
	t := p.queue[0]
	rows := p.head.need(t)
	if rows > p.faults.rows {
		p.faults.rows = 0
		p.notify()
		return 0, false
	}
	p.queue = p.queue[1:]
	p.queued -= len(t.bytes)
	if t.is(gs, 'a') {
		p.automatic, p.told = t.bytes[2] != 0, [4]byte{}
	}
	p.record(t)
	cut, answer := p.head.execute(t, p.faults.said().sensor())
	if rows > 0 {
		p.faults.rows -= rows
	}
	if cut {
		if p.faults.cutterJams {
			p.faults.cutter = true
		} else {
			p.head.strip.Cut = true
			p.finished = append(p.finished, p.head.strip)
			p.head.fresh()
		}
	}
	if t.is(gs, 'r') && p.options.NoAnswer {
		answer = nil
	}
	p.answer(answer)
	p.notify()
	return time.Duration(rows) * p.options.RowTime, true
}

// record keeps the token's bytes with the strip they belong to: what stands
// between a cut and the next text belongs to the strip before.
func (p *Printer) record(t token) {
	strip := p.head.strip
	if t.is(gs, 'r') && p.head.y == 0 && len(p.finished) > 0 {
		strip = p.finished[len(p.finished)-1]
	}
	strip.Raw = append(strip.Raw, t.bytes...)
}

// answer writes to whoever is at the other end.
func (p *Printer) answer(b []byte) {
	if len(b) > 0 && p.end != nil && !p.faults.silent {
		_, _ = p.end.Write(b)
	}
}

// notify wakes everybody who waits for a change, the program at the other end too if it has asked for that.
func (p *Printer) notify() {
	if now := p.faults.said().automatic(); p.automatic && now != p.told {
		p.told = now
		p.answer(now[:])
	}
	close(p.changed)
	p.changed = make(chan struct{})
	select {
	case p.wake <- struct{}{}:
	default:
	}
}
