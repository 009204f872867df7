package report_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bianmin/assets"
	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/report"
	"bianmin/core/text"
)

func speech(t *testing.T) report.Speech {
	t.Helper()
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return report.Speech{Lang: text.Chinese, Words: words}
}

func source() report.Source {
	day := func(d int) time.Time { return time.Date(2026, 11, d-1, 23, 30, 0, 0, time.UTC) } // in the morning of d in China
	line := func(item, state string, d int) agency.CaseLine {
		return agency.CaseLine{Item: item, ItemName: "事项" + item, State: state, Filed: day(d)}
	}
	fee := func(name string, fen int64, date string) agency.FeeLine {
		return agency.FeeLine{FeeEntry: casefile.FeeEntry{Name: name, Fen: fen}, Date: date}
	}
	return report.Source{
		Cases:  []agency.CaseLine{line("A", casefile.StateQueued, 1), line("B", casefile.StateDone, 2), line("B", casefile.StateClosed, 2), line("B", "new-state", 40)},
		Fees:   []agency.FeeLine{fee("工本费", 1000, "2026-11-01"), fee("工本费", -250, "2026-11-02"), fee("邮费", 5, "2026-11-02")},
		Papers: []agency.PaperLine{{Held: agency.Held{Paper: casefile.Paper{Count: 2}, Step: casefile.PaperReceived}}, {Held: agency.Held{Step: casefile.PaperReturned}}},
		Visits: []agency.VisitLine{{Outcome: "done"}, {Outcome: ""}}, Evaluations: agency.EvaluationCounts{Given: 3, Declined: 2, NotOffered: 1},
	}
}

func TestCounts(t *testing.T) {
	r := report.Make("2026-11-01", "2026-11-30", source())
	if len(r.Days) != 30 || r.Days[0] != (report.DayCount{Date: "2026-11-01", Cases: 1, Fen: 1000}) || r.Days[1] != (report.DayCount{Date: "2026-11-02", Cases: 2, Fen: -245}) {
		t.Errorf("days %+v", r.Days[:2])
	}
	if len(r.Cases) != 2 || r.Cases[0].Code != "B" || r.Cases[0].Total != 3 || r.Cases[1].States[casefile.StateQueued] != 1 {
		t.Errorf("cases %+v", r.Cases)
	}
	if r.TakenFen != 1005 || r.RefundFen != 250 || r.Fees[0] != (report.FeeCount{Name: "工本费", Taken: 1, Refunds: 1, TakenFen: 1000, RefundFen: 250}) {
		t.Errorf("fees %+v", r.Fees)
	}
	if r.Papers[casefile.PaperReceived] != 2 || r.Papers[casefile.PaperReturned] != 1 || r.Visits["done"] != 1 || r.Visits[""] != 1 {
		t.Errorf("papers %v, visits %v", r.Papers, r.Visits)
	}
	if got := r.StatesSeen(); !slices.Equal(got, []string{casefile.StateQueued, casefile.StateDone, casefile.StateClosed, "new-state"}) {
		t.Errorf("states %v", got)
	}
	if r := report.Make("2000-01-01", "2026-01-01", report.Source{}); len(r.Days) != 366 {
		t.Errorf("%d days", len(r.Days))
	}
}

func read(t *testing.T, content []byte) [][]string {
	t.Helper()
	rest, marked := bytes.CutPrefix(content, []byte("\xef\xbb\xbf"))
	if !marked {
		t.Fatal("no byte order mark")
	}
	r := csv.NewReader(bytes.NewReader(rest))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestReportCSV(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteCSV(&out, report.Make("2026-11-01", "2026-11-30", source()).Tables(speech(t))); err != nil {
		t.Fatal(err)
	}
	rows := read(t, out.Bytes())
	for _, want := range [][]string{
		{"事项", "等待送出", "已办好", "已办结", "new-state", "合计"},
		{"事项B", "0", "1", "1", "1", "3"},
		{"合计", "1", "1", "1", "1", "4"},
		{"工本费", "1", "10.00", "1", "2.50", "7.50"},
		{"邮费", "1", "0.05", "0", "0.00", "0.05"},
		{"已评价", "3"},
		{"本点保管", "2"},
		{"待上门", "1"},
	} {
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("no row %q in %q", want, rows)
		}
	}
	if lines := bytes.Count(out.Bytes(), []byte("\r\n")); lines == 0 || bytes.Count(out.Bytes(), []byte("\n")) != lines {
		t.Error("a line does not end with CR LF")
	}
}

func TestRegisterCSV(t *testing.T) {
	row := report.RegisterRow{
		CaseLine: agency.CaseLine{Number: "QH0301A-261122-0042-X", Official: "=1+1", Person: "=HYPERLINK(\"x\")", ItemName: "有\"引号\",和逗号\n和换行", State: casefile.StateClosed, Filed: time.Date(2026, 11, 22, 1, 5, 0, 0, time.UTC)},
		IDNumber: "630102195203071235", Phone: "0970-5550188", Department: "@民政局", Delegate: "+欧阳", Papers: 2, Agent: "-马玉兰",
	}
	var out bytes.Buffer
	if err := report.WriteCSV(&out, report.Register(speech(t), []report.RegisterRow{row}, 3)); err != nil {
		t.Fatal(err)
	}
	rows := read(t, out.Bytes())
	want := []string{"1", "2026-11-22 09:05", "QH0301A-261122-0042-X", "'=1+1", "'=HYPERLINK(\"x\")", "'630102195203071235", "0970-5550188", "'+欧阳", "有\"引号\",和逗号\n和换行", "2", "'@民政局", "已办结", "", "", "'-马玉兰"}
	if len(rows) != 3 || !strings.Contains(rows[2][0], "3") || len(rows[0]) != len(want) || !slices.Equal(rows[1], want) {
		t.Errorf("%q\nwant %q", rows, want)
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "张三": "张三", "=1": "'=1", "+8613": "'+8613", "-1+2": "'-1+2", "@x": "'@x", "\tx": "'\tx", "\rx": "'\nx", " =1": "' =1", "　=1": "'　=1", "＝1": "'＝1", "-12.50": "-12.50", "-": "'-", "--1": "'--1", "-1e9": "'-1e9",
		"13897000001": "13897000001", "630102195203071235": "'630102195203071235", "63010219520307123X": "63010219520307123X", "007": "'007", "0": "0", "0.50": "0.50", "a\x00b\x07": "ab", "\x00=1": "'=1", "1\r\n2": "1\n2", "-123456789012": "'-123456789012",
	} {
		if got := report.Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestCellsComeBack: whatever is written comes back by the standard reader, and no cell begins a formula.
func TestCellsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[ \t\r\n=+@"',;0-9-]{0,8}`)), 1, 5).Draw(t, "cells")
		var out bytes.Buffer
		if err := report.WriteCSV(&out, [][]string{cells, {"end"}}); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\xef\xbb\xbf"))))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(cells) == 1 && report.Cell(cells[0]) == "" { // an empty line is no row to the reader
			return
		}
		for i, cell := range rows[0] {
			if cell != report.Cell(cells[i]) {
				t.Fatalf("%q came back as %q", cells[i], cell)
			}
			if cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r\n") {
				t.Fatalf("%q begins a formula", cell)
			}
		}
	})
}
