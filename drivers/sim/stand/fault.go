package stand

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is a kind of device on the bench, which has its own faults.
type Kind string

// The kinds, in the order of the bench.
const (
	Reader   Kind = "reader"
	Social   Kind = "social"
	Printer  Kind = "printer"
	Document Kind = "document"
	Scanner  Kind = "scanner"
	Camera   Kind = "camera"
	Code     Kind = "code"
	Button   Kind = "button"
	Network  Kind = "network"
)

// Fault is one thing that can be wrong on the bench.
type Fault struct {
	Name  string    // as in "fault NAME on"
	Of    Kind      //
	Words [2]string // Chinese, English
	Key   string    // the key of the bench window that turns it, "" for none
	// Covers are the orders of the simulators it gives, "package.Name": a test holds them against what the simulators have.
	Covers []string

	turn func(ctx context.Context, s *Stand, on bool) error
	on   func(s *Stand) bool
}

// Faults are all faults of what stands on the bench, in its order.
func (s *Stand) Faults() []Fault {
	return slices.DeleteFunc(AllFaults(), func(f Fault) bool { return !s.has(f.Of) })
}

// AllFaults are the faults of a full bench.
func AllFaults() []Fault {
	return slices.Concat(readerFaults(), socialFaults(), printerFaults(), documentFaults(), scannerFaults(), cameraFaults(), codeFaults(), buttonFaults(), networkFaults())
}

func (s *Stand) has(kind Kind) bool {
	switch kind {
	case Social:
		return s.social != nil
	case Document:
		return s.document != nil
	case Scanner:
		return s.scanner != nil
	case Camera:
		return s.camera != nil
	case Code:
		return s.code != nil
	case Network:
		return s.network != nil
	default:
		return true
	}
}

// turnFault is "fault NAME on|off".
func turnFault(ctx context.Context, s *Stand, rest []string) (string, error) {
	if len(rest) != 2 || rest[1] != "on" && rest[1] != "off" {
		return "", errors.New("say which: fault NAME on|off")
	}
	var known []string
	for _, f := range s.Faults() {
		if f.Name == rest[0] {
			return "", f.turn(ctx, s, rest[1] == "on")
		}
		known = append(known, f.Name)
	}
	return "", fmt.Errorf("this bench has no fault %q; it has: %s", rest[0], strings.Join(known, ", "))
}

// well is "well": every fault that is on goes. What was printed and which card lies where stays.
func well(ctx context.Context, s *Stand, _ []string) (string, error) {
	var errs []error
	for range 2 { // mending one may uncover another: a printer that was off forgets its orders
		for _, f := range s.Faults() {
			if f.on(s) {
				errs = append(errs, f.turn(ctx, s, false))
			}
		}
	}
	return "", errors.Join(errs...)
}

// wrong are the names of the faults that are on.
func (s *Stand) wrong() []string {
	var names []string
	for _, f := range s.Faults() {
		if f.on(s) {
			names = append(names, f.Name)
		}
	}
	return names
}

// order remembers which of several faults that cannot be told apart at the device was ordered; "" is none.
func (s *Stand) order(kind Kind, name string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.ordered == nil {
		s.ordered = map[Kind]string{}
	}
	s.ordered[kind] = name
}

func (s *Stand) isOrdered(kind Kind, name string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.ordered[kind] == name
}

// unplugged is the fault of a pulled cable.
func unplugged(of Kind, key string, cable func(*Stand) cable, covers ...string) Fault {
	return Fault{
		Name: string(of) + "-unplugged", Of: of, Words: [2]string{"拔掉插头", "Unplugged"}, Key: key, Covers: covers,
		turn: func(_ context.Context, s *Stand, on bool) error {
			if on {
				return cable(s).Unplug()
			}
			return cable(s).Plug()
		},
		on: func(s *Stand) bool { return !cable(s).Plugged() },
	}
}

type cable interface {
	Plug() error
	Unplug() error
	Plugged() bool
}
