package journey

import (
	"cmp"
	"context"
	"slices"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

// Tests are the self tests of the terminal's devices and its readiness report.
type Tests interface {
	Devices() selftest.Devices
	// Papers are what the tests print.
	Papers() (strip receipt.Document, page []byte, err error)
	// All are the results that are kept, oldest first; also beside an error those that can be read.
	All() ([]selftest.Result, error)
	Keep(results ...selftest.Result) error
	// Report looks at the whole terminal and lays the report out, as a strip and for A4.
	Report(ctx context.Context) (strip receipt.Document, page []byte, err error)
}

// tests are the self tests on the staff screens.
type tests struct {
	level    selftest.Level // asked for last
	running  drivers.Role   // "" when none runs
	waiting  []drivers.Role
	prompt   selftest.Prompt
	question selftest.Question
	answers  chan selftest.Answer // of the test that runs
	results  []selftest.Result    // kept, oldest first
	printing bool
	said     Message
	bad      bool
}

// What the tests say.
type (
	testsKnown struct {
		results []selftest.Result
		err     error
	}
	testTells struct{ prompt selftest.Prompt }
	testAsks  struct{ question selftest.Question }
	testEnded struct {
		result selftest.Result
		err    error
	}
	reportPrinted struct {
		report drivers.PrintReport
		err    error
	}
)

func (testsKnown) event()    {}
func (testTells) event()     {}
func (testAsks) event()      {}
func (testEnded) event()     {}
func (reportPrinted) event() {}

func (m *machine) testEvent(event Event) bool {
	t := &m.staff.tests
	switch event := event.(type) {
	case StaffTest:
		m.testAll(event.Level)
	case StaffTestAnswer:
		m.answerTest(event.Right)
	case StaffTestSkip:
		if m.screen == StaffTests && t.running != "" {
			m.fx.cancel(slotStaff)
			m.testNext()
		}
	case StaffReport:
		m.printReport()
	case testsKnown:
		t.results = event.results
		m.testSaid(event.err, "earlier self tests not all read")
	case testTells:
		t.prompt = event.prompt
	case testAsks:
		t.question = event.question
	case testEnded:
		t.results = append(t.results, event.result)
		m.testSaid(event.err, "self test not kept")
		m.testNext()
	case reportPrinted:
		m.reported(event)
	default:
		return false
	}
	return true
}

// testSaid shows that what is kept of the tests is not in order; the tests go on.
func (m *machine) testSaid(err error, what string) {
	if err != nil {
		m.log.Error(what, "error", err)
		m.staff.tests.said, m.staff.tests.bad = words(keyTestsNotKept), true
	}
}

// openTests shows the devices with how their tests ended.
func (m *machine) openTests() {
	m.staff.tests = tests{}
	m.to(StaffTests)
	kept := m.options.Tests
	m.fx.launch(slotStaff, func(context.Context, emit) Event {
		all, err := kept.All()
		return testsKnown{all, err}
	})
}

// testAll tests every device at a level, one after the other.
func (m *machine) testAll(level selftest.Level) {
	t := &m.staff.tests
	if m.screen != StaffTests || t.running != "" || t.printing || !slices.Contains(selftest.Levels(), level) {
		return
	}
	m.log.Info("technician tests devices", "account", m.staff.account, "level", string(level))
	t.level, t.waiting, t.said, t.bad = level, nil, Message{}, false
	devices := m.options.Tests.Devices()
	for _, role := range selftest.Roles() {
		if devices.Has(role) && selftest.Knows(role, level) {
			t.waiting = append(t.waiting, role)
		}
	}
	m.testNext()
}

// testNext begins the next device's test.
func (m *machine) testNext() {
	t := &m.staff.tests
	t.running, t.prompt, t.question, t.answers = "", "", "", nil
	if len(t.waiting) == 0 {
		return
	}
	t.running, t.waiting = t.waiting[0], t.waiting[1:]
	t.answers = make(chan selftest.Answer, 1)
	m.fx.launch(slotStaff, m.testOne(t.running, t.level, t.answers))
}

// testOne tests one device and keeps how it ended. What was skipped is no test.
func (m *machine) testOne(role drivers.Role, level selftest.Level, answers chan selftest.Answer) work {
	kept, account := m.options.Tests, m.staff.account
	return func(ctx context.Context, emit emit) Event {
		strip, page, err := kept.Papers()
		if err != nil {
			return staffDone{err: err}
		}
		devices := kept.Devices()
		devices.Hold = m.fx.hold
		result, err := selftest.Run(ctx, role, level, selftest.Options{
			Devices: devices, Strip: strip, Page: page, Person: screenPerson{emit, answers},
			Asked: selftest.Asker{Program: "kiosk", Account: account}, Now: m.options.Now,
		})
		if err != nil || ctx.Err() != nil {
			return staffDone{err: err}
		}
		return testEnded{result, kept.Keep(result)}
	}
}

// hold makes the caller the one user of a device that sessions use too.
func (fx *effects) hold(ctx context.Context, role drivers.Role) (release func(), err error) {
	if fx.leases[role] == nil {
		return func() {}, nil
	}
	return fx.lease(ctx, role)
}

// screenPerson is the technician in front of the screen.
type screenPerson struct {
	emit    emit
	answers chan selftest.Answer
}

// Tell implements selftest.Person.
func (p screenPerson) Tell(_ drivers.Role, prompt selftest.Prompt) { p.emit(testTells{prompt}) }

// Ask implements selftest.Person.
func (p screenPerson) Ask(ctx context.Context, _ drivers.Role, question selftest.Question) selftest.Answer {
	p.emit(testAsks{question})
	select {
	case a := <-p.answers:
		return a
	case <-ctx.Done():
		return selftest.Nothing
	}
}

// answerTest gives the technician's answer to the test that asks.
func (m *machine) answerTest(right bool) {
	t := &m.staff.tests
	if m.screen != StaffTests || t.question == "" {
		return
	}
	answer := selftest.No
	if right {
		answer = selftest.Yes
	}
	t.question = ""
	t.answers <- answer // it is asked once, and there is room for one
}

// printReport prints the readiness report: on A4 where there is such a printer, else as a strip.
func (m *machine) printReport() {
	t := &m.staff.tests
	if m.screen != StaffTests || t.running != "" || t.printing {
		return
	}
	kept, devices := m.options.Tests, m.options.Tests.Devices()
	if devices.Document == nil && devices.Printer == nil {
		return
	}
	m.log.Info("technician prints the readiness report", "account", m.staff.account)
	t.printing, t.said, t.bad = true, Message{}, false
	m.fx.launch(slotStaff, func(ctx context.Context, _ emit) Event {
		strip, page, err := kept.Report(ctx)
		if err != nil {
			return reportPrinted{err: err}
		}
		if devices.Document != nil {
			report, err := devices.Document.Print(ctx, "bianmin", page)
			return reportPrinted{report, err}
		}
		release, err := m.fx.lease(ctx, drivers.RolePrinter)
		if err != nil {
			return nil
		}
		defer release()
		report, err := devices.Printer.Print(ctx, strip)
		return reportPrinted{report, err}
	})
}

func (m *machine) reported(e reportPrinted) {
	t := &m.staff.tests
	t.printing = false
	switch {
	case e.report.Outcome == drivers.Printed:
		t.said, t.bad = words(keyReportPrinted), false
	case e.report.Outcome == drivers.Unconfirmed:
		t.said, t.bad = words(keyReportUnsure), true
	default:
		m.log.Error("readiness report not printed", "error", e.err)
		t.said, t.bad = words(keyReportFailed), true
	}
}

// testing tells whether tests run that need nobody: the screen is not left alone then.
func (m *machine) testing() bool {
	t := m.staff.tests
	return m.screen == StaffTests && (t.printing || t.running != "" && t.level != selftest.Interactive)
}

func (m *machine) backFromTests() { m.to(Staff) }

func (m *machine) drawStaffTests(s *State) {
	t := m.staff.tests
	v := &StaffTestsView{
		Terminal: m.options.Place.Terminal, Version: m.options.Place.Version, Configuration: m.options.Place.Configuration,
		Level: t.level, Running: t.running, Prompt: t.prompt, Question: t.question, Printing: t.printing, Said: t.said, Bad: t.bad,
	}
	devices := m.options.Tests.Devices()
	v.CanPrint = devices.Document != nil || devices.Printer != nil
	for _, role := range selftest.Roles() {
		if !devices.Has(role) {
			continue
		}
		status := m.statuses[role]
		status.Role, status.Condition = role, cmp.Or(status.Condition, drivers.Offline)
		v.Devices = append(v.Devices, TestedDevice{Status: status, Last: selftest.Last(t.results, status)})
	}
	s.StaffTests = v
}
