// Package receipttest makes one filled-in paper of every kind, of invented
// persons, for tests and for the eye. Only tests and the gallery use it.
package receipttest

import (
	"fmt"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/receipt"
	"bianmin/core/report"
	"bianmin/core/text"
)

var china = time.FixedZone("CST", 8*3600)

// Rare is a name with characters outside the basic plane that the product's fonts have.
const Rare = "𬸚𫖯"

const number = casefile.Number("QH0301A-261122-0042-X")

// Desk is the desk at which all samples are made.
func Desk(lang text.Lang, words *text.Catalog) receipt.Desk {
	return receipt.Desk{
		Lang: lang, Words: words, Point: "柳树沟村便民服务点", Phone: "0970-5550188", Agent: "马玉兰", Account: "301007",
		Day: time.Date(2026, 11, 22, 9, 30, 0, 0, china),
	}
}

// Principal is the person the samples are about.
func Principal() casefile.Applicant {
	return casefile.Applicant{Name: "欧阳" + Rare, Number: "630102195203071235", Address: "青禾县柳树沟乡柳树沟村三社 48 号", Sex: "2"}
}

// Case is a case with something of everything.
func Case() agency.CaseFile {
	delegation := Delegation()
	return agency.CaseFile{
		CaseLine: agency.CaseLine{
			Number: number, Person: Principal().Name, ItemName: "高龄津贴申领", Filed: time.Date(2026, 11, 20, 10, 5, 0, 0, china), State: casefile.StateCorrection,
			Points: 3, Due: "2026-12-04", Official: "990301-2026-1120-00017",
		},
		Submission: casefile.Submission{
			Item:      Item(),
			Applicant: Principal(), Delegation: &delegation,
			Materials: []casefile.Material{
				{Code: "ID", Name: "居民身份证", Way: casefile.FromCard},
				{Code: "BOOK", Name: "居民户口簿（首页、户主页和本人页）", Way: casefile.Scanned, Trust: casefile.TrustConfirmed, Pages: make([]casefile.Page, 3)},
				{Code: "BANK", Name: "社会保障卡或惠农“一卡通”存折复印件", Way: casefile.Scanned, Trust: casefile.TrustUnverified, Pages: make([]casefile.Page, 1)},
				{Code: "ALIVE", Name: "健在承诺", Way: casefile.Promised},
			},
			Later: []casefile.LaterMaterial{{Code: "PHOTO", Until: "2026-12-04"}},
		},
		QR: "BM1:" + QR, Agent: "301007", Days: 5, Department: "青禾县民政局",
		Notice: &casefile.Notice{Days: 5, Points: []casefile.NoticePoint{
			{ID: "1", Material: "BOOK", Page: 2, Text: "户主页照片反光，看不清户号，请重新拍照或扫描。"},
			{ID: "2", Material: "BANK", Text: "存折复印件没有账号页。请把写有姓名和账号的那一页（一般在封面背后）完整扫描，四个角都要拍到，不要用手指挡住数字。"},
			{ID: "3", Field: "phone", Text: "联系电话少一位，请核对后重填。"},
		}},
		NoticeDue: "2026-11-27",
		Outcome:   &casefile.Outcome{Result: "自 2026 年 11 月起按月发放高龄津贴，每月 110 元", Way: "pickup", Bring: "身份证"},
		Custody: agency.Custody{Held: []agency.Held{
			{Paper: casefile.Paper{ID: string(number) + "/1", Name: "居民户口簿", Count: 1}, Step: casefile.PaperReceived, Place: "2 号柜第 3 层"},
			{Paper: casefile.Paper{ID: string(number) + "/2", Name: "残疾人证", Count: 1}, Step: casefile.PaperHandedOn, Party: "柳树沟乡便民服务中心", Sheet: "QH0301A-261122-0043-K"},
			{Paper: casefile.Paper{ID: string(number) + "/3", Name: "一寸照片", Count: 2}, Step: casefile.PaperReturned, Party: "欧阳" + Rare},
		}},
		Fees: []casefile.FeeEntry{{Receipt: "QH0301A-000042", Name: "工本费", Fen: 12345}},
	}
}

