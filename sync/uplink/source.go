package uplink

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"bianmin/sync/packet"
)

// source hands a packet's bytes to request bodies. The HTTP transport may still
// read a body while the answer is already there, so reading and closing take turns.
type source struct {
	mu     sync.Mutex
	reader *packet.Reader
	closed bool
	err    error // first trouble of reading from disk
}

// piece is how many bytes become one record of TLS. The other end can use a record only when it is whole, so what a cut
// costs of a slow line is half of one; as large as TLS allows, that would be half a second of 128 kbit/s.
const piece = 4 << 10

var errClosed = errors.New("the packet is closed")

// attach makes the bytes from offset to limit the request's body, watched by w; moved is told how far it is, and ends it by an error.
func (s *source) attach(request *http.Request, offset, limit int64, w *watch, moved func(at int64) error) {
	body := func() (io.ReadCloser, error) {
		return &span{from: s, watch: w, moved: moved, begin: offset, at: offset, end: limit}, nil
	}
	request.Body, _ = body() // never fails
	request.GetBody = body
	request.ContentLength = limit - offset
}

func (s *source) readAt(p []byte, at int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, errClosed
	}
	n, err := s.reader.ReadAt(p, at)
	if err != nil && n < len(p) && s.err == nil {
		s.err = err
	}
	return n, err
}

// failure is the disk's trouble, nil when there was none.
func (s *source) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *source) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.reader.Close() // only read; the next try opens it anew
}

// span is one request's body.
type span struct {
	from           *source
	watch          *watch
	moved          func(at int64) error
	begin, at, end int64
}

func (b *span) Read(p []byte) (int, error) {
	b.watch.moved(b.at-b.begin, b.at >= b.end)
	if b.at >= b.end {
		return 0, io.EOF
	}
	n, err := b.from.readAt(p[:min(int64(len(p)), b.end-b.at, piece)], b.at)
	b.at += int64(n)
	if stop := b.moved(b.at); stop != nil {
		return 0, stop
	}
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func (b *span) Close() error { return nil }

// watch ends a request that stands still although its connection lives: boxes on
// the way acknowledge bytes that never arrive, and TCP's own timeout sees nothing of it.
type watch struct {
	timer *time.Timer
	still time.Duration // for the answer, besides what is still in buffers
}

const (
	bufferRate = 2 << 10   // bytes a second at which buffers drain at least
	bufferMost = 256 << 10 // bytes the system buffers at most, see channel
)

var errStill = errors.New("nothing moves on a connection that is still there")

// newWatch gives dialling and the handshake three times as long as an answer.
func newWatch(still time.Duration, end context.CancelCauseFunc) *watch {
	return &watch{still: still, timer: time.AfterFunc(3*still, func() { end(errStill) })}
}

// moved notes that so many bytes have gone into the system's buffers.
func (w *watch) moved(sent int64, all bool) {
	drain := int64(bufferMost)
	if all {
		drain = min(sent, bufferMost)
	}
	w.timer.Reset(w.still + time.Duration(drain)*time.Second/bufferRate)
}

func (w *watch) stop() { w.timer.Stop() }
