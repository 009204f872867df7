// Package idcard reads resident ID cards through readers with a security
// module (GA 450, GA 467) over any link. It returns what the card says or a
// typed error, never a guess; it keeps nothing of a card and logs nothing.
package idcard

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
	"bianmin/drivers/link/channel"
)

// Options of a Reader.
type Options struct {
	Baud  int              // of the line, for time limits; 0 is 115200
	Limit time.Duration    // of one Read, Present or Status; 0 is 10 s
	Now   func() time.Time // stamps Status; required

	// Fingerprints asks each card for its templates too: Reader.Fingerprints hands them over.
	Fingerprints bool
}

// Reader is a card reader on a link; it implements drivers.CardReader.
type Reader struct {
	link  channel.Link
	baud  int
	limit time.Duration
	now   func() time.Time

	parser parser
	buffer [2048]byte
	dirty  bool   // the line may hold damaged or late bytes
	heard  int    // bytes since the last command
	owed   int    // bytes still to come of an answer that was understood early
	serial string // of the security module, once read
	held   bool   // a card was read and not found again: "no card" means nothing until one is found

	fingers   bool // are asked for
	templates []byte
}

var _ drivers.CardReader = (*Reader)(nil)

// New takes over the link and closes it with the Reader. It exchanges no byte.
func New(link channel.Link, options Options) *Reader {
	if options.Now == nil {
		panic("idcard: Options.Now is required")
	}
	r := &Reader{link: link, baud: options.Baud, limit: options.Limit, now: options.Now, fingers: options.Fingerprints}
	if r.baud <= 0 {
		r.baud = 115200
	}
	if r.limit <= 0 {
		r.limit = 10 * time.Second
	}
	return r
}

// Read implements drivers.CardReader. A card the reader found but could not read is
// tried again from the beginning; when it is gone by then, the first failure is returned.
func (r *Reader) Read(ctx context.Context) (identity.Card, error) {
	outer := ctx
	clear(r.Fingerprints())
	ctx, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	var last error
	for range tries {
		card, err := r.readOnce(ctx)
		if err == nil {
			r.held = !r.findsAgain(ctx)
			return card, nil
		}
		if errors.Is(err, drivers.ErrNoCard) && last != nil {
			break // it was there a moment ago: place it again
		}
		last = err
		var status *StatusError
		if !errors.As(err, &status) || faultOf(err) != drivers.FaultCard {
			break
		}
	}
	return identity.Card{}, r.fail(outer, "read card", last)
}

func (r *Reader) readOnce(ctx context.Context) (identity.Card, error) {
	if err := r.find(ctx); err != nil {
		return identity.Card{}, err
	}
	if _, err := r.ask(ctx, selectCard); err != nil {
		return identity.Card{}, err
	}
	first, err := r.ask(ctx, readCard)
	if err != nil {
		return identity.Card{}, err
	}
	address, err := r.newestAddress(ctx)
	if err != nil {
		return identity.Card{}, err
	}
	text, twice, err := r.confirm(ctx, first)
	if err != nil {
		return identity.Card{}, err
	}
	card, err := Decode([textSize]byte(text[readHead:]))
	if err != nil {
		return identity.Card{}, err
	}
	if err := r.readFingers(ctx); err != nil {
		return identity.Card{}, err
	}
	card.NewAddress, card.ReadTwice = address, twice
	card.HasPUA = card.HasPUA || holdsPrivateUse(address)
	if photo := text[readHead+textSize:]; !blank(photo) {
		card.Photo = photo
	}
	if !twice {
		// The reader gives a card once only: nothing but the fields themselves can tell noise the checksum missed.
		if err := card.Check(); err != nil {
			return identity.Card{}, fmt.Errorf("%w: %w", ErrDisagree, err)
		}
	}
	return card, nil
}

// find returns drivers.ErrNoCard when no card lies on the reader.
func (r *Reader) find(ctx context.Context) error {
	_, err := r.ask(ctx, findCard)
	var status *StatusError
	if errors.As(err, &status) && status.SW3 == swNotFound {
		return drivers.ErrNoCard
	}
	return err
}

// lookTime bounds the look after a read; a reader that finds no card says so at once.
const lookTime = 200 * time.Millisecond

// findsAgain tells whether the reader finds the card it has just read: only from such a reader "no card" means
// that the card was lifted. A look that fails says no; it must not spoil the read.
func (r *Reader) findsAgain(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, lookTime+r.onWire(findCard.limit()))
	defer cancel()
	answer, err := r.exchange(ctx, findCard)
	return err == nil && answer.sw[2] == findCard.ok
}

// newestAddress reads the address a citizen moved to since the card was made, twice when there is one.
// A reader that does not know the command counts as a card without one.
func (r *Reader) newestAddress(ctx context.Context) (string, error) {
	var seen [][]byte
	for range tries {
		data, err := r.ask(ctx, readAddress)
		var status *StatusError
		if errors.As(err, &status) {
			switch status.SW3 {
			case swNoItem, swCommand, swNotAllowed, swUnknown:
				if len(seen) == 0 {
					return "", nil
				}
				return "", ErrDisagree
			}
		}
		if err != nil {
			return "", err
		}
		if contains(seen, data) {
			return decodeAddress(data)
		}
		seen = append(seen, data)
	}
	return "", ErrDisagree
}

