package escpos_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/dots"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/escpos"
	"bianmin/drivers/sim/printer"
)

// TestSchedules: whatever goes wrong on the wire and with the paper, what is reported agrees with the paper, nothing
// is printed twice, nobody's words stand on another's strip, and when the trouble is over the printer prints again.
func TestSchedules(t *testing.T) {
	face := face(t)
	faulttest.Role{
		Devices: len(machines), Steps: 4, Out: 40, Both: 900, Lie: lie, Noise: noise,
		Kinds: []faulttest.Kind{faulttest.Noise, faulttest.Cut, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand},
		Kept: []faulttest.Schedule{
			// The answer to an earlier program's last question, and ours a second later, ended the next job.
			{Device: 2, Seed: 1784603370, Steps: 2, Faults: []faulttest.Fault{{Step: 0, Kind: "hand", At: 0, N: 1}, {Step: 1, Kind: "late", At: 9, N: 1137}}},
			// A byte of noise within an automatic status pushed its last byte out, which counted as an answer.
			{Device: 3, Seed: 3063977936, Steps: 2, Faults: []faulttest.Fault{{Step: 0, Kind: "late", At: 0, N: 5502}, {Step: 1, Kind: "noise", At: 10, N: 1}}},
			// The answer to a mark that was given up, while the paper was out, passed for the next one's: answers of before ended the next job.
			{Device: 2, Seed: 1268377772, Steps: 4, Faults: []faulttest.Fault{{Step: 0, Kind: "unplug", At: 100, N: 0}, {Step: 1, Kind: "hand", At: 6, N: 32105}, {Step: 2, Kind: "hand", At: 1, N: 58699}}},
			// Two that a first remedy for it failed under: late answers to its own questions.
			{Device: 3, Seed: 857111628, Steps: 2, Faults: []faulttest.Fault{{Step: 0, Kind: "unplug", At: 0, N: 0}, {Step: 1, Kind: "late", At: 9, N: 9035}}},
			{Device: 3, Seed: 602974379, Steps: 4, Faults: []faulttest.Fault{{Step: 2, Kind: "unplug", At: 134, N: 0}, {Step: 3, Kind: "late", At: 15, N: 9051}}},
			// A printer that answered for the first time, and then was held up in the questions that tell, was taken to know none.
			{Device: 3, Seed: 1934424251, Steps: 2, Faults: []faulttest.Fault{{Step: 0, Kind: "cut", At: 8, N: 10000}, {Step: 1, Kind: "late", At: 5, N: 5551}}},
			// The cut that frees the next job from an earlier one's remains was lost, and counted as done.
			{Device: 3, Seed: 3008469572, Steps: 3, Faults: []faulttest.Fault{{Step: 0, Kind: "silent", At: 53, N: 0}, {Step: 2, Kind: "silent", At: 20, N: 0}}},
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			return (&printing{schedule: s, world: w, face: face, random: s.Random(), outcomes: map[string]drivers.Outcome{}}).run()
		},
	}.Run(t, string(drivers.Printed), string(drivers.Unconfirmed), string(drivers.NotPrinted),
		string(drivers.FaultPaperOut), string(drivers.FaultSilent), string(drivers.FaultUnplugged))
}

// machines are the printers; the times of a row matter on an injected clock only.
var machines = []printer.Options{
	{},
	{RealTime: true},
	{RowTime: 200 * time.Microsecond},
	{RowTime: 8 * time.Millisecond, RealTime: true},
	{NoAnswer: true},
	{Overrun: true, RowTime: 20 * time.Microsecond},
	{Nameless: true},
}

// lie changes what a printer's answer says without making it another kind of answer.
func lie(answer []byte, n int) ([]byte, bool) {
	if len(answer) != 1 {
		return answer, false
	}
	bits := byte(n) & 0x6C
	if answer[0]&0x10 == 0 { // to GS r: the paper sensors
		bits &= 0x0F
	}
	return []byte{answer[0] ^ bits}, bits != 0
}

