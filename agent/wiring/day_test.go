package wiring

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
)

// TestADayOnARealStore: the desk's use cases on the real office, its rules and files; only the devices are not real.
func TestADayOnARealStore(t *testing.T) {
	var page bytes.Buffer
	if err := png.Encode(&page, image.NewGray(image.Rect(0, 0, 60, 80))); err != nil {
		t.Fatal(err)
	}
	d := &devices{card: villager(t), page: page.Bytes(), strips: make(chan receipt.Document, 64), titles: make(chan string, 64)}
	folder := enrolled(t)
	b := start(t, folder, d)
	b.until("accounts", func(s desk.State) bool { return s.SignOn != nil && len(s.SignOn.Accounts) == 1 })
	if err := b.agent.Office.Activate(t.Context(), account, code, secret, nil); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b = start(t, folder, d)
	b.signOn()

	first := b.accept(pension, map[string]string{"pension": "1", "phone": "13800000000", "residence": "bx", "notice": "1"}, "HOUSEHOLD")
	second := b.accept(newborn, map[string]string{
		"child": "柳新", "childNumber": child(t), "born": time.Now().Format("20060102"), "relation": "mm", "first": "n",
	}, "CHILDPAGE") // the phone is known from the case before
	b.open(first)
	b.act(desk.ActSuspend, desk.Answer{Yes: true, Text: "等材料"})
	b.signed()
	b.told("desk.notice.done.suspended")
	b.until("suspended", func(s desk.State) bool { return s.Cases != nil && s.Cases.Detail.State == casefile.StateSuspended })
	b.act(desk.ActResume, desk.Answer{Yes: true, Text: "齐了"})
	b.signed()
	b.told("desk.notice.done.resumed")
	b.act(desk.ActConfirm, desk.Answer{Yes: true})
	b.told("desk.notice.done.confirmed")
	b.until("confirmed", func(s desk.State) bool { return s.Cases != nil && !slices.Contains(s.Cases.Actions, desk.ActConfirm) })
	b.act(desk.ActPapers, desk.Answer{Yes: true, Text: "户口本、存折"})
	b.signed()
	b.told("desk.notice.done.papers")
	b.send(desk.Go{Page: desk.Papers})
	s := b.until("custody", func(s desk.State) bool { return s.Papers != nil && len(s.Papers.Lines) == 2 })
	b.send(desk.PickPaper{ID: s.Papers.Lines[0].ID, On: true}, desk.IssueSheet{To: "柳林镇便民服务中心"})
	b.signed()
	b.told("desk.notice.done.sheet")
	b.open(first)
	b.act(desk.ActEvaluate)
	b.until("evaluation", func(s desk.State) bool { return s.Evaluate != nil })
	b.send(desk.Rate{Level: 5}, desk.RateDone{})
	b.until("rated", func(s desk.State) bool { return s.Evaluate != nil && s.Evaluate.Stored })
	b.send(desk.Back{})

	b.open(second)
	b.act(desk.ActFee, desk.Answer{Yes: true, Text: "400", Chosen: "0"})
	b.until("fee", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && len(s.Cases.Detail.Fees) == 1
	})
	b.act(desk.ActRefund, desk.Answer{Yes: true, Text: "50"}, desk.Answer{Yes: true, Text: "多收"})
	b.until("refund", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && len(s.Cases.Detail.Fees) == 2
	})
	b.send(desk.Go{Page: desk.Fees})
	b.until("ledger", func(s desk.State) bool { return s.Fees != nil && s.Fees.SumFen == 35000 })
	b.send(desk.CountCash{Text: "350"}, desk.CloseDay{}, desk.Answer{Yes: true})
	b.signed()
	b.told("desk.notice.day-closed")
	b.until("closed", func(s desk.State) bool {
		return s.Fees != nil && s.Fees.Closing != nil && s.Fees.Closing.Signature != nil
	})

	b.department(second)
	b.open(second)
	b.until("correction", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateCorrection
	})
	b.act(desk.ActCorrect)
	b.until("points", func(s desk.State) bool { return s.Correct != nil && len(s.Correct.Points) == 2 })
	b.send(desk.PointField{Point: "1", Text: "13811112222"}, desk.PointScan{Point: "2"})
	b.until("answered", func(s desk.State) bool { return s.Correct != nil && s.Correct.Ready && s.Correct.Busy == "" })
	b.send(desk.Resubmit{})
	b.told("desk.notice.done.corrected")
	b.platform(casefile.Update{ID: strings.Repeat("0d", 16), Case: second, Kind: casefile.PlatformFinished, Outcome: &casefile.Outcome{Result: "参保凭证", Way: "pickup"}})
	b.send(desk.Go{Page: desk.Today})
	b.open(second)
	b.until("done", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateDone
	})
	b.act(desk.ActDeliver, desk.Answer{Yes: true, Chosen: "card"})
	b.told("desk.notice.done.delivered")
	b.until("delivered", func(s desk.State) bool {
		return s.Cases != nil && s.Cases.Detail != nil && s.Cases.Detail.State == casefile.StateDelivered
	})
	b.act(desk.ActClose, desk.Answer{Yes: true})
	b.signed()
	b.told("desk.notice.done.closed")

	b.send(desk.Go{Page: desk.Reports})
	b.until("report", func(s desk.State) bool {
		return s.Reports != nil && s.Reports.Report.FeesFen == 35000 && len(s.Reports.Report.Register) == 2 && s.Reports.Report.Evaluations.Given == 1
	})
	b.send(desk.SavePDF{})
	b.told("desk.notice.saved")

	b.newborn()

	// A draft, a cut, and the draft again.
	b.send(desk.NewCase{})
	b.until("items", func(s desk.State) bool { return s.ChooseItem != nil })
	b.send(desk.ItemPick{Code: pension}, desk.ReadCard{Into: "principal"})
	b.until("known", func(s desk.State) bool { return s.Accept != nil && s.Accept.Known == 4 })
	b.send(desk.ScanInto{Material: "HOUSEHOLD"})
	b.until("scan", func(s desk.State) bool { return s.Accept != nil && len(s.Accept.Materials[2].Pages) == 1 })
	b.stop()
	b = start(t, folder, d)
	b.signOn()
	s = b.until("drafts", func(s desk.State) bool { return s.Today != nil && len(s.Today.Drafts) == 1 })
	b.send(desk.OpenDraft{ID: s.Today.Drafts[0].ID})
	b.until("draft", func(s desk.State) bool {
		return s.Accept != nil && len(s.Accept.Materials[2].Pages) == 1 && len(s.Accept.Missing) == 0
	})
	b.send(desk.File{})
	b.until("filed", func(s desk.State) bool { return s.Accept != nil && s.Accept.Filed != nil })
	b.send(desk.SignOff{})
	b.until("signed off", func(s desk.State) bool { return s.SignOn != nil && s.Account == "" })
}

