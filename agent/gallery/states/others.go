package states

import (
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/drivers"
)

func papers() []Named {
	held := func(id, name string, count int, step casefile.PaperStep, place, party string) agency.Held {
		return agency.Held{Paper: casefile.Paper{ID: id, Name: name, Count: count}, Step: step, Place: place, Party: party}
	}
	s := base(desk.Papers)
	s.Papers = &desk.PapersView{Filter: "here", To: "青山镇便民服务中心", Chosen: map[string]bool{"p1": true, "p2": true}, Lines: []agency.PaperLine{
		{Held: held("p1", "户口簿", 1, casefile.PaperReceived, "柜 2", "王秀兰"), Case: number(1), Person: "王秀兰", Since: now.Add(-time.Hour)},
		{Held: held("p2", "家庭收入证明", 2, casefile.PaperReceived, "柜 2", "赵德顺"), Case: number(2), Person: "赵德顺", Since: now.Add(-26 * time.Hour)},
		{Held: held("p3", "土地使用证", 1, casefile.PaperHandedOn, "", "青山镇便民服务中心"), Case: number(3), Person: "刘建国", Since: now.Add(-99 * time.Hour)},
		{Held: held("p4", "诊断证明", 1, casefile.PaperReturned, "", "马福来"), Case: number(5), Person: "马福来", Since: now.Add(-200 * time.Hour)},
	}}
	empty := base(desk.Papers)
	empty.Papers = &desk.PapersView{Filter: "here"}
	busy := s
	view := *s.Papers
	view.Busy = "sheet"
	busy.Papers = &view
	sheets := base(desk.Papers)
	sheet := func(i, papers int, state agency.SheetState, at time.Duration) agency.SheetLine {
		return agency.SheetLine{Number: number(i), State: state, At: now.Add(-at), Sheet: casefile.Sheet{To: "青山镇便民服务中心", Papers: make([]casefile.Paper, papers)}}
	}
	sheets.Papers = &desk.PapersView{Filter: "sheets", Waiting: 1, Sheets: []agency.SheetLine{
		sheet(11, 2, agency.SheetPrepared, time.Hour), sheet(10, 3, agency.SheetVoid, 26*time.Hour), sheet(9, 1, agency.SheetIssued, 50*time.Hour),
	}}
	return []Named{{"papers", s}, {"papers-empty", empty}, {"papers-busy", busy}, {"papers-sheets", sheets}}
}

func fees() []Named {
	entry := func(receipt, name string, fen int64, payer string, hours int) agency.FeeLine {
		return agency.FeeLine{FeeEntry: casefile.FeeEntry{Receipt: receipt, Name: name, Fen: fen, Payer: payer, Method: "cash"}, Case: number(hours), At: now.Add(-time.Duration(hours) * 20 * time.Minute), Date: "2026-11-21"}
	}
	closing := casefile.DayClosing{Date: "2026-11-20", Account: "300101", First: "QH0301A-000036", Last: "QH0301A-000040", Entries: 5, LedgerFen: 80000, CountedFen: 79950, Reason: "找零少收五角"}
	refund := entry("QH0301A-000044", "2026年度居民医保个人缴费", -40000, "陈玉珍", 1)
	refund.Counter = "QH0301A-000042"
	view := desk.FeesView{Date: "2026-11-21", Open: true, SumFen: 41600, Lines: []agency.FeeLine{
		entry("QH0301A-000041", "社会保障卡工本费", 1600, "陈玉珍", 5),
		entry("QH0301A-000042", "2026年度居民医保个人缴费", 40000, "陈玉珍", 4),
		entry("QH0301A-000043", "2026年度居民医保个人缴费", 40000, "阿卜杜热合曼·吐尔逊", 3),
		refund,
	}, Days: []agency.DayLine{{Date: "2026-11-21", Entries: 4, Fen: 41600}, {Date: "2026-11-20", Entries: 5, Fen: 80000, Closing: &closing}}}
	s := base(desk.Fees)
	s.Fees = &view
	short := view
	short.Counted, short.Problem = "410.00", say("desk.refusal.day-reason", nil)
	differs := base(desk.Fees)
	differs.Fees = &short
	shut := view
	shut.Date, shut.Closing, shut.Open = "2026-11-20", &closing, false
	closed := base(desk.Fees)
	closed.Fees = &shut
	empty := base(desk.Fees)
	empty.Fees = &desk.FeesView{Date: "2026-11-21"}
	return []Named{{"fees", s}, {"fees-difference", differs}, {"fees-closed", closed}, {"fees-empty", empty}}
}

