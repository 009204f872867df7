package packet_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// FuzzRead feeds what a stranger may send to everything that reads it before
// any signature is known.
func FuzzRead(f *testing.F) {
	f.Add([]byte("BMP1\x00\x00\x00\x02\x00\x00\x00\x01{}x"))
	f.Add([]byte("BMP1\xff\xff\xff\xff\xff\xff\xff\xff"))
	f.Add([]byte(`BMP1` + "\x00\x00\x00\x0d\x00\x00\x00\x01" + `{"version":1}` + "x"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		head, err := packet.ReadHead(bytes.NewReader(wire))
		if err != nil {
			if !errors.Is(err, packet.ErrFormat) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("an error without a kind: %v", err)
			}
			return
		}
		if !bytes.HasPrefix(wire, head) {
			t.Fatal("the head is not what was sent")
		}
		if _, sealed, err := packet.Parse(head); err == nil && len(sealed) == 0 {
			t.Fatal("a packet without a manifest was read")
		}
	})
}

// FuzzOpenSealed feeds damaged files to the reader of sealed attachments.
func FuzzOpenSealed(f *testing.F) {
	var key [16]byte
	var good bytes.Buffer
	w, err := seal.NewWriter(&good, key)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := w.Write([]byte("plain")); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte("BMA1\x00\x00\x00\x01aaaaaaa"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := seal.OpenSealed(sealed, key)
		if err == nil && string(plain) != "plain" { // each process seals the seed anew
			t.Fatalf("%d bytes nobody sealed were opened", len(plain))
		}
		if err != nil && !errors.Is(err, seal.ErrTampered) {
			t.Fatalf("an error without a kind: %v", err)
		}
	})
}
