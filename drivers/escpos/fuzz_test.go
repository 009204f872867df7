package escpos

import (
	"bytes"
	"context"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
)

// said is a link on which a printer has said everything it will ever say.
type said struct {
	rest []byte
	size int // bytes that come at once
}

func (s *said) ReadContext(_ context.Context, p []byte) (int, error) {
	n := copy(p, s.rest[:min(s.size, len(s.rest))])
	s.rest = s.rest[n:]
	if n == 0 {
		return 0, link.ErrTimeout
	}
	return n, nil
}

func (s *said) WriteContext(_ context.Context, p []byte) (int, error) { return len(p), nil }
func (s *said) Flush() error                                          { return nil }
func (s *said) Close() error                                          { return nil }

// FuzzAnswers: whatever a printer says to DLE EOT, to GS r and of itself, a status is made of four bytes that are
// answers to DLE EOT, a job counts as done only when a byte came that is an answer to GS r, and well is only what no bit contradicts.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("\x12\x12\x12\x12\x00"), 1)
	f.Add([]byte("\x1a\x32\x12\x7e\x0f"), 64)
	f.Add([]byte("\x10\x00\x0c\x00\x12\x13\x11\x16\x12\x1e\x03"), 2)        // an automatic status, XOFF, XON
	f.Add([]byte("\x10\xc1\x00\x00\x00\x12\x12\x12\x12"), 3)                // noise within an automatic status
	f.Add([]byte("\x14\x00"), 1)                                            // one that breaks off
	f.Add([]byte("_EPSON\x00_TM-T20\x00\xff\xff\x90\x92\x12"), 5)           // an identity nobody asked for, noise
	f.Add([]byte("\x20_EPSON\x00_TM-T20\x00_X3QJ\x00_1.04\x00"), 9)         // one that was asked for
	f.Add(bytes.Repeat([]byte{0x10}, 40), 7)                                // nothing but beginnings
	f.Add(append(bytes.Repeat([]byte{0x00}, 20), "\x12\x12\x12\x12"...), 4) // acknowledgements that were owed
	f.Fuzz(func(t *testing.T, stream []byte, size int) {
		size = max(1, min(size, 64))
		options := Options{}
		options.fill()
		kinds := map[answer][]byte{}
		for _, b := range stream {
			kinds[classify(b)] = append(kinds[classify(b)], b)
		}
		w := wire{link: &said{rest: stream, size: size}, options: &options}
		status, err := w.status(t.Context())
		if err == nil {
			if len(kinds[isStatus]) < 4 {
				t.Fatalf("a status of %d answers", len(kinds[isStatus]))
			}
			answers := replies(kinds[isStatus][:4])
			if well := status.Fault == drivers.FaultNone; well != (status.Condition == drivers.Online) || well && answers[0]&0x08 != 0 {
				t.Fatalf("%X gives %+v", answers, status)
			}
		}
		w = wire{link: &said{rest: stream, size: size}, options: &options}
		if err := w.settle(t.Context(), time.Second); err == nil && len(kinds[isPaper]) == 0 {
			t.Fatal("acknowledged by a byte that is no acknowledgement")
		}
		if w.skip < 0 || w.skip > 3 || w.owed < 0 {
			t.Fatalf("%d bytes to skip, %d answers owed", w.skip, w.owed)
		}
		w = wire{link: &said{rest: stream, size: size}, options: &options}
		is, err := w.introduction(t.Context())
		if text := is.maker + is.model + is.serial + is.firmware; err != nil && !unanswered(err) || bytes.ContainsAny([]byte(text), "\x00\x1b\r\n\xff") || len(text) > 4*longestText {
			t.Fatalf("identity %+v, %v", is, err)
		}
	})
}
