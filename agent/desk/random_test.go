package desk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/internal/chance"
)

// walk is one agent who does anything in any order, with a world that does too.
type walk struct {
	*stage
	rnd    *rand.Rand
	filing bool        // File was sent since the last look
	viewer *fakeViewer // nil where the scanner is no document camera
	seen   map[PageName]int
}

var newer *catalogue.Catalogue

func pick[T any](w *walk, from ...T) T { return from[w.rnd.IntN(len(from))] }

// typed are texts that people and accidents type.
var typedTexts = []string{
	"", "1", "2", "y", "否", "20261101", "农历十月初六", "2026.13.40", "13800000000", "138", "lsg", "990301101201", "９９０３", "柳新", "=1+1", strings.Repeat("长", 600),
	"\x00", "\u202e", "12.50", "-3", "400", "一百元", "99030119480307782X", "bx", "原因", "户口本、存折",
}

// sensible are the events a person would send on the page that is shown.
func (w *walk) sensible() Event {
	s := w.state
	text := pick(w, typedTexts...)
	yes := w.rnd.IntN(3) > 0
	if s.Overlay != nil {
		chosen := ""
		if n := len(s.Overlay.Choices); n > 0 {
			chosen = s.Overlay.Choices[w.rnd.IntN(n)].Code
		}
		return Answer{Yes: yes, Text: text, Chosen: chosen}
	}
	if s.Camera != nil {
		return pick[Event](w, CameraTake{}, CameraTake{}, CameraDrop{}, CameraDone{})
	}
	switch {
	case s.SignOn != nil:
		return pick[Event](w, PlaceCard{Person: "elder"}, EndPractice{}, Practise{}, PickAccount{ID: pick(w, "100001", "100002", "100003", "100004", "x")}, Secret{Secret: pick(w, goodSecret, goodSecret, "wrong")}, Forgot{ID: "100001"})
	case s.Activate != nil:
		return pick[Event](w, Back{}, Activation{Code: "ABCD-1234", Secret: goodSecret, Again: goodSecret}, Activation{Code: text, Secret: text, Again: text})
	case s.Locked != nil:
		return pick[Event](w, Unlock{Secret: goodSecret}, Unlock{Secret: "wrong"}, SignOff{})
	case s.ChooseItem != nil:
		return pick[Event](w, ItemQuery{Text: pick(w, "", "zgrz", "xsr", "养老", text)}, ItemMove{By: w.rnd.IntN(9) - 4}, ItemPick{}, ItemPick{Code: pick(w, pension, fertility, insurance)})
	case s.Accept != nil:
		return w.accepting(s.Accept, text, yes)
	case s.Cases != nil:
		return w.listing(s.Cases, text)
	case s.Correct != nil:
		point := pick(w, "1", "2", "9")
		return pick[Event](w, PointField{Point: point, Text: text}, PointField{Point: "1", Text: "13900001111"}, PointScan{Point: point}, Resubmit{}, Back{})
	case s.Papers != nil && len(s.Papers.Sheets) > 0:
		return pick[Event](w, OpenSheet{Number: pick(w, s.Papers.Sheets...).Number}, OpenSheet{Number: "none"}, PaperFilter{})
	case s.Papers != nil && len(s.Papers.Lines) > 0:
		return pick[Event](w, PickPaper{ID: pick(w, s.Papers.Lines...).ID, On: yes}, IssueSheet{To: text}, IssueSheet{To: "镇里"}, ReturnPapers{}, PaperFilter{Filter: pick(w, "", "here", "handed-on", "returned", "sheets")})
	case s.Fees != nil:
		return pick[Event](w, CountCash{Text: text}, CountCash{Text: yuan(s.Fees.SumFen)}, DayReason{Text: text}, CloseDay{}, FeeDate{Date: pick(w, "2026-11-25", "2026-11-24", text)})
	case s.Visits != nil:
		return pick[Event](w, VisitPick{ID: pick(w, "v1", "v2")}, VisitDone{Outcome: pick(w, "done", "no-show", "moved", text)}, VisitTo{Date: text}, VisitApply{}, RouteOrder{On: yes}, VisitDate{Date: text})
	case s.Reports != nil:
		return pick[Event](w, ReportPeriod{Period: pick(w, "day", "week", "month", text)}, ReportDate{Date: text}, SavePDF{}, SaveCSV{}, PrintReport{})
	case s.Evaluate != nil:
		return pick[Event](w, Rate{Level: w.rnd.IntN(8) - 1}, RateReason{Code: pick(w, "slow", text), On: yes}, RateText{Text: text}, RateDone{}, Back{})
	}
	return pick[Event](w, NewCase{}, SwipeAccept{}, RetryNow{}, SearchGo{Text: text}, SearchGo{Text: "BM1:OTHER"}, OpenDraft{ID: w.draft()}, DropDraft{ID: w.draft()})
}

