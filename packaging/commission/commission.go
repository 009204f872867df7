// Package commission brings a machine into service (终端入网与验收): enrolment, configuration with the devices that were
// found, their tests, the session, readiness, the acceptance report, the services. It can be interrupted anywhere; the
// next run goes on. It must not know how a technician is spoken to: who calls it does.
package commission

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/packaging/lockfile"
	"bianmin/packaging/provision/asuser"
	"bianmin/packaging/readiness"
	"bianmin/packaging/session"
	"bianmin/packaging/settings"
	"bianmin/packaging/succession"
	"bianmin/packaging/tested"
	"bianmin/packaging/version"
	"bianmin/store/room"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// Technician is who is there: a person at a terminal, or a file of answers.
type Technician interface {
	// Say tells what happens or is to be done; the words stand under provision.setup.
	Say(key string, args map[string]any)
	// Enrolment gives the enrolment string.
	Enrolment() (string, error)
	// Devices shows what was found and lets it be corrected; "role" → link, "" takes the device away.
	Devices(found []Finding) (corrections map[string]string, err error)
	// Accept says who answers for the setup. unseen are printers that cannot say themselves whether the test's paper came out:
	// whoever signs has looked.
	Accept(staff []wire.Staff, unseen []drivers.Role) (Signer, error)
	// Tests are what shall be tried.
	Tests() []string
}

// Signer is who answers for a setup.
type Signer struct {
	ID string // number of the account, "" for nobody
	// Papers says of those that were to be looked at: Passed, they came out, Failed, they did not; "" where nobody looked.
	Papers Result
}

// Options of a setup. Technician, Words, Config, Data and Now are required.
type Options struct {
	Answers    Answers
	Technician Technician
	Words      *text.Catalog
	Root       string // where the machine's file system is, "/" for this one
	Config     string // the configuration file that is written
	Data       string // the data folder where nothing else is said
	Stick      string // the folder of the technician's stick; "" looks where sticks are mounted
	Anew       bool   // give up an enrolment that waits for its answer, and ask for a code
	Software   string // name and version, for the platform's list
	Now        func() time.Time
	Log        *slog.Logger
	// Supervisor starts and stops units; nil where none runs.
	Supervisor Supervisor
	// Step is called after each step with its name; may be nil.
	Step func(name string)
	// Test is told of each test before any begins (Waiting), when it begins (Running) and how it ended; may be nil.
	Test func(Tried)
	// Checked is told what readiness found, before anybody signs; may be nil.
	Checked func(readiness.Report)
}

// Supervisor starts and stops the machine's services.
type Supervisor interface {
	Stop(ctx context.Context, units ...string) error
	Reload(ctx context.Context) error
	Start(ctx context.Context, units ...string) error
}

// Names of the steps, in their order.
const (
	StepBegun      = "setup-begun"
	StepTaken      = "setup-taken"     // without network: the bundle is taken, keys are made
	StepRequested  = "setup-requested" // the request is on the stick
	StepAnswered   = "setup-answered"  // the county's answer is taken
	StepEnrolled   = "setup-enrolled"
	StepSucceeded  = "setup-succeeded" // the work of the machine before is here, or given up
	StepConfigured = "setup-configured"
	StepTried      = "setup-tried"
	StepSession    = "setup-session"
	StepChecked    = "setup-checked"
	StepPDF        = "setup-pdf"
	StepReported   = "setup-reported"
	StepPrinted    = "setup-printed"
	StepStarted    = "setup-started"
)

// StepsByStick are those of an enrolment without network, beside the others.
var StepsByStick = []string{StepTaken, StepRequested, enrol.PointKept, StepAnswered}

// Steps are all of a setup with network.
var Steps = []string{StepBegun, StepEnrolled, StepConfigured, StepTried, StepSession, StepChecked, StepPDF, StepReported, StepPrinted, StepStarted}

// ErrRunning says that another setup is at work on this machine.
var ErrRunning = errors.New("another setup is at work on this machine")

// ErrFull says that this machine's disk is full.
var ErrFull = errors.New("there is no room left on this machine's disk: make room (sudo apt clean; sudo journalctl --vacuum-size=50M) and run provision setup again, it goes on")

// Outcome is what a setup left.
type Outcome struct {
	Acceptance
	Path   string // of report and PDF, without their endings
	Number string // of the signed report, as it stands on paper
}