// noise has the bit that no answer has: a byte that looks like an acknowledgement cannot be told from one.
func noise(random *rand.Rand) byte { return 0x80 | byte(random.Uint32()) }

// printing is one schedule's printer.
type printing struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	face     *dots.Face
	random   *rand.Rand
	sim      *printer.Printer
	wire     *faulttest.Wire
	printer  *escpos.Printer
	away     bool // it was open before
	outcomes map[string]drivers.Outcome
}

func (p *printing) run() (err error) {
	options := machines[p.schedule.Device]
	options.Face = p.face
	if p.world.Real {
		options.RowTime = 0
	}
	p.sim, err = printer.NewOn(p.world, options, func(_ context.Context, talk func(context.Context, io.ReadWriter)) (printer.Cable, error) {
		p.wire, err = p.world.Wire(talk)
		return p.wire, err
	})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, p.close(), p.sim.Close())
	}()
	if err := p.schedule.Each(p.step); err != nil {
		return err
	}
	return p.afterwards()
}

func (p *printing) close() error {
	if p.printer == nil {
		return nil
	}
	old := p.printer
	p.printer, p.away = nil, true
	return old.Close()
}

// patience is how long somebody waits for one job, and how long the driver may look after the printer beyond that.
func (p *printing) patience() (job, after time.Duration) {
	if p.world.Real {
		return 4 * time.Second, 4 * 150 * time.Millisecond
	}
	return 70 * time.Second, 4 * 500 * time.Millisecond
}

// open opens the printer as the device manager does; a typed error is one of the things that can happen.
func (p *printing) open(ctx context.Context) error {
	if err := p.close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	l, err := p.wire.Open(ctx)
	if err != nil {
		return &drivers.Error{Role: drivers.RolePrinter, Fault: drivers.FaultUnplugged, Op: "open", Err: err}
	}
	options := escpos.Options{Profile: escpos.Profile{Identify: true}, Raster: p.face, Log: slog.New(slog.DiscardHandler), Doubtful: p.away}
	if p.world.Real {
		options.Answer, options.Silence, options.Finish = 150*time.Millisecond, time.Second, 4*time.Second
	}
	p.away = true
	if p.printer, err = escpos.Open(ctx, l, options); err != nil {
		return errors.Join(err, l.Close())
	}
	return p.known(ctx)
}

// known has the printer asked how it is and who, as the device manager does when it has opened it.
func (p *printing) known(ctx context.Context) error {
	status, err := p.printer.Status(ctx)
	if said := status.Model + status.Serial; err == nil && said != "" && !p.schedule.Before(p.schedule.Steps) && said != "BIANMIN SIM-80SIM0000042" {
		return fmt.Errorf("nothing went wrong, and it says %q", said)
	}
	return err
}

func (p *printing) step(step int) error {
	fresh, err := p.wire.Arm(step)
	if err != nil {
		return err
	}
	p.sim.SetPaper(true)
	for _, f := range p.schedule.In(step, faulttest.Hand) {
		p.sim.SetRows(f.N % 300)
	}
	patience, after := p.patience()
	ctx, cancel := context.WithTimeout(p.world, patience)
	defer cancel()
	start := time.Now()
	id := fmt.Sprintf("D%05d", step)
	report, err := p.print(ctx, fresh, id)
	if took := time.Since(start); took > patience+after+p.world.Slack {
		return fmt.Errorf("the job took %v", took)
	}
	p.outcomes[id] = report.Outcome
	p.world.Count(string(report.Outcome))
	return p.judge(step, id, report, err)
}

// print opens the printer where that is needed and prints.
func (p *printing) print(ctx context.Context, fresh bool, id string) (drivers.PrintReport, error) {
	if fresh || p.printer == nil {
		if err := p.open(ctx); err != nil {
			return drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultOf(err)}, err
		}
	}
	return p.printer.Print(ctx, document(id))
}

