package packet

import (
	"errors"
	"fmt"
	"io"
)

// Source is an attachment's sealed bytes on disk.
type Source interface {
	io.ReaderAt
	io.Closer
}

// Part is one attachment behind the head; Open is called when its bytes are first asked for.
type Part struct {
	Length int64
	Open   func() (Source, error)
}

// Reader reads a whole packet at any offset without holding its attachments in
// memory. Not for more than one goroutine.
type Reader struct {
	head  []byte
	parts []Part
	total int64
	open  int // index of the part that is open, -1 for none
	file  Source
}

// UnreadableError says that a packet's own bytes cannot be read where they lie: nothing of the way they go is at fault.
type UnreadableError struct{ Err error }

func (e *UnreadableError) Error() string { return "read a packet: " + e.Err.Error() }
func (e *UnreadableError) Unwrap() error { return e.Err }

// NewReader reads head and then the parts.
func NewReader(head []byte, parts []Part) *Reader {
	r := &Reader{head: head, parts: parts, total: int64(len(head)), open: -1}
	for _, part := range parts {
		r.total += part.Length
	}
	return r
}

// Total is the packet's length in bytes.
func (r *Reader) Total() int64 { return r.total }

// HeadLength is the number of bytes before the attachments: lane 1.
func (r *Reader) HeadLength() int64 { return int64(len(r.head)) }

// ReadAt reads at an offset (io.ReaderAt). Trouble with the files is an *UnreadableError.
func (r *Reader) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, errors.New("read packet: negative offset")
	}
	done := 0
	for done < len(p) {
		n, err := r.readOnce(p[done:], offset+int64(done))
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

func (r *Reader) readOnce(p []byte, offset int64) (int, error) {
	if offset < int64(len(r.head)) {
		return copy(p, r.head[offset:]), nil
	}
	offset -= int64(len(r.head))
	for i, part := range r.parts {
		if offset >= part.Length {
			offset -= part.Length
			continue
		}
		if err := r.switchTo(i); err != nil {
			return 0, err
		}
		want := min(int64(len(p)), part.Length-offset)
		n, err := r.file.ReadAt(p[:want], offset)
		if int64(n) == want {
			return n, nil
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // the file is shorter than its row says
		}
		return n, &UnreadableError{fmt.Errorf("read attachment: %w", err)}
	}
	return 0, io.EOF
}

func (r *Reader) switchTo(i int) error {
	if r.open == i {
		return nil
	}
	if err := r.Close(); err != nil {
		return err
	}
	file, err := r.parts[i].Open()
	if err != nil {
		return &UnreadableError{fmt.Errorf("open attachment: %w", err)}
	}
	r.file, r.open = file, i
	return nil
}

// Close closes what is open; the reader may be used again after it.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file, r.open = nil, -1
	if err != nil {
		return fmt.Errorf("close attachment: %w", err)
	}
	return nil
}
