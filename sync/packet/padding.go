package packet

import (
	"bytes"
	"strings"

	"bianmin/core/casefile"
)

// Sizes of the packets of evaluations: their event in canonical bytes, and all
// before the attachments. What does not fit gets the next multiple.
const (
	uniformEvent = 4096
	uniformHead  = 7168
)

// uniform tells whether packets of a kind all have one length: whoever watches
// the line, or looks at the disk, must not learn whether and how somebody rated.
func uniform(kind casefile.EventKind) bool {
	return kind == casefile.Evaluated || kind == casefile.Unevaluated
}

// pad brings an evaluation's event to one length in canonical bytes.
func pad(event casefile.Event) (casefile.Event, error) {
	if !uniform(event.Kind) {
		return event, nil
	}
	event.Padding = "0"
	canonical, err := casefile.Canonical(event)
	if err != nil {
		return event, err
	}
	event.Padding = strings.Repeat("0", 1+missing(len(canonical), uniformEvent))
	return event, nil
}

// fill puts blanks behind an evaluation's header, because the lengths of
// signatures and of the header's words differ by a few bytes.
func fill(header []byte, sealed int) []byte {
	return append(header, bytes.Repeat([]byte{' '}, missing(prefixSize+len(header)+sealed, uniformHead))...)
}

// missing is how many bytes a length lacks to the next multiple of size.
func missing(length, size int) int { return (size - length%size) % size }
