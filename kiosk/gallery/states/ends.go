package states

import (
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/kiosk/journey"
)

const (
	number   = "QH0301A-261121-0042-X"
	lettered = "QH0301A-261117-0042-I" // ends with a letter that looks like a digit
)

// code is as long as a receipt's code is.
func code() string { return "BM1:" + strings.Repeat("6BF+70.T8Q/", 33) }

func submitting(stage string) journey.State {
	s := base(journey.Submitting, journey.StepSign)
	s.Back = false
	s.Submitting = &journey.SubmittingView{Stage: stage}
	return s
}

func done(view journey.DoneView) journey.State {
	s := base(journey.Done, journey.StepDone)
	s.Back = false
	view.QR, view.ItemName, view.Department = code(), pension, both("县人社局", "the county bureau")
	if view.Number == "" {
		view.Number = number
	}
	if view.Days == 0 {
		view.Days = 3
	}
	if view.Delivery == "" {
		view.Delivery = "sms"
	}
	if view.Left == 0 {
		view.Left = 28 * time.Second
	}
	s.Done = &view
	s.Next = &journey.Next{Label: journey.Message{Key: "next.leave", Args: map[string]any{"seconds": int(view.Left / time.Second)}}, Enabled: true}
	return s
}

func ends() []Named {
	printed := journey.PrintState{Stage: "printed", Reprint: true}
	offline := done(journey.DoneView{Print: printed})
	offline.Network = journey.Network{Waiting: 1}
	delivered := done(journey.DoneView{Print: printed, Delivered: true, Official: "9903012026112100318", NextItems: items()[1:3]})
	sending := done(journey.DoneView{Number: lettered, Print: printed, NextItems: items()[1:3]})
	printing := done(journey.DoneView{Print: journey.PrintState{Stage: "printing"}})
	failed := done(journey.DoneView{Print: journey.PrintState{Stage: "failed", Fault: drivers.FaultPaperOut, Reprint: true}, Delivery: "pickup"})
	rated := done(journey.DoneView{Print: journey.PrintState{Stage: "confirmed", Reprint: true}, Evaluation: 5, Evaluated: true, Delivery: "print"})
	instant := done(journey.DoneView{Print: printed, Delivered: true, Official: "9903012026112100319", Delivery: "post"})
	instant.Done.Days = 0

	corrected := done(journey.DoneView{Print: printed, Correction: true})
	corrected.Network = journey.Network{Waiting: 1}
	arrived := done(journey.DoneView{Print: printed, Correction: true, Delivered: true, Official: "9903012026110300112"})

	unknown := base(journey.PrintUnknown, journey.StepDone)
	unknown.Back = false
	unknown.PrintUnknown = &journey.PrintUnknownView{Number: number}

	reasons := []string{"slow", "unclear", "hard", "materials", "attitude", "again", "fault", "other"}
	more := base(journey.EvaluateMore, journey.StepDone)
	more.EvaluateMore = &journey.EvaluateMoreView{Level: 2, Reasons: reasons}
	more.Next = blocked("next.evaluate", "why.reason", nil)
	ticked := base(journey.EvaluateMore, journey.StepDone)
	ticked.EvaluateMore = &journey.EvaluateMoreView{Level: 1, Reasons: reasons, Chosen: []string{"slow", "hard"}, Text: "字太小了"}
	ticked.Next = next("next.evaluate")

	goodbye := func(view journey.GoodbyeView) journey.State {
		s := base(journey.Goodbye, journey.StepNone)
		s.Back = false
		s.Goodbye = &view
		return s
	}
	return []Named{
		{"submitting", submitting("saving")},
		{"submitting-printing", submitting("printing")},
		{"done-offline", offline},
		{"done-delivered", delivered},
		{"done-sending", sending},
		{"done-printing", printing},
		{"done-failed", failed},
		{"done-rated", rated},
		{"done-instant", instant},
		{"done-corrected", corrected},
		{"done-corrected-arrived", arrived},
		{"print-unknown", unknown},
		{"evaluate-more", more},
		{"evaluate-more-chosen", ticked},
		{"goodbye", goodbye(journey.GoodbyeView{Entered: true})},
		{"goodbye-looked", goodbye(journey.GoodbyeView{})},
		{"goodbye-filed", goodbye(journey.GoodbyeView{Filed: true})},
		{"goodbye-card", goodbye(journey.GoodbyeView{Filed: true, TakeCard: true})},
		{"goodbye-social", goodbye(journey.GoodbyeView{Filed: true, TakeCard: true, Social: true})},
		{"goodbye-check", goodbye(journey.GoodbyeView{Filed: true, CheckCard: true})},
	}
}

