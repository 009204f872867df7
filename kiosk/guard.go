package main

import (
	"errors"

	"bianmin/kiosk/wiring"
)

// watched tells whether a flag lets somebody look into a session.
func (f flags) watched() bool { return f.journey != "" || f.probe != "" || f.shots != "" || f.plain }

// closing closes the parts and keeps the first error in front.
func closing(parts *wiring.Kiosk, err error) error { return errors.Join(err, parts.Close()) }
