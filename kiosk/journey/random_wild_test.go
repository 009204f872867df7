package journey

import (
	"math"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/drivers/selftest"
)

var wildValues = []any{
	nil, "", "a", "b", "x", " ", true, false, 3.5, -1.0, math.NaN(), math.Inf(1), "13800000000", "990301100000", "990301100202", "2000-02-30",
	[]any{"x"},
	[]any{"x", "x"},
	[]any{nil},
	map[string]any{"region": "990301100202", "detail": "d"},
	map[string]any{"detail": 5},
	[]string{"y"},
	12, "\x00\x1b", "\U00020000\U0002A6D6",
	struct{}{},
	[]any{[]any{[]any{}}},
	string(make([]byte, 70_000)), canary,
}

func wildEvents(s *stage, step step) []Event {
	all := []Event{
		Touch{},
		Begin{},
		GoHome{},
		OpenCategory{Code: "other"},
		OpenSearch{},
		SearchText{Text: canary},
		OpenItem{Code: "full"},
		OpenItem{Code: "none"},
		StartItem{},
		PrintGuide{},
		OpenMyCases{},
		OpenCase{Number: "QH0301A-261122-0001-X"},
		OpenTask{},
		RepairCase{},
		CorrectCase{},
		CorrectCase{},
		PrintNotice{},
		NotMe{},
		AddRow{},
		EditRow{Row: step.n % 5},
		RemoveRow{Row: step.n % 4},
		RegionUp{},
		AcceptPromise{Accepted: step.b},
		SelectMaterial{Code: "hukou"},
		SelectMaterial{Code: "none"},
		ScanPage{},
		RetakePage{Material: "hukou", Page: "p1"},
		RemovePage{Material: "hukou", Page: "p1"},
		RetakePage{Material: "plan", Page: "p2"},
		PromiseMaterial{Material: "plan", Promised: step.b},
		Edit{What: "phone"},
		Edit{What: "materials"},
		Edit{What: "kind"},
		Edit{What: "promise"},
		Edit{What: "rows"},
		Edit{What: "none"},
		Sign{},
		name(),
		Evaluate{Level: step.n % 7},
		EvaluateReason{Code: "slow", Chosen: step.b},
		EvaluateText{Text: canary},
		Reprint{},
		PrintAnswer{CameOut: step.b},
		Leave{},
		LeaveNow{},
		Stay{},
		Help{Open: step.b},
		ToggleLarge{},
		ToggleLanguage{},
		ToggleLowReach{},
		Retry{},
		Skip{},
		OpenStaff{},
		StaffPick{Account: "t1"},
		StaffPIN{PIN: "123456"},
		StaffPIN{PIN: "12"},
		StaffDo{Action: StaffTestDevice},
		StaffTest{Level: selftest.Internal},
		StaffTest{Level: selftest.Interactive},
		StaffTestAnswer{Right: true},
		StaffTestSkip{},
		StaffReport{},
		StaffDo{Action: StaffRetryQueue},
		StaffDo{Action: StaffSeeQueue},
		StaffDo{Action: StaffStickOut},
	}
	if s.state.Materials != nil {
		for _, line := range s.state.Materials.Lines {
			for _, page := range line.Pages {
				all = append(all, RetakePage{Material: line.Code, Page: page.ID}, RemovePage{Material: line.Code, Page: page.ID})
			}
		}
	}
	return all
}

// trouble breaks and mends devices.
func (s *stage) trouble(step step) {
	faults := []drivers.Fault{"", "", "", drivers.FaultUnplugged, drivers.FaultSilent, drivers.FaultProtocol, drivers.FaultPaperOut, drivers.FaultNoDocument, drivers.FaultCard, drivers.FaultBusy}
	fault := pick(faults, step.n)
	switch step.n % 6 {
	case 0:
		s.reader.fail(fault)
	case 1:
		outcome := pick([]drivers.Outcome{drivers.Printed, drivers.Printed, drivers.Unconfirmed, drivers.NotPrinted, ""}, step.n/6)
		s.printer.set(outcome, fault)
	case 2:
		s.scanner.set(fault)
	case 3:
		delay := time.Duration(step.n%4) * 4 * time.Second
		s.scanner.mu.Lock()
		s.scanner.delay = delay
		s.scanner.mu.Unlock()
		s.printer.mu.Lock()
		s.printer.delay = delay
		s.printer.mu.Unlock()
		s.reader.mu.Lock()
		s.reader.delay = delay / 8
		s.reader.mu.Unlock()
	case 4:
		role := pick([]drivers.Role{drivers.RoleReader, drivers.RolePrinter, drivers.RoleScanner}, step.n/6)
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: role, Condition: drivers.Online, Fault: fault}})
	default:
		select {
		case s.button.presses <- struct{}{}:
		default:
		}
	}
	s.wait(500 * time.Millisecond)
}

// deskTrouble breaks and mends what stands behind.
func (s *stage) deskTrouble(step step) {
	err := pick([]error{nil, nil, errBroken, &casefile.Error{Code: casefile.DiskFull}}, step.n)
	switch step.n % 8 {
	case 7:
		s.desk.list.set(pick([][]casefile.Summary{nil, {returnedCase()}, {refusedCase()}, {refusedCase(), returnedCase()}}, step.n/8))
	case 0:
		s.desk.ready.set(err)
	case 1:
		s.desk.submitErr.set(err)
	case 2:
		s.desk.attachErr.set(err)
	case 3:
		s.desk.rateErr.set(err)
	case 4:
		s.desk.state.set(casefile.Summary{State: pick([]string{"queued", "accepted", "refused"}, step.n/7), Official: "3703-1"})
	case 5:
		s.desk.delay.set(time.Duration(step.n%5) * 3 * time.Second)
	default:
		s.desk.health.set(Health{Online: step.b, Problem: pick([]casefile.Code{"", "", "", casefile.Restored}, step.n/7)})
	}
}
