package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bianmin/drivers"
	"bianmin/packaging/commission"
	"bianmin/packaging/readiness"
	"bianmin/packaging/setup/lines"
	"bianmin/packaging/stick"
	"bianmin/packaging/succession"
	"bianmin/store/room"
	"bianmin/sync/enrol"
	"bianmin/sync/wire"
)

var (
	errGone   = errors.New("whoever asked for the setup is gone")
	errSearch = errors.New("the devices are to be looked for again")
)

// distant is a technician in front of a window: all is said and answered in lines.
type distant struct {
	out     *lines.Writer
	answers chan lines.Answer
	gone    <-chan struct{} // closed with the answers' end
}

// converse sets this machine up for a window, until that is gone. A setup that fails may be begun again without another
// question for rights.
func converse(c *cobra.Command, o commission.Options) error {
	ctx, cancel := context.WithCancel(c.Context())
	defer cancel()
	d := &distant{out: lines.NewWriter(c.OutOrStdout()), answers: make(chan lines.Answer), gone: ctx.Done()}
	ended := make(chan error, 1)
	go d.listen(ctx, cancel, c.InOrStdin(), ended) // a read of standard input ends with the window or with this process
	o.Technician = d
	o.Test = func(t commission.Tried) { d.tell(lines.Line{Test: new(testOf(t))}) }
	o.Checked = func(r readiness.Report) { d.tell(lines.Line{Checks: new(checksOf(r))}) }
	for ctx.Err() == nil {
		d.once(ctx, o)
		if err := d.wait(ctx, o); err != nil {
			break
		}
	}
	if c.Context().Err() != nil {
		return errGone
	}
	return <-ended
}

// listen hands answers on; at their end nobody is there any more.
func (d *distant) listen(ctx context.Context, cancel func(), from io.Reader, ended chan<- error) {
	defer cancel()
	ended <- lines.Read(from, func(a lines.Answer) error {
		select {
		case d.answers <- a:
			return nil
		case <-ctx.Done():
			return errGone
		}
	})
}

// once sets up, and says what came of it.
func (d *distant) once(ctx context.Context, o commission.Options) {
	outcome, err := commission.Run(ctx, o)
	for errors.Is(err, errSearch) {
		outcome, err = commission.Run(ctx, o)
	}
	if err == nil {
		var done lines.Done
		if done, err = doneOf(outcome); err == nil {
			d.tell(lines.Line{Done: &done})
			return
		}
	}
	wrong := lines.Wrong{Code: codeOf(err), Text: err.Error()}
	var waits *commission.WaitingError
	if errors.As(err, &waits) { // an end of its own
		wrong = lines.Wrong{Code: lines.Waiting, Text: waits.Request}
	}
	d.tell(lines.Line{Wrong: &wrong})
}

// wait takes what may be wished after a setup; nil begins another.
func (d *distant) wait(ctx context.Context, o commission.Options) error {
	for {
		a, err := d.answer()
		switch {
		case err != nil:
			return err
		case a.Again:
			return nil
		case a.Print:
			outcome, err := commission.Print(ctx, o)
			printed := lines.Printed{Outcome: outcome, Fault: drivers.FaultOf(err)}
			if err != nil && printed.Fault == drivers.FaultNone {
				printed.Fault = drivers.FaultDevice
			}
			d.tell(lines.Line{Printed: &printed})
		}
	}
}

// tell says a line; a window that is gone is noticed by its answers' end.
func (d *distant) tell(line lines.Line) { _ = d.out.Write(line) }

func (d *distant) answer() (lines.Answer, error) {
	select {
	case a := <-d.answers:
		return a, nil
	case <-d.gone:
		return lines.Answer{}, errGone
	}
}

// ask asks until an answer fits.
func (d *distant) ask(q lines.Question, fits func(lines.Answer) bool) (lines.Answer, error) {
	for {
		d.tell(lines.Line{Ask: &q})
		a, err := d.answer()
		for err == nil && a.NoButton { // said when the button had been heard, or the time was over
			a, err = d.answer()
		}
		if err != nil || fits(a) {
			return a, err
		}
		q.Again = true
	}
}

// Say implements commission.Technician.
func (d *distant) Say(key string, args map[string]any) {
	said := lines.Said{Key: key}
	for name, value := range args {
		if said.Args == nil {
			said.Args = map[string]string{}
		}
		said.Args[name] = fmt.Sprint(value)
	}
	d.tell(lines.Line{Say: &said})
}

func (d *distant) Enrolment() (string, error) {
	a, err := d.ask(lines.Question{What: lines.Enrolment}, func(a lines.Answer) bool {
		if a.Enrolment == nil {
			return false
		}
		return commission.Understood(*a.Enrolment)
	})
	if err != nil {
		return "", err
	}
	return *a.Enrolment, nil
}

// Replace implements commission.Successor.
func (d *distant) Replace(old string, sticks []string) (string, error) {
	a, err := d.ask(lines.Question{What: lines.Replace, Terminal: old, Sticks: sticks}, func(a lines.Answer) bool {
		if a.Replace == nil || *a.Replace == "" || *a.Replace == commission.ReplaceNothing {
			return a.Replace != nil
		}
		_, err := stick.Named(*a.Replace)
		return err == nil
	})
	if err != nil {
		return "", err
	}
	return *a.Replace, nil
}