// judge checks one report and does what the device manager would do after it.
func (p *printing) judge(step int, id string, report drivers.PrintReport, err error) error {
	var typed *drivers.Error
	switch {
	case (err == nil) != (report.Outcome == drivers.Printed):
		return fmt.Errorf("%+v with error %w", report, err)
	case err != nil && (!errors.As(err, &typed) || typed.Fault == drivers.FaultNone):
		return fmt.Errorf("an error without a code: %w", err)
	case err != nil:
		p.world.Count(string(typed.Fault))
	}
	mute := machines[p.schedule.Device].NoAnswer
	switch {
	case err != nil && !mute && !p.world.Real && !p.schedule.Before(step): // in real time a busy machine is a fault too
		return fmt.Errorf("nothing went wrong, and yet: %w", err)
	case report.Outcome == drivers.Printed && !slices.ContainsFunc(p.sim.Strips(), func(s printer.Strip) bool { return s.Cut && slices.Equal(s.Lines, lines(id)) }):
		return fmt.Errorf("reported as printed, and no whole strip says so: %q", texts(p.sim.Strips()))
	}
	if report.Fault == drivers.FaultUnplugged || err != nil && p.random.IntN(2) == 0 {
		return p.close()
	}
	return nil
}

// afterwards all is well again: the printer must print, and all paper must agree with all reports.
func (p *printing) afterwards() error {
	fresh, err := p.wire.Rest(p.world)
	if err != nil {
		return err
	}
	p.sim.SetPaper(true)
	want := drivers.Printed
	if machines[p.schedule.Device].NoAnswer {
		want = drivers.Unconfirmed
	}
	for try := range 8 {
		id := fmt.Sprintf("D%05d", 100+try)
		patience, _ := p.patience()
		ctx, cancel := context.WithTimeout(p.world, patience)
		report, err := p.print(ctx, fresh, id)
		cancel()
		fresh = false
		p.outcomes[id] = report.Outcome
		if report.Outcome == want {
			return p.paper(id)
		}
		if err != nil && drivers.FaultOf(err) != drivers.FaultCancelled {
			if err := p.close(); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("afterwards the printer does not get well: %v", p.outcomes)
}

var idPattern = regexp.MustCompile(`D\d{5}`)

// paper compares all paper with all reports; last is the id of a job that must have come out whole.
func (p *printing) paper(last string) error {
	ctx, cancel := context.WithTimeout(p.world, time.Minute)
	defer cancel()
	if err := p.sim.Wait(ctx, "everything printed", func(s printer.State) bool { return s.Waiting == 0 }); err != nil {
		return err
	}
	strips := p.sim.Tear()
	seen := map[string]int{}
	for _, strip := range strips {
		ids := idPattern.FindAllString(drivertest.Words(strip), -1)
		if len(ids) > 1 {
			return fmt.Errorf("one strip for %v", ids)
		}
		for _, id := range ids {
			seen[id]++
		}
	}
	if !slices.ContainsFunc(strips, func(s printer.Strip) bool { return slices.Equal(s.Lines, lines(last)) }) {
		return fmt.Errorf("afterwards the strip is not whole: %q", texts(strips))
	}
	for id, outcome := range p.outcomes {
		switch n := seen[id]; {
		case outcome == drivers.Printed && n != 1, outcome == drivers.NotPrinted && n != 0, n > 1:
			return fmt.Errorf("%s (%s) stands on paper %d times: %q", id, outcome, n, texts(strips))
		}
	}
	return nil
}

func texts(strips []printer.Strip) []string {
	var all []string
	for _, s := range strips {
		all = append(all, fmt.Sprintf("%s cut %v", drivertest.Words(s), s.Cut))
	}
	return all
}

func lines(id string) []string {
	return []string{id, strings.Repeat("民", 20), "第二行 " + id[1:], strings.Repeat("x", 40)}
}

func document(id string) receipt.Document {
	var d receipt.Document
	for _, line := range lines(id) {
		d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Text, Text: line})
	}
	return d
}
