package rig

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"bianmin/drivers/sim/social"
)

// UseCamera makes the document camera the terminal's scanner, or the driverless scanner again. The terminal hears of it when it is started anew.
func (r *Rig) UseCamera(is bool) error {
	if r.Stand.CameraLink() == "" {
		return errors.New("there is no document camera on this bench")
	}
	r.camera = is
	return r.writeConfig()
}

// writeConfig writes the terminal's configuration file with everything that stands on the bench.
func (r *Rig) writeConfig() error {
	reader, printer, button := r.Stand.Links()
	var b strings.Builder
	fmt.Fprintf(&b, "# The demo terminal: real programs, simulated devices.\ndata: data\nexports: exports\nphone: \"0999-12345\"\ndevices:\n")
	fmt.Fprintf(&b, "  reader: {link: %q}\n  printer: {link: %q}\n", reader, printer)
	if r.options.Full {
		scanner := r.Stand.ScannerLink()
		if r.camera {
			scanner = r.Stand.CameraLink()
		}
		fmt.Fprintf(&b, "  scanner: {link: %q, dpi: 150}\n  code: {link: %q}\n", scanner, r.Stand.CodeLink())
	} else {
		b.WriteString("  scanner: {sane: \"test:0\", dpi: 150}\n")
	}
	if r.desk() || r.options.Full {
		fmt.Fprintf(&b, "  document: {link: %q}\n", r.Stand.DocumentLink())
	}
	if r.social {
		fmt.Fprintf(&b, "  social: {link: %q}\n", "pcsc:"+social.VirtualName)
	}
	if !r.desk() {
		fmt.Fprintf(&b, "  button: {link: %q}\n", button)
	}
	screen := r.options.Screen
	if screen.Width == 0 {
		screen.Width, screen.Height = 1080, 1920
		if r.desk() {
			screen.Width, screen.Height = DeskWidth, DeskHeight
		}
	}
	if screen.Scale == 0 {
		screen.Scale = 1
	}
	if r.options.Distant && !screen.Window { // the machine's own panel
		b.WriteString("screen: {fullscreen: true}\n")
	} else {
		fmt.Fprintf(&b, "screen: {width: %d, height: %d, scale: %g, fullscreen: %t}\n", screen.Width, screen.Height, screen.Scale, !screen.Window)
	}
	idle, done := r.options.Idle, r.options.Done
	if idle == 0 {
		idle = 10 * time.Minute
	}
	if done == 0 {
		done = 5 * time.Minute
	}
	fmt.Fprintf(&b, "session: {idle: %s, done: %s}\n", idle, done)
	if err := os.WriteFile(r.Config(), []byte(b.String()), 0o644); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}
