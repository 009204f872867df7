// Package edition keeps the province's catalogue (事项目录) current at a terminal: signed editions, as deltas or whole, put
// into place at once or not at all. An older edition, another division's, a half one or one that cannot be
// read is refused, and what is here goes on to serve. It must not know what an item means.
package edition

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Errors of editions. Nothing has changed then.
var (
	ErrForm      = errors.New("this is no edition of a catalogue, or only half of one")
	ErrSignature = errors.New("this edition is not signed by the platform that enrolled this terminal")
	ErrForeign   = errors.New("this edition is for another division or another environment")
	ErrOlder     = errors.New("this edition is older than the one that is here")
	ErrTwice     = errors.New("an edition of this number is here and holds something else; the province must give a new number")
	ErrArchive   = errors.New("this archive is not what the edition names")
	ErrNewer     = errors.New("this edition needs a newer version of this program")
	ErrBroken    = errors.New("this edition's catalogue is not in order")
	ErrRoom      = errors.New("the disk has no room for another edition")
	ErrDamaged   = errors.New("the catalogue on this disk is damaged")
)

// MaxManifest is the longest signed manifest that is read, in bytes.
const MaxManifest = 1 << 20

// Who is the terminal, and whose signature counts for it.
type Who struct {
	Environment, Region string // Region is the division code of the terminal's point

	Key seal.Signers // the platform's signing key
}

// Of is who an enrolled terminal is.
func Of(identity *seal.Identity) Who {
	return Who{Environment: identity.Environment, Region: identity.Region, Key: identity.Believed()}
}

var (
	digestForm   = regexp.MustCompile(`^[0-9a-f]{64}$`)
	divisionForm = regexp.MustCompile(`^[0-9]{12}$`)
)

// Covers tells whether a division holds another: its code without the zeros of the lower levels begins the other's.
func Covers(division, other string) bool {
	if !divisionForm.MatchString(division) || !divisionForm.MatchString(other) {
		return false
	}
	for _, length := range []int{0, 2, 4, 6, 9, 12} {
		if strings.Trim(division[length:], "0") == "" {
			return strings.HasPrefix(other, division[:length])
		}
	}
	return false
}

// Check reads a signed manifest and believes nothing before the signature. Errors: ErrForm, ErrSignature, ErrForeign.
func Check(signed wire.SignedCatalogue, who Who) (wire.Catalogue, error) {
	if len(signed.Answer) > MaxManifest || len(signed.Signature) != seal.SignatureSize || who.Key.Verify(signed.Answer, signed.Signature) != nil {
		return wire.Catalogue{}, ErrSignature
	}
	said, err := read(signed.Answer)
	if err != nil {
		return wire.Catalogue{}, err
	}
	if said.Environment != who.Environment || (said.Edition > 0 && !Covers(said.Region, who.Region)) {
		return wire.Catalogue{}, ErrForeign
	}
	return said, nil
}

// read reads a manifest and checks its shape.
func read(answer []byte) (wire.Catalogue, error) {
	var said wire.Catalogue
	if json.Unmarshal(answer, &said) != nil || said.Kind != wire.Contents || said.Version < 1 {
		return wire.Catalogue{}, ErrForm
	}
	if said.Version > wire.Version {
		return wire.Catalogue{}, fmt.Errorf("%w: it is told in version %d", ErrNewer, said.Version)
	}
	if said.Edition == 0 {
		return said, nil
	}
	sound := said.Edition > 0 && divisionForm.MatchString(said.Region) && digestForm.MatchString(said.Digest) && goodArchive(said.Snapshot) &&
		said.Files > 0 && said.Files <= MaxFiles && said.Size > 0 && said.Size <= MaxSet && !said.Made.IsZero() && !said.Until.IsZero()
	for _, delta := range said.Deltas {
		sound = sound && digestForm.MatchString(delta.From) && goodArchive(delta.Archive)
	}
	if !sound {
		return wire.Catalogue{}, ErrForm
	}
	return said, nil
}

func goodArchive(a wire.Archive) bool {
	return digestForm.MatchString(a.Digest) && a.Size > 0 && a.Size <= MaxArchive
}

// Parse reads a manifest's file as it lies on a stick or at the terminal.
func Parse(content []byte) (wire.SignedCatalogue, error) {
	var signed wire.SignedCatalogue
	if len(content) > 2*MaxManifest || json.Unmarshal(content, &signed) != nil || len(signed.Answer) == 0 {
		return wire.SignedCatalogue{}, ErrForm
	}
	return signed, nil
}

func sameDigest(sum []byte, digest string) bool { return hex.EncodeToString(sum) == digest }