func (w *walk) draft() string {
	if t := w.state.Today; t != nil && len(t.Drafts) > 0 {
		return pick(w, t.Drafts...).ID
	}
	return "none"
}

func (w *walk) accepting(v *AcceptView, text string, yes bool) Event {
	field := pick(w, v.Fields...)
	path := field.Field.Name
	answer := text
	switch field.Field.Kind {
	case form.KindChoice, form.KindYesNo, form.KindManyChoice:
		answer = pick(w, "1", "2", text)
	case form.KindIDNumber:
		answer = pick(w, numberFor("99030120261101123"), text)
	case form.KindPhone:
		answer = pick(w, "13800000000", text)
	case form.KindDate:
		answer = pick(w, "20261101", text)
	case form.KindText:
		answer = pick(w, "柳新", text)
	}
	material := "none"
	if len(v.Materials) > 0 {
		material = pick(w, v.Materials...).Material.Code
	}
	page := "p" + fmt.Sprint(w.rnd.IntN(6))
	return pick[Event](w,
		SetField{Path: path, Text: answer}, SetField{Path: path, Text: answer}, SetField{Path: path, Text: answer}, SetField{Path: path, Text: answer},
		ReadCard{Into: "principal"}, ReadCard{Into: pick(w, "principal", "delegate", text)}, ScanInto{Material: material}, ScanInto{Material: material}, ScanBatch{}, BothSides{On: yes}, File{}, File{}, File{},
		ChooseField{Path: path, Value: pick[any](w, nil, "home", true, 3.5, []any{"1"}, map[string]any{"region": "x"})}, AddRow{Field: path}, RemoveRow{Field: path, Row: w.rnd.IntN(3)},
		SetAbsent{Absent: yes}, SetScope{Scope: pick(w, "apply", "collect", text), On: yes}, SetUntil{Text: pick(w, "20270101", text)}, PrintAuth{}, ScanAuth{},
		MovePage{Page: page, Material: material}, RemovePage{Page: page}, SetWay{Material: material, Way: pick(w, casefile.Promised, casefile.Scanned)},
		SetLater{Material: material, Until: pick(w, "20261127", text)}, SetOriginal{Material: material, On: yes}, SetTrust{Material: material}, AcceptPromise{On: yes},
		AddToPackage{Item: pick(w, insurance, fertility, text), On: yes}, ToggleGuide{}, Back{})
}

func (w *walk) listing(v *CasesView, text string) Event {
	if v.Detail != nil && w.rnd.IntN(2) == 0 {
		action := pick(w, ActReceipt, ActCopy, ActNotice, ActCorrect, ActUrge, ActSuspend, ActResume, ActEnd, ActClose, ActWithdraw, ActConfirm, ActPapers, ActReturn, ActFee, ActRefund, ActDeliver, ActEvaluate, ActNotEvaluated, ActHandOver, ActRepair, CaseAction(text))
		if len(v.Actions) > 0 && w.rnd.IntN(3) > 0 {
			action = pick(w, v.Actions...)
		}
		return Act{Action: action}
	}
	number := casefile.Number(text)
	if len(v.Lines) > 0 {
		number = pick(w, v.Lines...).Number
	}
	return pick[Event](w, PickCase{Number: number}, PickCase{Number: number}, ListFilter{Filter: pick(w, "", "processing", "waiting", "done", "refused", text)}, ListMove{By: w.rnd.IntN(3) - 1}, SearchGo{Text: text})
}

