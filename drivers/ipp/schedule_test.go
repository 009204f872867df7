package ipp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"bianmin/drivers"
	"bianmin/drivers/drivertest/faulttest"
	"bianmin/drivers/ipp"
)

// TestSchedules: whatever goes wrong on the way and with the paper, what is reported agrees with the tray, nothing comes out
// twice, every job ends within its time with a typed error or right, and when the trouble is over the printer prints again.
func TestSchedules(t *testing.T) {
	faulttest.Role{
		Devices: len(models), Steps: 4, Out: 1800, Both: 6000,
		Kinds: []faulttest.Kind{
			faulttest.Cut, faulttest.Cut, faulttest.Late, faulttest.Late, faulttest.Noise, faulttest.Lie, faulttest.Silent, faulttest.Unplug, faulttest.Hand,
		},
		Try: func(s faulttest.Schedule, w *faulttest.World) error {
			return (&paperwork{schedule: s, world: w, outcomes: map[string]drivers.Outcome{}}).run()
		},
	}.Run(t, string(drivers.Printed), string(drivers.Unconfirmed), string(drivers.NotPrinted),
		string(drivers.FaultPaperOut), string(drivers.FaultSilent), string(drivers.FaultUnplugged), string(drivers.FaultProtocol))
}

// model is what a printer does.
type model struct {
	refuses bool // another job while one is at work
	old     bool // speaks IPP/1.1 only
	forgets bool // a job that is done
}

var models = []model{{}, {refuses: true}, {old: true}, {forgets: true}}

// tray is a printer with a tray of paper. Its jobs move on as time passes, and stop where there is no paper.
type tray struct {
	model
	speed   time.Duration // of one job
	network *faulttest.Network

	mutex sync.Mutex
	at    time.Time // up to when its jobs have moved on
	paper bool
	jobs  []*sheet
}

// sheet is one job.
type sheet struct {
	document string
	left     time.Duration
	ended    int // the state it ended in
}

// move lets the jobs go on to now; the mutex is held.
func (p *tray) move() {
	now := time.Now()
	gone := now.Sub(p.at)
	p.at = now
	for _, job := range p.jobs {
		if !p.paper || job.ended != 0 {
			continue
		}
		step := min(gone, job.left)
		job.left -= step
		if gone -= step; job.left == 0 {
			job.ended = 9
		}
	}
}

func (p *tray) setPaper(in bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.move()
	p.paper = in
}

// printed counts how often a document came out.
func (p *tray) printed(document string) (n int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.move()
	for _, job := range p.jobs {
		if job.document == document && job.ended == 9 {
			n++
		}
	}
	return n
}

// takeJob is what somebody does who takes the job at work back at the printer.
func (p *tray) takeJob() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.move()
	if job := p.busy(); job != nil {
		job.ended = 7
	}
}

// open tells whether a document may still come out.
func (p *tray) open(document string) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.ContainsFunc(p.jobs, func(job *sheet) bool { return job.document == document && job.ended == 0 })
}

// busy is the job at work, nil for none; the mutex is held.
func (p *tray) busy() *sheet {
	for _, job := range p.jobs {
		if job.ended == 0 {
			return job
		}
	}
	return nil
}

func (p *tray) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	rest := bytes.NewBuffer(body)
	request := &goipp.Message{}
	if err := request.Decode(rest); err != nil {
		http.Error(w, "no IPP", http.StatusBadRequest)
		return
	}
	answer := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, request.RequestID)
	answer.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	answer.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	lie, due := p.network.TakeLie()
	if due && lie%5 == 4 { // a portal in between
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<html>")
		return
	}
	switch {
	case p.old && request.Version.Major() > 1:
		answer.Code = goipp.Code(goipp.StatusErrorVersionNotSupported)
	case due && lie%5 == 0:
		answer.Code = goipp.Code(goipp.StatusErrorInternal)
	default:
		p.answer(answer, request, rest.Bytes())
	}
	if due && (lie%5 == 1 || lie%5 == 3) { // of another job, long done
		answer.Job = goipp.Attributes{goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(1)), goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(9))}
	}
	if due && lie%5 == 1 {
		answer.RequestID += 3
	}
	if due && lie%5 == 2 {
		answer.Job, answer.Printer = nil, nil
	}
	if due && lie%5 == 3 {
		w.Header().Set("Content-Type", goipp.ContentType)
		w.WriteHeader(http.StatusInternalServerError)
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	_ = answer.Encode(w)
}

