package gallery_test

import (
	"testing"

	"bianmin/ui/gallery"
)

// TestPseudoIsLonger proves that the pseudo-language tests what it says.
func TestPseudoIsLonger(t *testing.T) {
	for _, percent := range []int{25, 40} {
		for _, template := range []string{"Help", "Back", "What you entered is not handed in and will be wiped.", "{n} pages"} {
			long := gallery.Longer(template, percent)
			if got, want := len([]rune(long)), len([]rune(template))*(100+percent)/100; got < want {
				t.Errorf("%q became %q: %d characters, want %d", template, long, got, want)
			}
		}
	}
}
