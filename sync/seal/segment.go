package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/emmansun/gmsm/sm4"
)

// A sealed file is
//
//	"BMA1" | u32 BE segment size | 7 bytes nonce prefix | segments
//
// Each segment is SM4-GCM (12-byte nonce, 16-byte tag) of up to segment size
// plain bytes; only the last may be shorter. Nonce = prefix | u32 BE counter
// from 0 | 1 for the last segment, else 0 (the STREAM construction). The header
// is every segment's additional data. The key is random and serves one file.
const (
	SegmentSize = 64 << 10 // plain bytes of a segment

	fileMagic  = "BMA1"
	prefixSize = 7
	headerSize = len(fileMagic) + 4 + prefixSize
	tagSize    = 16
	maxSegment = 16 << 20
)

// ErrTampered says that sealed content was changed, cut short, extended or put
// in another order, or that the key is not its key.
var ErrTampered = errors.New("sealed content is damaged or the key is wrong")

// NewKey makes a random SM4 key.
func NewKey() ([16]byte, error) {
	var key [16]byte
	if _, err := rand.Read(key[:]); err != nil {
		return key, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// SealedSize is the length of the sealed file for plain bytes of content.
func SealedSize(plain int64) int64 {
	segments := (plain + SegmentSize - 1) / SegmentSize
	if segments == 0 {
		segments = 1
	}
	return int64(headerSize) + plain + segments*tagSize
}

type segmentCipher struct {
	aead    cipher.AEAD
	header  [headerSize]byte
	counter uint32
}

func newSegmentCipher(key [16]byte, header []byte) (*segmentCipher, error) {
	block, err := sm4.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("SM4: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("SM4-GCM: %w", err)
	}
	s := &segmentCipher{aead: aead}
	copy(s.header[:], header)
	return s, nil
}

func (s *segmentCipher) nonce(last bool) []byte {
	nonce := make([]byte, 0, prefixSize+5)
	nonce = append(nonce, s.header[headerSize-prefixSize:]...)
	nonce = binary.BigEndian.AppendUint32(nonce, s.counter)
	if last {
		return append(nonce, 1)
	}
	return append(nonce, 0)
}

// Writer seals what is written to it. Close writes the last segment and must be
// called; it does not close what lies beneath. Not for more than one goroutine.
type Writer struct {
	to     io.Writer
	cipher *segmentCipher
	buffer []byte
	sealed [2][]byte // the one that is hashed, and the one that is sealed into meanwhile
	hash   hash.Hash
	hashed chan struct{} // closed when what was given to the hash last is in it; nil for nothing
	plain  int64
	length int64
	err    error
}

// NewWriter begins a sealed file on to; errors are those of writing its header.
func NewWriter(to io.Writer, key [16]byte) (*Writer, error) {
	header := make([]byte, headerSize)
	copy(header, fileMagic)
	binary.BigEndian.PutUint32(header[len(fileMagic):], SegmentSize)
	if _, err := rand.Read(header[headerSize-prefixSize:]); err != nil {
		return nil, fmt.Errorf("make a nonce: %w", err)
	}
	segments, err := newSegmentCipher(key, header)
	if err != nil {
		return nil, err
	}
	w := &Writer{
		to: to, cipher: segments, hash: NewHash(),
		buffer: make([]byte, 0, SegmentSize),
	}
	for i := range w.sealed {
		w.sealed[i] = make([]byte, 0, SegmentSize+tagSize)
	}
	if err := w.put(header); err != nil {
		return nil, err
	}
	return w, nil
}

// put writes p while it is hashed beside; p must stay as it is until the next put. Whoever drops the writer half-way leaves nothing
// running: a hash of one segment ends by itself.
func (w *Writer) put(p []byte) error {
	w.wait()
	done := make(chan struct{})
	w.hashed = done
	go func() {
		defer close(done)
		w.hash.Write(p)
	}()
	if _, err := w.to.Write(p); err != nil {
		w.err = fmt.Errorf("write sealed content: %w", err)
		return w.err
	}
	w.length += int64(len(p))
	return nil
}

// wait waits until all that was put is in the hash.
func (w *Writer) wait() {
	if w.hashed != nil {
		<-w.hashed
	}
}

func (w *Writer) flush(last bool) error {
	w.sealed[0], w.sealed[1] = w.sealed[1], w.sealed[0]
	w.sealed[0] = w.cipher.aead.Seal(w.sealed[0][:0], w.cipher.nonce(last), w.buffer, w.cipher.header[:])
	w.buffer = w.buffer[:0]
	w.cipher.counter++
	if w.cipher.counter == 0 {
		w.err = errors.New("content is too long to seal")
		return w.err
	}
	return w.put(w.sealed[0])
}

// Write seals p; errors are those of the writer beneath.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	written := 0
	for len(p) > 0 {
		if len(w.buffer) == SegmentSize { // more follows, so this was not the last
			if err := w.flush(false); err != nil {
				return written, err
			}
		}
		n := min(SegmentSize-len(w.buffer), len(p))
		w.buffer = append(w.buffer, p[:n]...)
		w.plain += int64(n)
		written += n
		p = p[n:]
	}
	return written, nil
}

// Close writes the last segment. The digest counts after it.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if err := w.flush(true); err != nil {
		return err
	}
	w.wait()
	w.err = errors.New("the sealed file is closed")
	clear(w.buffer[:cap(w.buffer)])
	return nil
}

