package states

import (
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
	"bianmin/kiosk/journey"
)

func troubles() []Named {
	fault := func(step int, view journey.DeviceFaultView) journey.State {
		s := base(journey.DeviceFault, step)
		view.Phone = phone
		s.DeviceFault = &view
		return s
	}
	out := func(code casefile.Code) journey.State {
		s := base(journey.OutOfService, journey.StepNone)
		s.Back = false
		s.OutOfService = &journey.OutOfServiceView{Reason: string(code), Phone: phone}
		return s
	}
	practise := out(casefile.NotEnrolled)
	practise.OutOfService.Practise = true
	return []Named{
		{"fault-reader", fault(journey.StepCard, journey.DeviceFaultView{Role: drivers.RoleReader, Fault: drivers.FaultUnplugged, Retry: true})},
		{"fault-printer", fault(journey.StepDone, journey.DeviceFaultView{Role: drivers.RolePrinter, Fault: drivers.FaultPaperOut, Retry: true, Skip: true})},
		{"fault-scanner", fault(journey.StepMaterials, journey.DeviceFaultView{Role: drivers.RoleScanner, Fault: drivers.FaultMissingTool})},
		{"service-enrolled", out(casefile.NotEnrolled)},
		{"service-practise", practise},
		{"service-clock", out(casefile.ClockDoubt)},
		{"service-restored", out(casefile.Restored)},
		{"service-replaced", out(casefile.Replaced)},
		{"service-disk", out(casefile.DiskFull)},
	}
}

func staff() []Named {
	accounts := []journey.StaffAccount{{ID: "t1", Name: "周技术"}, {ID: "t2", Name: "孙维护"}, {ID: "t3", Name: "吴站长"}}
	sign := func(view journey.StaffSignInView) journey.State {
		s := base(journey.StaffSignIn, journey.StepNone)
		s.StaffSignIn = &view
		return s
	}
	panel := func(view journey.StaffView) journey.State {
		s := base(journey.Staff, journey.StepNone)
		s.Back = false
		view.Name, view.Terminal, view.Version, view.Catalogue = "周技术", "QH0301", "0.2.0", "2026.11.3"
		s.Staff = &view
		return s
	}
	good := []drivers.Status{
		{Role: drivers.RoleReader, Condition: drivers.Online, Model: "GA450-RS232", Serial: "0507-20260114-0007431208", At: now},
		{Role: drivers.RolePrinter, Condition: drivers.Online, Paper: drivers.PaperLow, Model: "80 mm", At: now},
		{Role: drivers.RoleScanner, Condition: drivers.Online, Model: "SANE test:0", At: now},
		{Role: drivers.RoleButton, Condition: drivers.Online, At: now},
	}
	bad := []drivers.Status{
		{Role: drivers.RoleReader, Condition: drivers.NoDevice, Fault: drivers.FaultUnplugged, At: now},
		{Role: drivers.RolePrinter, Condition: drivers.UserError, Paper: drivers.PaperOut, CoverOpen: true, Fault: drivers.FaultPaperOut, At: now},
		{Role: drivers.RoleScanner, Condition: drivers.HardwareError, Fault: drivers.FaultMissingTool, At: now},
	}
	testing := func(change func(*journey.StaffTestsView)) journey.State {
		s := base(journey.StaffTests, journey.StepNone)
		s.StaffTests = tested()
		change(s.StaffTests)
		return s
	}
	waiting := func(view journey.StaffQueueView) journey.State {
		s := base(journey.StaffQueue, journey.StepNone)
		s.StaffQueue = &view
		return s
	}
	return []Named{
		{"staff-queue", waiting(journey.StaffQueueView{Known: true, Waiting: 3, Refused: 1, Online: true, Link: casefile.Link{Held: 700 << 10, Total: 2 << 20}, Lines: queued(true)})},
		{"staff-queue-trouble", waiting(journey.StaffQueueView{Known: true, Waiting: 63, Refused: 1, Link: casefile.Link{Why: "portal"}, Lines: queued(false), More: 59, Said: journey.Message{Key: "staff.failed"}, Bad: true, Stick: journey.Message{Key: "courier.error.others"}})},
		{"staff-queue-stick", waiting(journey.StaffQueueView{Known: true, Waiting: 2, Link: casefile.Link{Why: "no-link"}, Lines: queued(false)[2:], StickBusy: true, StickGood: true, Stick: journey.Message{Key: "stick.working"}})},
		{"staff-queue-none", waiting(journey.StaffQueueView{Known: true, Online: true, Said: journey.Message{Key: "staff.queue-retried"}, StickGood: true, Stick: journey.Message{Key: "stick.imported", Args: map[string]any{"delivered": 2, "refused": 0, "updates": 1}}})},
		{"staff-tests", testing(func(v *journey.StaffTestsView) { v.Said = journey.Message{Key: "selftest.report.on-paper"} })},
		{"staff-tests-asks", testing(func(v *journey.StaffTestsView) {
			v.Level, v.Running, v.Question = selftest.Interactive, drivers.RolePrinter, selftest.StripRight
		})},
		{"staff-tests-prompts", testing(func(v *journey.StaffTestsView) {
			v.Level, v.Running, v.Prompt, v.Devices = selftest.Interactive, drivers.RoleReader, selftest.LayCard, v.Devices[:4]
		})},
		{"staff-sign-in", sign(journey.StaffSignInView{Accounts: accounts})},
		{"staff-sign-in-pin", sign(journey.StaffSignInView{Accounts: accounts, Account: "t1", Digits: 4})},
		{"staff-sign-in-wrong", sign(journey.StaffSignInView{Accounts: accounts, Account: "t1", Problem: journey.Message{Key: "staff.wrong-pin"}})},
		{"staff-sign-in-locked", sign(journey.StaffSignInView{Accounts: accounts, Account: "t1", Locked: 55 * time.Second})},
		{"staff-sign-in-none", sign(journey.StaffSignInView{})},
		{"staff", panel(journey.StaffView{Devices: good, Online: true, LastContact: now.Add(-2 * time.Minute), DiskFree: 41 << 30, Waiting: 1, Oldest: now.Add(-3 * time.Minute), Link: casefile.Link{Held: 700 << 10, Total: 2 << 20, Rate: 14 << 10}})},
		{"staff-trouble", panel(journey.StaffView{Devices: bad, Waiting: 17, Refused: 2, Oldest: now.Add(-26 * time.Hour), LastContact: now.Add(-26 * time.Hour), DiskFree: 600 << 20, ClockDoubt: true, Link: casefile.Link{Why: "intercepted", Since: now.Add(-26 * time.Hour)}})},
	}
}

// overlays lie over the screens they most often meet.
func overlays() []Named {
	over := func(s journey.State, overlay journey.Overlay) journey.State {
		s.Overlay = &overlay
		return s
	}
	asking := question(journey.QuestionView{Field: askPhone(), Value: "138053127", Problem: problem("incomplete", map[string]any{"missing": 2})})
	home := choosing()[2].State
	end := done(journey.DoneView{Print: journey.PrintState{Stage: "printed", Reprint: true}})
	return []Named{
		{"overlay-help", over(asking, journey.Overlay{Kind: "help", Phone: phone})},
		{"overlay-leave", over(asking, journey.Overlay{Kind: "leave", Working: true})},
		{"overlay-leave-filed", over(end, journey.Overlay{Kind: "leave", Filed: true})},
		{"overlay-leave-home", over(home, journey.Overlay{Kind: "leave"})},
		{"overlay-idle", over(asking, journey.Overlay{Kind: "idle", Left: 24 * time.Second})},
	}
}
