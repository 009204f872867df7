package main

import (
	"errors"

	"bianmin/kiosk/wiring"
	"bianmin/packaging/settings"
	"bianmin/sync/seal"
)

const production = "production"

var errProduction = errors.New("this terminal is enrolled for production: it takes no journeys, pictures or probes")

// watched tells whether a flag lets somebody look into a session.
func (f flags) watched() bool { return f.journey != "" || f.probe != "" || f.shots != "" || f.plain }

// refuseProduction looks at the enrolment without opening the store.
func refuseProduction(s settings.Settings) error {
	identity, err := seal.LoadIdentity(s.Data + "/keys")
	switch {
	case errors.Is(err, seal.ErrNotEnrolled):
		return nil
	case err != nil:
		return err
	case identity.Environment == production:
		return errProduction
	}
	return nil
}

// closing closes the parts and keeps the first error in front.
func closing(parts *wiring.Kiosk, err error) error { return errors.Join(err, parts.Close()) }
