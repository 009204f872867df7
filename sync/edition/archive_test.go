package edition_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"testing"

	"github.com/emmansun/gmsm/sm3"

	"bianmin/sync/edition"
)

func digest(content []byte) string {
	sum := sm3.Sum(content)
	return hex.EncodeToString(sum[:])
}

// TestSmallDelta: of a county's catalogue in which one item of a hundred changed, a delta carries at most a fiftieth of the snapshot.
func TestSmallDelta(t *testing.T) {
	w := newWorld(t)
	w.grow(300)
	before, err := edition.Scan(t.Context(), os.DirFS(w.source))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range w.items() {
		if i%100 == 50 {
			w.edit(name, `"version"`, `"version" `)
		}
	}
	after, err := edition.Scan(t.Context(), os.DirFS(w.source))
	if err != nil {
		t.Fatal(err)
	}
	var whole, delta, again bytes.Buffer
	for _, one := range []struct {
		to   *bytes.Buffer
		base edition.Set
	}{{&whole, nil}, {&delta, before}, {&again, before}} {
		if err := edition.WriteArchive(one.to, one.base, after, os.DirFS(w.source)); err != nil {
			t.Fatal(err)
		}
	}
	changed, gone := after.Changes(before)
	ratio := float64(delta.Len()) / float64(whole.Len())
	t.Logf("%d of %d files changed, %d gone: delta %d bytes, snapshot %d bytes, %.4f", len(changed), len(after), len(gone), delta.Len(), whole.Len(), ratio)
	if ratio > 0.02 {
		t.Errorf("a delta of one item in a hundred is %.4f of the snapshot", ratio)
	}
	if !bytes.Equal(delta.Bytes(), again.Bytes()) {
		t.Error("the same sets gave two archives")
	}
}
