package escpos

import (
	"bianmin/drivers"
)

// answer is the kind of a byte the printer sent, told by its fixed bits.
type answer int

const (
	isStatus  answer = iota // to DLE EOT n
	isPaper                 // to GS r 1
	isAuto                  // first of four bytes of automatic status
	isControl               // XON or XOFF
	isNoise
	isNothing // no byte is: listening for it hears everything out
)

func classify(b byte) answer {
	switch {
	case b == 0x11 || b == 0x13:
		return isControl
	case b&0x93 == 0x12:
		return isStatus
	case b&0x93 == 0x10:
		return isAuto
	case b&0x90 == 0:
		return isPaper
	default:
		return isNoise
	}
}

// replies are the answers to DLE EOT 1, 2, 3 and 4.
type replies [4]byte

// apply fills the status with what the printer says. A cover that is open comes
// before the paper it hides, and both before what a technician must see to.
func (r replies) apply(s *drivers.Status) {
	offline, why, fault, paper := r[0]&0x08 != 0, r[1], r[2], r[3]
	s.CoverOpen = why&0x04 != 0
	switch {
	case paper&0x60 != 0 || why&0x20 != 0:
		s.Paper = drivers.PaperOut
	case paper&0x0C != 0:
		s.Paper = drivers.PaperLow
	default:
		s.Paper = drivers.PaperFull
	}
	s.Condition, s.Fault = drivers.Online, drivers.FaultNone
	switch {
	case s.CoverOpen:
		s.Condition, s.Fault = drivers.UserError, drivers.FaultCoverOpen
	case s.Paper == drivers.PaperOut:
		s.Condition, s.Fault = drivers.UserError, drivers.FaultPaperOut
	case fault&0x20 != 0:
		s.Condition, s.Fault = drivers.HardwareError, drivers.FaultDevice
	case fault&0x08 != 0:
		s.Condition, s.Fault = drivers.HardwareError, drivers.FaultCutter
	case fault&0x04 != 0:
		s.Condition, s.Fault, s.Paper = drivers.UserError, drivers.FaultJam, drivers.PaperJammed
	case fault&0x40 != 0:
		s.Condition, s.Fault = drivers.Busy, drivers.FaultOverheated
	case why&0x40 != 0:
		s.Condition, s.Fault = drivers.HardwareError, drivers.FaultDevice
	case why&0x08 != 0: // somebody holds the feed button
		s.Condition, s.Fault = drivers.Busy, drivers.FaultBusy
	case offline:
		s.Condition, s.Fault = drivers.Offline, drivers.FaultDevice
	}
}

// paperOut tells whether an answer to GS r 1 says that the paper has ended.
func paperOut(b byte) bool { return b&0x0C != 0 }
