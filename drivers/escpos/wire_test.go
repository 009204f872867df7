package escpos

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
	"bianmin/drivers/drivertest"
)

// script is a printer that answers each question with fixed bytes, in virtual time.
type script struct {
	status [4]string      // to DLE EOT 1..4; "" is silence
	paper  string         // to each GS r
	delay  map[int]string // instead of paper to the n-th GS r, from 1; "" is silence
	got    bytes.Buffer   // everything received
	asked  int            // GS r seen
	hold   int            // so many answers to DLE EOT are held back, and come before the next one
	held   string
}

func healthy() *script {
	return &script{status: [4]string{"\x12", "\x12", "\x12", "\x12"}, paper: "\x00", delay: map[int]string{}}
}

// play answers until the link is closed. Commands are told by their three bytes, which no test document holds.
func (s *script) play(end *drivertest.FarEnd) {
	buffer := make([]byte, 64)
	var tail []byte
	for {
		n, err := end.Read(buffer)
		if err != nil {
			return
		}
		s.got.Write(buffer[:n])
		for _, b := range buffer[:n] {
			if tail = append(tail, b); len(tail) > 3 {
				tail = tail[1:]
			}
			var reply string
			switch {
			case len(tail) == 3 && tail[0] == dle && tail[1] == 4 && tail[2] >= 1 && tail[2] <= 4:
				reply = s.held + s.status[tail[2]-1]
				if s.held = ""; s.hold > 0 {
					s.hold--
					reply, s.held = "", reply
				}
			case bytes.Equal(tail, acknowledge):
				s.asked++
				reply = s.paper
				if other, ok := s.delay[s.asked]; ok {
					reply = other
				}
			}
			if _, err := end.Write([]byte(reply)); err != nil {
				return
			}
		}
	}
}

// with runs a driver on the scripted printer in virtual time.
func with(t *testing.T, s *script, f func(ctx context.Context, p *Printer, err error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l, end := drivertest.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.play(end)
		}()
		p, err := Open(t.Context(), l, Options{Log: slog.New(slog.DiscardHandler)})
		f(t.Context(), p, err)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
}

var short = receipt.Document{Blocks: []receipt.Block{{Kind: receipt.Text, Text: "ok"}}}