// run is one setup.
type run struct {
	Options
	configuration *configuration
	settings      settings.Settings
	identity      *seal.Identity // nil while waiting
	waiting       *enrol.Waiting // an enrolment that waits for its answer on a stick
	request       string         // its request's file
	progress      progress
	begun         time.Time
}

// mine does work with the rights of the terminal's user. A stick is read and written without.
func (r *run) mine(work func() error) error { return asuser.Do(r.settings.Data, work) }

// Run brings the machine into service.
func Run(ctx context.Context, o Options) (Outcome, error) {
	r := &run{Options: o, begun: o.Now()}
	if o.Answers.byStick() {
		r.Stick = o.Answers.Enrolment
	}
	if r.Step == nil {
		r.Step = func(string) {}
	}
	if r.Test == nil {
		r.Test = func(Tried) {}
	}
	if r.Checked == nil {
		r.Checked = func(readiness.Report) {}
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	unlock, err := r.prepare()
	if err != nil {
		return Outcome{}, roomless(err)
	}
	outcome, err := r.run(ctx)
	return outcome, errors.Join(roomless(err), unlock())
}

// roomless says what this machine's full disk is; a stick's is said where it is written.
func roomless(err error) error {
	for _, said := range []error{ErrStickFull, enrol.ErrFull, succession.ErrFull, succession.ErrStickFull, succession.ErrOldFull} {
		if errors.Is(err, said) {
			return err
		}
	}
	if room.Full(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// prepare reads the configuration, makes the data folder and keeps a second setup away.
func (r *run) prepare() (unlock func() error, err error) {
	if r.configuration, err = openConfiguration(r.Config, r.Data, r.Answers.Terminal); err != nil {
		return nil, err
	}
	r.configuration.button(r.Answers.Button)
	if r.settings, err = r.configuration.read(); err != nil {
		return nil, err
	}
	if err := asuser.Give(r.settings.Data, "bianmin"); err != nil {
		return nil, err
	}
	err = asuser.Do(r.settings.Data, func() error {
		unlock, err = lockfile.Within(0, filepath.Join(r.settings.Data, "setup.lock"), lockfile.Alone)
		if errors.Is(err, lockfile.ErrHeld) {
			return ErrRunning
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("begin the setup: %w", err)
	}
	return unlock, nil
}

func (r *run) run(ctx context.Context) (Outcome, error) {
	r.progress.Begun = r.begun
	err := r.mine(func() error {
		r.progress.Replaced = progressOf(r.settings.Data).Replaced
		return note(r.settings.Data, r.progress)
	})
	if err != nil {
		return Outcome{}, err
	}
	r.Step(StepBegun)
	if err := r.enrol(ctx); err != nil {
		return Outcome{}, err
	}
	r.Step(StepEnrolled)
	again, err := r.pause(ctx)
	if err != nil {
		return Outcome{}, err
	}
	out, err := r.equip(ctx)
	if err != nil {
		return out, errors.Join(err, again(context.WithoutCancel(ctx)))
	}
	if err := r.start(ctx); err != nil {
		return out, err
	}
	r.Step(StepStarted)
	if r.waiting != nil {
		r.progress.Waiting = r.waiting.Terminal
		err = &WaitingError{Terminal: r.waiting.Terminal, Request: r.request}
	} else {
		done := r.Now()
		r.progress.Done = &done
	}
	if out.Replaced != nil && out.Replaced.State == ReplacedOpen {
		r.progress.Open = out.Replaced.Terminal
	}
	return out, errors.Join(r.mine(func() error { return note(r.settings.Data, r.progress) }), err)
}

// equip does everything between enrolment and the start of the services.
func (r *run) equip(ctx context.Context) (out Outcome, err error) {
	if out.Replaced, err = r.succeed(ctx); err != nil {
		return out, err
	}
	if err := r.configure(ctx); err != nil {
		return out, err
	}
	r.Step(StepConfigured)
	want := map[string]bool{}
	for _, t := range r.Technician.Tests() {
		want[t] = true
	}
	err = r.mine(func() (err error) {
		out.Devices, err = try(ctx, r.settings.Devices, want, r.Options)
		return err
	})
	if err != nil {
		return out, err
	}
	r.Step(StepTried)
	if _, err := session.Apply(r.Root, r.role()); err != nil {
		return out, err
	}
	if r.Supervisor != nil {
		if err := r.Supervisor.Reload(ctx); err != nil {
			return out, err
		}
	}
	r.Step(StepSession)
	if r.waiting != nil {
		return out, nil
	}
	return out, r.mine(func() error { return r.report(ctx, &out) })
}

// roleName is what the county made the code for.
func (r *run) roleName() string {
	if r.waiting != nil {
		return r.waiting.Role
	}
	return r.identity.Role
}

func (r *run) role() session.Role {
	if r.roleName() == "agent" {
		return session.Desk
	}
	return session.Kiosk
}

// pause lets the devices be free: a setup that is repeated finds the kiosk at work. again starts what was stopped.
func (r *run) pause(ctx context.Context) (again func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	if r.Supervisor == nil {
		return nothing, nil
	}
	if err := r.Supervisor.Stop(ctx, "bianmin-kiosk.service"); err != nil {
		return nothing, err
	}
	if r.configuration.before == nil || r.role() != session.Kiosk {
		return nothing, nil
	}
	return func(ctx context.Context) error { return r.Supervisor.Start(ctx, "bianmin-kiosk.service") }, nil
}

// report makes the acceptance report, keeps it, and prints it.
func (r *run) report(ctx context.Context, out *Outcome) error {
	look := readiness.Look(ctx, readiness.Options{
		Settings: r.settings, Words: r.Words, Root: r.Root, Now: r.Now, Log: r.Log, Alone: true, Live: r.Root == "/", Before: true, Program: "setup",
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := readiness.Keep(r.settings.Data, look); err != nil {
		return err
	}
	r.Step(StepChecked)
	r.Checked(look)
	who, err := r.technician(out.Devices)
	if err != nil {
		return err
	}
	i := r.identity
	out.Acceptance = Acceptance{
		Kind: "acceptance", Terminal: i.Number + i.Generation, Point: i.Point, Region: i.Region, Role: i.Role, Environment: i.Environment,
		Technician: who, Begun: r.begun.In(casefile.Zone).Truncate(time.Second), Finished: r.Now().In(casefile.Zone).Truncate(time.Second),
		Version: version.Version, Machine: machineAt(r.Root), Devices: out.Devices, Readiness: look, Replaced: out.Replaced,
		Passed: look.State != readiness.Fail && (out.Replaced == nil || out.Replaced.State != ReplacedOpen) && !slices.ContainsFunc(out.Devices, func(t Tried) bool { return t.Result == Failed }),
	}
	signed, err := sign(out.Acceptance, i)
	if err != nil {
		return err
	}
	out.Number = digestOf(signed)
	p := paper{r.Words}
	pages := p.pages(out.Acceptance, out.Number)
	pdf, err := tested.PDF(pages)
	if err != nil {
		return err
	}
	if out.Path, err = keep(r.settings.Data, out.Acceptance, signed, pdf, r.Step); err != nil {
		return err
	}
	r.Step(StepReported)
	if yes(r.Answers.Print) {
		r.print(ctx, p.strip(out.Acceptance, out.Number), pdf)
	}
	r.Step(StepPrinted)
	return nil
}

// technician finds the account that answers for the setup, and lets it say what became of papers that only a person sees.
func (r *run) technician(tried []Tried) (Person, error) {
	staff, err := enrol.LoadStaff(filepath.Join(r.settings.Data, "keys"))
	if err != nil {
		return Person{}, err
	}
	signer, err := r.Technician.Accept(staff, unseenOf(tried))
	if err != nil {
		return Person{}, err
	}
	settle(tried, signer.Papers)
	if err := tested.Keep(r.settings.Data, r.results(tried, signer)...); err != nil { // the report holds them too
		r.Log.Warn("the tests' results are not kept for later reports", "error", err)
	}
	if signer.ID == "" {
		return Person{}, nil
	}
	for _, s := range staff {
		if s.ID == signer.ID {
			return Person{ID: s.ID, Name: s.Name}, nil
		}
	}
	return Person{}, fmt.Errorf("no technician of the county has the number %s", signer.ID)
}

// start starts the services where something supervises them.
func (r *run) start(ctx context.Context) error {
	if r.Supervisor == nil || !yes(r.Answers.Start) {
		return nil
	}
	units := []string{"bianmin-sender.service", "bianmin-check.timer", "bianmin-courier.path"}
	if r.role() == session.Kiosk {
		units = append(units, "bianmin-kiosk.service")
	}
	r.Technician.Say("starting", nil)
	return r.Supervisor.Start(ctx, units...)
}
