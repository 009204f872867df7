package seal

import (
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// deepest bounds how far elements of a message may be nested; messages of
// GB/T 35275 with their certificates stay below 20.
const deepest = 40

// isDER tells whether data is exactly one DER element whose constructed parts
// are DER again. The CMS library reads the looser BER and trusts its lengths,
// so bytes from outside are checked here before it sees them.
func isDER(data []byte) bool {
	input := cryptobyte.String(data)
	return readsAsDER(&input, deepest) && input.Empty()
}

// readsAsDER takes one element off input.
func readsAsDER(input *cryptobyte.String, depth int) bool {
	var element cryptobyte.String
	var tag asn1.Tag
	if depth == 0 || !input.ReadAnyASN1(&element, &tag) {
		return false
	}
	if tag&classConstructed == 0 {
		return true
	}
	for !element.Empty() {
		if !readsAsDER(&element, depth-1) {
			return false
		}
	}
	return true
}

// classConstructed is the bit of a tag that says that elements are inside.
const classConstructed = 0x20
