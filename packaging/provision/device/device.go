// Package device holds the technician's commands for single devices: what a
// reader reads, what a printer prints, how they are. It opens devices by link
// name, needs no configuration and no store, and keeps nothing.
package device

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/drivers/link"
	"bianmin/drivers/point"
)

// Command is "device" with everything below it, further commands too.
func Command(further ...*cobra.Command) *cobra.Command {
	command := &cobra.Command{
		Use:   "device",
		Short: "Try one device / 单个设备的检测",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(listCommand(), probeCommand(), codeCommand(), scanCommand(), cardCommand(), socialCommand(), printCommand(), statusCommand())
	command.AddCommand(further...)
	return command
}

// line are the flags that name a device.
type line struct {
	link    string
	baud    int
	timeout time.Duration
	json    bool
	root    string // where the machine's file system is: what is known of the link
	full    bool   // show people's data as they are
	fingers bool   // ask a card for fingerprints

	certificate string // fingerprint of what a scanner shows over TLS
}

func (l *line) flags(command *cobra.Command) {
	flags := command.Flags()
	flags.StringVar(&l.link, "link", "", "the device's link: serial:/dev/ttyUSB0, usb:0400:c35a, usb:printer, hid:0400:c35a (:SERIAL or @SOCKET behind it where there are several), ipp://HOST:PORT/PATH of an A4 printer, escl://HOST:PORT/eSCL (escls:// over TLS) or sane:NAME of a scanner, video:VENDOR:PRODUCT of a document camera, or pcsc: or pcsc:NAME of a chip card reader")
	flags.StringVar(&l.certificate, "certificate", "", "the fingerprint of the certificate that a scanner shows over TLS: sha256:…")
	flags.IntVar(&l.baud, "baud", 115200, "speed of a serial line; 0 finds a card reader's out")
	flags.StringVar(&l.root, "root", "/", "where the machine's file system is")
	flags.DurationVar(&l.timeout, "timeout", 10*time.Second, "how long to wait at most")
	flags.BoolVar(&l.json, "json", false, "print JSON, also of what fails: docs/devices/commands.md")
	if err := command.MarkFlagRequired("link"); err != nil {
		panic(err) // the flag stands three lines above
	}
}

// usual sets what a flag is where nothing is said, for a command that differs from the others.
func usual(command *cobra.Command, flag, value string) {
	f := command.Flags().Lookup(flag)
	f.DefValue = value
	if err := f.Value.Set(value); err != nil {
		panic(err) // it stands in this package
	}
}

// findSpeed finds a card reader's speed where none was said. Where nothing answers the usual one stays: opening then says what is wrong.
func (l *line) findSpeed(ctx context.Context) error {
	if l.baud != 0 {
		return nil
	}
	found := point.FindReader(ctx, l.link, time.Now)
	if l.baud = found.Baud; l.baud == 0 {
		l.baud = 115200
	}
	if found.Role == "" && found.Err == nil && ctx.Err() == nil {
		return errors.New(say("no-speed", nil))
	}
	return nil
}

// open opens the link and says in words what is wrong when it cannot.
func (l *line) open(ctx context.Context) (link.Link, error) {
	opened, err := link.Open(ctx, l.link, link.Options{Baud: l.baud})
	switch {
	case errors.Is(err, link.ErrNotPermitted):
		return nil, fmt.Errorf("%s (%w)", say("not-permitted", nil), err)
	case errors.Is(err, link.ErrBusy):
		return nil, fmt.Errorf("%s (%w)", say("held", nil), err)
	case errors.Is(err, link.ErrUnplugged):
		return nil, &absentError{link: l.link, err: err}
	case errors.Is(err, link.ErrAmbiguous):
		return nil, fmt.Errorf("%s (%w)", say("several", nil), err)
	}
	return opened, err
}

// absentError is a link without a device at its end, in words.
type absentError struct {
	link string
	err  error
}

func (e *absentError) Error() string {
	return say("absent", map[string]any{"link": e.link})
}

func (e *absentError) Unwrap() error { return e.err }

// sentence puts a person's sentence before a device's error.
func sentence(err error) error {
	var fault *drivers.Error
	if !errors.As(err, &fault) {
		return err
	}
	said := wordsOf(fault.Role, fault.Fault)
	if said == "" {
		return err
	}
	return fmt.Errorf("%s (%w)", said, err)
}
