package desk

import (
	"testing"

	"bianmin/core/casefile"
)

// TestNoticeNamesWhatItIsAbout: a department's "page 1 cannot be read" says nothing without the name of the paper.
func TestNoticeNamesWhatItIsAbout(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t)
		number := s.fileFor(insurance, nil)
		s.decide(number, casefile.StateCorrection, nil)
		file := &s.office.cases[number].file
		if len(file.Submission.Materials) == 0 {
			t.Fatal("the case has no materials")
		}
		paper := file.Submission.Materials[0]
		file.Notice = &casefile.Notice{Points: []casefile.NoticePoint{
			{ID: "1", Field: "phone", Text: "打不通"}, {ID: "2", Material: paper.Code, Page: 1, Text: "看不清"}, {ID: "3", Material: "UNKNOWN", Text: "缺一张"},
		}}
		s.signOn("100001")
		s.send(Go{Page: Cases}, PickCase{Number: number})
		want := map[string]string{"1": "手机号码", "2": paper.Name, "3": ""}
		for id, name := range want {
			if got := s.state.Cases.Names[id]; got != name {
				t.Errorf("point %s is about %q in the detail, want %q", id, got, name)
			}
		}
		s.send(Act{Action: ActCorrect})
		if s.state.Correct == nil {
			t.Fatalf("the page is %s", s.state.Page)
		}
		for _, point := range s.state.Correct.Points {
			if point.Name != want[point.Point.ID] {
				t.Errorf("point %s is about %q on its page, want %q", point.Point.ID, point.Name, want[point.Point.ID])
			}
		}
		s.stop()
	})
}
