package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/stand"
	"bianmin/sync/seal"
)

// Outcome is what a journey came to.
type Outcome struct {
	Number   casefile.Number
	Official string
	Refused  string // why the platform refused the case, "" when it did not
}

// Played is the part of journey.json that the check reads. Entered holds form
// values by field name and a few names of its own: "card" (a card of the bench),
// "evaluation" (level) and "pages" (scanned).
type Played struct {
	Entered map[string]any `json:"entered"`
	Seen    map[string]any `json:"seen"`
}

// PlayJourney plays the journey file on a real window and leaves journey.json, the
// pictures, receipt.png and receipt.bin in out.
func (r *Rig) PlayJourney(ctx context.Context, env []string, journey, out string) error {
	if err := os.MkdirAll(filepath.Join(out, "screens"), 0o755); err != nil {
		return fmt.Errorf("make the folder for the journey: %w", err)
	}
	p, err := r.options.launch("kiosk", append(r.Env(), env...),
		"-journey", journey, "-shots", filepath.Join(out, "screens"), "-bench", r.Stand.Socket(), "-config", r.Config())
	if err != nil {
		return err
	}
	if err := p.Wait(ctx); err != nil {
		p.Stop()
		return fmt.Errorf("play %s: %w", filepath.Base(journey), err)
	}
	if err := os.Rename(filepath.Join(out, "screens", "journey.json"), filepath.Join(out, "journey.json")); err != nil {
		return fmt.Errorf("keep the journey's result: %w", err)
	}
	strips := receipts(r.Stand.Printed())
	if len(strips) == 0 {
		return errors.New("the journey ended, but no receipt came out of the printer")
	}
	return stand.SaveStrip(strips[len(strips)-1].strip, filepath.Join(out, "receipt.png"), filepath.Join(out, "receipt.bin"))
}

// slip is a strip that carries a receipt's code.
type slip struct {
	strip printer.Strip
	code  string
}

// receipts are the strips that carry a receipt's code, each decoded once.
func receipts(strips []printer.Strip) []slip {
	var slips []slip
	for _, s := range strips {
		if code, err := decodeQR(s.Image()); err == nil {
			slips = append(slips, slip{s, code})
		}
	}
	return slips
}

// ReadCode reads the code on the picture of a strip.
func ReadCode(picture image.Image) (string, error) { return decodeQR(picture) }

