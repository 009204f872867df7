package states

import (
	"fmt"
	"slices"
	"time"

	"bianmin/agent/desk"
	"bianmin/core/agency"
	"bianmin/core/casefile"
)

func number(n int) casefile.Number {
	return casefile.Number(fmt.Sprintf("QH0301A-2611%02d-%04d-%c", 15+n%6, 20+n, "0X3K7M2"[n%7]))
}

// lines are the cases of the drawn mock-up, and some harder ones.
func lines() []agency.CaseLine {
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, casefile.Zone) }
	all := []agency.CaseLine{
		{Person: "王秀兰", ItemName: "养老待遇资格认证", Filed: day(21, 9, 40), State: casefile.StateQueued, Waiting: true},
		{Person: "赵德顺", ItemName: "最低生活保障", Filed: day(20, 9, 12), State: casefile.StateCorrection, Points: 2, Due: "2026-12-16", Left: 18},
		{Person: "孙桂英", ItemName: "高龄津贴", Filed: day(19, 15, 0), State: casefile.StateProcessing, Due: "2026-11-28", Left: 6},
		{Person: "刘建国", ItemName: "农村建房审批", Filed: day(18, 10, 0), State: casefile.StateProcessing, Due: "2026-12-05", Left: 11, Done: 2, Branches: 3},
		{Person: "周小梅", ItemName: "生育登记", Filed: day(18, 9, 0), State: casefile.StateClosed},
		{Person: "马福来", ItemName: "残疾人两项补贴", Filed: day(17, 16, 0), State: casefile.StateProcessing, Due: "2026-12-03", Left: 9},
		{Person: "陈玉珍", ItemName: "社保卡挂失", Filed: day(17, 14, 0), State: casefile.StateDone},
		{Person: "吴铁柱", ItemName: "临时救助", Filed: day(16, 9, 0), State: casefile.StateProcessing, Due: "2026-11-20", Left: -1},
		{Person: "阿卜杜热合曼·吐尔逊·买买提伊明江", ItemName: "个体工商户登记（设立、变更、注销）", Filed: day(15, 9, 0), State: casefile.StateRefused, Refused: true},
		{Person: "韩\U00020164芬", ItemName: "新生儿参保", Filed: day(15, 8, 30), State: casefile.StateAccepted, Due: "2026-11-24", Left: 2},
		{Person: "郑大伟", ItemName: "个体工商户登记", Filed: time.Date(2025, 12, 30, 9, 0, 0, 0, casefile.Zone), State: casefile.StateSuspended, Due: "2026-11-21"},
	}
	for i := range all {
		all[i].Number = number(i)
		if all[i].State != casefile.StateQueued {
			all[i].Official = fmt.Sprintf("9903012026%08d", 4711+i)
		}
	}
	return all
}

func detail(line agency.CaseLine) *agency.CaseFile {
	day := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, casefile.Zone) }
	file := &agency.CaseFile{CaseLine: line, Agent: "李会计", Department: "青禾县民政局", Moments: []agency.Moment{
		{At: day(19, 17, 38), Kind: casefile.Submitted, By: "李会计", State: "accepted"},
		{At: day(19, 17, 40), Kind: casefile.Papers, By: "李会计", Text: "收原件 3 份", State: "accepted"},
		{At: day(20, 9, 12), Kind: casefile.PlatformAccepted},
	}}
	file.Custody = agency.Custody{Held: []agency.Held{{Paper: casefile.Paper{ID: string(line.Number) + "/1", Name: "户口簿", Count: 3}, Step: casefile.PaperReceived, Place: "柜 2"}}}
	if line.State == casefile.StateCorrection {
		file.Notice = &casefile.Notice{Days: 10, Points: []casefile.NoticePoint{
			{ID: "1", Material: "INCOME", Text: "缺盖章页"}, {ID: "2", Material: "HOUSEHOLD", Page: 3, Text: "第 3 页看不清"},
		}}
		file.NoticeDue = "2026-12-04"
		file.Moments = append(file.Moments, agency.Moment{At: day(20, 15, 2), Kind: casefile.PlatformReturned, By: "县民政局"})
	}
	if line.Refused {
		file.Reason = "申请人的出生日期和公安登记的不一致"
	}
	if line.Branches > 1 {
		file.Branch = []casefile.Branch{{Department: "自然资源所", State: "done"}, {Department: "乡镇规划办", State: "done"}, {Department: "县农业农村局", State: "working", Text: "现场踏勘"}}
	}
	if line.State == casefile.StateDone {
		file.Moments = append(file.Moments, agency.Moment{At: day(20, 16, 5), Kind: casefile.PlatformPayment, Payment: &casefile.Payment{
			ID: "p", Name: "补卡工本费", Fen: 2000, State: casefile.PaymentPaid, Receipt: "9900012345", On: "2026-11-20",
		}})
		file.Outcome = &casefile.Outcome{Result: "社会保障卡", Way: "pickup", Bring: "身份证、回执"}
		file.Fees = []casefile.FeeEntry{{Receipt: "QH0301A-000041", Name: "工本费", Fen: 1600, Method: "cash", Payer: "陈玉珍"}}
	}
	return file
}

