// Package standing keeps what the province set for this terminal (省里定的设置): the
// platform's signed word, in one file beside the keys. It takes a newer word and never an older one,
// another terminal's, a broken one, or one with a value out of bounds. It must not decide what
// counts beside a machine's own file; packaging/settings does.
package standing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bianmin/packaging/settings/schema"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// File is the file's name in the keys folder; it holds wire.SignedSettings.
const File = "settings.json"

// Limit is the longest such file that is read, in bytes.
const Limit = 256 << 10

// Errors of reading and taking. Nothing has changed then.
var (
	ErrForm      = errors.New("these are no settings, or only half of them")
	ErrSignature = errors.New("these settings are not signed by the platform that enrolled this terminal")
	ErrForeign   = errors.New("these settings are for another terminal, another generation of it, or another environment")
	ErrOlder     = errors.New("these settings are older than those that are here")
	ErrTwice     = errors.New("settings of this number are here and say something else; the province must give a new number")
)

// Refusal says that settings were refused whole because of one value.
type Refusal struct {
	Number int64
	Key    string
	Err    error // schema.ErrForm or schema.ErrRange, wrapped
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("settings number %d are refused: %s: %v", r.Number, r.Key, r.Err)
}

func (r *Refusal) Unwrap() error { return r.Err }

// Who is the terminal, and whose signature counts for it.
type Who struct {
	Environment, Number, Generation string

	Key seal.Signers // the platform's signing key
}

// Of is who an enrolled terminal is.
func Of(identity *seal.Identity) Who {
	return Who{
		Environment: identity.Environment, Number: identity.Number, Generation: identity.Generation, Key: identity.Believed(),
	}
}

// Ruling is what the province set. The zero value is that nothing was set.
type Ruling struct {
	Number int64
	Made   time.Time
	Values map[string]string // known settings in normal form
	Locked []string          // those of Values that a machine may not set for itself
	// Unknown are settings of a newer platform, which are let be.
	Unknown []string
}

// Read reads and checks signed settings as they lie in a file or come over the wire.
func Read(content []byte, who Who) (Ruling, error) {
	_, ruling, err := read(content, who)
	return ruling, err
}

func read(content []byte, who Who) (wire.SignedSettings, Ruling, error) {
	var signed wire.SignedSettings
	if len(content) > Limit || json.Unmarshal(content, &signed) != nil || len(signed.Answer) == 0 {
		return signed, Ruling{}, ErrForm
	}
	ruling, err := check(signed, who)
	return signed, ruling, err
}

// check believes nothing before the signature, and no value before all.
func check(signed wire.SignedSettings, who Who) (Ruling, error) {
	if len(signed.Answer) > Limit || len(signed.Signature) != seal.SignatureSize || who.Key.Verify(signed.Answer, signed.Signature) != nil {
		return Ruling{}, ErrSignature
	}
	var said wire.Settings
	if json.Unmarshal(signed.Answer, &said) != nil || said.Version != wire.Version || said.Kind != wire.Ruling || said.Number < 0 {
		return Ruling{}, ErrForm
	}
	if said.Environment != who.Environment || said.Terminal != who.Number || said.Generation != who.Generation {
		return Ruling{}, ErrForeign
	}
	return values(said)
}

func values(said wire.Settings) (Ruling, error) {
	r := Ruling{Number: said.Number, Made: said.Made.UTC(), Values: map[string]string{}}
	for name, raw := range said.Values {
		key, known := schema.Find(name)
		if !known {
			r.Unknown = append(r.Unknown, short(name))
			continue
		}
		var text string
		if err := json.Unmarshal(raw, &text); err != nil || string(raw) == "null" {
			return Ruling{}, &Refusal{said.Number, name, fmt.Errorf("%w: it is no text", schema.ErrForm)}
		}
		normal, err := key.Province(text)
		if err != nil {
			return Ruling{}, &Refusal{said.Number, name, err}
		}
		r.Values[name] = normal
	}
	for _, name := range said.Locked {
		if _, set := r.Values[name]; set && !slices.Contains(r.Locked, name) {
			r.Locked = append(r.Locked, name)
		}
	}
	slices.Sort(r.Locked)
	slices.Sort(r.Unknown)
	if len(r.Unknown) > mostUnknown {
		r.Unknown = r.Unknown[:mostUnknown]
	}
	return r, nil
}

