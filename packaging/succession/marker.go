package succession

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"bianmin/packaging/stick"
	"bianmin/sync/seal"
)

const markerFile = "retiring.json"

// marker stands in the data folder from the moment on from which there is no way back.
type marker struct {
	Signed SignedStatement `json:"signed"`
	Told   bool            `json:"told"`
	Out    string          `json:"out"`
	Away   bool            `json:"away"` // Out was a stick and not a folder of the system's own disk
	Keys   int             `json:"keyFiles"`
	Files  int             `json:"files"`
	Done   *time.Time      `json:"done,omitempty"` // all is erased; only the certificate is still to be written
}

func (k marker) keep(data string) error {
	content, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("note the retirement: %w", err)
	}
	return seal.WriteFile(filepath.Join(data, markerFile), content)
}

// lookAgain looks at the folder for the certificate of a retirement that goes on. Where a stick was, its empty mount
// point is no place; another folder is.
func (k marker) lookAgain(out, data string) (stick.Folder, error) {
	if out == "" {
		out = k.Out
	}
	found, err := outside(out, data)
	if err == nil && k.Away && filepath.Clean(out) == filepath.Clean(k.Out) && !away(found, data) {
		err = fmt.Errorf("%w (%s)", stick.ErrGone, out)
	}
	switch {
	case err == nil:
		return found, nil
	case k.Done != nil:
		return found, fmt.Errorf("the machine is erased, its certificate is kept in %s until it can be written: name another folder or plug the stick in, then run this again: %w", data, err)
	}
	return found, fmt.Errorf("go on with a retirement: name another folder for the certificate or plug the stick in: %w", err)
}

// away tells whether a folder lies on a stick, as far as a file system of its own shows it.
func away(out stick.Folder, data string) bool { return out.Away("/", data) }

// outside looks at the folder for the certificate, which must not be erased with the rest.
func outside(out, data string) (stick.Folder, error) {
	found, err := stick.Named(out)
	if errors.Is(err, fs.ErrNotExist) {
		return found, fmt.Errorf("%s is no folder for the certificate: if it is a stick's, it was pulled: %w", out, err)
	}
	if err != nil {
		return found, fmt.Errorf("%s is no folder for the certificate: %w", out, err)
	}
	there, err := filepath.EvalSymlinks(out)
	if err != nil {
		return found, err
	}
	here, err := filepath.EvalSymlinks(data)
	if err != nil {
		return found, err
	}
	inside, err := filepath.Rel(here, there)
	if err == nil && filepath.IsLocal(inside) {
		return found, errors.New("the certificate must lie outside the data folder, which is erased")
	}
	return found, nil
}

// certificatePrefix begins the names of a certificate's two files.
const certificatePrefix = "erasure-"

func certificateBase(out string, s Statement) string {
	return filepath.Join(out, certificatePrefix+s.Terminal+s.Generation)
}

func writeSigned(out stick.Folder, mark marker, s Statement) error {
	content, err := json.MarshalIndent(mark.Signed, "", "  ")
	if err != nil {
		return fmt.Errorf("write the statement: %w", err)
	}
	return write(out, certificateBase(out.Path, s)+".json", content)
}

// certify writes statement and certificate.
func certify(out stick.Folder, mark marker, s Statement, pdf []byte) error {
	if err := writeSigned(out, mark, s); err != nil {
		return err
	}
	return write(out, certificateBase(out.Path, s)+".pdf", pdf)
}

// keepHere writes both into the data folder, for root to fetch; the next run takes them away when it could write them where they belong.
func keepHere(data string, mark marker, s Statement, pdf []byte) error {
	here, err := stick.Look(data)
	if err != nil {
		return err
	}
	return certify(here, mark, s, pdf)
}
