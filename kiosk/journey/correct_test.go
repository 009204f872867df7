package journey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/drivers"
)

// returnedCase is a case of person1's that the office sent back on Friday the 20th, with two working days.
func returnedCase() casefile.Summary {
	return casefile.Summary{
		Number: "QH0301A-261119-0005-M", ItemCode: "pension-check", ItemName: "养老待遇资格认证", State: casefile.StateCorrection, Version: "1",
		Official: "3703-5", QR: "BM1:RETURNED", Filed: time.Date(2026, 11, 19, 9, 0, 0, 0, time.UTC), Moments: []casefile.Moment{{Kind: "submitted"}, {Kind: "accepted"}, {Kind: "returned"}},
		Asked: casefile.Asked{ID: "n1", At: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC), Notice: casefile.Notice{Days: 2, Points: []casefile.NoticePoint{
			{ID: "1", Field: "phone", Text: "少一位"}, {ID: "2", Material: "hukou", Page: 2, Text: "第二页看不清"},
		}}},
	}
}

// Correct keeps a correction and checks that it answers the whole notice, signed.
func (d *fakeDesk) Correct(ctx context.Context, number casefile.Number, c casefile.Correction, attachments []casefile.Attachment) (casefile.Filed, error) {
	if delay := d.delay.get(); delay > 0 && !pause(ctx, delay) {
		return casefile.Filed{}, ctx.Err()
	}
	if err := d.submitErr.get(); err != nil {
		return casefile.Filed{}, err
	}
	list := slices.Clone(d.list.get())
	at := slices.IndexFunc(list, func(s casefile.Summary) bool { return s.Number == number && s.Asked.ID == c.Notice })
	if at < 0 {
		return casefile.Filed{}, casefile.ErrNotAsked
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	content, err := casefile.SignedCorrection(c)
	if err != nil || c.Signature == nil || c.Signature.Content != d.Digest(content) {
		d.broken = append(d.broken, "the signature is not bound to the correction")
	}
	if len(c.Points) != len(list[at].Asked.Notice.Points) || len(c.Values) == 0 || len(c.Materials) == 0 || len(c.Materials[0].Pages) == 0 {
		d.broken = append(d.broken, "a point is not answered")
	}
	for _, a := range attachments {
		if !d.attached[a.Digest] {
			d.broken = append(d.broken, "corrected with a page that is not kept")
		}
		delete(d.attached, a.Digest)
	}
	d.corrections = append(d.corrections, c)
	list[at].State, list[at].Asked = casefile.StateProcessing, casefile.Asked{}
	list[at].Moments = append(slices.Clone(list[at].Moments), casefile.Moment{Kind: "corrected", State: casefile.StateQueued})
	d.list.set(list)
	d.log.add("correct")
	stamp := casefile.Stamp{Wall: day.Add(time.Hour), BusinessDate: day.Format(time.DateOnly), OffsetAgeSec: -1}
	return casefile.Filed{Number: number, Event: casefile.Event{Case: number, At: stamp, Correction: &c, Point: "柳树沟村便民服务点"}}, nil
}

func (d *fakeDesk) corrected() []casefile.Correction {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.corrections)
}

// toReturned opens the case that was sent back.
func (s *stage) toReturned(summary casefile.Summary) *CaseDetailView {
	s.t.Helper()
	s.desk.list.set([]casefile.Summary{summary})
	s.tap(Begin{}, OpenMyCases{})
	s.reader.place(person1())
	s.wait(time.Second)
	s.on(MyCases)
	s.tap(OpenCase{Number: string(summary.Number)})
	return s.on(CaseDetail).CaseDetail
}