const mostUnknown = 20 // names that are told on

// short keeps what only a newer platform knows within what can be shown.
func short(name string) string {
	clean := make([]rune, 0, 40)
	for _, r := range name {
		if r < ' ' || r == 0x7f || len(clean) == 40 {
			break
		}
		clean = append(clean, r)
	}
	return string(clean)
}

// Load reads what is here; the zero Ruling when nothing is. ErrForm, ErrSignature, ErrForeign or a Refusal says that
// the file cannot be believed: then nothing of it is.
func Load(folder string, who Who) (Ruling, error) {
	_, ruling, err := load(folder, who)
	return ruling, err
}

func load(folder string, who Who) ([]byte, Ruling, error) {
	content, err := os.ReadFile(filepath.Join(folder, File)) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Ruling{}, nil
	}
	if err != nil {
		return nil, Ruling{}, fmt.Errorf("read the province's settings: %w", err)
	}
	signed, ruling, err := read(content, who)
	if err != nil {
		return nil, Ruling{}, fmt.Errorf("read the province's settings: %w", err)
	}
	return signed.Answer, ruling, nil
}

// Weigh checks signed settings against what is here and writes nothing. changed is false when they are here already.
// The errors are Take's.
func Weigh(folder string, who Who, signed wire.SignedSettings) (ruling Ruling, changed bool, err error) {
	if ruling, err = check(signed, who); err != nil {
		return Ruling{}, false, err
	}
	held, here, err := load(folder, who)
	var file *fs.PathError
	if errors.As(err, &file) {
		return Ruling{}, false, err
	}
	switch { // a damaged file holds nothing, and is mended by the next that is taken
	case ruling.Number < here.Number:
		return Ruling{}, false, ErrOlder
	case ruling.Number > here.Number:
		return ruling, true, nil
	case held != nil && !same(held, signed.Answer):
		return Ruling{}, false, ErrTwice
	}
	return ruling, false, nil
}

// same tells whether two words of the province set the same, whenever and for whatever question they were signed.
func same(a, b []byte) bool {
	var one, other wire.Settings
	if json.Unmarshal(a, &one) != nil || json.Unmarshal(b, &other) != nil || len(one.Values) != len(other.Values) {
		return false
	}
	for name, value := range one.Values {
		if against, there := other.Values[name]; !there || !bytes.Equal(value, against) {
			return false
		}
	}
	slices.Sort(one.Locked)
	slices.Sort(other.Locked)
	return slices.Equal(one.Locked, other.Locked)
}

// Take puts signed settings in the place of what is here, durably and at once, when they are newer. Errors: ErrForm,
// ErrSignature, ErrForeign, ErrOlder, ErrTwice, and a Refusal, which is noted for Refused.
func Take(folder string, who Who, signed wire.SignedSettings) (ruling Ruling, changed bool, err error) {
	unlock, err := lock(folder)
	if err != nil {
		return Ruling{}, false, fmt.Errorf("take the province's settings: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	ruling, changed, err = Weigh(folder, who, signed)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return Ruling{}, false, errors.Join(err, note(folder, who, refusal))
	case err != nil || !changed:
		return ruling, false, err
	}
	content, err := json.Marshal(signed)
	if err != nil {
		return Ruling{}, false, fmt.Errorf("take the province's settings: %w", err)
	}
	if err := seal.WriteFile(filepath.Join(folder, File), content); err != nil {
		return Ruling{}, false, fmt.Errorf("take the province's settings: %w", err)
	}
	return ruling, true, nil
}
