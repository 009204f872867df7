package practice

import (
	"bytes"
	"errors"
	"image"
	_ "image/png"
	"os"
	"path/filepath"
	"testing"

	"bianmin/assets"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/a4"
)

// setter remembers the pages it was to set.
type setter struct{ made []receipt.Pages }

func (s *setter) Bind(pages [][]byte) ([]byte, error)      { return a4.Bind(pages) }
func (s *setter) Unbind(document []byte) ([][]byte, error) { return a4.Unbind(document) }

func (s *setter) PDF(pages receipt.Pages) ([]byte, error) {
	s.made = append(s.made, pages)
	return []byte("%PDF-" + pages.Title), nil
}

func words(t *testing.T) *text.Catalog {
	t.Helper()
	c, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newBench(t *testing.T) (*Bench, *setter) {
	t.Helper()
	s := &setter{}
	b, err := NewBench(Options{Papers: filepath.Join(t.TempDir(), "papers"), Words: words(t), Setter: s, Font: assets.FontRegular(), Secret: "s", Code: "c"})
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

// TestPeople: invented people read as a card would, under numbers that no division gives.
func TestPeople(t *testing.T) {
	b, _ := newBench(t)
	reader := b.Devices().Reader
	if _, err := reader.Read(t.Context()); !errors.Is(err, drivers.ErrNoCard) {
		t.Errorf("without a card: %v", err)
	}
	seen := map[string]bool{}
	for _, p := range b.People() {
		b.Place(p.Code)
		card, err := reader.Read(t.Context())
		if err != nil || b.Placed() != p.Code {
			t.Fatalf("%s: %v", p.Code, err)
		}
		digit, err := identity.NumberCheckDigit(card.Number[:17])
		if err != nil || string(digit) != card.Number[17:] || card.Number[:2] != "99" || seen[card.Number] || card.Birth.Compact() != card.Number[6:14] {
			t.Errorf("%s: number %s", p.Code, card.Number)
		}
		seen[card.Number] = true
		if p.Label[text.Chinese] == "" || p.Label[text.English] == "" {
			t.Errorf("%s has no name on the page", p.Code)
		}
	}
	b.Place("")
	if there, err := reader.Present(t.Context()); there != drivers.CardGone || err != nil {
		t.Errorf("taken away: %v, %v", there, err)
	}
	if own, err := AgentCard(); err != nil || own.Name != AgentName || !seen[own.Number] {
		t.Errorf("the agent's card: %v", err)
	}
}

// TestPapers: both printers print into numbered files; a strip is marked as practice, and a folder that cannot be written is a print that did not happen.
func TestPapers(t *testing.T) {
	b, set := newBench(t)
	devices := b.Devices()
	strip := receipt.Document{Title: "t", Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: "受理回执", Bold: true}, {Kind: receipt.Pair, Label: "编号", Text: "1"}, {Kind: receipt.QR, Data: "BM1:X"}, {Kind: receipt.Rule},
	}}
	if report, err := devices.Printer.Print(t.Context(), strip); err != nil || report.Outcome != drivers.Printed {
		t.Fatalf("strip: %v, %v", report, err)
	}
	if set.made[0].Watermark != words(t).T(text.Chinese, "receipt.paper.practice", nil) || len(set.made[0].Parts) != 4 {
		t.Errorf("the strip was set as %+v", set.made[0])
	}
	pdf := []byte("%PDF-document")
	if report, err := devices.Document.Print(t.Context(), "t", pdf); err != nil || report.Bytes != len(pdf) || b.Paper() != "002-page.pdf" {
		t.Errorf("document: %v, %v, %s", report, err, b.Paper())
	}
	if got, err := os.ReadFile(filepath.Join(b.options.Papers, b.Paper())); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("kept %q, %v", got, err)
	}
	if err := os.RemoveAll(b.options.Papers); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.options.Papers, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := devices.Document.Print(t.Context(), "t", pdf)
	if report.Outcome != drivers.NotPrinted || drivers.FaultOf(err) != drivers.FaultDevice || b.Paper() != "002-page.pdf" {
		t.Errorf("into no folder: %v, %v", report, err)
	}
}

// TestSheets: every sheet is another, the feeder is empty after three and then full again.
func TestSheets(t *testing.T) {
	b, _ := newBench(t)
	seen := map[string]bool{}
	for i, want := range []bool{true, true, true, false, true} {
		page, err := b.Devices().Scanner.Scan(t.Context(), drivers.ScanOptions{Feeder: true})
		if !want {
			if drivers.FaultOf(err) != drivers.FaultNoDocument {
				t.Errorf("sheet %d: %v", i+1, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		drawn, _, err := image.Decode(bytes.NewReader(page.Image))
		if err != nil || drawn.Bounds().Dx() != page.Width || drawn.Bounds().Dy() != page.Height || seen[string(page.Image)] {
			t.Errorf("sheet %d: %v", i+1, err)
		}
		seen[string(page.Image)] = true
	}
}
