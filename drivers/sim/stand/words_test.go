package stand

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/point"
	"bianmin/kiosk/journey"
)

// damaged is what people hear of a line that damages what the reader says: which of the two depends on the damage.
const damaged = "没有读好|两次读到的不一样"

// said is what a kiosk tells people of each fault of card reader and receipt printer: the beginning of its Chinese sentence, "" where the program
// copes and people hear nothing. A fault with a key of its own in the kiosk's words is a problem beside the picture; others are a screen.
var said = map[string]string{
	"card-pulled": "没有读到", "card-refused": "没有读到",
	"reader-noise-inside": damaged, "reader-noise-before": "", "reader-checksum": damaged, "reader-checksum-fits": damaged, "reader-half-frame": damaged,
	"reader-bytes-lost": damaged, "reader-bytes-extra": damaged, "reader-pieces": "", "reader-late": "读卡器没有回应", "reader-swallowed": "读卡器没有回应",
	"reader-silent": "读卡器没有回应", "reader-unplugged": "读卡器的线松了",
	"paper-near-end": "", "paper-mid-print": "打印纸用完了", "paper-out": "打印纸用完了", "narrow-paper": "", "cover": "打印机的盖子没有关好", "cutter": "打印机的切刀卡住了",
	"hot": "打印机太热", "broken": "打印机坏了", "button-held": "打印机正在打别的", "stalled": "打印机没有回应", "lying": "", "printer-off": "打印机没有回应",
	"off-mid-print": "打印机没有回应", "pull-mid-print": "打印机的线松了", "printer-unplugged": "打印机的线松了",
}

// TestEachFaultHasItsSentence puts every fault of card reader and receipt printer on the bench, uses the device as a kiosk does, with the real drivers
// under the real manager, and looks which sentence the fault has in the kiosk's words.
func TestEachFaultHasItsSentence(t *testing.T) {
	words, err := text.Load(assets.Words())
	if err != nil {
		t.Fatal(err)
	}
	face, err := dots.NewFace(assets.FontRegular())
	if err != nil {
		t.Fatal(err)
	}
	var using sync.WaitGroup // all at once: most of the time is waiting for devices that say nothing
	for _, f := range AllFaults() {
		if f.Of != Reader && f.Of != Printer {
			continue
		}
		want, known := said[f.Name]
		if !known {
			t.Errorf("nobody says what people are told of %s", f.Name)
			continue
		}
		s := open(t, Options{})
		reader, printer, _ := s.Links()
		p, err := point.Start(t.Context(), point.Config{Reader: &point.Reader{Link: reader}, Printer: &point.Printer{Link: printer}},
			point.Options{Log: slog.New(slog.DiscardHandler), Raster: face})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		using.Go(func() {
			fault, err := use(t.Context(), s, p, f)
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
			got := sentence(words, f.Of, fault)
			begins := func(sentence string) bool { return strings.HasPrefix(got, sentence) }
			if want == "" && fault != "" || !slices.ContainsFunc(strings.Split(want, "|"), begins) {
				t.Errorf("%s, fault %q: people read %q, want %q", f.Name, fault, got, want)
			}
		})
	}
	using.Wait()
}

// use uses a device as a kiosk does, after the fault has come.
func use(ctx context.Context, s *Stand, p *point.Point, f Fault) (drivers.Fault, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	p.Check(ctx)
	if _, err := Tell(ctx, s.Socket(), "fault "+f.Name+" on"); err != nil {
		return "", err
	}
	if f.Of == Printer {
		return printOnce(ctx, p.Printer()), nil
	}
	if _, err := Tell(ctx, s.Socket(), "card place 3"); err != nil {
		return "", err
	}
	for {
		card, err := p.Reader().Read(ctx)
		if err == nil && card.Number == "" {
			return "", errors.New("a card without a number")
		}
		if !errors.Is(err, drivers.ErrNoCard) || ctx.Err() != nil {
			return drivers.FaultOf(err), nil
		}
	}
}

// sentence is what the kiosk says of a fault: beside the picture where the card may be placed again, else on a screen of its own.
func sentence(words *text.Catalog, of Kind, fault drivers.Fault) string {
	if fault == "" {
		return ""
	}
	for _, key := range journey.Keys() {
		if of == Reader && key == "card.problem."+string(fault) {
			return words.T(text.Chinese, key, nil)
		}
	}
	return words.T(text.Chinese, "fault."+string(of)+"."+string(fault)+".means", nil)
}

func printOnce(ctx context.Context, printer drivers.ReceiptPrinter) drivers.Fault {
	document := receipt.Document{Title: "x", Blocks: []receipt.Block{{Kind: receipt.QR, Data: "BIANMIN TEST"}}}
	for range 24 {
		document.Blocks = append(document.Blocks, receipt.Block{Kind: receipt.Text, Text: strings.Repeat("回执内容", 4)})
	}
	report, err := printer.Print(ctx, document)
	if report.Fault != "" {
		return report.Fault
	}
	return drivers.FaultOf(err)
}