func (p *tray) answer(answer, request *goipp.Message, document []byte) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.move()
	add := func(group *goipp.Attributes, name string, value int) {
		group.Add(goipp.MakeAttribute(name, goipp.TagEnum, goipp.Integer(value)))
	}
	switch goipp.Op(request.Code) {
	case goipp.OpGetPrinterAttributes:
		state, reasons := 3, "none"
		if p.busy() != nil {
			state = 4
		}
		if !p.paper {
			state, reasons = 5, "media-empty-error"
		}
		add(&answer.Printer, "printer-state", state)
		answer.Printer.Add(keywords("printer-state-reasons", []string{reasons}))
		answer.Printer.Add(keywords("document-format-supported", []string{"application/pdf"}))
		answer.Printer.Add(goipp.MakeAttribute("printer-make-and-model", goipp.TagText, goipp.String("Tray 1")))
	case goipp.OpPrintJob:
		if p.refuses && p.busy() != nil {
			answer.Code = goipp.Code(goipp.StatusErrorBusy)
			return
		}
		p.jobs = append(p.jobs, &sheet{document: string(document), left: p.speed})
		answer.Job.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(len(p.jobs))))
	default:
		p.aboutJob(answer, request, add)
	}
}

func (p *tray) aboutJob(answer, request *goipp.Message, add func(*goipp.Attributes, string, int)) {
	id := 0
	for _, a := range request.Operation {
		if n, ok := a.Values[0].V.(goipp.Integer); ok && a.Name == "job-id" {
			id = int(n)
		}
	}
	if id < 1 || id > len(p.jobs) || p.forgets && p.jobs[id-1].ended != 0 {
		answer.Code = goipp.Code(goipp.StatusErrorNotFound)
		return
	}
	job := p.jobs[id-1]
	if goipp.Op(request.Code) == goipp.OpCancelJob {
		if job.ended != 0 {
			answer.Code = goipp.Code(goipp.StatusErrorNotPossible)
			return
		}
		job.ended = 7
		return
	}
	state := job.ended
	switch {
	case state != 0:
	case p.busy() != job:
		state = 3
	case !p.paper:
		state = 6
	default:
		state = 5
	}
	add(&answer.Job, "job-state", state)
	answer.Job.Add(keywords("job-state-reasons", []string{"none"}))
}

// paperwork is one schedule's printer and what was reported of it.
type paperwork struct {
	schedule faulttest.Schedule
	world    *faulttest.World
	tray     *tray
	printer  *ipp.Printer
	outcomes map[string]drivers.Outcome
}

func (p *paperwork) options() ipp.Options {
	o := ipp.Options{Dial: p.tray.network.Dial}
	if p.world.Real {
		o = quick()
		o.Dial = p.tray.network.Dial
	}
	return o
}

// patience is how long somebody waits for one document, and how long the driver may look after it beyond that.
func (p *paperwork) patience() (job, after time.Duration) {
	if p.world.Real {
		return 3 * time.Second, 2 * 300 * time.Millisecond
	}
	return 3 * time.Minute, 2 * 2 * time.Second
}

func (p *paperwork) run() (err error) {
	p.tray = &tray{model: models[p.schedule.Device], speed: 3 * time.Second, paper: true, at: time.Now()}
	if p.world.Real {
		p.tray.speed = 50 * time.Millisecond
	}
	if p.tray.network, err = p.world.Network(p.tray); err != nil {
		return err
	}
	defer func() {
		if p.printer != nil {
			err = errors.Join(err, p.printer.Close())
		}
		err = errors.Join(err, p.tray.network.Close())
	}()
	if err := p.schedule.Each(p.step); err != nil {
		return err
	}
	return p.afterwards()
}