// QR is as long as the code of a real receipt.
const QR = "7WE4C9N*C7WEKEDZKE944ZEDZJC.PDA44.OEX.CRZCI3DZED1ECJ+AU1B47AVED5%E.H9.H9Q$DZED0ECJ+A3E7" +
	"%C5$CUPCBJCOTALB8OEDD%E7PDYFEI3DB44QG9SUE944V1B47AVED5%E.H9.H9Q$DJ3E9$CUPC+EDDN9K09$R9Q+C3N9Z34" +
	"7WE4C9N*C7WEKEDZKE944ZEDZJC.PDA44.OEX.CRZCI3DZED1ECJ+AU1B47AVED5%E.H9.H9Q$DZED0ECJ+A3E7%C5$CUPCBJCOTALB8OEDD%E7PDYFEI3DB44QG9SUE944"

// Item is the item the samples are about.
func Item() casefile.ItemRef {
	return casefile.ItemRef{Code: "11990301MB3010749J4992030006002", Name: "高龄津贴申领", DepartmentName: "青禾县民政局"}
}

// Delegation is a delegation to the person who came.
func Delegation() casefile.Delegation {
	return casefile.Delegation{
		Agent: "301007", AgentName: "马玉兰", Item: Item().Code, From: "2026-11-20", Until: "2026-12-31", Scope: []string{agency.ScopeApply, agency.ScopeCorrect, agency.ScopeCollect},
		Delegate: casefile.Applicant{Name: "欧阳建国", Number: "630102197711203016", Address: "青禾县柳树沟乡柳树沟村三社 48 号"},
	}
}

// Papers gives one document of every kind by name. checked and values are an application's
// form with its values, region names divisions.
func Papers(d receipt.Desk, checked *form.Checked, values form.Values, region func(string) string) map[string]receipt.Pages {
	c := Case()
	turn := func(kind casefile.EventKind, reason string) receipt.Pages {
		return receipt.Turn(d, receipt.TurnPaper{Case: c, Kind: kind, Reason: reason, Since: "2026-11-21"})
	}
	taken := receipt.TakenPaper{Case: c, Move: casefile.PaperMove{Step: casefile.PaperReceived, Papers: papers(3), Party: "欧阳建国", Place: "2 号柜第 3 层"}}
	fee := receipt.FeePaper{Entry: casefile.FeeEntry{Receipt: "QH0301A-000042", Name: "工本费", Fen: 12345, Method: "cash", Payer: "欧阳建国"}, Case: number, Item: Item().Name}
	refund := fee
	refund.Entry.Receipt, refund.Entry.Counter, refund.Entry.Reason, refund.Entry.Fen = "QH0301A-000043", "QH0301A-000042", "多收", -2345
	blank := receipt.AuthorisationPaper{Item: Item()}
	return map[string]receipt.Pages{
		"authorisation":       receipt.Authorisation(d, receipt.AuthorisationPaper{Number: number, Principal: Principal(), PrincipalPhone: "13897000001", Delegation: Delegation(), DelegatePhone: "13897000002", Item: Item()}),
		"authorisation-blank": receipt.Authorisation(d, blank),
		"suspension":          turn(casefile.Suspended, "委托人外出务工，月底回来后再补材料。"),
		"resumption":          turn(casefile.Resumed, "委托人已回村，材料已备齐。"),
		"ending":              turn(casefile.Ended, "委托人改为到县政务大厅自行办理。"),
		"completion":          turn(casefile.Closed, ""),
		"notice":              receipt.Notice(d, receipt.NoticePaper{Case: c, Names: names}),
		"sheet":               receipt.HandOver(d, receipt.HandOverPaper{Number: "QH0301A-261122-0043-K", Sheet: casefile.Sheet{From: d.Point, To: "柳树沟乡便民服务中心", Papers: papers(70)}, QR: "BM1:" + QR}),
		"result":              receipt.Result(d, printed(c)),
		"taken":               receipt.PapersTaken(d, taken),
		"fee":                 receipt.FeeReceipt(d, fee),
		"refund":              receipt.FeeReceipt(d, refund),
		"daily":               receipt.Daily(d, daily()),
		"copy":                receipt.Copy(d, receipt.CopyPaper{Number: number, QR: c.QR, Filed: c.Filed, Submission: c.Submission, Form: checked, Values: values, Region: region}),
		"promise-letter": receipt.PromiseLetter(d, receipt.PromisePaper{
			Number: number, Applicant: Principal(), Phone: "13897000001", Item: Item(), Covers: []string{"健在证明", "居住证明"}, Breach: "承诺不实的，停发津贴并追回已发的款项。",
			Promise: casefile.Promise{Deadline: 20, Text: "本人承诺：本人健在，长期居住在本村，未在其他地方领取同类津贴。情况有变化的，自变化之日起一个月内告知村便民服务点。"},
		}),
		"register": receipt.Register(d, receipt.RegisterPaper{From: "2026-11-01", To: "2026-11-30", Rows: register()}),
		"report":   receipt.ReportPage(d, Report()),
	}
}