// anything is any event at all, on whatever page.
func (w *walk) anything() Event {
	text := pick(w, typedTexts...)
	return pick[Event](w,
		Go{Page: pick(w, append(SideBar(), Accept, Locked, "nowhere")...)}, Go{Page: pick(w, SideBar()...)}, Back{}, Help{Open: true}, Help{}, Language{}, Dismiss{}, Touch{},
		Lock{}, SignOff{}, NewCase{}, Resubmit{}, RateDone{}, CloseDay{}, VisitDone{Outcome: "done"}, PrintAnswer{CameOut: true}, PrintAnswer{}, Answer{Yes: true, Text: text},
		Act{Action: ActDeliver}, SetField{Path: text, Text: text}, File{}, IssueSheet{To: text}, Unlock{Secret: goodSecret}, Secret{Secret: goodSecret}, ScanBatch{}, SearchText{Text: text}, PickQueue{Packet: "x"})
}

// world lets something happen to devices, the office or time.
func (w *walk) world() {
	switch w.rnd.IntN(12) {
	case 0:
		w.reader.place(principal())
	case 1:
		w.reader.place(pick(w, delegate(), agentCard()))
	case 2:
		w.reader.remove()
	case 3:
		w.printer.set(pick(w, drivers.Printed, drivers.Unconfirmed, drivers.NotPrinted), pick(w, "", drivers.FaultPaperOut))
	case 4:
		w.document.set(pick(w, drivers.Printed, drivers.Unconfirmed, drivers.NotPrinted), pick(w, "", drivers.FaultJam))
	case 5:
		w.scanner.load(pick(w, -1, 0, 1, 3))
		if w.rnd.IntN(2) == 0 {
			w.scanner.loadBoth(pick(w, "ew", "-we", "eeeeeeeeeeeeeeeeeeeeeeee"))
		}
	case 6:
		if w.viewer != nil {
			w.viewer.lose(pick(w, "", "", drivers.FaultUnplugged, drivers.FaultBusy))
		}
		w.statuses.Store(&[]drivers.Status{{Role: pick(w, drivers.RolePrinter, drivers.RoleScanner), Fault: pick(w, "", drivers.FaultCoverOpen, drivers.FaultSilent), Duplex: w.rnd.IntN(2) == 0}})
	case 7:
		w.office.mu.Lock()
		w.office.failAt = w.office.submits + w.rnd.IntN(3)
		w.office.ready = pick[error](w, nil, nil, &casefile.Error{Code: casefile.DiskFull}, errors.New("broken"))
		w.office.mu.Unlock()
	case 8:
		w.set.Store(pick(w, demoSet, newer))
	case 9:
		w.platform()
	case 10:
		w.wait(time.Duration(w.rnd.IntN(7)) * time.Minute)
	case 11:
		w.office.mu.Lock()
		w.office.seen = now().AddDate(0, 0, -pick(w, 0, 0, 0, 60))
		w.office.mu.Unlock()
	}
}

// platform brings some case into some state.
func (w *walk) platform() {
	w.office.mu.Lock()
	defer w.office.mu.Unlock()
	if len(w.office.order) == 0 {
		return
	}
	c := w.office.cases[pick(w, w.office.order...)]
	state := pick(w, casefile.StateProcessing, casefile.StateCorrection, casefile.StateDone, casefile.StateRefused, casefile.StateRejected)
	c.status.State, c.file.State, c.file.Notice = state, state, nil
	if state == casefile.StateCorrection {
		c.file.Notice = &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Field: "phone"}, {ID: "2", Material: "HOUSEHOLD", Page: 1}}}
	}
	if state == casefile.StateDone {
		c.file.Outcome = &casefile.Outcome{Result: "结果", Way: pick(w, "pickup", "print")}
		if c.file.Outcome.Way == "print" {
			c.file.Outcome.Document = &casefile.ResultDocument{Title: "结果", Issued: "2026-11-25", Text: []string{"准予"}}
		}
	}
}