// TestCorrection: the case says what the office asks and until when; one button, and only that is asked for, checked, signed, filed on the same case;
// the record comes before the paper, the rating is not asked again, and the list shows how the case stands.
func TestCorrection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		v := s.toReturned(returnedCase())
		a := v.Asked
		if a == nil || !a.Can || a.Late || a.Changed || a.Until.Format(time.DateOnly) != "2026-11-24" || len(a.Points) != 2 || a.Points[0].Name.In("zh") == "" || a.Points[1].Text != "第二页看不清" {
			t.Fatalf("%+v", a)
		}
		s.tap(PrintNotice{})
		s.wait(time.Second)
		if v := s.on(CaseDetail).CaseDetail; v.Printing || v.Printed.Key != keyPrintDone {
			t.Errorf("%+v", v)
		}
		list := fmt.Sprint(s.printer.documents()[0])
		for _, said := range []string{"一次性告知补正通知书", "QH0301A-261119-0005-M", "手机号码】少一位", "户口本本人页】第二页看不清", "2026年11月24日", "BM1:RETURNED"} {
			if !strings.Contains(list, said) || strings.Contains(list, canary) {
				t.Errorf("the list lacks %s, or names the person: %s", said, list)
			}
		}
		s.tap(CorrectCase{})
		if q := s.on(Question).Question; q.Field.Name != "phone" || q.Total != 1 || q.Value != nil {
			t.Fatalf("%+v", q)
		}
		s.tap(Onward{})
		s.on(Question) // it must be answered
		s.tap(Answer{Value: "13800000000"}, Onward{})
		if m := s.on(Materials).Materials; len(m.Lines) != 1 || m.Lines[0].Code != "hukou" || m.Missing != 1 {
			t.Fatalf("%+v", m)
		}
		s.tap(ScanPage{Material: "hukou"}, Onward{})
		r := s.on(Review).Review
		if !r.Correction || len(r.Lines) != 4 || r.Lines[2].Value != "138 0000 0000" || r.Lines[2].Said[0].Args["text"] != "少一位" || r.Lines[3].Said[0].Args["text"] != "第二页看不清" {
			t.Fatalf("%+v", r.Lines)
		}
		s.tap(name(), Onward{})
		s.wait(time.Second)
		d := s.on(Done).Done
		if !d.Correction || d.Number != returnedCase().Number || d.QR != "BM1:RETURNED" || d.Delivered || len(d.NextItems) != 0 || d.Print.Stage != stagePrinted {
			t.Fatalf("%+v", d)
		}
		filed := s.desk.corrected()
		if len(filed) != 1 || string(filed[0].Values) != `{"phone":"13800000000"}` || filed[0].Notice != "n1" || !slices.Equal(filed[0].Points, []string{"1", "2"}) || filed[0].Materials[0].Name != "户口本本人页" {
			t.Errorf("%+v", filed)
		}
		lines := s.log.all()
		if slices.Index(lines, "correct") > slices.Index(lines, "begin receipt") {
			t.Errorf("paper came before the record: %v", lines)
		}
		paper := fmt.Sprint(s.printer.documents()[1])
		if !strings.Contains(paper, "补正回执") || !strings.Contains(paper, "户口本本人页") || strings.Contains(paper, "138") || strings.Contains(paper, canary) {
			t.Errorf("the receipt: %s", paper)
		}
		if s.tap(Evaluate{Level: 5}); s.state.Done.Evaluation != 0 {
			t.Error("a correction was rated")
		}
		s.desk.state.set(casefile.Summary{State: casefile.StateProcessing, Moments: []casefile.Moment{{Kind: "submitted", State: "accepted"}, {Kind: "corrected", State: "accepted"}}, Official: "3703-5"})
		if v := s.wait(3 * time.Second); !v.Done.Delivered {
			t.Error("its arrival is not shown")
		}
		s.tap(OpenMyCases{})
		s.reader.remove()
		s.wait(time.Second)
		s.reader.place(person1())
		s.wait(time.Second)
		if c := s.on(MyCases).MyCases.Cases[0]; c.State != casefile.StateProcessing {
			t.Errorf("%+v", c)
		}
		s.tap(OpenCase{Number: string(returnedCase().Number)}, CorrectCase{})
		if v := s.on(CaseDetail).CaseDetail; v.Asked != nil || v.Events[3].State != casefile.StateQueued {
			t.Errorf("%+v", v)
		}
		s.tap(Leave{}, LeaveNow{})
		s.reader.remove()
		s.over()
	})
}