func TestStatusBits(t *testing.T) {
	for name, c := range map[string]struct {
		answers [4]string
		want    drivers.Status
	}{
		"well":                 {[4]string{"\x12", "\x12", "\x12", "\x12"}, drivers.Status{Condition: drivers.Online, Paper: drivers.PaperFull}},
		"well, drawer high":    {[4]string{"\x16", "\x12", "\x12", "\x12"}, drivers.Status{Condition: drivers.Online, Paper: drivers.PaperFull}},
		"near end":             {[4]string{"\x12", "\x12", "\x12", "\x1e"}, drivers.Status{Condition: drivers.Online, Paper: drivers.PaperLow}},
		"paper end":            {[4]string{"\x1a", "\x32", "\x12", "\x7e"}, drivers.Status{Condition: drivers.UserError, Paper: drivers.PaperOut, Fault: drivers.FaultPaperOut}},
		"cover":                {[4]string{"\x1a", "\x16", "\x12", "\x12"}, drivers.Status{Condition: drivers.UserError, Paper: drivers.PaperFull, CoverOpen: true, Fault: drivers.FaultCoverOpen}},
		"cover hides paper":    {[4]string{"\x1a", "\x36", "\x12", "\x72"}, drivers.Status{Condition: drivers.UserError, Paper: drivers.PaperOut, CoverOpen: true, Fault: drivers.FaultCoverOpen}},
		"cutter":               {[4]string{"\x1a", "\x52", "\x1a", "\x12"}, drivers.Status{Condition: drivers.HardwareError, Paper: drivers.PaperFull, Fault: drivers.FaultCutter}},
		"unrecoverable":        {[4]string{"\x1a", "\x52", "\x32", "\x12"}, drivers.Status{Condition: drivers.HardwareError, Paper: drivers.PaperFull, Fault: drivers.FaultDevice}},
		"hot":                  {[4]string{"\x1a", "\x52", "\x52", "\x12"}, drivers.Status{Condition: drivers.Busy, Paper: drivers.PaperFull, Fault: drivers.FaultOverheated}},
		"jam":                  {[4]string{"\x1a", "\x52", "\x16", "\x12"}, drivers.Status{Condition: drivers.UserError, Paper: drivers.PaperJammed, Fault: drivers.FaultJam}},
		"error without cause":  {[4]string{"\x1a", "\x52", "\x12", "\x12"}, drivers.Status{Condition: drivers.HardwareError, Paper: drivers.PaperFull, Fault: drivers.FaultDevice}},
		"feed button held":     {[4]string{"\x1a", "\x1a", "\x12", "\x12"}, drivers.Status{Condition: drivers.Busy, Paper: drivers.PaperFull, Fault: drivers.FaultBusy}},
		"offline for no cause": {[4]string{"\x1a", "\x12", "\x12", "\x12"}, drivers.Status{Condition: drivers.Offline, Paper: drivers.PaperFull, Fault: drivers.FaultDevice}},
		// Bytes that printers send of themselves between the answers.
		"flow control": {[4]string{"\x13\x11\x12", "\x11\x12", "\x12", "\x12"}, drivers.Status{Condition: drivers.Online, Paper: drivers.PaperFull}},
		"automatic":    {[4]string{"\x10\x00\x0c\x00\x12", "\x12", "\x12", "\x12"}, drivers.Status{Condition: drivers.Online, Paper: drivers.PaperFull}},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.status = c.answers
			with(t, s, func(ctx context.Context, p *Printer, err error) {
				if err != nil {
					t.Fatal(err)
				}
				got, err := p.Status(ctx)
				c.want.Role, c.want.At = drivers.RolePrinter, got.At
				if err != nil || got != c.want {
					t.Errorf("%+v, %v; want %+v", got, err, c.want)
				}
			})
		})
	}
}

func TestOpenFailures(t *testing.T) {
	for name, c := range map[string]struct {
		answers [4]string
		fault   drivers.Fault
	}{
		"silent":      {[4]string{}, drivers.FaultSilent},
		"half silent": {[4]string{"\x12", "\x12", "", "\x12"}, drivers.FaultSilent},
		"not ESC/POS": {[4]string{"\xaa\xaa\x96\xff", "\xff", "\xff", "\xff"}, drivers.FaultProtocol},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.status = c.answers
			with(t, s, func(_ context.Context, _ *Printer, err error) {
				if drivers.FaultOf(err) != c.fault {
					t.Errorf("%v, want fault %q", err, c.fault)
				}
			})
		})
	}
}

// TestLateStatus: an answer that comes after the question was asked again does not pass for the next question's: somebody's finger on the feed button is
// no jammed cutter.
func TestLateStatus(t *testing.T) {
	for _, late := range []int{1, 2, 3} {
		s := healthy()
		with(t, s, func(ctx context.Context, p *Printer, err error) {
			if err != nil {
				t.Fatal(err)
			}
			s.status, s.hold = [4]string{"\x1a", "\x1a", "\x12", "\x12"}, late
			for range 3 { // the first may find it silent
				if got, err := p.Status(ctx); err == nil && got.Fault != drivers.FaultBusy || err != nil && got.Fault != drivers.FaultSilent {
					t.Errorf("%d late: %+v, %v", late, got, err)
				}
			}
			if got, err := p.Status(ctx); err != nil || got.Fault != drivers.FaultBusy || got.Paper != drivers.PaperFull {
				t.Errorf("%d late, in the end: %+v, %v", late, got, err)
			}
		})
	}
}

// Zeros go only to a printer that does not answer: for every other they would be a waste of a second.
func TestWakesOnlyTheSilent(t *testing.T) {
	well := healthy()
	with(t, well, func(_ context.Context, _ *Printer, err error) {
		if err != nil || well.got.Len() > 64 {
			t.Errorf("%d bytes for a greeting, %v", well.got.Len(), err)
		}
	})
	mute := healthy()
	mute.status = [4]string{}
	with(t, mute, func(context.Context, *Printer, error) {
		if n := bytes.Count(mute.got.Bytes(), []byte{0}); n < 8192 {
			t.Errorf("%d zeros", n)
		}
	})
}

