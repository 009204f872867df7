// Package devicetest is "provision device test": the self tests of the configured devices at three levels. It speaks to
// the technician; drivers/selftest tests, packaging/tested keeps how it ended.
package devicetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/drivers/selftest"
	"bianmin/drivers/social"
	"bianmin/packaging/condition"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/provision/printed"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
)

// ErrNotPassed says that a test did not pass; which one was printed.
var ErrNotPassed = errors.New("not all devices passed")

// flags are what was asked for.
type flags struct {
	config string
	level  string
	roles  []string
	reader string
	limit  time.Duration
	json   bool
	forget bool
}

// run is one run of the command.
type run struct {
	flags
	settings settings.Settings
	words    *text.Catalog
	now      func() time.Time
	out, err io.Writer
	in       io.Reader
}

// Command makes "test". now is the machine's clock.
func Command(now func() time.Time) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use: "test", Short: "Test the configured devices at one of three levels / 设备自检", Args: cobra.NoArgs,
		Long: "--level internal (the default) asks each device how it is; nothing is printed and nothing moves. --level external prints a page on each printer, scans one, and has\n" +
			"the card reader look for a card. --level interactive asks you to lay a card and a page, to scan a code, to press the button, and whether what came out is right.\n" +
			"How each test ended is kept in the data folder, without anything of a card, a page or a code; \"provision report readiness\" shows the last ones. Exit status 0 when all\n" +
			"passed. A chip card reader for social-security cards is tested where one is plugged in. Run as root it takes the rights of the user whom the data belong to.",
		RunE: func(c *cobra.Command, _ []string) error {
			c.SilenceUsage = true
			s, err := settings.Read(f.config)
			if err != nil {
				return err
			}
			words, err := text.Load(assets.Words())
			if err != nil {
				return err
			}
			r := &run{flags: f, settings: s, words: words, now: now, out: c.OutOrStdout(), err: c.ErrOrStderr(), in: c.InOrStdin()}
			if err := r.check(); err != nil {
				return err
			}
			return asuser.Do(s.Data, func() error { return r.run(c.Context()) })
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.config, "config", "/etc/bianmin/terminal.yaml", "the terminal's configuration file")
	flags.StringVar(&f.level, "level", string(selftest.Internal), "how far the tests go: internal, external or interactive")
	flags.StringSliceVar(&f.roles, "role", nil, "only these devices: "+strings.Join(names(), ", "))
	flags.StringVar(&f.reader, "reader", "", "the chip card reader as PC/SC calls it, where there are several")
	flags.DurationVar(&f.limit, "timeout", time.Minute, "how long a card, a press or an answer is waited for")
	flags.BoolVar(&f.json, "json", false, "print JSON")
	flags.BoolVar(&f.forget, "forget", false, "do not keep the results")
	return c
}

func names() (all []string) {
	for _, role := range selftest.Roles() {
		all = append(all, string(role))
	}
	return all
}

func (r *run) check() error {
	if !slices.Contains(selftest.Levels(), selftest.Level(r.level)) {
		return fmt.Errorf("level %q is unknown, say internal, external or interactive", r.level)
	}
	for _, role := range r.roles {
		if !slices.Contains(names(), role) {
			return fmt.Errorf("role %q is unknown, say %s", role, strings.Join(names(), ", "))
		}
	}
	return nil
}

// wanted tells whether a device was asked for.
func (r *run) wanted(role drivers.Role) bool {
	return len(r.roles) == 0 || slices.Contains(r.roles, string(role))
}

func (r *run) run(ctx context.Context) (err error) {
	if _, damaged := tested.All(r.settings.Data); errors.Is(damaged, tested.ErrDamaged) && !r.forget {
		r.say("selftest.damaged", nil)
	}
	all, err := r.test(ctx)
	if err != nil {
		return err
	}
	if r.json {
		if err := printed.JSON(r.out, all); err != nil {
			return err
		}
	}
	if !r.forget {
		err = tested.Keep(r.settings.Data, all...)
	}
	if slices.ContainsFunc(all, func(t selftest.Result) bool { return t.Code == selftest.Code(drivers.FaultBusy) }) {
		r.say("selftest.hint-busy", nil)
	}
	if slices.ContainsFunc(all, func(t selftest.Result) bool { return t.Outcome != selftest.Passed }) {
		err = errors.Join(err, ErrNotPassed)
	}
	return err
}

// test opens the devices, tests them in their order, and lets them go.
func (r *run) test(ctx context.Context) (all []selftest.Result, err error) {
	manager, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = manager.Close() }() // what was wrong with a device stands in its result
	devices := tested.Devices(manager)
	devices.Social = r.social(ctx)
	person := newPerson(r)
	defer func() { err = errors.Join(err, person.Close()) }()
	o := selftest.Options{
		Devices: devices, Strip: tested.Strip(r.words), Person: person, Asked: selftest.Asker{Program: "provision"}, Now: r.now,
		Limits: selftest.Limits{Person: r.limit, Scan: max(r.limit, time.Minute)},
	}
	if devices.Document != nil {
		if o.Page, err = tested.Page(r.words); err != nil {
			return nil, err
		}
	}
	all = []selftest.Result{}
	level := selftest.Level(r.level)
	for _, role := range selftest.Roles() {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if !r.wanted(role) || !devices.Has(role) || !selftest.Knows(role, level) {
			continue
		}
		if level != selftest.Internal {
			r.say("selftest.running", func(lang text.Lang) map[string]any { return map[string]any{"device": r.device(lang, role)} })
		}
		result, err := selftest.Run(ctx, role, level, o)
		if err != nil {
			return all, err
		}
		all = append(all, result)
		if err := r.tell(result); err != nil {
			return all, err
		}
	}
	if len(all) == 0 {
		r.say("selftest.none", nil)
	}
	return all, nil
}

// open opens the devices that were asked for.
func (r *run) open(ctx context.Context) (*point.Point, error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, err
	}
	config := condition.Devices(r.settings.Devices)
	for role, leave := range map[drivers.Role]func(){
		drivers.RoleReader: func() { config.Reader = nil }, drivers.RolePrinter: func() { config.Printer = nil }, drivers.RoleDocument: func() { config.Document = nil },
		drivers.RoleScanner: func() { config.Scanner = nil }, drivers.RoleCode: func() { config.Code = nil }, drivers.RoleButton: func() { config.Button = nil },
	} {
		if !r.wanted(role) {
			leave()
		}
	}
	return point.Start(ctx, config, point.Options{Log: slog.New(slog.DiscardHandler), Raster: face, Now: r.now})
}

// social is the chip card reader where one was asked for, or one is plugged in. It has no place in the configuration.
func (r *run) social(ctx context.Context) drivers.SocialCardReader {
	if !r.wanted(drivers.RoleSocial) {
		return nil
	}
	reader := social.New(social.Options{Name: r.reader, Now: r.now})
	if status, _ := reader.Status(ctx); len(r.roles) == 0 && status.Condition == drivers.NoDevice {
		return nil
	}
	return reader
}