// TestCorrectionIsATask: whatever the card was laid for, what was sent back is told of, before what was refused.
func TestCorrectionIsATask(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.desk.list.set([]casefile.Summary{refusedCase(), returnedCase()})
		s.toCard("full")
		s.reader.place(person1())
		task := s.wait(time.Second).Confirm.Task
		if task == nil || task.Number != returnedCase().Number || task.Until.Format(time.DateOnly) != "2026-11-24" {
			t.Fatalf("%+v", task)
		}
		s.tap(OpenTask{}, CorrectCase{})
		s.on(Question)
		s.tap(Back{})
		s.on(CaseDetail)
		s.tap(Back{})
		s.on(MyCases)
	})
}

// TestCorrectionThatCannotBeGivenHere says why, and offers no button.
func TestCorrectionThatCannotBeGivenHere(t *testing.T) {
	point := func(p casefile.NoticePoint) casefile.Summary {
		c := returnedCase()
		c.Asked.Notice.Points = append(slices.Clone(c.Asked.Notice.Points), p)
		return c
	}
	gone := returnedCase()
	gone.ItemCode = "no-longer"
	none := func(*Options) {}
	for name, c := range map[string]struct {
		summary casefile.Summary
		change  parts
		why     string
	}{
		"a field the form has no more": {point(casefile.NoticePoint{ID: "3", Field: "shoe", Text: "鞋码"}), none, keyCannotPoint},
		"a paper no person hands in":   {point(casefile.NoticePoint{ID: "3", Material: "id", Text: "身份证"}), none, keyCannotPoint},
		"words only":                   {point(casefile.NoticePoint{ID: "3", Text: "请本人到窗口来"}), none, keyCannotPoint},
		"item gone":                    {gone, none, keyCannotItem},
		"no scanner":                   {returnedCase(), func(o *Options) { o.Devices.Scanner = nil }, keyCannotScanner},
		"no catalogue":                 {returnedCase(), func(o *Options) { o.Catalogue = func() *catalogue.Catalogue { return nil } }, keyCannotItem},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				set := loadCatalogue(t)
				s := newStage(t, set, c.change)
				if name == "no catalogue" { // it went away after the start
					m := newMachine(s.session.options, nil)
					m.person.known = true
					if d, why := m.newCorrection(c.summary); d != nil || why.Key != c.why {
						t.Errorf("%+v", why)
					}
					return
				}
				a := s.toReturned(c.summary).Asked
				if a == nil || a.Can || a.Why.Key != c.why || a.Phone == "" {
					t.Fatalf("%+v", a)
				}
				s.tap(CorrectCase{})
				s.on(CaseDetail)
			})
		})
	}
}

// TestScannerOfACorrection: it is found broken before anything is begun, mended it goes on, and a notice without papers needs none.
func TestScannerOfACorrection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Fault: drivers.FaultUnplugged}})
		if a := s.toReturned(returnedCase()).Asked; a.Can || a.Why.Key != keyCannotScanner {
			t.Fatalf("%+v", a)
		}
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Condition: drivers.Online}})
		if a := s.wait(time.Second).CaseDetail.Asked; !a.Can {
			t.Errorf("%+v", a)
		}
		field := returnedCase()
		field.Asked.Notice.Points = field.Asked.Notice.Points[:1]
		s.session.Send(DeviceChanged{Status: drivers.Status{Role: drivers.RoleScanner, Fault: drivers.FaultUnplugged}})
		s.tap(Back{}, Back{})
		s.reader.remove()
		s.desk.list.set([]casefile.Summary{field})
		s.tap(OpenMyCases{})
		s.wait(time.Second)
		s.reader.place(person1())
		s.wait(time.Second)
		s.tap(OpenCase{Number: string(field.Number)}, CorrectCase{}, Answer{Value: "13800000000"}, Onward{})
		s.on(Review)
	})
}

// TestLateAndChanged: a term that has passed and a form that has changed are said, and can be answered all the same.
func TestLateAndChanged(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		c := returnedCase()
		c.Asked.At, c.Version = time.Date(2026, 11, 10, 2, 0, 0, 0, time.UTC), "0"
		if a := s.toReturned(c).Asked; !a.Late || !a.Changed || !a.Can {
			t.Errorf("%+v", a)
		}
	})
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		old := person1()
		old.LongTerm, old.ValidTo.Year, old.ValidTo.Month, old.ValidTo.Day = false, 2026, 1, 1
		s.desk.list.set([]casefile.Summary{returnedCase()})
		s.tap(Begin{}, OpenMyCases{})
		s.reader.place(old)
		s.wait(time.Second)
		if a := s.tap(OpenCase{Number: string(returnedCase().Number)}).CaseDetail.Asked; a.Can || a.Why.Key != keyCannotCard {
			t.Errorf("%+v", a)
		}
	})
}

