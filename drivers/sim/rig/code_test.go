package rig

import (
	"path/filepath"
	"testing"

	"bianmin/core/receipt"
	"bianmin/drivers/escpos"
	"bianmin/drivers/link"
	"bianmin/drivers/sim/printer"
	"bianmin/internal/chance"
)

// TestEveryPrintedCodeIsRead prints codes of a receipt's length and reads each
// back from the paper: what a check cannot read it would silently not check.
func TestEveryPrintedCodeIsRead(t *testing.T) {
	random := chance.Random(t)
	p, err := printer.New(t.Context(), filepath.Join(t.TempDir(), "printer"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	l, err := link.Open(t.Context(), "serial:"+p.Path(), link.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := escpos.Open(t.Context(), l, escpos.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for range chance.Count(t, 40, 900) {
		code := []byte("BM1:")
		for range 400 {
			code = append(code, alphanumeric[random.IntN(len(alphanumeric))])
		}
		document := receipt.Document{Title: "receipt", Blocks: []receipt.Block{
			{Kind: receipt.Text, Text: "办事回执", Align: receipt.Center, Size: 2, Bold: true},
			{Kind: receipt.Rule},
			{Kind: receipt.QR, Data: string(code)},
			{Kind: receipt.Text, Text: "请收好这张回执", Align: receipt.Center},
		}}
		if _, err := d.Print(t.Context(), document); err != nil {
			t.Fatal(err)
		}
		strips := p.Tear()
		p.SetPaper(true)
		if got, err := decodeQR(strips[len(strips)-1].Image()); err != nil || got != string(code) {
			t.Errorf("the code %q was read as %q, %v", code, got, err)
		}
	}
}

// alphanumeric are the characters of a QR code's alphanumeric mode.
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