func cases() []Named {
	all := []journey.CaseLine{
		{Number: number, ItemName: pension, Filed: now, State: "queued"},
		{Number: "QH0301A-261103-0007-T", ItemName: both("高龄津贴申请", "Elder-age allowance"), Filed: now.AddDate(0, 0, -18), State: "correction", Official: "9903012026110300112", Reason: "银行卡复印件看不清卡号，请重新扫描。"},
		{Number: "QH0301A-261012-0019-8", ItemName: both("社会保障卡挂失", "Report a lost social-security card"), Filed: now.AddDate(0, 0, -40), State: "done", Official: "9903012026101200087"},
		{Number: "QH0301A-260918-0003-E", ItemName: both("最低生活保障申请", "Subsistence allowance"), Filed: now.AddDate(0, 0, -64), State: "refused", Reason: "户口不在本县，请到户口所在地办理。"},
	}
	list := base(journey.MyCases, journey.StepNone)
	list.MyCases = &journey.MyCasesView{Name: "王秀兰", Cases: all, AsOf: now.Add(-3 * time.Hour)}
	none := base(journey.MyCases, journey.StepNone)
	none.MyCases = &journey.MyCasesView{Name: "王秀兰", Phone: phone}
	detail := func(line journey.CaseLine, events ...journey.CaseMoment) journey.State {
		s := base(journey.CaseDetail, journey.StepNone)
		s.CaseDetail = &journey.CaseDetailView{Case: line, Events: events, CanPrint: true}
		return s
	}
	filed := journey.CaseMoment{At: now.AddDate(0, 0, -18), Kind: "submitted"}
	arrived := journey.CaseMoment{At: now.AddDate(0, 0, -18).Add(40 * time.Minute), Kind: "accepted"}
	refused := journey.CaseMoment{At: now.AddDate(0, 0, -17), Kind: "refused", Text: "户口不在本县，请到户口所在地办理。"}
	repair, repaired := detail(all[3], filed, refused), all[3]
	repair.CaseDetail.CanRepair = true
	repaired.State, repaired.Successor = "repaired", number
	asked := func(change func(*journey.AskedView)) journey.State {
		s := detail(all[1], filed, arrived, journey.CaseMoment{At: now.AddDate(0, 0, -2), Kind: "returned", Text: "卡号看不清；手机号少一位"})
		s.CaseDetail.Asked = &journey.AskedView{Can: true, Until: now.AddDate(0, 0, 5), Phone: phone, Points: []journey.PointLine{
			{Name: both("银行卡复印件", "Copy of the bank card"), Text: "卡号看不清，请重新扫描。", Page: 1},
			{Name: both("手机号码", "Mobile number"), Text: "手机号少一位。"},
		}}
		change(s.CaseDetail.Asked)
		return s
	}
	late := asked(func(a *journey.AskedView) { a.Until, a.Late, a.Changed = now.AddDate(0, 0, -1), true, true })
	cannot := asked(func(a *journey.AskedView) { a.Can, a.Why = false, journey.Message{Key: "correct.cannot.scanner"} })
	again := asked(func(*journey.AskedView) {})
	again.CaseDetail.Asked.Again = "附件损坏，请再交一次。"
	again.CaseDetail.Asked.Points = again.CaseDetail.Asked.Points[1:]
	again.CaseDetail.Events = append(again.CaseDetail.Events, journey.CaseMoment{At: now.AddDate(0, 0, -1), Kind: "corrected", State: "refused"},
		journey.CaseMoment{At: now.AddDate(0, 0, -1), Kind: "refused-later", Text: "附件损坏，请再交一次。"})
	back := detail(all[1], filed, arrived, journey.CaseMoment{At: now.AddDate(0, 0, -2), Kind: "returned", Text: "卡号看不清"},
		journey.CaseMoment{At: now.AddDate(0, 0, -1), Kind: "corrected", State: "accepted"},
		journey.CaseMoment{At: now, Kind: "progress", By: "县民政局", Text: "正在审核"})
	back.CaseDetail.Case.State, back.CaseDetail.Case.Reason = "processing", ""
	quicker := back
	view := *back.CaseDetail
	view.Note = journey.Message{Key: "correct.not-asked"}
	quicker.CaseDetail = &view
	shown := all[1]
	shown.Reason, shown.Official, shown.State = "", "", "processing"
	byCode := detail(shown)
	byCode.CaseDetail.ByCode, byCode.CaseDetail.CanPrint, byCode.CaseDetail.AsOf = true, false, now.Add(-3*time.Hour)
	toCorrect := byCode
	told := *byCode.CaseDetail
	told.Case.State = "correction"
	toCorrect.CaseDetail = &told
	return []Named{
		{"case-refused-repair", repair},
		{"case-repaired", detail(repaired, filed, refused)},
		{"case-by-code", byCode},
		{"case-by-code-correction", toCorrect},
		{"cases", list},
		{"cases-none", none},
		{"case-queued", detail(all[0], journey.CaseMoment{At: now, Kind: "submitted"})},
		{"case-correction", detail(all[1], filed, arrived)},
		{"case-asked", asked(func(*journey.AskedView) {})},
		{"case-asked-late", late},
		{"case-asked-again", again},
		{"case-asked-elsewhere", cannot},
		{"case-corrected", back},
		{"case-not-asked", quicker},
		{"case-payment", detail(all[2], filed, arrived, journey.CaseMoment{At: now.AddDate(0, 0, -9), Kind: "payment", Payment: &casefile.Payment{
			ID: "p", Name: "社保卡补办工本费", Fen: 2000, State: casefile.PaymentDue, On: "2026-11-30",
		}}, journey.CaseMoment{At: now.AddDate(0, 0, -8), Kind: "payment", Payment: &casefile.Payment{
			ID: "p", Name: "社保卡补办工本费", Fen: 2000, State: casefile.PaymentPaid, Receipt: "9900012345", On: "2026-11-13",
		}}, journey.CaseMoment{At: now.AddDate(0, 0, -7), Kind: "finished", Text: "社会保障卡"})},
		{"case-refused", detail(all[3], filed, refused)},
	}
}
