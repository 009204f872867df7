package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

// printedSheets are the hand-over sheets that came out, by what stands under their code.
func (s *stage) printedSheets() (codes []string, all []receipt.Pages) {
	s.paper.mu.Lock()
	defer s.paper.mu.Unlock()
	for _, pages := range s.paper.made {
		for _, part := range pages.Parts {
			if part.Kind == receipt.PartCode && strings.HasPrefix(part.Data, receipt.CodePrefix) {
				codes, all = append(codes, part.Data), append(all, pages)
			}
		}
	}
	return codes, all
}

// papersFor takes two originals in and leaves the first ticked on the page of originals.
func (s *stage) papersFor() casefile.Number {
	s.t.Helper()
	number := s.fileFor(pension, nil)
	s.signOn("100001")
	s.open(number)
	s.send(Act{Action: ActPapers}, Answer{Yes: true, Text: "户口本、结婚证"}, Answer{Yes: true})
	s.wait(time.Second)
	s.send(Go{Page: Papers})
	s.wait(time.Second)
	s.send(PickPaper{ID: string(number) + "/1", On: true})
	return number
}

// TestSheetIsPrintedOnce: one print carries number and code, and is what is signed.
func TestSheetIsPrintedOnce(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		s.papersFor()
		s.send(IssueSheet{To: "柳林镇便民服务中心"})
		s.wait(time.Second)
		s.asked("desk.ask.signed")
		codes, pages := s.printedSheets()
		if len(codes) != 1 || len(s.office.sheets) != 1 || codes[0] != s.office.sheets[0].QR || !strings.Contains(pages[0].Foot, string(s.office.sheets[0].Number)) {
			t.Fatalf("printed before it is signed: %v of %+v", codes, s.office.sheets)
		}
		if job := s.office.jobs[len(s.office.jobs)-1]; job.Kind != jobSheet || job.Case != s.office.sheets[0].Number {
			t.Errorf("print ledger: %+v", job)
		}
		s.send(Answer{Yes: true})
		s.wait(2 * time.Second)
		s.told("desk.notice.done.sheet")
		if again, _ := s.printedSheets(); len(again) != 1 {
			t.Errorf("%d prints", len(again))
		}
		issued := s.office.sheets[0]
		content, err := plainJSON(casefile.Sheet{From: issued.Sheet.From, To: issued.Sheet.To, Papers: issued.Sheet.Papers})
		if err != nil || issued.State != agency.SheetIssued || issued.Sheet.Signature.Content != s.office.Digest(content) {
			t.Errorf("%+v, %v", issued, err)
		}
	})
}

// TestSheetAfterPowerCut: what was printed and not signed is there again, to be completed or declared void, once.
func TestSheetAfterPowerCut(t *testing.T) {
	for _, way := range []string{sheetSigned, sheetAgain, sheetVoid} {
		bubble(t, func(t *testing.T) {
			s := newStage(t)
			first := string(s.papersFor()) + "/1"
			s.send(IssueSheet{To: "柳林镇便民服务中心"})
			s.wait(time.Second)
			s.stop()
			s.start()
			s.signOn("100001")
			s.send(Go{Page: Papers}, PaperFilter{Filter: "sheets"})
			s.wait(time.Second)
			v := s.state.Papers
			if len(v.Sheets) != 1 || v.Waiting != 1 || v.Sheets[0].State != agency.SheetPrepared || len(v.Lines) != 0 {
				t.Fatalf("%+v", v)
			}
			s.send(OpenSheet{Number: v.Sheets[0].Number})
			s.asked("desk.ask.sheet")
			s.send(Answer{Yes: true, Chosen: way})
			want, state, key, prints := agency.SheetIssued, casefile.PaperHandedOn, "desk.notice.done.sheet", 1
			switch way {
			case sheetVoid:
				want, state, key = agency.SheetVoid, casefile.PaperReceived, "desk.notice.done.sheet-void"
			case sheetAgain:
				prints = 2
			}
			if way != sheetVoid {
				s.wait(time.Second)
				s.asked("desk.ask.signed")
				s.send(Answer{Yes: true})
			}
			s.wait(2 * time.Second)
			s.told(key)
			codes, _ := s.printedSheets()
			if len(codes) != prints || codes[0] != codes[prints-1] || len(s.office.sheets) != 1 || s.office.sheets[0].State != want {
				t.Errorf("%s: %d prints, %+v", way, len(codes), s.office.sheets)
			}
			if way == sheetAgain && !s.office.jobs[len(s.office.jobs)-1].Reprint {
				t.Error("the second print is not marked")
			}
			s.send(PaperFilter{})
			if at := slices.IndexFunc(s.state.Papers.Lines, func(l agency.PaperLine) bool { return l.ID == first }); s.state.Papers.Lines[at].Step != state {
				t.Errorf("%s: %+v", way, s.state.Papers.Lines[at])
			}
			// The paper's own code says what became of it.
			s.send(SearchGo{Text: s.office.sheets[0].QR})
			s.wait(time.Second)
			s.told("desk.notice.sheet-" + string(want))
			s.on(Papers)
			// Printed again, a void one says that it is void and has no code.
			s.send(OpenSheet{Number: s.office.sheets[0].Number})
			s.wait(time.Second)
			if after, _ := s.printedSheets(); (len(after) == prints) != (way == sheetVoid) {
				t.Errorf("%s: %d prints with a code", way, len(after))
			}
		})
	}
}