func counts() map[string]int {
	return map[string]int{"processing": 20, "accepted": 1, "queued": 6, "waiting": 7, "correction": 3, "overdue": 1, "refused": 1, "closed": 7}
}

func (c canned) cases() []Named {
	all := lines()
	with := func(page desk.PageName, shown []agency.CaseLine, chosen int, actions ...desk.CaseAction) desk.State {
		s := base(page)
		s.Cases = &desk.CasesView{Lines: shown, Total: len(shown), Counts: counts(), Actions: actions}
		if chosen >= 0 {
			s.Cases.Chosen, s.Cases.Detail = shown[chosen].Number, detail(shown[chosen])
			s.Cases.Names = map[string]string{"1": "家庭收入证明", "2": "户口本"}
		}
		return s
	}
	correction := with(desk.Cases, all, 1, desk.ActCorrect, desk.ActNotice, desk.ActReceipt, desk.ActUrge, desk.ActSuspend, desk.ActWithdraw)
	busy := with(desk.Cases, all, 3, desk.ActReceipt, desk.ActUrge)
	busy.Cases.Busy = "print"
	paged := with(desk.Cases, all, 8, desk.ActRepair, desk.ActWithdraw, desk.ActHandOver)
	paged.Cases.Total, paged.Cases.Offset, paged.Cases.Filter = 120, 50, "refused"
	empty := with(desk.Cases, nil, -1)
	empty.Cases.Filter, empty.Cases.Counts = "overdue", map[string]int{}
	return []Named{
		{"cases", offline(correction)},
		{"cases-none", with(desk.Cases, all, -1)},
		{"cases-branches", busy},
		{"cases-refused", paged},
		{"cases-empty", empty},
		{"corrections", with(desk.Corrections, all[1:2], 0, desk.ActCorrect, desk.ActNotice)},
		{"results", with(desk.Results, all[6:7], 0, desk.ActDeliver, desk.ActReturn, desk.ActFee, desk.ActEvaluate, desk.ActNotEvaluated, desk.ActClose)},
	}
}

func (c canned) today() []Named {
	all := lines()
	s := base(desk.Today)
	s.Today = &desk.TodayView{
		Due: []agency.CaseLine{all[7], all[10], all[9], all[2]}, News: []agency.CaseLine{all[1], all[6], all[8]}, Filed: 12, TakenFen: 32600, Papers: 9,
		Drafts: []desk.DraftLine{
			{ID: "d1", Person: "钱二妹", ItemName: both("高龄津贴申领", "Old age allowance"), Saved: now.Add(-25 * time.Minute)},
			{ID: "d2", ItemName: both("临时救助申请", "Temporary relief"), Saved: now.Add(-26 * time.Hour)},
		},
		Visits: visitLines()[:3],
	}
	empty := base(desk.Today)
	empty.Today = &desk.TodayView{}
	unsaved, view := s, *s.Today
	view.Drafts = slices.Clone(view.Drafts)
	view.Drafts[0].Unsaved = true
	unsaved.Today = &view
	unsaved.Notice = &desk.Notice{Tone: desk.Bad, Message: desk.Message{Key: "desk.problem.draft-unsaved"}}
	return []Named{{"today", s}, {"today-empty", empty}, {"today-unsaved", unsaved}}
}

func visitLines() []agency.VisitLine {
	at := func(id, kind, hour, village, name, item string) agency.VisitLine {
		return agency.VisitLine{Appointment: casefile.Appointment{
			ID: id, Kind: kind, Date: "2026-11-21", Time: hour, Village: village, Address: village + "二组 18 号", Name: name, Phone: "138 0000 1234", Item: item, State: "set",
		}}
	}
	all := []agency.VisitLine{
		at("v1", "visit", "09:30", "柳树沟村", "王秀兰", "养老待遇资格认证"),
		at("v2", "visit", "10:20", "柳树沟村", "孙老根", "高龄津贴"),
		at("v3", "point", "14:00", "石桥村", "郭爱民", "残疾人两项补贴"),
		at("v4", "visit", "15:30", "上坪村", "欧阳长春", "最低生活保障"),
		at("v5", "visit", "16:30", "上坪村", "何金花", "临时救助"),
	}
	all[0].Outcome = "done"
	all[3].Note = "家里有狗，先打电话"
	all[4].State = "cancelled"
	return all
}

func (c canned) visits() []Named {
	s := base(desk.Visits)
	s.Visits = &desk.VisitsView{Date: "2026-11-21", Lines: visitLines(), Chosen: "v4", ByRoute: true, Download: now.Add(-3 * time.Hour)}
	done := base(desk.Visits)
	done.Visits = &desk.VisitsView{Date: "2026-11-21", Lines: visitLines(), Chosen: "v1"}
	empty := base(desk.Visits)
	empty.Visits = &desk.VisitsView{Date: "2026-11-22"}
	return []Named{{"visits", s}, {"visits-done", done}, {"visits-empty", empty}}
}
