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

// oneInAHundred is a county's catalogue before and after one item in a hundred changed.
func oneInAHundred(t testing.TB) (w *world, before, after edition.Set) {
	t.Helper()
	w = newWorld(t)
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
	if after, err = edition.Scan(t.Context(), os.DirFS(w.source)); err != nil {
		t.Fatal(err)
	}
	return w, before, after
}

// BenchmarkDelta tells how large the delta is against the snapshot.
func BenchmarkDelta(b *testing.B) {
	w, before, after := oneInAHundred(b)
	var whole, delta bytes.Buffer
	for b.Loop() {
		whole.Reset()
		delta.Reset()
		if err := edition.WriteArchive(&whole, nil, after, os.DirFS(w.source)); err != nil {
			b.Fatal(err)
		}
		if err := edition.WriteArchive(&delta, before, after, os.DirFS(w.source)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(delta.Len())/float64(whole.Len()), "ofSnapshot")
}

// TestSmallDelta: of a county's catalogue in which one item of a hundred changed, a delta carries at most a fiftieth of the snapshot.
func TestSmallDelta(t *testing.T) {
	w, before, after := oneInAHundred(t)
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