func names(p casefile.NoticePoint) string {
	return map[string]string{"BOOK": "居民户口簿", "BANK": "一卡通存折复印件", "": "申请表"}[p.Material]
}

func papers(n int) []casefile.Paper {
	all := []string{"居民户口簿", "残疾人证", "一寸照片", "农村土地承包经营权证", "结婚证"}
	var out []casefile.Paper
	for i := range n {
		out = append(out, casefile.Paper{ID: fmt.Sprintf("QH0301A-261122-%04d-X/%d", 42+i/5, i%5+1), Name: all[i%5], Count: 1 + i%2})
	}
	return out
}

func daily() receipt.DailyPaper {
	p := receipt.DailyPaper{Day: casefile.DayClosing{Date: "2026-11-22", Account: "301007", Entries: 4, CountedFen: 21500, Reason: "找零时少收 0.45 元，已由代办员补足说明。"}}
	for i, fen := range []int64{12345, -2345, 10000, 1545} {
		line := agency.FeeLine{FeeEntry: casefile.FeeEntry{Receipt: fmt.Sprintf("QH0301A-%06d", 42+i), Name: "工本费", Fen: fen, Payer: "欧阳建国"}, Case: number, Date: "2026-11-22"}
		if fen < 0 {
			line.Counter = "QH0301A-000042"
		}
		p.Lines = append(p.Lines, line)
		p.Day.LedgerFen += fen
	}
	p.Day.First, p.Day.Last = p.Lines[0].Receipt, p.Lines[3].Receipt
	return p
}

func register() []report.RegisterRow {
	states := []string{casefile.StateQueued, casefile.StateProcessing, casefile.StateCorrection, casefile.StateClosed, casefile.StateSuspended}
	items := []string{"高龄津贴申领", "残疾人两项补贴申领", "城乡居民养老保险待遇领取资格认证", "农村村民住宅建设申请"}
	var out []report.RegisterRow
	for i := range 45 {
		line := Case().CaseLine
		line.Number = casefile.Number(fmt.Sprintf("QH0301A-2611%02d-%04d-X", 1+i%28, i+1))
		line.Item, line.ItemName, line.State = items[i%4], items[i%4], states[i%5]
		line.Filed = time.Date(2026, 11, 1+i%28, 9, i, 0, 0, china)
		out = append(out, report.RegisterRow{CaseLine: line, IDNumber: Principal().Number, Phone: "13897000001", Delegate: []string{"", "欧阳建国"}[i%2], Papers: i % 3, Department: "青禾县民政局", Agent: "马玉兰"})
	}
	return out
}

// Report is a month's report of the register's cases.
func Report() report.Report {
	s := report.Source{Evaluations: agency.EvaluationCounts{Given: 17, Declined: 3, NotOffered: 1, Levels: map[int]int{5: 14, 4: 2, 3: 1}}}
	for _, row := range register() {
		s.Cases = append(s.Cases, row.CaseLine)
	}
	s.Fees = daily().Lines
	for _, held := range Case().Custody.Held {
		s.Papers = append(s.Papers, agency.PaperLine{Held: held})
	}
	s.Visits = []agency.VisitLine{{Outcome: "done"}, {Outcome: "done"}, {Outcome: "no-show"}, {}}
	return report.Make("2026-11-01", "2026-11-30", s)
}

// printed is the case with a result that is printed at the desk.
func printed(c agency.CaseFile) agency.CaseFile {
	c.Outcome = &casefile.Outcome{Result: "高龄津贴批准通知", Way: "print", Document: &casefile.ResultDocument{
		Title: "高龄津贴批准通知", Number: "望民〔2026〕108号", Issuer: "望河县民政局", Issued: "2026-11-24",
		Text: []string{"经审核，符合高龄津贴发放条件，自 2026 年 11 月起按月发放，每月 110 元。", "情况有变化的，自变化之日起一个月内告知村便民服务点。"},
	}}
	return c
}
