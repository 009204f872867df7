package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/settings"
	"bianmin/sync/seal"
	"bianmin/sync/standing"
	"bianmin/sync/wire"
)

// taken is what "take" prints as JSON.
type taken struct {
	Number  int64    `json:"number"`
	Newer   bool     `json:"newer"` // false: they are here already
	Written bool     `json:"written"`
	Changes []change `json:"changes"` // of what counts
	Unknown []string `json:"unknown,omitempty"`
}

func (t *tool) take(file string) error {
	content, err := read(file)
	if err != nil {
		return err
	}
	s, err := settings.Read(t.config)
	if err != nil {
		return err
	}
	var ruling standing.Ruling
	var newer bool
	err = asuser.Do(s.Data, func() (err error) {
		ruling, newer, err = t.weigh(filepath.Join(s.Data, "keys"), content)
		return err
	})
	if err != nil {
		return t.refusal(err)
	}
	out := taken{Number: ruling.Number, Newer: newer, Written: newer && !t.dry, Changes: []change{}, Unknown: ruling.Unknown}
	for _, after := range s.Ruled.With(ruling) {
		if before := s.Ruled.Value(after.Key); newer && (before.Value != after.Value || before.From != after.From) {
			out.Changes = append(out.Changes, change{after.Key, before, after})
		}
	}
	if t.json {
		return printed.JSON(t.out, out)
	}
	return t.tell(out)
}

// read reads a file of at most the length of such a one.
func read(path string) ([]byte, error) {
	file, err := os.Open(path) // #nosec G304 -- the technician names it
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(file, standing.Limit+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	return content, nil
}

func (t *tool) weigh(keys string, content []byte) (standing.Ruling, bool, error) {
	identity, err := seal.LoadIdentity(keys)
	if err != nil {
		return standing.Ruling{}, false, err
	}
	var signed wire.SignedSettings
	if len(content) > standing.Limit || json.Unmarshal(content, &signed) != nil || len(signed.Answer) == 0 {
		return standing.Ruling{}, false, standing.ErrForm
	}
	if t.dry {
		identity.Learn(signed.Signers)
		return standing.Weigh(keys, standing.Of(identity), signed)
	}
	if err := seal.SaveSigners(keys, identity, signed.Signers); err != nil {
		return standing.Ruling{}, false, err
	}
	return standing.Take(keys, standing.Of(identity), signed)
}

func (t *tool) tell(out taken) error {
	key := "taken"
	switch {
	case !out.Newer:
		key = "known"
	case t.dry:
		key = "would-take"
	}
	if err := t.say("%s", t.word(key, map[string]any{"number": out.Number})); err != nil {
		return err
	}
	for _, c := range out.Changes {
		if err := t.changed(c); err != nil {
			return err
		}
	}
	for _, name := range out.Unknown {
		if err := t.say("%s", t.word("unknown", map[string]any{"keys": name})); err != nil {
			return err
		}
	}
	return nil
}

// refusal adds people's words to why a file was not taken.
func (t *tool) refusal(err error) error {
	var value *standing.Refusal
	if errors.As(err, &value) {
		return fmt.Errorf("%s: %w", t.word("take.value", map[string]any{"key": value.Key}), err)
	}
	for code, known := range map[string]error{
		"form": standing.ErrForm, "signature": standing.ErrSignature, "foreign": standing.ErrForeign, "older": standing.ErrOlder,
		"twice": standing.ErrTwice, "not-enrolled": seal.ErrNotEnrolled, "permission": os.ErrPermission,
	} {
		if errors.Is(err, known) {
			return fmt.Errorf("%s: %w", t.word("take."+code, nil), err)
		}
	}
	return err
}
