//go:build peers

package escpos_test

import (
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers/escpos"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/printer/peers"
)

// TestForeignReadersReadOurCodes: two readers that are not ours read the code off the picture of every receipt, sent as a
// command and as a picture, on wide and narrow paper.
func TestForeignReadersReadOurCodes(t *testing.T) {
	for name, profile := range map[string]escpos.Profile{
		"80": {}, "58": {Paper: 58}, "80 picture": {RasterQR: true}, "58 picture": {Paper: 58, RasterQR: true},
	} {
		t.Run(name, func(t *testing.T) {
			pieces, err := escpos.Encode(escpos.Typical(), profile, face(t))
			if err != nil {
				t.Fatal(err)
			}
			file := printed(t, profile.Paper, slices.Concat(pieces...))
			want := ""
			for _, b := range escpos.Typical().Blocks {
				if b.Kind == receipt.QR {
					want = b.Data
				}
			}
			for _, reader := range []string{"jsqr", "zxing"} {
				got, err := peers.Run(t.Context(), nil, reader, file)
				if err != nil || string(got) != want {
					t.Errorf("%s: %q, %v; want %q", reader, got, err, want)
				}
			}
		})
	}
}

// strip prints bytes on a simulated printer and keeps the picture of what came out.
func printed(t *testing.T, paper int, bytes []byte) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	far, err := printer.New(ctx, filepath.Join(t.TempDir(), "printer"), printer.Options{Paper: paper})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = far.Close() }()
	program, err := os.OpenFile(far.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	if _, err := program.Write(bytes); err != nil {
		t.Fatal(err)
	}
	if err := far.Wait(ctx, "a strip", func(s printer.State) bool { return s.Strips == 1 }); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "strip.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if err := png.Encode(file, far.Strips()[0].Image()); err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// inReceiptline is a document in receiptline's language.
func inReceiptline(d receipt.Document) string {
	escape := strings.NewReplacer(`\`, `\\`, `|`, `\|`, `{`, `\{`, `}`, `\}`, `~`, `\~`, `_`, `\_`, `"`, `\"`, "`", "\\`", `^`, `\^`, `;`, `\;`)
	var out strings.Builder
	for _, b := range d.Blocks {
		text := escape.Replace(b.Text)
		if b.Bold && text != "" {
			text = `"` + text + `"`
		}
		if b.Size == 2 {
			text = "^^^" + text
		}
		switch b.Kind {
		case receipt.Pair:
			fmt.Fprintf(&out, "%s|%s\n", escape.Replace(b.Label), text)
		case receipt.Rule:
			out.WriteString("-\n")
		case receipt.QR:
			fmt.Fprintf(&out, "{code:%s;option:qrcode,4,M}\n", escape.Replace(b.Data))
		case receipt.Feed:
			out.WriteString(strings.Repeat("\n", b.Lines))
		default:
			out.WriteString(map[receipt.Align]string{receipt.Left: "|" + text, receipt.Right: text + "|", receipt.Center: text}[b.Align] + "\n")
		}
	}
	return out.String()
}

// BenchmarkForeignReceipt reports how many times more bytes receiptline needs for a typical receipt. It draws its codes itself, so
// that it is compared with ours drawn as well.
func BenchmarkForeignReceipt(b *testing.B) {
	size := func(profile escpos.Profile) float64 {
		pieces, err := escpos.Encode(escpos.Typical(), profile, nil)
		if err != nil {
			b.Fatal(err)
		}
		return float64(len(slices.Concat(pieces...)))
	}
	made, err := peers.Run(b.Context(), []byte(inReceiptline(escpos.Typical())), "receiptline", "escpos", "48")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		size(escpos.Profile{})
	}
	b.ReportMetric(float64(len(made)), "receiptline-bytes")
	b.ReportMetric(float64(len(made))/size(escpos.Profile{}), "times-smaller-than-receiptline")
	b.ReportMetric(float64(len(made))/size(escpos.Profile{RasterQR: true}), "times-smaller-with-a-drawn-code")
}
