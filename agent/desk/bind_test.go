package desk

import (
	"bytes"
	"image"
	"image/png"
	"testing"
	"time"

	"bianmin/core/casefile"
	set "bianmin/drivers/a4"
)

// bills is the material of insurance whose pages the office expects as one PDF.
const bills = 3

// billed is an application with three pages of bills and one other paper, ready to be accepted.
func billed(t *testing.T) *stage {
	s := atTheFeeder(t, true)
	s.send(SetField{Path: "child", Text: "柳新"}, SetField{Path: "childNumber", Text: numberFor("99030120261101123")}, SetField{Path: "born", Text: "20261101"},
		SetField{Path: "relation", Text: "mm"}, SetField{Path: "phone", Text: "13800000000"})
	s.scanner.load(4)
	s.send(ScanBatch{})
	s.wait(5 * time.Second)
	return s
}

// TestPagesBecomeOneDocument: what the office expects as one PDF goes out as one, page by page in the order shown; nothing else does, and
// the single pages are gone. A refused case gives them back page by page.
func TestPagesBecomeOneDocument(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := billed(t)
		view := s.state.Accept.Materials[bills]
		if !view.Material.Document || len(view.Pages) != 3 || view.Bytes != int64(3*len(onePage)) {
			t.Fatalf("%+v", view)
		}
		s.send(File{})
		s.wait(2 * time.Second)
		if s.state.Accept == nil || s.state.Accept.Filed == nil {
			t.Fatalf("not accepted: %+v", s.state.Accept.Missing)
		}
		pages := s.material(0, "BILLS").Pages
		if len(pages) != 3 {
			t.Fatalf("%+v", pages)
		}
		for i, p := range pages {
			if p.Attachment != pages[0].Attachment || p.MediaType != "application/pdf" || p.Number != i+1 || p.Width != 60 {
				t.Errorf("page %d: %+v", i+1, p)
			}
		}
		if p := s.material(0, "CHILDPAGE").Pages; len(p) != 1 || p[0].MediaType != "image/png" || p[0].Number != 0 {
			t.Errorf("the other paper: %+v", p)
		}
		s.wait(time.Second)
		if len(s.office.files) != 2 {
			t.Errorf("%d files are kept", len(s.office.files))
		}
		back, err := set.Unbind(s.office.files[pages[0].Attachment])
		if err != nil || len(back) != 3 {
			t.Fatalf("%d pages in the document: %v", len(back), err)
		}
		for _, page := range back {
			if !same(t, page, onePage) {
				t.Error("a page is another")
			}
		}
		number := s.office.order[0]
		s.send(Back{})
		s.decide(number, casefile.StateRefused, nil)
		s.open(number)
		s.send(Act{Action: ActRepair})
		s.wait(2 * time.Second)
		v := s.state.Accept.Materials[bills]
		if len(v.Pages) != 3 || len(v.Pages[2].Thumbnail) == 0 {
			t.Fatalf("%d pages came back", len(v.Pages))
		}
		s.send(File{})
		s.wait(2 * time.Second)
		again := s.material(1, "BILLS").Pages
		if len(again) != 3 || again[2].Number != 3 || again[2].MediaType != "application/pdf" || again[0].Attachment == pages[0].Attachment {
			t.Errorf("accepted again: %+v", again)
		}
	})
}

// TestDocumentThatCannotBeKept: a disk that is full at the document leaves the draft as it was, with its single pages.
func TestDocumentThatCannotBeKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := billed(t)
		s.office.failAt = 1
		s.send(File{})
		s.wait(2 * time.Second)
		if s.state.Accept.Filed != nil || len(s.state.Accept.Materials[bills].Pages) != 3 {
			t.Fatalf("%+v", s.state.Accept.Materials[bills])
		}
		s.send(File{})
		s.wait(2 * time.Second)
		if pages := s.material(0, "BILLS").Pages; s.state.Accept.Filed == nil || len(pages) != 3 || pages[2].Number != 3 {
			t.Errorf("tried again: %+v", pages)
		}
	})
}

func same(t *testing.T, a, b []byte) bool {
	t.Helper()
	x, err := png.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return x.Bounds() == y.Bounds() && bytes.Equal(x.(*image.Gray).Pix, y.(*image.Gray).Pix)
}

// material is one of the n-th case that was filed.
func (s *stage) material(n int, code string) casefile.Material {
	for _, m := range s.submission(n).Materials {
		if m.Code == code {
			return m
		}
	}
	return casefile.Material{}
}