// confirm reads the text again and returns the read that was seen twice. Its answer is compared while it
// arrives: equal text needs no checksum, and its photo is not waited for. A reader that refuses
// is asked to find and select the card anew; when it refuses that too, the first read comes back with twice false.
func (r *Reader) confirm(ctx context.Context, first []byte) (data []byte, twice bool, err error) {
	seen := [][]byte{first}
	anew := false
	for range tries {
		match, other, failed := r.compare(ctx, seen)
		var status *StatusError
		switch {
		case failed == nil && match != nil:
			return match, true, nil
		case failed == nil:
			seen, err = append(seen, other), ErrDisagree
		case errors.As(failed, &status) && r.relocate(ctx):
			anew, err = true, failed
			if doubted(failed) { // said once, and the card was found again: no word on the reader
				err = ErrDisagree
			}
		case errors.As(failed, &status) && len(seen) == 1 && !anew:
			return first, false, nil
		case errors.As(failed, &status):
			return nil, false, ErrDisagree
		case !again(ctx, failed) || !r.alive(ctx, failed):
			return nil, false, failed
		default:
			err = failed
		}
	}
	return nil, false, err
}

// relocate finds and selects the card again; false on readers that do not find a card until it is lifted.
func (r *Reader) relocate(ctx context.Context) bool {
	if r.find(ctx) != nil {
		return false
	}
	_, err := r.ask(ctx, selectCard)
	return err == nil
}

// compare gives the read command and compares the text that arrives with those seen. It returns
// the one that matches, or the other text when its checksum is right and it matches none.
func (r *Reader) compare(ctx context.Context, seen [][]byte) (match, other []byte, err error) {
	c := readCard
	ctx, cancel := context.WithTimeout(ctx, c.time+r.onWire(c.limit()))
	defer cancel()
	if err := r.send(ctx, c); err != nil {
		return nil, nil, err
	}
	for {
		if body, rest := r.parser.begun(c.limit()); len(body) >= statusSize+readHead+textSize {
			if body[2] == c.ok {
				if match := matching(seen, body[statusSize:statusSize+readHead+textSize]); match != nil {
					r.owed = rest
					return match, nil, nil
				}
			}
		}
		if answer, ok := r.parser.next(c.limit()); ok && c.fits(answer) {
			data, err := c.result(answer)
			if err == nil { // a false start before it may have hidden it until now
				match = matching(seen, data[:readHead+textSize])
			}
			return match, data, err
		}
		if r.parser.broken && !r.parser.waiting() {
			r.dirty = true
			return nil, nil, fmt.Errorf("%s: %w", c.name, ErrProtocol)
		}
		if err := r.receive(ctx); err != nil {
			r.dirty = true
			return nil, nil, fmt.Errorf("%s: %w", c.name, err)
		}
	}
}

func matching(seen [][]byte, start []byte) []byte {
	for _, s := range seen {
		if bytes.HasPrefix(s, start) {
			return s
		}
	}
	return nil
}

func contains(seen [][]byte, data []byte) bool { return matching(seen, data) != nil }

func blank(b []byte) bool { return len(bytes.Trim(b, "\x00\xff ")) == 0 }

// Present implements drivers.CardReader. It is one look; callers debounce drivers.CardGone.
func (r *Reader) Present(ctx context.Context) (drivers.Presence, error) {
	limited, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	err := r.find(limited)
	switch {
	case errors.Is(err, drivers.ErrNoCard) && r.held:
		return drivers.CardUnsure, nil
	case errors.Is(err, drivers.ErrNoCard):
		return drivers.CardGone, nil
	case err != nil:
		return "", r.fail(ctx, "find card", err)
	}
	r.held = false
	return drivers.CardLies, nil
}

// Status implements drivers.CardReader: it asks the security module how it is. A device that says it is
// broken is a status without an error; one that cannot be asked is a status with the error that says why.
func (r *Reader) Status(ctx context.Context) (drivers.Status, error) {
	limited, cancel := context.WithTimeout(ctx, r.limit)
	defer cancel()
	status := drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online, At: r.now()}
	_, err := r.ask(limited, samStatus)
	if err == nil && r.serial == "" {
		var number []byte
		if number, err = r.ask(limited, samNumber); err == nil {
			r.serial = serialOf(number)
		}
	}
	status.Serial = r.serial
	if err == nil {
		return status, nil
	}
	status.Fault = faultOf(err)
	switch status.Fault {
	case drivers.FaultDevice:
		status.Condition = drivers.HardwareError
	case drivers.FaultUnplugged:
		status.Condition = drivers.NoDevice
	default:
		status.Condition = drivers.Offline
	}
	var answered *StatusError
	if errors.As(err, &answered) && status.Fault == drivers.FaultDevice {
		return status, nil
	}
	return status, r.fail(ctx, "ask status", err)
}

// Close implements drivers.CardReader.
func (r *Reader) Close() error { return r.link.Close() }

// fail gives an error its code for people. The end of the caller's own context is not the device's fault.
func (r *Reader) fail(ctx context.Context, op string, err error) error {
	if errors.Is(err, drivers.ErrNoCard) {
		return drivers.ErrNoCard
	}
	fault := faultOf(err)
	if errors.Is(ctx.Err(), context.Canceled) {
		fault = drivers.FaultCancelled
	}
	return &drivers.Error{Role: drivers.RoleReader, Fault: fault, Op: op, Err: err}
}

// serialOf writes the security module's number the way its label does: 16 bytes, little endian.
func serialOf(b []byte) string {
	le := binary.LittleEndian
	return fmt.Sprintf("%02d.%02d-%d-%010d-%d", le.Uint16(b), le.Uint16(b[2:]), le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:]))
}
