package journey

import (
	"context"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// pinLength is the number of digits of a technician's PIN.
const pinLength = 6

// staff is a technician at the terminal.
type staff struct {
	accounts []StaffAccount
	account  string
	pin      string
	problem  Message
	locked   time.Time // until then no try is allowed
	from     Screen
	tests    tests
	queue    queue
}

// What the terminal says to technicians.
type (
	staffAccounts struct {
		accounts []StaffAccount
		err      error
	}
	staffAnswer struct {
		ok     bool
		locked time.Duration
		err    error
	}
	staffDone     struct{ err error }
	devicesTested struct{ statuses []drivers.Status }
)

func (staffAccounts) event() {}
func (staffAnswer) event()   {}
func (staffDone) event()     {}
func (devicesTested) event() {}

func (m *machine) staffEvent(event Event) bool {
	switch event := event.(type) {
	case OpenStaff:
		m.openStaff()
	case StaffPick:
		if m.screen == StaffSignIn && slices.ContainsFunc(m.staff.accounts, func(a StaffAccount) bool { return a.ID == event.Account }) {
			m.staff.account, m.staff.pin, m.staff.problem = event.Account, "", Message{}
		}
	case StaffPIN:
		if m.screen == StaffSignIn {
			m.typePIN(event.PIN)
		}
	case StaffDo:
		if m.screen == Staff || m.screen == StaffQueue && onQueue[event.Action] {
			m.staffDo(event.Action)
		}
	case staffAccounts:
		m.staffListed(event)
	case staffAnswer:
		m.staffAnswered(event)
	case staffDone:
		if event.err != nil {
			m.log.Error("technician's order failed", "error", event.err)
			m.staff.problem = words(keyStaffFailed)
			m.staff.queue.said, m.staff.queue.bad = words(keyStaffFailed), true
		}
	case devicesTested:
		for _, status := range event.statuses {
			m.statuses[status.Role] = status
		}
	default:
		return false
	}
	return true
}

// openStaff answers the hidden gesture where no citizen's errand is under way.
func (m *machine) openStaff() {
	switch m.screen {
	case Attract, Home:
	case OutOfService:
		if m.draft != nil {
			return
		}
	default:
		return
	}
	m.staff = staff{from: m.screen}
	m.to(StaffSignIn)
	terminal := m.options.Terminal
	m.fx.launch(slotStaff, func(ctx context.Context, _ emit) Event {
		accounts, err := terminal.StaffAccounts(ctx)
		return staffAccounts{accounts: accounts, err: err}
	})
}

func (m *machine) staffListed(listed staffAccounts) {
	if listed.err != nil {
		m.log.Error("technicians' accounts not read", "error", listed.err)
	}
	m.staff.accounts = listed.accounts
	switch len(listed.accounts) {
	case 0:
		m.staff.problem = words(keyStaffNone)
	case 1:
		m.staff.account = listed.accounts[0].ID
	}
}

// typePIN takes the digits typed so far; the sixth is a try.
func (m *machine) typePIN(pin string) {
	if m.staff.account == "" || m.fx.busy(slotStaff) || left(m.staff.locked) > 0 || !allDigits(pin) || len(pin) > pinLength {
		return
	}
	m.staff.pin, m.staff.problem = pin, Message{}
	if len(pin) < pinLength {
		return
	}
	terminal, account := m.options.Terminal, m.staff.account
	m.fx.launch(slotStaff, func(ctx context.Context, _ emit) Event {
		ok, locked, err := terminal.StaffSignIn(ctx, account, pin)
		return staffAnswer{ok: ok, locked: locked, err: err}
	})
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

func (m *machine) staffAnswered(answer staffAnswer) {
	m.staff.pin = ""
	switch {
	case answer.err != nil:
		m.log.Error("technician not checked", "error", answer.err)
		m.staff.problem = words(keyStaffFailed)
	case answer.locked > 0:
		m.staff.locked = time.Now().Add(answer.locked)
		m.staff.problem = words(keyStaffLocked)
	case !answer.ok:
		m.staff.problem = words(keyStaffWrong)
	default:
		m.log.Info("technician signed on", "account", m.staff.account)
		m.to(Staff)
	}
}

// staffDo carries out what the technician asks for.
func (m *machine) staffDo(action StaffAction) {
	terminal, account := m.options.Terminal, m.staff.account
	m.staff.problem = Message{}
	switch action {
	case StaffTestDevice:
		if m.options.Tests != nil {
			m.openTests()
			break
		}
		m.fx.launch(slotStaff, m.testDevices())
	case StaffConfirmClock:
		m.order(func(ctx context.Context) error { return terminal.ConfirmClock(ctx, account) })
	case StaffRetryQueue:
		m.staff.queue.said, m.staff.queue.bad = words(keyStaffRetried), false
		m.order(func(ctx context.Context) error { return terminal.RetryQueue(ctx, account) })
	case StaffStickOut:
		m.carry(casefile.CarryOut)
	case StaffStickHome:
		m.carry(casefile.CarryHome)
	case StaffSeeQueue:
		m.openQueue()
	case StaffRestart:
		m.end = Restart
	case StaffSignOut:
		m.end = Replace
	case StaffExit:
		m.end = Exit
	default:
		return
	}
	m.log.Info("technician's order", "account", account, "action", string(action))
}

// order carries out one of the technician's orders and looks at the terminal again afterwards.
func (m *machine) order(do func(ctx context.Context) error) {
	m.fx.launch(slotStaff, func(ctx context.Context, _ emit) Event { return staffDone{err: do(ctx)} })
	m.watchHealth()
}

// testDevices asks every device how it is.
func (m *machine) testDevices() work {
	devices := m.options.Devices
	ask := map[drivers.Role]func(context.Context) (drivers.Status, error){}
	if devices.Reader != nil {
		ask[drivers.RoleReader] = devices.Reader.Status
	}
	if devices.Social != nil {
		ask[drivers.RoleSocial] = devices.Social.Status
	}
	if devices.Printer != nil {
		ask[drivers.RolePrinter] = devices.Printer.Status
	}
	if devices.Scanner != nil {
		ask[drivers.RoleScanner] = devices.Scanner.Status
	}
	return func(ctx context.Context, _ emit) Event {
		var tested devicesTested
		for role, status := range ask {
			release, err := m.fx.lease(ctx, role)
			if err != nil {
				return nil
			}
			seen, err := status(ctx)
			release()
			seen.Role = role
			if err != nil && seen.Fault == "" {
				seen.Fault, seen.Condition = drivers.FaultOf(err), drivers.Offline
			}
			tested.statuses = append(tested.statuses, seen)
		}
		return tested
	}
}

func (m *machine) backFromStaff() {
	from := m.staff.from
	m.staff = staff{}
	m.to(from)
	m.checkService()
}

func (m *machine) drawStaffSignIn(s *State) {
	v := &StaffSignInView{
		Accounts: m.staff.accounts, Account: m.staff.account, Digits: len(m.staff.pin), Problem: m.staff.problem,
		Locked: left(m.staff.locked),
	}
	if v.Problem.Key == keyStaffLocked {
		v.Problem.Args = map[string]any{"n": int(v.Locked / time.Second)}
		if v.Locked == 0 {
			v.Problem = Message{}
		}
	}
	s.StaffSignIn = v
}

func (m *machine) drawStaff(s *State) {
	v := &StaffView{
		Name: m.staff.account, Terminal: m.options.Place.Terminal, Version: m.options.Place.Version,
		Waiting: m.health.Waiting, Refused: m.health.Refused, Oldest: m.health.Oldest, Online: m.health.Online,
		LastContact: m.health.LastContact.Truncate(time.Minute), DiskFree: m.health.DiskFree, ClockDoubt: m.health.ClockDoubt,
		Link: m.health.Link,
	}
	v.Link.Since, v.Link.Next = v.Link.Since.Truncate(time.Minute), v.Link.Next.Truncate(time.Minute)
	for _, account := range m.staff.accounts {
		if account.ID == m.staff.account {
			v.Name = account.Name
		}
	}
	if set := m.options.Catalogue(); set != nil {
		v.Catalogue = set.Version
	}
	for _, role := range []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleScanner, drivers.RoleButton} {
		if status, ok := m.statuses[role]; ok {
			v.Devices = append(v.Devices, status)
		}
	}
	s.Staff = v
}