// TestRefusedCorrectionInTheCourse: the case asks again, and its course says that what was handed in was not taken, and why.
func TestRefusedCorrectionInTheCourse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		c := returnedCase()
		c.Moments = append(c.Moments, casefile.Moment{Kind: "corrected", State: "refused", Refused: true}, casefile.Moment{Kind: "refused", Text: "附件损坏"})
		v := s.toReturned(c)
		if n := len(v.Events); v.Asked == nil || !v.Asked.Can || v.Asked.Again != "附件损坏" || v.Case.State != casefile.StateCorrection || v.Events[n-2].State != "refused" || v.Events[n-1].Kind != momentRefusedLater || v.Events[n-1].Text != "附件损坏" {
			t.Errorf("%+v", v)
		}
		if why := notTaken(append(c.Moments, casefile.Moment{Kind: "returned"})); why != "" {
			t.Errorf("a newer notice has nothing to do with it: %q", why)
		}
	})
}

// toCorrection gives both answers, up to the signature.
func (s *stage) toCorrection() {
	s.t.Helper()
	s.toReturned(returnedCase())
	s.tap(CorrectCase{}, Answer{Value: "13800000000"}, Onward{}, ScanPage{Material: "hukou"}, Onward{})
	s.on(Review)
}

// TestCorrectedElsewhereMeanwhile: while the person was at it the desk corrected: nothing is filed, the case is shown as it stands now.
func TestCorrectedElsewhereMeanwhile(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCorrection()
		quicker := returnedCase()
		quicker.State, quicker.Asked = casefile.StateProcessing, casefile.Asked{}
		s.desk.list.set([]casefile.Summary{quicker})
		s.tap(name(), Onward{})
		v := s.wait(time.Second)
		if s.on(CaseDetail); v.CaseDetail.Note.Key != keyNotAsked || v.CaseDetail.Case.State != casefile.StateProcessing || v.CaseDetail.Asked != nil {
			t.Errorf("%+v", v.CaseDetail)
		}
		if len(s.desk.corrected()) != 0 || len(s.printer.documents()) != 0 {
			t.Error("something was filed or printed")
		}
		s.tap(Leave{}, LeaveNow{})
		s.reader.remove()
		s.over()
	})
}

// TestCorrectionNotFiled: what was given stays when the disk does not take it, and is filed once it does.
func TestCorrectionNotFiled(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toCorrection()
		s.desk.submitErr.set(errBroken)
		s.tap(name(), Onward{})
		s.wait(time.Second)
		if r := s.on(Review).Review; r.Problem.Key != keyNotSaved || r.Lines[2].Value != "138 0000 0000" {
			t.Errorf("%+v", r)
		}
		s.desk.submitErr.set(nil)
		s.tap(name(), Onward{})
		s.on(Done)
		if len(s.desk.corrected()) != 1 {
			t.Error("not filed once")
		}
	})
}

// TestWalkedAwayFromACorrection: on every screen of it, nobody there wipes what was given, and nothing is filed.
func TestWalkedAwayFromACorrection(t *testing.T) {
	for _, screen := range []Screen{CaseDetail, Question, Materials, Review} {
		t.Run(string(screen), func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newStage(t, loadCatalogue(t))
				s.toReturned(returnedCase())
				for _, event := range []Event{CorrectCase{}, Answer{Value: "13800000000"}, Onward{}, ScanPage{Material: "hukou"}, Onward{}} {
					if s.state.Screen != screen {
						s.tap(event)
					}
				}
				s.on(screen)
				s.wait(91 * time.Second)
				if s.state.Overlay == nil || s.state.Overlay.Kind != overlayIdle {
					t.Fatal("no warning")
				}
				s.wait(31 * time.Second)
				s.on(Goodbye)
				s.reader.remove()
				s.over()
				if len(s.desk.corrected()) != 0 {
					t.Error("something was filed")
				}
			})
		})
	}
}
