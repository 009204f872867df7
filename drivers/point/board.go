package point

import (
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bianmin/drivers"
)

// board holds the newest status of each device.
type board struct {
	log     *slog.Logger
	changes chan drivers.Status
	mutex   sync.Mutex
	last    map[drivers.Role]drivers.Status
	errs    []error
}

// order is how people list the devices.
var order = []drivers.Role{drivers.RoleReader, drivers.RoleSocial, drivers.RolePrinter, drivers.RoleDocument, drivers.RoleScanner, drivers.RoleButton, drivers.RoleCode}

func newBoard(log *slog.Logger) *board {
	return &board{log: log, changes: make(chan drivers.Status, 64), last: map[drivers.Role]drivers.Status{}}
}

// expect notes a device that was not looked at yet.
func (b *board) expect(role drivers.Role, now time.Time) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.last[role] = drivers.Status{Role: role, Condition: drivers.Offline, At: now}
}

// opened forgets by what names the device was known: it may be another one now, which tells its own or none.
func (b *board) opened(role drivers.Role) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	s := b.last[role]
	s.Model, s.Serial, s.Firmware = "", "", ""
	b.last[role] = s
}

// post keeps a status and tells when it differs from the one before. why is the error that it came of, nil for a device's own word.
func (b *board) post(s drivers.Status, why error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	before, known := b.last[s.Role]
	if s.Model == "" {
		s.Model = before.Model
	}
	if s.Serial == "" {
		s.Serial = before.Serial
	}
	if s.Firmware == "" {
		s.Firmware = before.Firmware
	}
	b.last[s.Role] = s
	before.At = s.At
	if known && before == s {
		return
	}
	told := []any{"role", s.Role, "condition", s.Condition, "before", before.Condition, "fault", s.Fault, "paper", s.Paper, "serial", s.Serial, "reason", "the device says so"}
	if why != nil {
		told[len(told)-1] = why
	}
	b.log.Info("device changed", told...)
	for {
		select {
		case b.changes <- s:
			return
		default:
		}
		select { // full: the oldest goes
		case <-b.changes:
		default:
		}
	}
}

func (b *board) of(role drivers.Role) drivers.Status {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.last[role]
}

func (b *board) all() []drivers.Status {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	var out []drivers.Status
	for _, s := range b.last {
		out = append(out, s)
	}
	slices.SortFunc(out, func(x, y drivers.Status) int {
		return slices.Index(order, x.Role) - slices.Index(order, y.Role)
	})
	return out
}

// keep remembers an error that only Close can report.
func (b *board) keep(err error) {
	if err != nil {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		b.errs = append(b.errs, err)
	}
}

func (b *board) trouble() error {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return errors.Join(b.errs...)
}

// away is the status of a device that could not be opened or has failed.
func away(role drivers.Role, fault drivers.Fault, at time.Time) drivers.Status {
	s := drivers.Status{Role: role, Condition: drivers.Offline, Fault: fault, At: at}
	switch fault {
	case drivers.FaultUnplugged, drivers.FaultMissingTool:
		s.Condition = drivers.NoDevice
	case drivers.FaultBusy:
		s.Condition = drivers.Busy
	case drivers.FaultDevice:
		s.Condition = drivers.HardwareError
	}
	return s
}
