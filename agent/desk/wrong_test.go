package desk

import (
	"strings"
	"testing"
	"time"

	"bianmin/core/report"
)

// TestNamesAsTheyAre: twenty characters, characters few fonts have, and a name that a spreadsheet program would
// compute go from card to case, register and CSV as they are.
func TestNamesAsTheyAre(t *testing.T) {
	for _, name := range []string{strings.Repeat("买买提", 6) + "艾山", "𠮷㛃", "=1+1", "+86", "-1+2", "@cmd"} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			s.signOn("100001")
			s.begin(pension)
			card := principal()
			card.Name = name
			s.reader.place(card)
			s.send(ReadCard{Into: "principal"})
			s.wait(time.Second)
			s.send(SetField{Path: "pension", Text: "1"}, SetField{Path: "phone", Text: "13800000000"}, SetField{Path: "residence", Text: "1"}, SetField{Path: "notice", Text: "1"}, ScanInto{Material: "HOUSEHOLD"})
			s.wait(time.Second)
			s.send(File{})
			s.wait(2 * time.Second)
			if got := s.submission(0).Applicant.Name; got != name {
				t.Fatalf("%q was filed as %q", name, got)
			}
			s.send(Go{Page: Reports})
			s.wait(time.Second)
			if r := s.on(Reports).Reports.Report.Register; len(r) != 1 || r[0].Person != name {
				t.Fatalf("register: %+v", r)
			}
			s.send(SaveCSV{})
			s.wait(time.Second)
			csv := string(s.saver.files["register-2026-11-25-2026-11-25.csv"])
			if !strings.Contains(csv, ","+report.Cell(name)+",") || report.Cell(name) == name && strings.ContainsAny(name[:1], "=+-@") {
				t.Errorf("%q stands in %q", name, csv)
			}
		})
	}
}
