package seal_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"bianmin/sync/seal"
)

func sealBytes(t *testing.T, key [16]byte, plain []byte, chunk int) ([]byte, *seal.Writer) {
	t.Helper()
	var out bytes.Buffer
	w, err := seal.NewWriter(&out, key)
	if err != nil {
		t.Fatal(err)
	}
	for rest := plain; len(rest) > 0; {
		n := min(chunk, len(rest))
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), w
}

func pattern(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(i*7 + i>>8)
	}
	return out
}

func TestSegmentsRoundTrip(t *testing.T) {
	key, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	const s = seal.SegmentSize
	for _, n := range []int{0, 1, 15, s - 1, s, s + 1, 2 * s, 2*s + 17, 5*s - 3} {
		plain := pattern(n)
		sealed, w := sealBytes(t, key, plain, 10_007)
		if int64(len(sealed)) != seal.SealedSize(int64(n)) || w.Sealed() != int64(len(sealed)) || w.Plain() != int64(n) {
			t.Errorf("%d bytes: sealed %d, said %d, want %d", n, len(sealed), w.Sealed(), seal.SealedSize(int64(n)))
		}
		if w.Digest() != seal.Digest(sealed) {
			t.Errorf("%d bytes: digest", n)
		}
		opened, err := seal.OpenSealed(sealed, key)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Errorf("%d bytes: opened %d, %v", n, len(opened), err)
		}
		reader, err := seal.NewReader(iotest.OneByteReader(bytes.NewReader(sealed)), key)
		if err != nil {
			t.Fatal(err)
		}
		opened, err = io.ReadAll(reader)
		if err != nil || !bytes.Equal(opened, plain) {
			t.Errorf("%d bytes byte by byte: opened %d, %v", n, len(opened), err)
		}
	}
}

func TestSegmentsSeeTampering(t *testing.T) {
	key, err := seal.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	const s, head = seal.SegmentSize, 15
	sealed, _ := sealBytes(t, key, pattern(3*s+100), 1<<20)
	one := s + 16
	other, _ := sealBytes(t, key, pattern(3*s+100), 1<<20)
	segment := func(from []byte, i int) []byte { return from[head+i*one : min(head+(i+1)*one, len(from))] }
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{sealed[:head]}, parts...), nil) }
	cases := map[string][]byte{
		"empty":               nil,
		"header only":         sealed[:head],
		"cut inside":          sealed[:len(sealed)-1],
		"cut at a segment":    sealed[:head+2*one],
		"last segment gone":   sealed[:head+3*one],
		"one byte more":       append(bytes.Clone(sealed), 0),
		"a segment twice":     join(segment(sealed, 0), segment(sealed, 0), segment(sealed, 1), segment(sealed, 2), segment(sealed, 3)),
		"two swapped":         join(segment(sealed, 1), segment(sealed, 0), segment(sealed, 2), segment(sealed, 3)),
		"first left out":      join(segment(sealed, 1), segment(sealed, 2), segment(sealed, 3)),
		"last moved up":       join(segment(sealed, 3)),
		"of another file":     join(segment(sealed, 0), segment(other, 1), segment(sealed, 2), segment(sealed, 3)),
		"other file's header": append(bytes.Clone(other[:head]), sealed[head:]...),
	}
	for name, content := range cases {
		if opened, err := seal.OpenSealed(content, key); !errors.Is(err, seal.ErrTampered) || opened != nil {
			t.Errorf("%s: %d bytes, %v", name, len(opened), err)
		}
	}
	for i := 0; i < len(sealed); i += 997 {
		changed := bytes.Clone(sealed)
		changed[i] ^= 0x80
		if _, err := seal.OpenSealed(changed, key); !errors.Is(err, seal.ErrTampered) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	key[0] ^= 1
	if _, err := seal.OpenSealed(sealed, key); !errors.Is(err, seal.ErrTampered) {
		t.Errorf("wrong key: %v", err)
	}
}

func TestWriterAfterClose(t *testing.T) {
	var key [16]byte
	w, err := seal.NewWriter(io.Discard, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("late")); err == nil {
		t.Error("wrote after Close")
	}
}
