package office_test

import (
	"encoding/json"
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// TestSheet: a sheet has its number and code before it is signed; a number is used once, whatever becomes of it.
func TestSheet(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	b := signOn(t, o, li, liSecret)
	number := submit(t, b, zhang).Number
	received := casefile.PaperMove{Step: casefile.PaperReceived, Party: zhang.Name, Papers: []casefile.Paper{{Name: "户口簿", Count: 1}, {Name: "照片", Count: 1}, {Name: "存折", Count: 1}}}
	one, two, three := string(number)+"/1", string(number)+"/2", string(number)+"/3"
	add(t, b, number, casefile.Papers, casefile.Event{Papers: &received})
	sheetOf := func(ids ...string) casefile.Sheet {
		sheet := casefile.Sheet{From: "柳树沟村", To: "石桥镇"}
		for _, id := range ids {
			sheet.Papers = append(sheet.Papers, casefile.Paper{ID: id, Name: "户口簿", Count: 1})
		}
		return sheet
	}
	prepare := func(ids ...string) agency.SheetLine {
		t.Helper()
		line, err := b.PrepareSheet(t.Context(), sheetOf(ids...))
		must(t, err)
		return line
	}
	first := prepare(one)
	code, err := o.Verify(first.QR)
	must(t, err)
	content, err := json.Marshal(first.Sheet)
	must(t, err)
	if code.Case != first.Number || code.Item != agency.SheetItem || code.Digest != seal.Sum(content) {
		t.Errorf("the code says %s, %s, another content %v", code.Case, code.Item, code.Digest != seal.Sum(content))
	}
	held, err := b.Custody(t.Context())
	if err != nil || held[0].Step != casefile.PaperReceived {
		t.Fatalf("what is only prepared has moved: %+v, %v", held, err)
	}

	// The power goes; the sheet is there to be completed, with its scan.
	must(t, b.Close())
	b = signOn(t, p.open(t), li, liSecret)
	lines, err := b.Sheets(t.Context())
	must(t, err)
	if len(lines) != 1 || lines[0].Number != first.Number || lines[0].QR != first.QR || lines[0].State != agency.SheetPrepared || lines[0].Sheet.Papers[0].ID != one {
		t.Fatalf("%+v", lines)
	}
	page, err := b.Attach(t.Context(), "image/jpeg", []byte("signed sheet"))
	must(t, err)
	filed, err := b.Issue(t.Context(), first.Number, &casefile.Signature{Attachment: page.Digest, Content: seal.Digest(content)}, []casefile.Attachment{page})
	must(t, err)
	if filed.Number != first.Number || filed.Event.Sheet.Signature == nil || !filed.Event.Opens() {
		t.Errorf("%+v", filed.Event)
	}
	_, err = b.Issue(t.Context(), first.Number, nil, nil)
	wantRefused(t, "issued twice", err, agency.SheetOver)
	wantRefused(t, "void after it was signed", b.VoidSheet(t.Context(), first.Number), agency.SheetOver)

	second := prepare(two)
	if second.Number == first.Number {
		t.Fatal("one number for two sheets")
	}
	must(t, b.VoidSheet(t.Context(), second.Number))
	_, err = b.Issue(t.Context(), second.Number, nil, nil)
	wantRefused(t, "a void one", err, agency.SheetOver)

	// An original that went back in between is not handed on; nothing of the sheet happens.
	third := prepare(two, three)
	back := casefile.PaperMove{Step: casefile.PaperReturned, Party: zhang.Name, Papers: []casefile.Paper{{ID: three}}}
	add(t, b, number, casefile.Papers, casefile.Event{Papers: &back})
	_, err = b.Issue(t.Context(), third.Number, nil, nil)
	wantRefused(t, "with a returned original", err, agency.PaperTwice)
	held, err = b.Custody(t.Context())
	must(t, err)
	for _, h := range held {
		if h.ID == two && h.Step != casefile.PaperReceived {
			t.Errorf("half a sheet was committed: %+v", h)
		}
	}
	other := signOn(t, p.open(t), wang, wangSecret)
	_, err = other.Issue(t.Context(), third.Number, nil, nil)
	wantRefused(t, "another account's", err, agency.NotYours)
	wantRefused(t, "another account's", other.VoidSheet(t.Context(), third.Number), agency.NotYours)

	lines, err = b.Sheets(t.Context())
	must(t, err)
	want := []agency.SheetState{agency.SheetPrepared, agency.SheetVoid, agency.SheetIssued}
	for i, line := range lines {
		if i >= len(want) || line.State != want[i] {
			t.Errorf("sheet %d is %s", i, line.State)
		}
	}
	if next := submit(t, b, zhang).Number; next == third.Number || next == second.Number {
		t.Error("a sheet's number was given to a case")
	}
}
