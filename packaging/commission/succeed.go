package commission

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/readiness"
	"bianmin/packaging/stick"
	"bianmin/packaging/succession"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// ReplaceNothing is what a technician says when the machine before left nothing that could be taken over.
const ReplaceNothing = "none"

// Successor is a technician who can be asked where the work of the machine before lies. One who is not asked takes what
// a stick holds, and leaves the rest open.
type Successor interface {
	// Replace names the folder of a stick, or the data folder on the old machine's disk; "" leaves it open for the next
	// run, ReplaceNothing gives it up. old is the terminal before, like QH0301A; sticks are those that are mounted.
	Replace(old string, sticks []string) (from string, err error)
}

// Replaced is what became of the work of the machine before.
type Replaced struct {
	Terminal string `json:"terminal"` // like QH0301A
	State    string `json:"state"`    // "taken", "open" or "none": nothing was to be taken over
	Cases    int    `json:"cases"`    // that were new here
	Packets  int    `json:"packets"`
	Drafts   int    `json:"drafts"`
}

// States of Replaced.
const (
	ReplacedTaken = "taken"
	ReplacedOpen  = "open"
	ReplacedNone  = "none"
)

// progressOf reads how far the last setup came; zero where there was none.
func progressOf(data string) (p progress) {
	content, err := os.ReadFile(filepath.Join(data, readiness.SetupFile)) // #nosec G304 -- our own folder
	if err != nil || json.Unmarshal(content, &p) != nil {
		return progress{}
	}
	return p
}

// predecessor is the machine whose place this one takes and whose work is not settled yet, like QH0301A; "" where there is none.
func (r *run) predecessor() (old string, err error) {
	err = r.mine(func() error {
		keys := filepath.Join(r.settings.Data, "keys")
		signed, err := enrol.LoadOrder(keys)
		if err != nil || signed == nil {
			return err
		}
		order, err := enrol.ReadOrder(*signed, r.identity.Believed())
		if err != nil {
			return err
		}
		generations := []string{}
		for _, p := range order.Predecessors {
			generations = append(generations, p.Generation)
		}
		newest := order.Terminal + slices.Max(generations)
		before, err := seal.LoadIdentity(keys + ".old") // enrolled anew in place: what the generation before had is here
		if err != nil && !errors.Is(err, seal.ErrNotEnrolled) && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look at the enrolment before: %w", err)
		}
		if progressOf(r.settings.Data).Replaced != newest && (before == nil || before.Number+before.Generation != newest) {
			old = newest
		}
		return nil
	})
	return old, err
}

// succeed takes over what the machine before left, where this one takes its place. What is not there yet stays open: the
// machine serves, and the next run goes on.
func (r *run) succeed(ctx context.Context) (*Replaced, error) {
	if r.waiting != nil {
		return nil, nil
	}
	old, err := r.predecessor()
	if err != nil || old == "" {
		return nil, err
	}
	r.Technician.Say("replaces", map[string]any{"terminal": old})
	from, err := r.from(old)
	if err != nil {
		return nil, err
	}
	return r.take(ctx, old, from)
}

// from is where the old machine's work lies: as the answers say, on a stick that is there, or as the technician says.
func (r *run) from(old string) (string, error) {
	if r.Answers.Replace != "" {
		return r.Answers.Replace, nil
	}
	sticks := r.sticks()
	for _, folder := range sticks {
		if found, err := filepath.Glob(filepath.Join(folder, "bianmin-"+old, "manifest.p7")); err == nil && len(found) > 0 {
			return folder, nil
		}
	}
	if asked, ok := r.Technician.(Successor); ok {
		return asked.Replace(old, slices.DeleteFunc(sticks, func(folder string) bool { return !stick.Mounted(folder) }))
	}
	return "", nil
}

// owning begins root's work in the data folder, and in the old machine's where that is what is taken over.
func owning(data, from string) (end func() error, err error) {
	here, err := asuser.Owning(data)
	if err != nil || !succession.IsData(from) {
		return here, err
	}
	there, err := asuser.Owning(from)
	if err != nil {
		return nil, errors.Join(err, here())
	}
	return func() error { return errors.Join(here(), there()) }, nil
}

func (r *run) take(ctx context.Context, old, from string) (*Replaced, error) {
	done := &Replaced{Terminal: old, State: ReplacedOpen}
	switch from {
	case ReplaceNothing:
		done.State = ReplacedNone
		return done, r.settle(old)
	case "":
		r.Technician.Say("replace-later", map[string]any{"terminal": old})
		return done, nil
	}
	m := succession.Machine{Data: r.settings.Data, Software: r.Software, Now: r.Now, Step: r.Step}
	end, err := owning(r.settings.Data, from) // root may write the stick, the terminal's user may not
	if err != nil {
		return nil, err
	}
	taken, err := m.TakeOver(ctx, from)
	if errors.Is(err, succession.ErrOther) { // a stick that goes round holds many; perhaps it is the wrong one
		r.Technician.Say("replace-other", map[string]any{"terminal": old, "stick": from})
		var offer string
		if offer, err = m.Offer(from); err == nil {
			err = &succession.OfferedError{Offer: offer}
		}
	}
	err = errors.Join(err, end())
	var offered *succession.OfferedError
	var custodians *succession.WaitingError
	switch {
	case errors.As(err, &offered):
		r.Technician.Say("replace-offered", map[string]any{"terminal": old, "stick": from})
		return done, nil
	case errors.As(err, &custodians):
		r.Technician.Say("replace-custodians", map[string]any{"terminal": old, "request": custodians.Request})
		return done, nil
	case err != nil:
		return nil, err
	}
	for _, t := range taken {
		done.Cases, done.Packets, done.Drafts = done.Cases+t.Cases, done.Packets+t.Packets, done.Drafts+t.Drafts
		if t.Backup.Terminal+t.Backup.Generation == old {
			done.State = ReplacedTaken
		}
		if len(t.Aside) > 0 {
			r.Technician.Say("replace-aside", map[string]any{"accounts": strings.Join(t.Aside, ", ")})
		}
		if len(t.Backup.Lost) > 0 {
			r.Technician.Say("replace-lost", map[string]any{"pages": len(t.Backup.Lost)})
		}
	}
	r.Technician.Say("replaced", map[string]any{"terminal": old, "cases": done.Cases, "packets": done.Packets, "drafts": done.Drafts})
	if done.State != ReplacedTaken {
		return done, nil
	}
	return done, r.settle(old)
}

// settle notes that nothing more of a machine is awaited.
func (r *run) settle(old string) error {
	r.progress.Replaced = old
	err := r.mine(func() error { return note(r.settings.Data, r.progress) })
	r.Step(StepSucceeded)
	return err
}