// decodeQR reads the code on a picture of a strip: cut out exactly, because
// searching the whole picture the library misses about one code in a hundred.
func decodeQR(picture image.Image) (string, error) {
	code := tallest(picture)
	if code.Dy() < 100 {
		return "", errors.New("there is no code on this strip")
	}
	cut := image.NewGray(image.Rect(0, 0, code.Dx()+2*quiet, code.Dy()+2*quiet))
	draw.Draw(cut, cut.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(cut, code.Sub(code.Min).Add(image.Pt(quiet, quiet)), picture, code.Min, draw.Src)
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewGlobalHistgramBinarizer(gozxing.NewLuminanceSourceFromImage(cut)))
	if err != nil {
		return "", fmt.Errorf("read the receipt's code: %w", err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		return "", fmt.Errorf("read the receipt's code: %w", err)
	}
	return result.GetText(), nil
}

// quiet is the white margin around a code, px.
const quiet = 40

// tallest is the box around the highest run of rows that are not empty: a code,
// because lines of text are low and have white between them.
func tallest(picture image.Image) image.Rectangle {
	var best, run image.Rectangle
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y <= bounds.Max.Y; y++ {
		row := image.Rectangle{}
		if y < bounds.Max.Y {
			row = inked(picture, y)
		}
		if !row.Empty() {
			run = run.Union(row)
			continue
		}
		if run.Dy() > best.Dy() {
			best = run
		}
		run = image.Rectangle{}
	}
	return best
}

// inked is the box around the black pixels of one row.
func inked(picture image.Image, y int) image.Rectangle {
	box := image.Rectangle{}
	for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
		if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

// ReadReceipt decodes the code on a saved picture and verifies it with the terminal's trust, as any terminal does.
func (r *Rig) ReadReceipt(path string) (receipt.Code, error) {
	file, err := os.Open(path)
	if err != nil {
		return receipt.Code{}, fmt.Errorf("open the receipt: %w", err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		return receipt.Code{}, fmt.Errorf("open the receipt: %w", err)
	}
	text, err := decodeQR(picture)
	if err != nil {
		return receipt.Code{}, err
	}
	return r.verify(text)
}

func (r *Rig) verify(code string) (receipt.Code, error) {
	identity, err := seal.LoadIdentity(filepath.Join(r.TerminalData(), "keys"))
	if err != nil {
		return receipt.Code{}, err
	}
	return seal.VerifyCode(code, seal.SM2Key(identity.Trust.SigningRoot))
}

// ExpectNothingNew fails when the platform already holds the case of out's receipt.
func (r *Rig) ExpectNothingNew(ctx context.Context, out string) error {
	code, err := r.ReadReceipt(filepath.Join(out, "receipt.png"))
	if err != nil {
		return err
	}
	_, cases, err := r.Cases(ctx)
	if err != nil {
		return err
	}
	if find(cases, casefile.Number(code.Case)) != nil {
		return fmt.Errorf("case %s is at the platform although the network is cut", code.Case)
	}
	return nil
}

func find(cases []Case, number casefile.Number) *Case {
	for i := range cases {
		if cases[i].Case == number {
			return &cases[i]
		}
	}
	return nil
}

// CheckJourney waits until the platform accepted the case of out's receipt with
// all its events, writes platform.json, and compares it with what was entered.
func (r *Rig) CheckJourney(ctx context.Context, out string) (Outcome, error) {
	code, err := r.ReadReceipt(filepath.Join(out, "receipt.png"))
	if err != nil {
		return Outcome{}, err
	}
	var played Played
	content, err := os.ReadFile(filepath.Join(out, "journey.json"))
	if err != nil {
		return Outcome{}, fmt.Errorf("read the journey's result: %w", err)
	}
	if err := json.Unmarshal(content, &played); err != nil {
		return Outcome{}, fmt.Errorf("read the journey's result: %w", err)
	}
	wanted := 1
	if played.Entered["evaluation"] != nil {
		wanted++
	}
	arrived, err := r.waitAccepted(ctx, casefile.Number(code.Case), wanted)
	if err != nil {
		return Outcome{}, err
	}
	whole, _, err := r.Cases(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if err := os.WriteFile(filepath.Join(out, "platform.json"), whole, 0o644); err != nil {
		return Outcome{}, fmt.Errorf("keep what the platform holds: %w", err)
	}
	if err := compare(*arrived, code, played); err != nil {
		return Outcome{}, fmt.Errorf("the platform's case %s is not what was entered: %w", code.Case, err)
	}
	return Outcome{Number: arrived.Case, Official: arrived.Official}, nil
}

// waitAccepted waits until the platform holds so many accepted events of the case.
func (r *Rig) waitAccepted(ctx context.Context, number casefile.Number, events int) (*Case, error) {
	return r.waitCase(ctx, number, func(c *Case) bool { return c.State == "accepted" && len(c.Events) >= events && allAccepted(c.Events) })
}

// waitDecided waits until the platform accepted the case, or refused it.
func (r *Rig) waitDecided(ctx context.Context, number casefile.Number) (*Case, error) {
	return r.waitCase(ctx, number, func(c *Case) bool {
		return len(c.Events) > 0 && (c.Events[0].State == "refused" || c.State == "accepted" && allAccepted(c.Events))
	})
}

func (r *Rig) waitCase(ctx context.Context, number casefile.Number, so func(c *Case) bool) (*Case, error) {
	look := time.NewTicker(500 * time.Millisecond)
	defer look.Stop()
	for {
		_, cases, err := r.Cases(ctx)
		if err != nil {
			return nil, err
		}
		if c := find(cases, number); c != nil && so(c) {
			return c, nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("case %s did not reach the platform: %w", number, ctx.Err())
		}
	}
}

func allAccepted(events []CaseEvent) bool {
	return !slices.ContainsFunc(events, func(e CaseEvent) bool { return e.State != "accepted" })
}

// compare checks one case at the platform against the receipt and what was entered.
func compare(c Case, code receipt.Code, played Played) error {
	first := c.Events[0]
	event, err := first.Opened()
	if err != nil {
		return fmt.Errorf("the event does not open: %w", err)
	}
	if event.Submission == nil {
		return errors.New("the first event is no application")
	}
	if want := fmt.Sprintf("%x", code.Digest); first.EventDigest != want {
		return fmt.Errorf("the event's SM3 is %s, the receipt says %s", first.EventDigest, want)
	}
	for _, e := range c.Events {
		for _, a := range e.Attachments {
			if !a.Verified || a.Plain == 0 {
				return fmt.Errorf("attachment %s does not open to what the terminal sealed", a.Digest)
			}
		}
	}
	if event.Submission.Signature == nil && event.Actor == "citizen" {
		return errors.New("there is no signature")
	}
	return errors.Join(compareApplicant(event, played), compareValues(event, played), comparePages(event, played), compareEvaluation(c, played))
}

func compareApplicant(event casefile.Event, played Played) error {
	name, ok := played.Entered["card"]
	if !ok {
		return errors.New("the journey does not say whose card it placed (as: card)")
	}
	card, err := sim.LoadCard(fmt.Sprint(name))
	if err != nil {
		return err
	}
	a := event.Submission.Applicant
	if a.Name != card.Name || a.Number != card.Number || a.Birth != card.Birth {
		return errors.New("the applicant is not the person of the card")
	}
	return nil
}

// own are names in Entered that are no form values.
var own = []string{"card", "evaluation", "pages"}

func compareValues(event casefile.Event, played Played) error {
	var values map[string]any
	if err := json.Unmarshal(event.Submission.Values, &values); err != nil {
		return fmt.Errorf("the values do not open: %w", err)
	}
	compared := 0
	for name, entered := range played.Entered {
		if slices.Contains(own, name) {
			continue
		}
		compared++
		if !reflect.DeepEqual(values[name], entered) {
			return fmt.Errorf("field %s differs", name)
		}
	}
	if compared == 0 {
		return errors.New("the journey entered no field that could be compared")
	}
	return nil
}

func comparePages(event casefile.Event, played Played) error {
	pages := 0
	for _, m := range event.Submission.Materials {
		pages += len(m.Pages)
	}
	if want, ok := played.Entered["pages"]; ok && fmt.Sprint(want) != fmt.Sprint(pages) {
		return fmt.Errorf("%d pages arrived, %v were scanned", pages, want)
	}
	return nil
}

func compareEvaluation(c Case, played Played) error {
	want, ok := played.Entered["evaluation"]
	if !ok {
		return nil
	}
	for _, e := range c.Events[1:] {
		if event, err := e.Opened(); err == nil && event.Evaluation != nil && fmt.Sprint(event.Evaluation.Level) == fmt.Sprint(want) {
			return nil
		}
	}
	return fmt.Errorf("no evaluation of level %v arrived", want)
}

// KeepAtTop copies the files of one journey to the demo's folder, where people look first.
func KeepAtTop(top, from string) error {
	if err := os.CopyFS(filepath.Join(top, "screens"), os.DirFS(filepath.Join(from, "screens"))); err != nil {
		return fmt.Errorf("keep the pictures: %w", err)
	}
	for _, name := range []string{"receipt.png", "receipt.bin", "platform.json", "journey.json"} {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(top, name), content, 0o644); err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
	}
	return nil
}
