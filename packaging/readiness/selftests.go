package readiness

import (
	"context"
	"slices"
	"strings"

	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/drivers/social"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
)

// NotTold stands where a device says nothing of a supply.
const NotTold = "not-told"

// Supplies are what a printer uses up, in the words of drivers, NotTold where it does not say.
type Supplies struct {
	Paper string `json:"paper"`
	Toner string `json:"toner,omitempty"` // "" for a printer that has none
}

// suppliesOf is what a device says of its supplies.
func suppliesOf(s drivers.Status) *Supplies {
	or := func(said string) string {
		if said == "" || said == string(drivers.PaperUnknown) {
			return NotTold
		}
		return said
	}
	switch s.Role {
	case drivers.RolePrinter:
		return &Supplies{Paper: or(string(s.Paper))}
	case drivers.RoleDocument:
		return &Supplies{Paper: or(string(s.Paper)), Toner: or(string(s.Toner))}
	}
	return nil
}

// linkOf is how the configuration names a device.
func linkOf(d settings.Devices, role drivers.Role) string {
	switch {
	case role == drivers.RoleReader && d.Reader != nil:
		return d.Reader.Link
	case role == drivers.RolePrinter && d.Printer != nil:
		return d.Printer.Link
	case role == drivers.RoleDocument && d.Document != nil:
		return d.Document.Link
	case role == drivers.RoleScanner && d.Scanner != nil && d.Scanner.SANE != "":
		return "sane:" + d.Scanner.SANE
	case role == drivers.RoleScanner && d.Scanner != nil:
		return d.Scanner.Link
	case role == drivers.RoleButton && d.Button != nil:
		return d.Button.Link
	case role == drivers.RoleCode && d.Code != nil:
		return d.Code.Link
	case role == drivers.RoleSocial && d.Social != nil:
		return d.Social.Link
	}
	return ""
}

// remember reads how earlier self tests ended. What cannot be read is said, and stops nothing.
func (l *look) remember() {
	var err error
	if l.tests, err = tested.All(l.Settings.Data); err != nil {
		l.Log.Warn("the self tests' results are not all read", "error", err)
		l.say("selftests", Warn, "damaged", nil)
	}
}

// wasAsked takes a look at a device as its internal test.
func (l *look) wasAsked(s drivers.Status) {
	v := selftest.Judge(s.Fault)
	if s.Fault == drivers.FaultNone && (s.Condition == drivers.Offline || s.Condition == drivers.NoDevice || s.Condition == drivers.HardwareError) {
		v = selftest.Judge(drivers.FaultDevice)
	}
	r := selftest.Result{
		Role: s.Role, Level: selftest.Internal, Outcome: v.Outcome, Code: v.Code, Model: s.Model, Serial: s.Serial, Firmware: s.Firmware,
		At: l.Now().UTC(), Asked: selftest.Asker{Program: l.Program},
	}
	l.tests = append(l.tests, r)
	l.report.asked = append(l.report.asked, r)
}

// social adds the chip card reader where one was ever tested and the configuration names none: nobody would know of it else.
func (l *look) social(ctx context.Context) {
	if l.Settings.Devices.Social != nil || !slices.ContainsFunc(l.tests, func(r selftest.Result) bool { return r.Role == drivers.RoleSocial }) {
		return
	}
	s, err := social.New(social.Options{Now: l.Now}).Status(ctx)
	if err != nil {
		l.Log.Info("the chip card reader is away", "error", err)
	}
	l.report.Devices = append(l.report.Devices, Device{Status: s, Source: "asked", Tests: selftest.Last(l.tests, s)})
}

// selftests says which devices failed when somebody last tried them in earnest, though they now say that they are well.
func (l *look) selftests(ctx context.Context) {
	if l.Before { // a setup shows its own tests
		return
	}
	l.social(ctx)
	var failed, never []drivers.Role
	for _, d := range l.report.Devices {
		tried := false
		for _, r := range d.Tests {
			tried = tried || r.Level != selftest.Internal
		}
		switch {
		case failsStill(l.tests, d.Status):
			failed = append(failed, d.Role)
		case !tried:
			never = append(never, d.Role)
		}
	}
	switch {
	case len(l.report.Devices) == 0:
	case len(failed) > 0:
		l.sayOf(failed, Warn, "failed")
	case len(never) > 0:
		l.sayOf(never, OK, "never")
	default:
		l.say("selftests", OK, "ok", nil)
	}
}

// failsStill tells whether the newest test that was more than a question failed. One that was refused or not confirmed says nothing.
func failsStill(all []selftest.Result, s drivers.Status) bool {
	var newest selftest.Result
	for _, r := range all {
		if r.Of(s) && r.Level != selftest.Internal && (r.Outcome == selftest.Passed || r.Outcome == selftest.Failed) && !r.At.Before(newest.At) {
			newest = r
		}
	}
	return newest.Outcome == selftest.Failed
}

// sayOf is say, with devices named in each language.
func (l *look) sayOf(roles []drivers.Role, state State, code string) {
	named := func(lang text.Lang, between string) args {
		var all []string
		for _, role := range roles {
			all = append(all, l.Words.T(lang, "selftest.role."+string(role), nil))
		}
		return args{"devices": strings.Join(all, between)}
	}
	zh, en := l.words(text.Chinese, "selftests", code, named(text.Chinese, "、")), l.words(text.English, "selftests", code, named(text.English, ", "))
	l.report.Checks = append(l.report.Checks, Check{ID: "selftests", State: state, Code: code, Name: zh.Name, Text: zh.Text, Do: zh.Do, English: en})
	l.report.State = worse(l.report.State, state)
}
