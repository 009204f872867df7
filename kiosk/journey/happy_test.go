package journey

import (
	"encoding/hex"
	"encoding/json"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
)

// toCard opens an item and waits for the card.
func (s *stage) toCard(item string) State {
	s.t.Helper()
	s.tap(Begin{})
	s.on(Home)
	s.tap(OpenCategory{}, OpenItem{Code: item})
	s.on(Guide)
	s.tap(StartItem{})
	return s.on(PlaceCard)
}

// toForm places the card and confirms it.
func (s *stage) toForm(item string) State {
	s.t.Helper()
	s.toCard(item)
	s.reader.place(person1())
	s.wait(time.Second)
	s.on(Confirm)
	return s.tap(Onward{})
}

// toMaterials fills in the pension form.
func (s *stage) toMaterials() State {
	s.t.Helper()
	s.toForm("pension-check")
	s.on(Question)
	s.tap(Answer{Value: "13800000000"}, Onward{})
	return s.on(Materials)
}

// toReview scans the one page the pension needs.
func (s *stage) toReview() State {
	s.t.Helper()
	s.toMaterials()
	s.tap(ScanPage{Material: "hukou"}, Onward{})
	return s.on(Review)
}

// toDone signs and files.
func (s *stage) toDone() State {
	s.t.Helper()
	s.toReview()
	s.tap(name(), Onward{})
	return s.on(Done)
}

func TestHappyPath(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		if v := s.on(Attract); v.Attract.CatalogueDate != "2026-11-01" || v.Next != nil || v.Back {
			t.Fatalf("attract: %+v", v.Attract)
		}
		home := s.tap(Begin{})
		if home.Home.Total != 4 || len(home.Home.Categories) != 2 {
			t.Fatalf("home: %+v", home.Home)
		}
		list := s.tap(OpenCategory{Code: "pension"})
		if list.Category == nil || len(list.Category.Items) != 2 || list.Category.Title.In("zh") != "养老退休" {
			t.Fatalf("category: %+v", list.Category)
		}
		guide := s.tap(OpenItem{Code: "pension-check"})
		if guide.Guide == nil || !guide.Guide.CanPrint || !guide.Next.Enabled {
			t.Fatalf("guide: %+v", guide)
		}
		place := s.tap(Onward{})
		if place.PlaceCard == nil || place.PlaceCard.Purpose != "apply" || place.Step != StepCard || !place.Back {
			t.Fatalf("place card: %+v", place)
		}
		s.reader.place(person1())
		confirm := s.wait(time.Second)
		if v := confirm.Confirm; v == nil || v.Name != canary || v.Age != 78 || v.Expired || v.Number != person1().Number {
			t.Fatalf("confirm: %+v", v)
		}
		question := s.tap(Onward{})
		if v := question.Question; v == nil || v.Field.Name != "phone" || v.Index != 1 || v.Total != 1 || question.Next.Enabled {
			t.Fatalf("question: %+v", v)
		}
		if question.Next.Why.Key != "form.problem.required" || question.Question.Problem.Key != "" {
			t.Fatalf("an empty question must say what is missing, quietly: %+v %+v", question.Next, question.Question.Problem)
		}
		question = s.tap(Answer{Value: "138000000"})
		if v := question.Next.Why; v.Key != "form.problem.incomplete" || v.Args["missing"] != 2 {
			t.Fatalf("why: %+v", v)
		}
		materials := s.tap(Answer{Value: "13800000000"}, Onward{})
		v := materials.Materials
		if v == nil || v.Needed != 3 || v.Missing != 1 || v.Lines[0].Way != casefile.FromCard || v.Lines[1].Way != casefile.Held || !v.Lines[2].Active {
			t.Fatalf("materials: %+v", v)
		}
		scanned := s.tap(ScanPage{Material: "hukou"})
		if v := scanned.Materials; v.Missing != 0 || len(v.Lines[2].Pages) != 1 || len(v.Lines[2].Pages[0].Thumbnail) == 0 || !scanned.Next.Enabled {
			t.Fatalf("scanned: %+v", v)
		}
		review := s.tap(Onward{})
		if review.Review == nil || review.Next.Enabled || review.Next.Why.Key != keyWhySign {
			t.Fatalf("review: %+v", review)
		}
		signed := s.tap(name())
		if !signed.Review.Signed || !signed.Next.Enabled {
			t.Fatalf("signed: %+v", signed)
		}
		done := s.tap(Onward{})
		d := s.on(Done).Done
		if d.Number != "QH0301A-261122-0001-X" || d.Print.Stage != stagePrinted || d.Delivered || d.Days != 3 || d.Delivery != "sms" || done.Step != StepDone {
			t.Fatalf("done: %+v", d)
		}
		if got := s.log.all(); !slices.Equal(got, []string{"card read", "attach image/png", "attach image/png", "submit", "begin receipt", "print printed", "end"}) {
			t.Fatalf("order: %v", got)
		}
		s.desk.state.set(casefile.Summary{State: casefile.StateAccepted, Official: "3703-1"})
		if v := s.wait(3 * time.Second).Done; !v.Delivered || v.Official != "3703-1" {
			t.Fatalf("delivered: %+v", v)
		}
		if v := s.tap(Evaluate{Level: 5}).Done; !v.Evaluated || v.Evaluation != 5 {
			t.Fatalf("evaluated: %+v", v)
		}
		bye := s.tap(Onward{})
		if bye.Goodbye == nil || !bye.Goodbye.Filed || !bye.Goodbye.TakeCard {
			t.Fatalf("goodbye: %+v", bye.Goodbye)
		}
		s.reader.remove()
		if end := s.over(); end != Replace {
			t.Fatalf("end %q", end)
		}
	})
}

