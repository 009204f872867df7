package commission

import (
	"context"
	"strings"
	"sync"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/pack"
	"bianmin/drivers/point"
	"bianmin/packaging/places"
	"bianmin/packaging/session"
)

// Presser is a technician who can be asked to press the push button, which says nothing by itself. One who cannot be asked
// names its link.
type Presser interface {
	// Press asks for it, while the given serial lines are listened to; it returns when the technician says that there is none,
	// or when ctx ends: because the button was heard, or the time is over. An error ends the setup. Say may be called meanwhile.
	Press(ctx context.Context, lines []string, limit time.Duration) error
}

// pressLimit is how long the button is waited for.
const pressLimit = 20 * time.Second

// configure finds the devices, has them confirmed, and writes the configuration file.
func (r *run) configure(ctx context.Context) error {
	var err error
	look := &search{configuration: r.configuration, root: r.Root, settings: r.settings, places: places.Printers(r.Root), now: r.Now}
	switch {
	case !yes(r.Answers.Find):
		look.found = given(r.settings.Devices)
	default:
		r.Technician.Say("finding", nil)
		if look.packs, err = places.Packs(r.Root); err != nil {
			r.Technician.Say("packs", map[string]any{"files": strings.Join(pack.Files(err), ", ")})
		}
		err = r.mine(func() error { look.find(ctx); return ctx.Err() })
		if err != nil {
			return err
		}
		if look.problem != drivers.FaultNone {
			r.Technician.Say("spooler", map[string]any{"fault": string(look.problem)})
		}
		if err := r.press(ctx, look); err != nil {
			return err
		}
	}
	corrections, err := r.Technician.Devices(look.found)
	if err != nil {
		return err
	}
	look.correct(ctx, r.configuration.devices(), corrections)
	r.configuration.suit(r.role() == session.Kiosk, r.Root)
	if r.settings, err = r.configuration.read(); err != nil {
		return err
	}
	return r.configuration.write()
}

// press looks for the push button: it listens where nothing answers, while the technician presses it.
func (r *run) press(ctx context.Context, look *search) error {
	asked, ok := r.Technician.(Presser)
	if !ok || len(look.silent) == 0 || look.devices[string(drivers.RoleButton)] != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pressLimit)
	defer cancel()
	var found point.Found
	err := r.mine(func() error {
		var listening sync.WaitGroup
		listening.Go(func() {
			defer cancel()
			found = point.Listen(ctx, look.silent, func(name string) { r.Technician.Say("press-again", map[string]any{"line": name}) })
		})
		err := asked.Press(ctx, look.silent, pressLimit)
		cancel()
		listening.Wait()
		return err
	})
	if found.Link == "" {
		r.Technician.Say("no-button", nil)
		return err
	}
	r.Technician.Say("button-heard", map[string]any{"line": found.Link})
	look.add(Finding{Role: drivers.RoleButton, Name: found.Link, Baud: found.Baud})
	return err
}