func (d *distant) Devices(found []commission.Finding) (map[string]string, error) {
	q := lines.Question{What: lines.Devices}
	for _, f := range found {
		q.Found = append(q.Found, lines.Device{Role: f.Role, Name: f.Name, Model: f.Model, Serial: f.Serial, Given: f.Given, Second: f.Second, State: f.State, Command: f.Command})
	}
	a, err := d.ask(q, func(a lines.Answer) bool { return a.Devices != nil || a.Search })
	switch {
	case err != nil:
		return nil, err
	case a.Search:
		return nil, errSearch
	}
	return *a.Devices, nil
}

// Press implements commission.Presser.
func (d *distant) Press(ctx context.Context, _ []string, limit time.Duration) error {
	d.tell(lines.Line{Ask: &lines.Question{What: lines.Press, Seconds: int(limit.Seconds())}})
	for {
		select {
		case a := <-d.answers:
			if a.NoButton {
				return nil
			}
		case <-d.gone:
			return errGone
		case <-ctx.Done():
			return nil
		}
	}
}

func (d *distant) Accept(staff []wire.Staff, unseen []drivers.Role) (commission.Signer, error) {
	q, known := lines.Question{What: lines.Sign, Papers: unseen}, map[string]bool{"": true}
	for _, s := range staff {
		q.Staff, known[s.ID] = append(q.Staff, lines.Person{ID: s.ID, Name: s.Name}), true
	}
	a, err := d.ask(q, func(a lines.Answer) bool { return a.Search || a.Sign != nil && known[*a.Sign] })
	switch {
	case err != nil:
		return commission.Signer{}, err
	case a.Search:
		return commission.Signer{}, errSearch
	}
	return signer(*a.Sign, a.Missing), nil
}

// signer is who signs: whoever does has seen the papers, unless they are missing.
func signer(id string, missing bool) commission.Signer {
	switch {
	case missing:
		return commission.Signer{ID: id, Papers: commission.Failed}
	case id != "":
		return commission.Signer{ID: id, Papers: commission.Passed}
	}
	return commission.Signer{}
}

func (d *distant) Tests() []string {
	return commission.AllTests()
}

func testOf(t commission.Tried) lines.Test {
	return lines.Test{Role: t.Role, Name: t.Name, Model: t.Model, Serial: t.Serial, Test: t.Test, Result: string(t.Result), Fault: t.Fault, Evidence: t.Evidence}
}

func checksOf(r readiness.Report) lines.Checks {
	all := lines.Checks{State: string(r.State)}
	for _, c := range r.Checks {
		all.Checks = append(all.Checks, lines.Check{ID: c.ID, State: string(c.State), Name: c.Name, Text: c.Text, Do: c.Do, English: lines.Words(c.English)})
	}
	return all
}

func doneOf(o commission.Outcome) (lines.Done, error) {
	done := lines.Done{Number: o.Number, Report: lines.Report{
		Terminal: o.Terminal, Point: o.Point, Role: o.Role, Technician: lines.Person{ID: o.Technician.ID, Name: o.Technician.Name},
		Finished: o.Finished, Version: o.Version, Machine: o.Machine.Model, Checks: checksOf(o.Readiness), Passed: o.Passed,
	}}
	done.Report.Configuration = readiness.Short(o.Readiness.Configuration)
	for _, d := range o.Readiness.Devices {
		supply := lines.Supply{Role: d.Role, Firmware: d.Firmware}
		if d.Supplies != nil {
			supply.Paper, supply.Toner = d.Supplies.Paper, d.Supplies.Toner
		}
		done.Report.Supplies = append(done.Report.Supplies, supply)
	}
	for _, t := range o.Devices {
		done.Report.Tests = append(done.Report.Tests, testOf(t))
	}
	var err error
	if done.Signed, err = os.ReadFile(o.Path + ".json"); err != nil {
		return done, fmt.Errorf("read the report: %w", err)
	}
	if done.PDF, err = os.ReadFile(o.Path + ".pdf"); err != nil {
		return done, fmt.Errorf("read the report: %w", err)
	}
	return done, nil
}

// codes pick the words for what went wrong.
var codes = []struct {
	err  error
	code string
}{
	{enrol.ErrCode, lines.CodeUnknown},
	{enrol.ErrCodeUsed, lines.CodeUsed},
	{enrol.ErrCodeExpired, lines.CodeExpired},
	{enrol.ErrFingerprint, lines.CodeForeign},
	{enrol.ErrTooOften, lines.TooOften},
	{enrol.ErrNewer, lines.Newer},
	{commission.ErrRunning, lines.Running},
	{commission.ErrStickFull, lines.StickFull},
	{succession.ErrStickFull, lines.StickFull},
	{fs.ErrPermission, lines.NotAllowed},
}

func codeOf(err error) string {
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	if room.Full(err) {
		return lines.DiskFull
	}
	if network := net.Error(nil); errors.As(err, &network) {
		return lines.Network
	}
	return lines.Other
}