func (w *walk) step() {
	before := w.submits()
	filed := false
	switch n := w.rnd.IntN(20); {
	case n < 13:
		event := w.sensible()
		_, filed = event.(File)
		w.send(event)
	case n < 15:
		event := w.anything()
		_, filed = event.(File)
		w.send(event)
	case n < 17:
		w.world()
	case n == 17:
		w.send(Go{Page: pick(w, SideBar()...)})
	default:
		w.wait(time.Duration(w.rnd.IntN(4000)) * time.Millisecond)
	}
	w.filing = w.filing || filed
	w.settle()
	w.seen[w.state.Page]++
	if w.submits() > before {
		if !w.filing {
			w.t.Fatal("a case was filed that nobody filed")
		}
		w.filing = w.state.Accept != nil && w.state.Accept.Busy == "file"
	}
	if name := w.state.Account; name == "" && w.state.Page != SignOn && w.state.Page != Activate && w.state.Page != Locked && w.state.Page != OutOfService {
		w.t.Fatalf("page %s without anybody signed on", w.state.Page)
	}
}

func (w *walk) submits() int {
	w.office.mu.Lock()
	defer w.office.mu.Unlock()
	return len(w.office.order)
}

// TestRandomWalk: whatever happens in whatever order, every state is sound, nothing
// is filed that nobody filed, and nothing of an agent or a person stays after signing off.
func TestRandomWalk(t *testing.T) {
	seed := chance.Seed(t)
	newer = newerSet(t)
	seen := map[PageName]int{}
	walks := chance.Count(t, 80, 4000)
	for i := 0; i < walks || (len(unseen(seen)) > 0 && i < 10*max(walks, 80)); i++ { // a rare page may take some more
		bubble(t, func(t *testing.T) {
			var viewer *fakeViewer
			s := newStage(t, func(o *Options) {
				if scanner, ok := o.Devices.Scanner.(*fakeScanner); ok && i%3 == 1 {
					viewer = &fakeViewer{fakeScanner: scanner, t: t, pace: 5 * time.Second}
					o.Devices.Scanner = viewer
				}
			})
			correct := s.fileFor(pension, nil)
			s.decide(correct, casefile.StateCorrection, nil)
			s.office.cases[correct].file.Notice = &casefile.Notice{Points: []casefile.NoticePoint{{ID: "1", Field: "phone"}, {ID: "2", Material: "HOUSEHOLD", Page: 1}}}
			s.decide(s.fileFor(insurance, nil), casefile.StateProcessing, nil)
			s.office.visits = []agency.VisitLine{
				{Appointment: casefile.Appointment{ID: "v1", Date: "2026-11-25", Village: "柳树沟村"}, Case: s.office.order[0]}, {Appointment: casefile.Appointment{ID: "v2", Date: "2026-11-25"}},
			}
			s.office.codes["BM1:OTHER"] = receipt.Code{Case: "QH0999A-261120-0007-X", Item: pension}
			w := &walk{stage: s, viewer: viewer, rnd: rand.New(rand.NewPCG(seed, uint64(i))), seen: seen}
			w.signOn(pick(w, "100001", "100001", "100002"))
			for range 150 {
				w.step()
				if t.Failed() {
					return
				}
			}
			w.wait(2 * time.Second) // of somebody who was just signing on
			w.send(Answer{}, Help{}, SignOff{})
			w.wait(time.Minute)
			if w.state.Page != SignOn && w.state.Page != Activate && w.state.Page != OutOfService {
				t.Fatalf("after signing off the page is %s", w.state.Page)
			}
			if viewer != nil && viewer.isOn() {
				t.Error("the camera is on for nobody")
			}
			if mentions(reflect.ValueOf(w.state), "canary", 0) {
				t.Error("the last state names a person")
			}
			w.stop()
			w.accounted()
		})
		if t.Failed() {
			t.Fatalf("walk %d of seed %d", i, seed)
		}
	}
	t.Logf("states by page: %v", seen)
	if missed := unseen(seen); len(missed) > 0 {
		t.Errorf("no walk came to %s", missed)
	}
}

// unseen are the pages to which no walk came yet. No walk begins out of service.
func unseen(seen map[PageName]int) (missed []PageName) {
	for page := range views {
		if seen[page] == 0 && page != OutOfService {
			missed = append(missed, page)
		}
	}
	return missed
}

// accounted: every sealed file is named by a draft or a case.
func (w *walk) accounted() {
	var lost []string
	for digest := range w.office.files {
		if !w.office.named(digest) {
			lost = append(lost, digest[:8])
		}
	}
	if slices.Sort(lost); len(lost) > 0 {
		w.t.Errorf("%d files belong to nothing", len(lost))
	}
}