func TestSubmissionIsWhatWasEntered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, loadCatalogue(t))
		s.toDone()
		got := s.desk.submissions[0]
		card := person1()
		want := casefile.Applicant{
			Name: canary, Number: card.Number, Sex: "2", Nation: "01", Birth: "19480307", Address: card.Address, Issuer: card.Issuer,
			ValidFrom: "20100101", ValidTo: "长期", CardKind: "resident", RawText: hex.EncodeToString(card.Raw[:]), Source: "card",
		}
		if got.Applicant != want {
			t.Errorf("applicant %+v", got.Applicant)
		}
		var values map[string]any
		if err := json.Unmarshal(got.Values, &values); err != nil || values["phone"] != "13800000000" || values["name"] != canary || len(values) != 2 {
			t.Errorf("values %s %v", got.Values, err)
		}
		if got.Item.Code != "pension-check" || got.Item.CatalogueVersion != "t1" || got.Item.Department != "11990301MB0000001A" {
			t.Errorf("item %+v", got.Item)
		}
		ways := []casefile.Way{got.Materials[0].Way, got.Materials[1].Way, got.Materials[2].Way}
		if !slices.Equal(ways, []casefile.Way{casefile.FromCard, casefile.Held, casefile.Scanned}) || got.Materials[2].Trust != "C" || len(got.Materials[2].Pages) != 1 {
			t.Errorf("materials %+v", got.Materials)
		}
		content, err := casefile.SignedContent(got)
		if err != nil {
			t.Fatal(err)
		}
		if got.Signature == nil || got.Signature.Content != s.desk.Digest(content) || got.Signature.Strokes != 3 || got.Signature.Attachment == "" {
			t.Errorf("signature %+v", got.Signature)
		}
		paper := s.printer.documents()[0]
		if !printed2(paper, "QH0301A-261122-0001-X") || printed2(paper, "补打") || printed2(paper, canary) {
			t.Errorf("receipt %+v", paper)
		}
		s.tap(Onward{})
		s.reader.remove()
		s.over()
	})
}

// printed2 tells whether a text stands on a document.
func printed2(d receipt.Document, what string) bool {
	return slices.ContainsFunc(d.Blocks, func(b receipt.Block) bool {
		return strings.Contains(b.Text, what) || strings.Contains(b.Data, what)
	})
}

func TestSignatureIsDrawn(t *testing.T) {
	drawn, err := picture(name().Strokes)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(strings.NewReader(string(drawn)))
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 290+2*penMargin+1 || size.Y != 130+2*penMargin+1 {
		t.Errorf("size %v", size)
	}
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 0x8000 }
	if !dark(penMargin, penMargin) || !dark(30+penMargin, 60+penMargin) || dark(150+penMargin, 120+penMargin) {
		t.Error("the ink is not where the finger was")
	}
}