// Digest is SM3 of the sealed bytes in hex; it counts after Close.
func (w *Writer) Digest() string { return hex.EncodeToString(w.hash.Sum(nil)) }

// Sealed is the number of sealed bytes written.
func (w *Writer) Sealed() int64 { return w.length }

// Plain is the number of plain bytes taken.
func (w *Writer) Plain() int64 { return w.plain }

// Reader opens a sealed file piece by piece. Read gives ErrTampered as soon as
// a segment does not fit; bytes before it were genuine but are not the whole
// file, so a caller must use nothing until io.EOF.
type Reader struct {
	from    io.Reader
	cipher  *segmentCipher
	sealed  []byte
	held    int // sealed bytes in the buffer
	plain   []byte
	pending []byte
	done    bool
	err     error
}

// NewReader reads the header; it gives ErrTampered when it is none of ours.
func NewReader(from io.Reader, key [16]byte) (*Reader, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, tampered(err)
	}
	size := binary.BigEndian.Uint32(header[len(fileMagic):])
	if !bytes.HasPrefix(header, []byte(fileMagic)) || size == 0 || size > maxSegment {
		return nil, ErrTampered
	}
	segments, err := newSegmentCipher(key, header)
	if err != nil {
		return nil, err
	}
	// One byte more than a segment tells whether another follows.
	return &Reader{from: from, cipher: segments, sealed: make([]byte, int(size)+tagSize+1)}, nil
}

func tampered(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTampered
	}
	return fmt.Errorf("read sealed content: %w", err)
}

// Read gives plain bytes, io.EOF after a whole file, ErrTampered otherwise.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.pending) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.done {
			return 0, io.EOF
		}
		r.next()
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

func (r *Reader) next() {
	n, err := io.ReadFull(r.from, r.sealed[r.held:])
	r.held += n
	last := false
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		last = true
	case err != nil:
		r.err = tampered(err)
		return
	}
	whole := r.held
	if !last {
		whole = len(r.sealed) - 1
	}
	plain, err := r.cipher.aead.Open(r.plain[:0], r.cipher.nonce(last), r.sealed[:whole], r.cipher.header[:])
	if err != nil {
		r.err = ErrTampered
		return
	}
	r.plain, r.pending, r.done = plain, plain, last
	r.cipher.counter++
	r.held = copy(r.sealed, r.sealed[whole:r.held])
}

// OpenSealed opens a whole sealed file in memory, or gives ErrTampered.
func OpenSealed(sealed []byte, key [16]byte) ([]byte, error) {
	reader, err := NewReader(bytes.NewReader(sealed), key)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	return plain, nil
}