func (p *paperwork) step(step int) error {
	p.tray.network.Arm(step)
	p.tray.setPaper(true)
	for _, f := range p.schedule.In(step, faulttest.Hand) {
		hand := func() { p.tray.setPaper(false) }
		if f.N%3 == 0 {
			hand = p.tray.takeJob
		}
		timer := time.AfterFunc(time.Duration(f.N)*p.tray.speed/20_000, hand)
		defer timer.Stop()
	}
	id := fmt.Sprintf("%%PDF %d", step)
	start := time.Now()
	report, err := p.print(id)
	job, after := p.patience()
	if took := time.Since(start); took > job+after+p.world.Slack {
		return fmt.Errorf("the job took %v", took)
	}
	if err := p.atOnce(step, id, report, err); err != nil {
		return err
	}
	return p.judge(step, report, err)
}

// atOnce compares a report with the tray as it is at that moment.
func (p *paperwork) atOnce(step int, id string, report drivers.PrintReport, err error) error {
	hands, all := p.schedule.In(step, faulttest.Hand), 0
	for _, f := range p.schedule.Faults {
		if f.Step == step {
			all++
		}
	}
	taken := slices.ContainsFunc(hands, func(f faulttest.Fault) bool { return f.N%3 == 0 })
	switch n := p.tray.printed(id + padding); {
	case report.Outcome == drivers.Printed && n != 1:
		return fmt.Errorf("reported as printed, and %d came out", n)
	case p.world.Real:
	case drivers.FaultOf(err) == drivers.FaultCancelled && !taken:
		return fmt.Errorf("nobody waits so long: %w", err)
	case report.Outcome == drivers.Unconfirmed && len(hands) == all && p.tray.open(id+padding):
		return errors.New("the way was free, and the job is still in the printer")
	}
	return nil
}

func (p *paperwork) print(id string) (report drivers.PrintReport, err error) {
	patience, _ := p.patience()
	ctx, cancel := context.WithTimeout(p.world, patience)
	defer cancel()
	if p.printer == nil {
		if p.printer, err = ipp.Open(ctx, "ipp://"+p.tray.network.Host()+"/ipp/print", p.options()); err != nil {
			p.printer = nil
			p.outcomes[id] = drivers.NotPrinted
			return drivers.PrintReport{Outcome: drivers.NotPrinted, Fault: drivers.FaultOf(err)}, err
		}
	}
	report, err = p.printer.Print(ctx, "t", []byte(id+padding))
	p.outcomes[id] = report.Outcome
	return report, err
}

// padding makes a document as long as a small one.
var padding = strings.Repeat(" ", 3000)

func (p *paperwork) judge(step int, report drivers.PrintReport, err error) error {
	p.world.Count(string(report.Outcome))
	var typed *drivers.Error
	switch {
	case err != nil && (!errors.As(err, &typed) || typed.Fault == drivers.FaultNone):
		return fmt.Errorf("an error without a code: %w", err)
	case err == nil && report.Outcome == drivers.NotPrinted, err != nil && report.Outcome == drivers.Printed:
		return fmt.Errorf("%+v with error %w", report, err)
	case err != nil && !p.world.Real && !p.schedule.Before(step) && !p.tray.forgets: // in real time a busy machine is a fault too
		return fmt.Errorf("nothing went wrong, and yet: %w", err)
	}
	if err != nil {
		p.world.Count(string(typed.Fault))
	}
	return nil
}

// afterwards all is well again: the printer prints, and the tray agrees with all reports.
func (p *paperwork) afterwards() error {
	p.tray.network.Heal()
	p.tray.setPaper(true)
	want := drivers.Printed
	if p.tray.forgets {
		want = drivers.Unconfirmed
	}
	well := false
	for try := 0; try < 6 && !well; try++ {
		report, _ := p.print(fmt.Sprintf("%%PDF after %d", try))
		well = report.Outcome == want
	}
	if !well {
		return fmt.Errorf("afterwards the printer does not get well: %v", p.outcomes)
	}
	rest := time.NewTimer(20 * p.tray.speed) // whatever is still in the printer comes out
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-p.world.Done():
	}
	for id, outcome := range p.outcomes {
		n := p.tray.printed(id + padding)
		if outcome == drivers.Printed && n != 1 || outcome == drivers.NotPrinted && n != 0 || n > 1 {
			return fmt.Errorf("%s (%s) came out %d times", id, outcome, n)
		}
	}
	return nil
}
