// Package department is the department's word on a case: it makes the platform's
// events (accepted for work, returned for correction, finished, rejected,
// appointed), checks them, seals them and has the registry judge and keep them.
// It must not know HTTP or the command line.
package department

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/authority"
	"bianmin/platform/registry"
)

// Office acts for the departments.
type Office struct {
	Registry  *registry.Registry
	Authority *authority.Authority
	Now       func() time.Time
}

// Done is what became of an act.
type Done struct {
	ID        string   `json:"id"`   // of the update, and of the notice or appointment in it
	Case      string   `json:"case"` // "" for an appointment of no case
	Kind      string   `json:"kind"`
	State     string   `json:"state"`     // of the case afterwards
	Terminals []string `json:"terminals"` // that are told
}

// maxUpdate is the largest update kept, in bytes.
const maxUpdate = 256 << 10

// ErrContent says that an act's content is not in order; the error's text says what.
var ErrContent = errors.New("not in order")

// Act writes an update: its id and time are given here, the rest comes from the
// caller. terminal names the point of an appointment that belongs to no case.
// Errors: ErrContent, and those of registry.Act.
func (o Office) Act(ctx context.Context, u casefile.Update, terminal string) (Done, error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return Done{}, fmt.Errorf("draw an id: %w", err)
	}
	u.ID, u.At = hex.EncodeToString(random[:]), o.Now().UTC().Truncate(time.Millisecond)
	record := registry.Update{ID: u.ID, Case: string(u.Case), Terminal: terminal, Kind: u.Kind, At: u.At}
	if u.Appointment != nil {
		a := *u.Appointment // the caller's stays as it is
		if a.ID == "" {
			a.ID = u.ID
		} else {
			record.Refers = a.ID
		}
		u.Appointment = &a
	}
	if u.Payment != nil {
		p := *u.Payment
		if p.ID == "" {
			p.ID = u.ID
		} else {
			record.Refers = p.ID
		}
		u.Payment = &p
	}
	if err := check(u, terminal); err != nil {
		return Done{}, err
	}
	content, err := json.Marshal(u)
	if err != nil {
		return Done{}, fmt.Errorf("write an update: %w", err)
	}
	if len(content) > maxUpdate {
		return Done{}, fmt.Errorf("%w: it has %d bytes, at most %d can be sent", ErrContent, len(content), maxUpdate)
	}
	if record.Sealed, err = o.Authority.Seal(content, nil); err != nil {
		return Done{}, err
	}
	points := 0
	if u.Notice != nil {
		points = len(u.Notice.Points)
	}
	state, told, err := o.Registry.Act(ctx, record, points)
	if err != nil {
		return Done{}, err
	}
	return Done{ID: u.ID, Case: string(u.Case), Kind: string(u.Kind), State: state, Terminals: told}, nil
}
