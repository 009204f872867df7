package commission

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"bianmin/assets"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/packaging/condition"
	"bianmin/packaging/settings"
	"bianmin/packaging/tested"
)

// Result is how a test ended.
type Result string

// Results.
const (
	Passed  Result = "passed"
	Failed  Result = "failed"
	Skipped Result = "skipped" // not asked for, or nobody was there for it
	Unseen  Result = "unseen"  // paper of a printer that cannot say: whoever signs says whether it came out
	Waiting Result = "waiting" // only for who watches: it is still to come
	Running Result = "running" // only for who watches
)

// Tried is a device with what was tried on it. It holds nothing of a card or a page that was read.
type Tried struct {
	Role     drivers.Role  `json:"role"`
	Name     string        `json:"name"` // link, or SANE's name
	Model    string        `json:"model,omitempty"`
	Serial   string        `json:"serial,omitempty"`
	Test     string        `json:"test"` // status, card, receipt, page, scan
	Result   Result        `json:"result"`
	Fault    drivers.Fault `json:"fault,omitempty"`
	Evidence string        `json:"evidence,omitempty"` // e.g. how long it took, in figures

	seen bool // by whoever signed, or by nobody: the printer could not say
}

const (
	cardLimit  = 60 * time.Second
	printLimit = 2 * time.Minute
	scanLimit  = 90 * time.Second
	askLimit   = 25 * time.Second
)

// trial tries the devices of a configuration.
type trial struct {
	point *point.Point
	names map[drivers.Role]string
	last  map[drivers.Role]drivers.Status
	words *text.Catalog
	who   Technician
	now   func() time.Time
	tell  func(Tried)
	all   []Tried
}

// try opens the devices, asks each how it is, and does the tests; then it lets them go.
func try(ctx context.Context, d settings.Devices, want map[string]bool, o Options) (all []Tried, err error) {
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		return nil, err
	}
	manager, err := point.Start(ctx, condition.Devices(d), point.Options{Log: o.Log, Raster: face, Now: o.Now})
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = manager.Close() // what was wrong with a device stands in its result
	}()
	t := &trial{point: manager, names: map[drivers.Role]string{}, last: map[drivers.Role]drivers.Status{}, words: o.Words, who: o.Technician, now: o.Now, tell: o.Test}
	for _, g := range given(d) {
		t.names[g.Role] = g.Name
	}
	tests := t.tests()
	for _, g := range given(d) {
		t.tell(t.about(g.Role, "status", Running))
	}
	for _, test := range tests {
		if t.names[test.role] != "" && want[test.name] {
			t.tell(t.about(test.role, test.name, Waiting))
		}
	}
	asking, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	for _, s := range manager.Check(asking) {
		t.last[s.Role] = s
		result := Passed
		if s.Fault != drivers.FaultNone || s.Condition != drivers.Online {
			result = Failed
		}
		t.add(s.Role, "status", result, s.Fault, "")
		t.tell(t.all[len(t.all)-1])
	}
	for _, test := range tests {
		switch {
		case t.names[test.role] == "":
		case !want[test.name]:
			t.add(test.role, test.name, Skipped, "", "")
		default:
			t.tell(t.about(test.role, test.name, Running))
			if err := test.run(ctx); err != nil {
				return t.all, err
			}
			t.tell(t.all[len(t.all)-1])
		}
	}
	return t.all, ctx.Err()
}

// test is something that is tried on a device.
type test struct {
	name string
	role drivers.Role
	run  func(ctx context.Context) error
}

// tests are all there are, in the order in which they are done.
func (t *trial) tests() []test {
	return []test{{TestCard, drivers.RoleReader, t.card}, {TestSocial, drivers.RoleSocial, t.social}, {TestReceipt, drivers.RolePrinter, t.receipt}, {TestScan, drivers.RoleScanner, t.scan}, {TestPage, drivers.RoleDocument, t.page}}
}

// about is a test of a device with what is known of it.
func (t *trial) about(role drivers.Role, test string, result Result) Tried {
	s := t.last[role]
	return Tried{Role: role, Name: t.names[role], Model: s.Model, Serial: s.Serial, Test: test, Result: result}
}

func (t *trial) add(role drivers.Role, test string, result Result, fault drivers.Fault, evidence string) {
	tried := t.about(role, test, result)
	tried.Fault, tried.Evidence = fault, evidence
	t.all = append(t.all, tried)
}

