package casefile_test

import (
	"testing"

	"bianmin/core/casefile"
)

// TestLetter: only a check character that people take for a digit is said beside a number.
func TestLetter(t *testing.T) {
	for number, want := range map[casefile.Number]string{
		"QH0301A-261122-0003-I": "I", "QH0301A-261122-0003-O": "O", "QH0301A-261122-0003-1": "", "QH0301I-261122-0003-X": "", "": "", "I": "",
	} {
		if got := number.Letter(); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
}
