package spoken

import (
	"slices"
	"testing"

	"bianmin/sync/wire"
)

// TestNothingIsUnlearnt: whatever the first version understood is understood still, and a side that says nothing is taken for it.
func TestNothingIsUnlearnt(t *testing.T) {
	own, first := Own(), wire.FirstSpeaks()
	if own.Answers < first.Answers || own.Catalogue < first.Catalogue || !slices.Contains(own.Packets, 1) {
		t.Errorf("own %+v", own)
	}
	for _, list := range [][2][]string{{own.Compression, first.Compression}, {own.Events, first.Events}, {own.Updates, first.Updates}} {
		for _, word := range list[1] {
			if !slices.Contains(list[0], word) {
				t.Errorf("%q is not understood any more", word)
			}
		}
	}
	var silent *wire.Speaks
	if !silent.Compresses("zlib") || silent.Compresses("zstd") || !silent.Hears("returned") || silent.Hears("payment") {
		t.Errorf("a silent side counts as %+v", silent.Filled())
	}
	some := &wire.Speaks{Compression: []string{"zlib", "word"}}
	if !some.Compresses("word") || !some.Hears("returned") || some.Hears("other") {
		t.Errorf("one that leaves lists out counts as %+v", some.Filled())
	}
}
