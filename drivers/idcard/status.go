package idcard

import (
	"context"
	"errors"
	"fmt"

	"bianmin/drivers"
	"bianmin/drivers/link/channel"
)

// Errors of this protocol. They stand in the chain of the *drivers.Error a Reader returns.
var (
	// ErrProtocol means that bytes came, but no whole reply that fits the command.
	ErrProtocol = errors.New("the reader's answer is damaged")
	// ErrText means that a text block is of no known kind of card or holds characters no card can hold.
	ErrText = errors.New("the card's text block is of no known form")
	// ErrDisagree means that two reads of the same card gave different text.
	ErrDisagree = errors.New("two reads of the card disagree")
)

// StatusError is an answer of the reader that is not success (GA 450, table of SW3).
type StatusError struct {
	Command       string
	SW1, SW2, SW3 byte
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: reader answers %02X %02X %02X (%s)", e.Command, e.SW1, e.SW2, e.SW3, meaning(e.SW3))
}

// SW3 values.
const (
	swOK           = 0x90
	swFound        = 0x9F
	swNoItem       = 0x91
	swChecksum     = 0x10
	swLength       = 0x11
	swCommand      = 0x21
	swNotAllowed   = 0x23
	swUnknown      = 0x24
	swCardRefuses  = 0x31
	swSAMRefuses   = 0x32
	swVerify       = 0x33
	swFinger       = 0x37
	swInfoLength   = 0x3F
	swKind         = 0x40
	swReadFailed   = 0x41
	swRandom       = 0x47
	swSelfTest     = 0x60
	swUnauthorised = 0x66
	swNotFound     = 0x80
	swNotSelected  = 0x81
)

var statuses = map[byte]struct {
	meaning string
	fault   drivers.Fault
}{
	swOK:           {"success", drivers.FaultProtocol}, // success of something else than was asked
	swFound:        {"card found", drivers.FaultProtocol},
	swNoItem:       {"no such item on the card", drivers.FaultCard},
	swChecksum:     {"checksum of the command", drivers.FaultProtocol},
	swLength:       {"length of the command", drivers.FaultProtocol},
	swCommand:      {"command unknown", drivers.FaultProtocol},
	swNotAllowed:   {"operation not authorised", drivers.FaultDevice},
	swUnknown:      {"unknown error", drivers.FaultProtocol},
	swCardRefuses:  {"the card refuses the security module", drivers.FaultCard},
	swSAMRefuses:   {"the security module refuses the card", drivers.FaultCard},
	swVerify:       {"verification of the information", drivers.FaultCard},
	swFinger:       {"verification of fingerprints", drivers.FaultCard},
	swInfoLength:   {"length of the information", drivers.FaultCard},
	swKind:         {"unknown kind of card", drivers.FaultCard},
	swReadFailed:   {"reading failed", drivers.FaultCard},
	swRandom:       {"random number of the card", drivers.FaultCard},
	swSelfTest:     {"self-test of the security module failed", drivers.FaultDevice},
	swUnauthorised: {"the security module is not authorised", drivers.FaultDevice},
	swNotFound:     {"no card found", drivers.FaultCard},
	swNotSelected:  {"card not selected", drivers.FaultCard},
}

func meaning(sw3 byte) string {
	if s, ok := statuses[sw3]; ok {
		return s.meaning
	}
	return "not in the table"
}

// faultOf picks the code for people of an error inside this package.
func faultOf(err error) drivers.Fault {
	var status *StatusError
	switch {
	case errors.As(err, &status):
		if s, ok := statuses[status.SW3]; ok {
			return s.fault
		}
		return drivers.FaultProtocol
	case errors.Is(err, ErrDisagree):
		return drivers.FaultCardDoubt
	case errors.Is(err, ErrText):
		return drivers.FaultCard
	case errors.Is(err, ErrProtocol):
		return drivers.FaultProtocol
	case errors.Is(err, context.Canceled), errors.Is(err, channel.ErrClosed):
		return drivers.FaultCancelled
	case errors.Is(err, channel.ErrTimeout):
		return drivers.FaultSilent
	case errors.Is(err, channel.ErrUnplugged):
		return drivers.FaultUnplugged
	case errors.Is(err, channel.ErrNotPermitted):
		return drivers.FaultNotPermitted
	case errors.Is(err, channel.ErrBusy):
		return drivers.FaultBusy
	}
	return drivers.FaultDevice
}
