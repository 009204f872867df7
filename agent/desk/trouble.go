package desk

import (
	"errors"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/drivers"
)

// trouble picks the words for an error by its code.
func trouble(err error) Message {
	var service *casefile.Error
	var device *drivers.Error
	var locked *agency.LockedError
	switch {
	case agency.Refused(err) != "":
		return Message{Key: "desk.refusal." + string(agency.Refused(err))}
	case errors.As(err, &locked):
		return Message{Key: "desk.problem.locked", Args: map[string]any{"minutes": minutes(locked.Left)}}
	case errors.Is(err, agency.ErrSecret):
		return Message{Key: "desk.problem.secret"}
	case errors.Is(err, agency.ErrNotActive):
		return Message{Key: "desk.problem.not-active"}
	case errors.Is(err, drivers.ErrNoCard):
		return Message{Key: "desk.problem.no-card"}
	case errors.As(err, &service) && service.Code != casefile.Internal:
		return Message{Key: "service.reason." + string(service.Code)}
	case errors.As(err, &device):
		return fault(device.Role, device.Fault)
	}
	return Message{Key: "desk.problem.internal"}
}

// deviceFaults are the faults that have words of their own for the desk, by role.
var deviceFaults = map[drivers.Fault]bool{
	drivers.FaultUnplugged: true, drivers.FaultSilent: true, drivers.FaultPaperOut: true, drivers.FaultCoverOpen: true, drivers.FaultJam: true,
	drivers.FaultNoDocument: true, drivers.FaultBusy: true, drivers.FaultMissingTool: true, drivers.FaultCard: true, drivers.FaultCardDoubt: true,
	drivers.FaultNotPermitted: true, drivers.FaultAmbiguous: true, drivers.FaultOverheated: true, drivers.FaultCutter: true, drivers.FaultCertificate: true, drivers.FaultTonerEmpty: true,
}

// fault says what is wrong with a device and what to do.
func fault(role drivers.Role, f drivers.Fault) Message {
	if role == drivers.RoleSocial && slices.Contains(ofTheCard, f) {
		return Message{Key: "desk.notice.device.social." + string(f)}
	}
	if !deviceFaults[f] {
		f = drivers.FaultDevice
	}
	return Message{Key: "desk.notice.device." + string(f), Args: map[string]any{"device": deviceName(role)}}
}

// minutes rounds up to whole minutes, at least one.
func minutes(d time.Duration) int { return max(1, int((d+time.Minute-1)/time.Minute)) }
