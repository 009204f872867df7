// Package readiness looks whether a terminal is fit for service: what it stands on, its records, its devices and its
// way to the platform. It changes nothing but its own history, and holds nothing about people.
package readiness

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/packaging/settings"
	"bianmin/packaging/version"
	"bianmin/store"
	"bianmin/sync/seal"
)

// State is how one check ended.
type State string

// States.
const (
	OK   State = "ok"
	Warn State = "warn" // in service, but somebody should see to it
	Fail State = "fail" // no service, or not as it must be
)

// Check is one finding. Text and Do are Chinese; English holds the same. Nothing in them is about a person.
type Check struct {
	ID      string `json:"id"`
	State   State  `json:"state"`
	Code    string `json:"code"` // which of the check's findings it is, for programs
	Name    string `json:"name"`
	Text    string `json:"text"`
	Do      string `json:"do,omitempty"` // what to do about it
	English Said   `json:"english"`
}

// Said are a check's words in another language.
type Said struct {
	Name string `json:"name"`
	Text string `json:"text"`
	Do   string `json:"do,omitempty"`
}

// Report is all findings of one look.
type Report struct {
	Terminal string    `json:"terminal"` // number and generation, "" when not enrolled
	Point    string    `json:"point,omitempty"`
	Role     string    `json:"role,omitempty"`
	Version  string    `json:"version"`
	Taken    time.Time `json:"taken"`
	State    State     `json:"state"` // the worst of them
	Checks   []Check   `json:"checks"`
	Devices  []Device  `json:"devices"`
	// Configuration names the settings that count (settings.Settings.Digest): equal on terminals with the same settings.
	Configuration string `json:"configuration,omitempty"`

	asked []selftest.Result // that this look was, of the devices it asked
}

// Options say what is looked at. Settings and Words are required.
type Options struct {
	Settings settings.Settings
	Words    *text.Catalog
	Root     string // where the machine's file system is; "" is "/"
	Now      func() time.Time
	Log      *slog.Logger
	// Alone says that the caller holds no devices and nobody else may be asked: what is published is not believed.
	Alone bool
	// Live tells whether the running machine is the one at Root: its services, ports and memory are looked at then.
	Live bool
	// Held gives the devices' states where the caller itself holds them; nil where it does not.
	Held func() []drivers.Status
	// Program is who looks, for the self tests that a look is; "" is "check".
	Program string
	// Before says that the services are not started yet: neither they nor the setup's end are looked for.
	Before bool
}

// look is one look at a terminal.
type look struct {
	Options
	report   *Report
	identity *seal.Identity
	clock    *store.Clock
	tests    []selftest.Result // that are kept, with those that this look is
}

// Look makes all checks. It takes as long as the slowest device and the network need, at most about a minute.
func Look(ctx context.Context, o Options) Report {
	if o.Root == "" {
		o.Root = "/"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Program == "" {
		o.Program = "check"
	}
	r := Report{Version: version.Version, Taken: o.Now().In(casefile.Zone).Truncate(time.Second), State: OK, Devices: []Device{}, Configuration: o.Settings.Digest()}
	l := &look{Options: o, report: &r}
	for _, check := range []func(context.Context){
		l.enrolment, l.setup, l.rules, l.records, l.catalogue, l.disk, l.memory, l.network, l.devices, l.selftests, l.photo, l.services, l.swap, l.dumps, l.modes, l.ports, l.spool, l.updates,
	} {
		check(ctx)
	}
	return r
}

func (l *look) path(parts ...string) string {
	return filepath.Join(append([]string{l.Root}, parts...)...)
}

// args are what stands in the words' braces.
type args = map[string]any

// say adds a finding; its words stand under provision.check.ID.CODE, what to do under CODE-do.
func (l *look) say(id string, state State, code string, a args) { l.add(id, id, state, code, a) }

func (l *look) add(id, words string, state State, code string, a args) {
	zh, en := l.words(text.Chinese, words, code, a), l.words(text.English, words, code, a)
	l.report.Checks = append(l.report.Checks, Check{ID: id, State: state, Code: code, Name: zh.Name, Text: zh.Text, Do: zh.Do, English: en})
	l.report.State = worse(l.report.State, state)
}

func (l *look) words(lang text.Lang, id, code string, a args) Said {
	prefix := "provision.check." + id + "."
	said := Said{Name: l.Words.T(lang, prefix+"name", a), Text: l.Words.T(lang, prefix+code, a)}
	if key := prefix + code + "-do"; l.Words.Has(lang, key) {
		said.Do = l.Words.T(lang, key, a)
	}
	return said
}

func worse(a, b State) State {
	for _, s := range []State{Fail, Warn} {
		if a == s || b == s {
			return s
		}
	}
	return OK
}

func (l *look) kiosk() bool { return l.identity == nil || l.identity.Role != "agent" }

// stricter is fail at a kiosk, where nobody else uses the machine, and warn at an agent's PC.
func (l *look) stricter() State {
	if l.kiosk() {
		return Fail
	}
	return Warn
}