func (c canned) reports() []Named {
	var items []desk.Count
	for i, item := range c.set.Items[:7] {
		items = append(items, desk.Count{Key: item.Code, Name: item.Name, Value: 12 - i*i/4})
	}
	var register []desk.RegisterLine
	for i, line := range lines() {
		register = append(register, desk.RegisterLine{Serial: i + 1, Number: line.Number, Date: line.Filed.Format(time.DateOnly), Person: line.Person, Item: line.ItemName, Delegate: []string{"", "", "欧阳建国"}[i%3], Papers: i % 3, State: line.State, Due: line.Due})
	}
	s := base(desk.Reports)
	s.Reports = &desk.ReportsView{Period: "month", Date: "2026-11-21", Saved: "办件登记簿-2026-11.csv", Report: desk.Report{
		From: "2026-11-01", To: "2026-11-30", ByItem: items, FeesFen: 41600, FeeCount: 4, PapersIn: 31, PapersHere: 9, Visits: 14, NoShows: 2,
		ByState:     []desk.Count{{Key: casefile.StateProcessing, Value: 21}, {Key: casefile.StateClosed, Value: 9}, {Key: casefile.StateQueued, Value: 7}, {Key: casefile.StateCorrection, Value: 3}},
		Evaluations: agency.EvaluationCounts{Given: 17, Declined: 3, NotOffered: 4, Levels: map[int]int{5: 12, 4: 3, 3: 1, 2: 1}}, Register: register,
	}}
	empty := base(desk.Reports)
	empty.Reports = &desk.ReportsView{Period: "day", Date: "2026-11-22", Report: desk.Report{From: "2026-11-22", To: "2026-11-22"}}
	return []Named{{"reports", s}, {"reports-empty", empty}}
}

func queue() []Named {
	line := func(n int, kind casefile.EventKind, state, why string, tries int) agency.QueueLine {
		return agency.QueueLine{QueueLine: casefile.QueueLine{
			Packet: string(kind), Case: number(n), Kind: kind, State: state, Since: now.Add(-time.Duration(n+1) * 40 * time.Minute), Attempts: tries, Next: now.Add(3 * time.Minute), Why: why, Total: 1200 << 10,
		}}
	}
	waits := casefile.LineWaiting
	health := agency.Health{DiskFree: 83 << 30, LastContact: now.Add(-2 * time.Hour), Waiting: 3, Link: casefile.Link{Why: "intercepted", Since: now.Add(-2 * time.Hour)}}
	s := offline(base(desk.Sync))
	behind := line(0, casefile.Corrected, waits, "still.earlier-event", 0)
	s.Sync = &desk.SyncView{Lines: []agency.QueueLine{line(0, casefile.Submitted, waits, "link.intercepted", 0), behind, line(2, casefile.FeeTaken, waits, "link.intercepted", 4)}, Chosen: string(casefile.Submitted), LastContact: health.LastContact, Health: health}
	refused := base(desk.Sync)
	refused.Status.Refused = 1
	bad := health
	bad.Refused, bad.Online, bad.Link = 1, true, casefile.Link{Packet: string(casefile.Corrected), Held: 700 << 10, Total: 2 << 20, Rate: 14 << 10}
	no, going, aside := line(8, casefile.Submitted, casefile.LineRefused, "still.refused.rule", 1), line(1, casefile.Corrected, waits, "still.sending", 0), line(3, casefile.Urged, casefile.LineHeld, "still.held", 0)
	no.Reason, going.Moving, going.Held, going.Total, going.Next = "申请人的出生日期和公安登记的不一致", true, 700<<10, 2<<20, time.Time{}
	refused.Sync = &desk.SyncView{Online: true, Lines: []agency.QueueLine{no, aside, going}, Chosen: no.Packet, LastContact: now, Health: bad}
	moving := refused
	view := *refused.Sync
	view.Chosen = going.Packet
	moving.Sync = &view
	empty := base(desk.Sync)
	empty.Sync = &desk.SyncView{Online: true, LastContact: now, Health: agency.Health{Online: true, DiskFree: 83 << 30}}
	s.Sync.CanCarry, s.Sync.StickGood, s.Sync.Stick = true, true, say("stick.exported", map[string]any{"packets": 3})
	empty.Sync.CanCarry, empty.Sync.StickBusy, empty.Sync.Stick = true, true, say("stick.working", nil)
	return []Named{{"sync", s}, {"sync-refused", refused}, {"sync-moving", moving}, {"sync-empty", empty}}
}

