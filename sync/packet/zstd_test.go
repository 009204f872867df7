package packet

import (
	"bytes"
	"errors"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestZstdIsBounded: a few bytes that claim to be very many end in an error, and so does anything else that is no frame.
func TestZstdIsBounded(t *testing.T) {
	with, err := encoder()
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Repeat([]byte("一"), 1<<20)
	if got, err := decompressAs(Zstd, with.EncodeAll(whole, nil)); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("three megabytes: %d, %v", len(got), err)
	}
	bomb := with.EncodeAll(make([]byte, maxContent+1), nil)
	if len(bomb) > 1<<20 {
		t.Fatalf("%d bytes are no bomb", len(bomb))
	}
	streamed := stream(t, maxContent+1)
	other, err := zstd.NewWriter(nil, zstd.WithEncoderDictRaw(77, []byte("another dictionary, nobody knows it")))
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"too long": bomb, "too long without saying so": streamed, "text": []byte("{}"), "cut": with.EncodeAll(whole, nil)[:20],
		"another dictionary": other.EncodeAll(whole, nil),
	} {
		if got, err := decompressAs(Zstd, bad); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// stream compresses without a length in front.
func stream(t *testing.T, length int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	for range length/4096 + 1 {
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