// newborn files the package of a birth for an absent mother: one form, two cases.
func (b *bench) newborn() {
	b.t.Helper()
	b.send(desk.NewCase{})
	b.until("items", func(s desk.State) bool { return s.ChooseItem != nil })
	b.send(desk.ItemPick{Code: birth}, desk.AddToPackage{Item: newborn, On: true}, desk.ReadCard{Into: "principal"})
	b.until("card", func(s desk.State) bool { return s.Accept != nil && s.Accept.Known == 2 && s.Accept.Busy == "" })
	other := b.devices.card
	other.Name, other.Number = "柳小川", child(b.t)
	b.devices.place(other)
	b.send(desk.ReadCard{Into: "delegate"})
	b.until("delegate", func(s desk.State) bool { return s.Accept != nil && s.Accept.Delegate != nil && s.Accept.Busy == "" })
	b.send(desk.SetUntil{Text: time.Now().AddDate(0, 1, 0).Format("20060102")}, desk.PrintAuth{}, desk.ScanAuth{})
	b.until("authorisation", func(s desk.State) bool { return s.Accept != nil && len(s.Accept.AuthPages) == 1 && s.Accept.Busy == "" })
	today := time.Now().Format("20060102")
	for _, f := range [][2]string{{"married", "2"}, {"order", "1"}, {"stage", "3"}, {"born", today}, {"child", "柳新"}, {"childNumber", child(b.t)}, {"relation", "mm"}, {"first", "n"}} {
		b.send(desk.SetField{Path: f[0], Text: f[1]})
	}
	b.send(desk.ScanInto{Material: newborn + "/CHILDPAGE"})
	b.until("scan", func(s desk.State) bool { return s.Accept != nil && len(s.Accept.Missing) == 0 && s.Accept.Busy == "" })
	b.send(desk.File{})
	b.until("package", func(s desk.State) bool {
		return s.Accept != nil && s.Accept.Filed != nil && len(s.Accept.Filed.Siblings) == 1
	})
	other.Name, other.Number = "柳青", villager(b.t).Number
	b.devices.place(other)
}

// department acknowledges everything that waits, and sends the case back with two points.
func (b *bench) department(number casefile.Number) {
	b.t.Helper()
	s := b.agent.Office.Store()
	for {
		items, err := s.Pending(b.t.Context(), time.Now().Add(time.Hour), 100)
		if err != nil {
			b.t.Fatal(err)
		}
		if len(items) == 0 {
			break
		}
		for _, item := range items {
			if err := s.RecordAcknowledgement(b.t.Context(), item.Packet, []byte("ok "+item.Packet), "O-"+string(item.Case), time.Now()); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	b.platform(casefile.Update{ID: strings.Repeat("0c", 16), Case: number, Kind: casefile.PlatformReturned, Notice: &casefile.Notice{Days: 3, Points: []casefile.NoticePoint{
		{ID: "1", Field: "phone", Text: "打不通"}, {ID: "2", Material: "CHILDPAGE", Page: 1, Text: "看不清"},
	}}})
}

// platform brings one event of a department down.
func (b *bench) platform(update casefile.Update) {
	b.t.Helper()
	update.At = time.Now()
	if err := b.agent.Office.Store().Take(b.t.Context(), update.ID, []casefile.Update{update}); err != nil {
		b.t.Fatal(err)
	}
}

// child is a number of a child born today.
func child(t *testing.T) string {
	t.Helper()
	first := "990301" + time.Now().Format("20060102") + "123"
	digit, err := identity.NumberCheckDigit(first)
	if err != nil {
		t.Fatal(err)
	}
	return first + string(digit)
}
