package succession

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bianmin/sync/seal"
)

// Kept is a certificate of erasure that lies in a folder.
type Kept struct {
	Statement
	Digest string // SM3 of the statement's exact bytes
	PDF    []byte // the page to sign
}

// What can be wrong with one, in sentences for the technician.
var (
	ErrNoCertificate = errors.New("no certificate of erasure lies here: name the folder that was given to provision retire --certificate")
	ErrForged        = errors.New("this certificate of erasure is damaged, or was not signed by the machine it names")
	ErrNotErased     = errors.New("the statement is signed, but there is no page: the machine is not erased to its end; run provision retire on it again")
)

// ReadCertificates reads the certificates of erasure in a folder, of one machine ("QH0301A") or, with "", of all, the newest last. With
// trust, whose root is the authority of whoever reads, each must be of a machine of that authority; without, only that it
// is whole can be told.
func ReadCertificates(folder, of string, trust *seal.Trust) ([]Kept, error) {
	found, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("look for a certificate of erasure: %w", explain(err))
	}
	var all []Kept
	for _, entry := range found {
		name, fits := strings.CutPrefix(entry.Name(), certificatePrefix)
		name, whole := strings.CutSuffix(name, ".json")
		if !fits || !whole || of != "" && name != of {
			continue
		}
		kept, err := readCertificate(filepath.Join(folder, certificatePrefix+name), trust)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry.Name(), err)
		}
		if kept.Terminal+kept.Generation != name {
			return nil, fmt.Errorf("%s: %w", entry.Name(), ErrForged)
		}
		all = append(all, kept)
	}
	if len(all) == 0 {
		return nil, ErrNoCertificate
	}
	slices.SortFunc(all, func(a, b Kept) int { return a.Time.Compare(b.Time) })
	return all, nil
}

func readCertificate(path string, trust *seal.Trust) (k Kept, err error) {
	content, err := readLimited(path + ".json")
	if err != nil {
		return k, explain(err)
	}
	var signed SignedStatement
	if json.Unmarshal(content, &signed) != nil {
		return k, ErrForged
	}
	if k.Statement, err = verifyStatement(signed, trust); err != nil {
		return k, fmt.Errorf("%w: %w", ErrForged, err)
	}
	k.Digest = seal.Digest(signed.Statement)
	k.PDF, err = readLimited(path + ".pdf")
	if errors.Is(err, fs.ErrNotExist) {
		return k, ErrNotErased
	}
	return k, explain(err)
}

// verifyStatement checks a statement by the certificate it brings, and that by the authority where trust is given.
func verifyStatement(signed SignedStatement, trust *seal.Trust) (s Statement, err error) {
	certificate, err := parseCertificate(signed.Certificate)
	if err != nil {
		return s, err
	}
	if trust != nil {
		if err := certificate.CheckSignatureFrom(trust.SigningRoot); err != nil {
			return s, fmt.Errorf("the statement's certificate: %w", err)
		}
	}
	if err := seal.Verify(seal.SM2Key(certificate), signed.Statement, signed.Signature); err != nil {
		return s, fmt.Errorf("the statement's signature: %w", err)
	}
	if err := json.Unmarshal(signed.Statement, &s); err != nil {
		return s, fmt.Errorf("read the statement: %w", err)
	}
	if certificate.Subject.SerialNumber != s.Terminal+s.Generation {
		return s, errors.New("the statement is of another terminal than its certificate")
	}
	return s, nil
}