func (t *trial) done(role drivers.Role, test string, begun time.Time, err error) {
	took := strconv.FormatInt(t.now().Sub(begun).Milliseconds(), 10) + " ms"
	if err != nil {
		t.add(role, test, Failed, drivers.FaultOf(err), took)
		return
	}
	t.add(role, test, Passed, "", took)
}

// card waits for any identity card and reads it.
func (t *trial) card(ctx context.Context) error {
	t.who.Say("lay-card", nil)
	return t.read(ctx, drivers.RoleReader, TestCard, func(ctx context.Context) error {
		_, err := t.point.Reader().Read(ctx)
		return err
	})
}

// social waits for any social-security card and reads it.
func (t *trial) social(ctx context.Context) error {
	t.who.Say("lay-social", nil)
	return t.read(ctx, drivers.RoleSocial, TestSocial, func(ctx context.Context) error {
		_, err := t.point.Social().Read(ctx)
		return err
	})
}

// another are the faults of a card that another card, or the same once more, may not have.
var another = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultCardOther}

// read waits for a card and reads it; what it says is forgotten at once.
func (t *trial) read(ctx context.Context, role drivers.Role, test string, once func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, cardLimit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		begun := t.now()
		err := once(ctx)
		if !errors.Is(err, drivers.ErrNoCard) && !slices.Contains(another, drivers.FaultOf(err)) {
			if ctx.Err() == nil || err == nil {
				t.done(role, test, begun, err)
				return nil
			}
		}
		last = err
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			result, fault := Skipped, drivers.FaultNone
			if last != nil && !errors.Is(last, drivers.ErrNoCard) {
				result, fault = Failed, drivers.FaultOf(last)
			}
			t.add(role, test, result, fault, "")
			return nil
		case <-tick.C:
		}
	}
}

func (t *trial) receipt(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, printLimit)
	defer cancel()
	begun := t.now()
	report, err := t.point.Printer().Print(ctx, tested.Strip(t.words))
	t.printed(drivers.RolePrinter, TestReceipt, begun, report, err)
	return nil
}

func (t *trial) page(ctx context.Context) error {
	pdf, err := tested.Page(t.words)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, printLimit)
	defer cancel()
	begun := t.now()
	report, err := t.point.Document().Print(ctx, "bianmin", pdf)
	t.printed(drivers.RoleDocument, TestPage, begun, report, err)
	return nil
}

// printed leaves to the person who signs what the printer itself cannot say. One that says what is wrong has said it.
func (t *trial) printed(role drivers.Role, test string, begun time.Time, report drivers.PrintReport, err error) {
	t.done(role, test, begun, err)
	if fault := drivers.FaultOf(err); report.Outcome == drivers.Unconfirmed && (err == nil || fault == drivers.FaultSilent) {
		last := &t.all[len(t.all)-1]
		last.Result, last.Fault = Unseen, drivers.FaultNone
	}
}

// unseenOf are the printers whose paper somebody must look at.
func unseenOf(all []Tried) (roles []drivers.Role) {
	for _, t := range all {
		if t.Result == Unseen {
			roles = append(roles, t.Role)
		}
	}
	return roles
}

// settle says of what was to be looked at how it ended.
func settle(all []Tried, papers Result) {
	for i := range all {
		if all[i].Result == Unseen {
			all[i].Result, all[i].seen = cmp.Or(papers, Skipped), true
		}
	}
}

// scan waits for a page where the scanner sees none, scans it, and keeps only how good and large it is.
func (t *trial) scan(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, scanLimit)
	defer cancel()
	t.who.Say("lay-page", nil)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	begun := t.now()
	page, err := t.point.Scanner().Scan(ctx, drivers.ScanOptions{})
	for drivers.FaultOf(err) == drivers.FaultNoDocument && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
			begun = t.now()
			page, err = t.point.Scanner().Scan(ctx, drivers.ScanOptions{})
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	t.done(drivers.RoleScanner, TestScan, begun, err)
	if err == nil {
		last := &t.all[len(t.all)-1]
		last.Evidence += fmt.Sprintf(", %d×%d, %s", page.Width, page.Height, page.Quality)
	}
	return nil
}
