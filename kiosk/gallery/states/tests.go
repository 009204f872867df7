package states

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/kiosk/journey"
)

// tested are devices with tests of every end.
func tested() *journey.StaffTestsView {
	ended := func(role drivers.Role, level selftest.Level, outcome selftest.Outcome, code selftest.Code, ago time.Duration) selftest.Result {
		return selftest.Result{Role: role, Level: level, Outcome: outcome, Code: code, At: now.Add(-ago)}
	}
	device := func(s drivers.Status, last ...selftest.Result) journey.TestedDevice {
		return journey.TestedDevice{Status: s, Last: last}
	}
	night := 6 * time.Hour
	internal := func(role drivers.Role) selftest.Result {
		return ended(role, selftest.Internal, selftest.Passed, "", night)
	}
	return &journey.StaffTestsView{
		Terminal: "QH0301", Version: "0.2.0", Configuration: "81c22223fab5823481b0496055834f6c0ff675f49a90073386425cd0b4cfa733", CanPrint: true,
		Devices: []journey.TestedDevice{
			device(drivers.Status{Role: drivers.RoleReader, Condition: drivers.Online, Model: "GA450-RS232", Serial: "0507-20260114-0007431208"},
				internal(drivers.RoleReader), ended(drivers.RoleReader, selftest.External, selftest.Passed, "", 48*time.Hour), ended(drivers.RoleReader, selftest.Interactive, selftest.NotConfirmed, selftest.NoCard, 48*time.Hour)),
			device(drivers.Status{Role: drivers.RolePrinter, Condition: drivers.Online, Paper: drivers.PaperLow},
				internal(drivers.RolePrinter), ended(drivers.RolePrinter, selftest.External, selftest.Passed, "", time.Minute), ended(drivers.RolePrinter, selftest.Interactive, selftest.Failed, selftest.NotRight, 48*time.Hour)),
			device(drivers.Status{Role: drivers.RoleDocument, Condition: drivers.UserError, Paper: drivers.PaperOut, Toner: drivers.TonerFull, Model: "HP LaserJet Pro M404dn", Serial: "PHB3C12345", Firmware: "002_2226A", Fault: drivers.FaultPaperOut},
				ended(drivers.RoleDocument, selftest.Internal, selftest.Failed, "paper-out", night), ended(drivers.RoleDocument, selftest.External, selftest.Refused, "busy", 30*24*time.Hour)),
			device(drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online, Model: "SANE test:0"}, internal(drivers.RoleScanner)),
			device(drivers.Status{Role: drivers.RoleCode, Condition: drivers.Online}, internal(drivers.RoleCode)),
			device(drivers.Status{Role: drivers.RoleButton, Condition: drivers.NoDevice, Fault: drivers.FaultUnplugged}, ended(drivers.RoleButton, selftest.Internal, selftest.Failed, "unplugged", night)),
		},
	}
}

// queued are packets of every state; moving says that one is on its way.
func queued(moving bool) []journey.QueueRow {
	row := func(number casefile.Number, name string, kind casefile.EventKind, state, why string, ago time.Duration) journey.QueueRow {
		r := journey.QueueRow{QueueLine: casefile.QueueLine{Packet: string(number) + string(kind), Case: number, Kind: kind, State: state, Why: why, Since: now.Add(-ago), Total: 2 << 20}}
		if name != "" {
			r.ItemName = both(name, "Old-age allowance")
		}
		return r
	}
	refused := row("QH0301A-261120-0003-M", "高龄津贴申领", casefile.Submitted, casefile.LineRefused, "still.refused.rule", 49*time.Hour)
	aside := row("QH0301A-261121-0007-2", "高龄津贴申领", casefile.Submitted, casefile.LineHeld, "still.held", 20*time.Hour)
	first := row("QH0301A-261122-0042-X", "高龄津贴申领", casefile.Submitted, casefile.LineWaiting, "link.portal", time.Hour)
	behind := row("QH0301A-261122-0042-X", "", casefile.Evaluated, casefile.LineWaiting, "still.earlier-event", time.Hour)
	first.Next = now.Add(2 * time.Minute)
	if moving {
		first.Why, first.Moving, first.Held, first.Next = "still.sending", true, 700<<10, time.Time{}
	}
	return []journey.QueueRow{refused, aside, first, behind}
}
