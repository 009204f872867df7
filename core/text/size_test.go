package text_test

import (
	"testing"

	"bianmin/core/text"
)

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 KB", 1: "1 KB", 1024: "1 KB", 1025: "2 KB", 716_800: "700 KB", 1 << 20: "1.0 MB", 5 << 19: "2.5 MB"} {
		if got := text.Size(n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}
