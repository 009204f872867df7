package courier_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"bianmin/sync/courier"
	"bianmin/sync/seal"
)

// FuzzBundle: whatever lies on a stick, reading it ends, gives no more than the index names, and no byte that was not sealed.
func FuzzBundle(f *testing.F) {
	f.Add(bundle(f, []byte("packet one"), []byte("packet two")))
	f.Add(bundle(f))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		entries, err := courier.Open(bytes.NewReader(content), func(sealed []byte) ([]byte, error) { return sealed, nil })
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			_, plain, err := entries.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if n > len(entries.Index.Packets) {
				t.Fatal("more packets than the index names")
			}
			if errors.Is(err, courier.ErrForm) {
				return
			}
			if err == nil {
				_, _ = io.Copy(io.Discard, plain)
			}
		}
	})
}

// FuzzBack: whatever an envelope holds, reading it gives an answer of a known form or a named error.
func FuzzBack(f *testing.F) {
	f.Add([]byte(`{"version":1,"kind":"courier-back","answers":[{"packet":"a","body":"e30=","signature":""}],"news":[],"damaged":[]}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if _, err := courier.ReadBack(content); err != nil && !errors.Is(err, courier.ErrForm) && !errors.Is(err, courier.ErrNewer) {
			t.Fatal(err)
		}
	})
}

func bundle(f *testing.F, packets ...[]byte) []byte {
	f.Helper()
	index := courier.Index{Version: 1, Kind: "courier", Terminal: "QH0301", Generation: "A", Number: 1}
	key := [16]byte{1, 2, 3}
	for range packets {
		index.Packets = append(index.Packets, courier.Packet{ID: "00", Length: 10, Key: key[:]})
	}
	head, err := json.Marshal(index)
	if err != nil {
		f.Fatal(err)
	}
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	put := func(name string, content []byte) {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(content)), Mode: 0o600}); err != nil {
			f.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			f.Fatal(err)
		}
	}
	put("index", head)
	for i, p := range packets {
		var sealed bytes.Buffer
		s, err := seal.NewWriter(&sealed, key)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := s.Write(p); err != nil || s.Close() != nil {
			f.Fatal(err)
		}
		put(string(rune('1'+i)), sealed.Bytes())
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	return out.Bytes()
}