func TestAcknowledgements(t *testing.T) {
	// The first GS r waits for earlier jobs, the second ends the job.
	for name, c := range map[string]struct {
		delay   map[int]string
		outcome drivers.Outcome
		fault   drivers.Fault
	}{
		"answered":             {nil, drivers.Printed, drivers.FaultNone},
		"near end":             {map[int]string{2: "\x03"}, drivers.Printed, drivers.FaultNone},
		"paper ended in it":    {map[int]string{2: "\x0f"}, drivers.Unconfirmed, drivers.FaultPaperOut},
		"paper ended before":   {map[int]string{1: "\x0f"}, drivers.Printed, drivers.FaultNone},
		"lost":                 {map[int]string{2: ""}, drivers.Unconfirmed, drivers.FaultSilent},
		"never known":          {map[int]string{1: "", 2: ""}, drivers.Unconfirmed, drivers.FaultSilent},
		"automatic status":     {map[int]string{2: "\x14\x00\x00\x00"}, drivers.Unconfirmed, drivers.FaultSilent},
		"with noise around it": {map[int]string{2: "\xff\x00\xff"}, drivers.Printed, drivers.FaultNone},
	} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.delay = c.delay
			with(t, s, func(ctx context.Context, p *Printer, err error) {
				if err != nil {
					t.Fatal(err)
				}
				report, err := p.Print(ctx, short)
				if report.Outcome != c.outcome || report.Fault != c.fault || (err == nil) != (c.outcome == drivers.Printed) {
					t.Errorf("%+v, %v; want %s %q", report, err, c.outcome, c.fault)
				}
				if n := bytes.Count(s.got.Bytes(), []byte("ok\n")); n != 1 {
					t.Errorf("the document was sent %d times", n)
				}
			})
		})
	}
}

// An answer that comes late to a question given up on is not the next job's.
func TestLateAnswers(t *testing.T) {
	s := healthy()
	s.delay = map[int]string{1: "", 2: ""} // GS r is taken to be unknown
	with(t, s, func(ctx context.Context, p *Printer, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if report, _ := p.Print(ctx, short); report.Outcome != drivers.Unconfirmed {
			t.Errorf("%+v", report)
		}
		s.delay = map[int]string{2: "\x00\x00"} // both come with the next one; all others are lost
		for n := 3; n < 40; n++ {
			s.delay[n] = ""
		}
		report, err := p.Print(ctx, short)
		if report.Outcome == drivers.Printed {
			t.Errorf("a late answer counted as proof: %+v, %v", report, err)
		}
	})
}

// A printer at work is given its time, however long the paper, as long as it answers that all is well.
func TestPatienceWithAWorkingPrinter(t *testing.T) {
	for name, c := range map[string]struct {
		wait time.Duration
		want drivers.Outcome
	}{"slow": {40 * time.Second, drivers.Printed}, "for ever": {time.Hour, drivers.Unconfirmed}} {
		t.Run(name, func(t *testing.T) {
			s := healthy()
			s.delay = map[int]string{2: ""}
			synctest.Test(t, func(t *testing.T) {
				l, end := drivertest.Pipe()
				done := make(chan struct{})
				go func() {
					defer close(done)
					s.play(end)
				}()
				p, err := Open(t.Context(), l, Options{Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				late := time.AfterFunc(c.wait, func() { _, _ = end.Write([]byte{0}) })
				report, err := p.Print(t.Context(), short)
				late.Stop()
				if report.Outcome != c.want {
					t.Errorf("%+v, %v; want %s", report, err, c.want)
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
				<-done
			})
		})
	}
}

func TestUnpluggedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, end := drivertest.Pipe()
		if err := end.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), l, Options{Log: slog.New(slog.DiscardHandler)})
		var device *drivers.Error
		if !errors.As(err, &device) || device.Fault != drivers.FaultUnplugged {
			t.Errorf("%v, want the fault unplugged", err)
		}
	})
}
