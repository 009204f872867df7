package courier

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// A program at the screen can neither mount nor write a stick. It lays one of these files into the data folder; the machine's own service
// (bianmin-courier.path) sees it, takes it away, does the work and says in saidFile how it went.
const (
	askPrefix = "courier." // and export or import
	saidFile  = "courier-said.json"
)

// ErrErrand says that there is no such errand.
var ErrErrand = errors.New("say export or import")

// Ask has an errand done with the stick that is plugged in. While one is under way another is refused.
func Ask(data, errand string, now time.Time) error {
	if errand != casefile.CarryOut && errand != casefile.CarryHome {
		return ErrErrand
	}
	said, err := Said(data)
	if err != nil {
		return err
	}
	if said.Busy(now) {
		return errors.New("another errand is under way")
	}
	if err := Say(data, casefile.Carried{Errand: errand, State: casefile.CarryAsked, At: now.UTC()}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(data, askPrefix+errand), nil, 0o600); err != nil {
		return fmt.Errorf("ask for the stick: %w", err)
	}
	return nil
}

// abandoned is how long an errand is believed to be at work: a machine that was switched off meanwhile does not go on with it.
const abandoned = 20 * time.Minute

// Said is how the last errand stands; zero when there was none.
func Said(data string) (casefile.Carried, error) {
	content, err := os.ReadFile(filepath.Join(data, saidFile)) // #nosec G304 -- our own folder
	if errors.Is(err, fs.ErrNotExist) {
		return casefile.Carried{}, nil
	}
	if err != nil {
		return casefile.Carried{}, fmt.Errorf("read how the courier went: %w", err)
	}
	var said casefile.Carried
	if err := json.Unmarshal(content, &said); err != nil {
		return casefile.Carried{}, nil // it is only said to people
	}
	if under := said.State == casefile.CarryWorking || said.State == casefile.CarryClosing; under && time.Since(said.At).Abs() > abandoned {
		said.State, said.Code = casefile.CarryFailed, "gone"
	}
	return said, nil
}

// Say notes how an errand stands.
func Say(data string, said casefile.Carried) error {
	content, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("note how the courier goes: %w", err)
	}
	return seal.WriteFile(filepath.Join(data, saidFile), content)
}