func (c canned) evaluating() []Named {
	rate := func(view desk.EvaluateView) desk.State {
		s := base(desk.Evaluate)
		view.Case, view.Item, view.Name = number(1), c.item("高龄津贴").Name, "王秀兰"
		s.Evaluate = &view
		return s
	}
	reasons := []string{"slow", "unclear", "hard", "materials", "attitude"}
	return []Named{
		{"evaluate", rate(desk.EvaluateView{})},
		{"evaluate-good", rate(desk.EvaluateView{Level: 5})},
		{"evaluate-bad", rate(desk.EvaluateView{Level: 2, Reasons: reasons, Chosen: []string{"slow"}, Text: "等了两个钟头"})},
		{"evaluate-stored", rate(desk.EvaluateView{Level: 5, Stored: true})},
	}
}

func overlays(c canned) []Named {
	under := c.cases()[0].State
	over := func(view desk.Overlay) desk.State {
		s := under
		s.Overlay = &view
		return s
	}
	yes, no := say("button.yes", nil), say("button.no", nil)
	return []Named{
		{"overlay-help", over(desk.Overlay{Kind: "help"})},
		{"overlay-authorisation", over(desk.Overlay{
			Kind: "reason", Title: say("desk.ask.principal-number", nil), Label: say("desk.ask.as-on-paper", nil), Problem: say("desk.problem.id-number", nil), Yes: yes, No: no,
		})},
		{"overlay-ask", over(desk.Overlay{Kind: "ask", Title: say("desk.act.withdraw", nil), Text: []desk.Message{say("desk.label.closed-forever", nil)}, Yes: yes, No: no, Danger: true})},
		{"overlay-reason", over(desk.Overlay{Kind: "reason", Title: say("desk.act.suspend", nil), Label: say("desk.label.note", nil), Yes: yes, No: no, Problem: say("form.problem.required", nil)})},
		{"overlay-hand-over", over(desk.Overlay{Kind: "hand-over", Title: say("desk.act.hand-over", nil), Choices: []desk.Choice{{Code: "300102", Label: both("赵长河", "Zhao Changhe")}, {Code: "300103", Label: both("陈玉珍", "Chen Yuzhen")}}, Chosen: "300102", Yes: yes, No: no})},
		{"overlay-empty-backs", over(desk.Overlay{
			Kind: "ask", Title: say("desk.ask.empty-backs", map[string]any{"n": 3}), Text: []desk.Message{say("desk.ask.empty-why", nil)},
			Yes: say("desk.ask.leave-out", nil), No: say("desk.ask.keep-all", nil),
		})},
		{"overlay-print", over(desk.Overlay{Kind: "print-unknown", Title: say("desk.label.receipt-unconfirmed", nil), Yes: yes, No: no})},
		{"overlay-print-waits", over(desk.Overlay{
			Kind: "ask", Title: say("desk.notice.device.jam", map[string]any{"device": text.Key("desk.notice.device.name.document")}),
			Text: []desk.Message{say("desk.ask.print-waits", nil)}, Yes: say("desk.ask.print-stop", nil), No: say("desk.ask.print-wait", nil), Danger: true,
		})},
	}
}

// bands are the pages with something above them.
func bands(c canned) []Named {
	reading := c.cases()[0].State
	reading.Standing = agency.StandingReading
	notice := func(tone desk.Tone) desk.State {
		s := c.today()[0].State
		s.Notice = &desk.Notice{Tone: tone, Message: say("desk.label.corrected", nil)}
		return s
	}
	fault := c.cases()[0].State
	fault.Status.Devices = []drivers.Status{{Role: drivers.RoleReader, Condition: drivers.NoDevice}, {Role: drivers.RolePrinter, Condition: drivers.Online, Paper: drivers.PaperLow}}
	fault.Status.Refused = 1
	return []Named{
		{"reading", reading}, {"notice-good", notice(desk.Good)}, {"notice-bad", notice(desk.Bad)}, {"device-fault", fault},
	}
}
