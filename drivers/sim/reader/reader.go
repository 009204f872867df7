// Package reader is a simulated resident ID card reader: the security module's
// side of the wire (GA 450), with faults to order. It is written from the
// protocol alone and shares no code with the driver it is there to test.
package reader

import (
	"context"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"bianmin/drivers/sim"
)

// Options of a simulated reader.
type Options struct {
	// Baud paces commands and answers as a line of this speed would; 0 sends them at once.
	Baud int
	// Speed is what its line is set to; at another one neither side understands the other. 0 takes every speed.
	Speed int
	// Radio is how long the reader takes to read the card before it answers.
	Radio time.Duration
	// Seed of the noise.
	Seed uint64
	// AlwaysFinds switches the protection off: without it a card that was read is not found again until it is lifted.
	AlwaysFinds bool
	// ReadsOnce refuses a second read of the same card.
	ReadsOnce bool
	// Fingers is how many bytes of fingerprints each card has: 0, 512 or 1024.
	Fingers int
}

// Command is a command's two bytes.
type Command [2]byte

// Commands.
var (
	Find    = Command{0x20, 0x01}
	Select  = Command{0x20, 0x02}
	Read    = Command{0x30, 0x01}
	Address = Command{0x30, 0x03}
	Fingers = Command{0x30, 0x10} // text, photo and fingerprints
	Reset   = Command{0x10, 0xFF}
	Status  = Command{0x11, 0xFF}
	Number  = Command{0x12, 0xFF}
)

// Reader is the security module. All methods may be called from any goroutine.
type Reader struct {
	options Options

	mutex    sync.Mutex
	random   *rand.Rand
	card     *sim.Card
	found    bool
	selected bool
	read     bool // the card was read and not lifted since
	silent   bool
	pull     bool // the card is pulled during the next read
	answers  map[Command][]byte
	faults   []Fault // for the next answers, one each
	always   Fault   // for every answer
	asked    map[Command]int
}

// New makes a reader without a card.
func New(options Options) *Reader {
	return &Reader{
		options: options, random: rand.New(rand.NewPCG(options.Seed, 0x1D)),
		answers: map[Command][]byte{}, asked: map[Command]int{},
	}
}

// Place puts a card on the reader, instead of another.
func (r *Reader) Place(card sim.Card) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.card, r.found, r.selected, r.read = &card, false, false, false
}

// Remove takes the card away.
func (r *Reader) Remove() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.card, r.found, r.selected, r.read = nil, false, false, false
}

func (r *Reader) restart() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.found, r.selected, r.read = false, false, false
}

// Card is the file name of the card on the reader, "" for none.
func (r *Reader) Card() string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.card == nil {
		return ""
	}
	return r.card.File
}

// PullMidRead lets the card be pulled away while it is being read the next time.
func (r *Reader) PullMidRead() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.pull = true
}

// Pulls tells whether the card is to be pulled at the next read.
func (r *Reader) Pulls() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.pull
}

// Refuses tells whether an answer ordered by Answer still waits for its command.
func (r *Reader) Refuses(command Command) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.answers[command]) > 0
}

// Silent tells whether the reader answers nothing.
func (r *Reader) Silent() bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.silent
}

// Silence makes the reader answer nothing at all, as if switched off.
func (r *Reader) Silence(on bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.silent = on
}

// Answer makes the reader answer a command with a status, the next times it is asked.
func (r *Reader) Answer(command Command, sw3 byte, times int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for range times {
		r.answers[command] = append(r.answers[command], sw3)
	}
}

// Next orders faults for the next answers, one each.
func (r *Reader) Next(faults ...Fault) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.faults = append(r.faults, faults...)
}

// Always applies a fault to every answer; nil ends it.
func (r *Reader) Always(fault Fault) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.always = fault
}

// Heal ends all faults. The card stays where it is.
func (r *Reader) Heal() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.silent, r.pull, r.faults, r.always = false, false, nil, nil
	r.answers = map[Command][]byte{}
}

// Asked is how often a command has arrived.
func (r *Reader) Asked(command Command) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.asked[command]
}

// Talk speaks the protocol on the far end of a line until that ends or ctx does.
func (r *Reader) Talk(ctx context.Context, end io.ReadWriter) {
	var pending []byte
	buffer := make([]byte, 256)
	for ctx.Err() == nil {
		n, err := end.Read(buffer)
		if err != nil {
			return
		}
		pending = append(pending, buffer[:n]...)
		for {
			body, rest, ok := cut(pending)
			pending = rest
			if !ok {
				break
			}
			pieces, wait := r.respond(body)
			if !pause(ctx, r.onWire(5+len(body))+wait) || !r.send(ctx, end, pieces) {
				return
			}
		}
	}
}

// send writes the pieces of an answer, paced like the line.
func (r *Reader) send(ctx context.Context, end io.Writer, pieces []Piece) bool {
	const step = 64 // bytes between two waits
	for _, piece := range pieces {
		if !pause(ctx, piece.After) {
			return false
		}
		begin := time.Now()
		for sent := 0; sent < len(piece.Bytes); {
			next := min(sent+step, len(piece.Bytes))
			if !pause(ctx, time.Until(begin.Add(r.onWire(next)))) {
				return false
			}
			if _, err := end.Write(piece.Bytes[sent:next]); err != nil {
				return false
			}
			sent = next
		}
	}
	return true
}

// onWire is how long n bytes take on the line; nothing on an unpaced one.
func (r *Reader) onWire(n int) time.Duration {
	if r.options.Baud <= 0 {
		return 0
	}
	return time.Duration(n) * 10 * time.Second / time.Duration(r.options.Baud)
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut takes the next command out of the bytes that arrived: preamble, length, body, checksum.
func cut(pending []byte) (body, rest []byte, ok bool) {
	for len(pending) >= 7 {
		if hex.EncodeToString(pending[:5]) != "aaaaaa9669" {
			pending = pending[1:]
			continue
		}
		length := int(pending[5])<<8 | int(pending[6])
		if length > 4089 || length < 3 {
			pending = pending[1:]
			continue
		}
		if len(pending) < 7+length {
			return nil, pending, false
		}
		return pending[5 : 7+length], pending[7+length:], true
	}
	return nil, pending, false
}
