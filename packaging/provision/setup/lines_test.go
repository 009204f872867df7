package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bianmin/packaging/commission"
	"bianmin/packaging/setup/lines"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// window is the far end of the lines.
type window struct {
	t    *testing.T
	in   *io.PipeWriter
	said chan lines.Line
	end  chan error
}

// open runs the command with --lines in a folder.
func open(t *testing.T, root string) *window {
	t.Helper()
	from, in := io.Pipe()
	out, to := io.Pipe()
	w := &window{t: t, in: in, said: make(chan lines.Line, 256), end: make(chan error, 1)}
	c := Command(time.Now)
	c.SetArgs([]string{"--lines", "--root", root})
	c.SetIn(from)
	c.SetOut(to)
	c.SilenceUsage, c.SilenceErrors = true, true
	go func() {
		w.end <- errors.Join(c.ExecuteContext(t.Context()), to.Close())
	}()
	go func() {
		defer close(w.said)
		if err := lines.Read(out, func(l lines.Line) error { w.said <- l; return nil }); err != nil {
			t.Error(err)
		}
	}()
	return w
}

// until gives the first line that is so.
func (w *window) until(what string, so func(lines.Line) bool) lines.Line {
	w.t.Helper()
	limit := time.After(time.Minute)
	for {
		select {
		case l, open := <-w.said:
			if !open {
				w.t.Fatalf("it ended before %s: %v", what, <-w.end)
			}
			if so(l) {
				return l
			}
		case <-limit:
			w.t.Fatalf("no %s", what)
		}
	}
}

func (w *window) asked(what string) lines.Question {
	w.t.Helper()
	return *w.until("question of "+what, func(l lines.Line) bool { return l.Ask != nil && l.Ask.What == what }).Ask
}

func (w *window) answer(a lines.Answer) {
	w.t.Helper()
	if err := lines.NewWriter(w.in).Write(a); err != nil {
		w.t.Fatal(err)
	}
}

// close is a window that goes away.
func (w *window) close() {
	w.t.Helper()
	if err := w.in.Close(); err != nil {
		w.t.Error(err)
	}
	for range w.said { // what it still says nobody hears
	}
	select {
	case err := <-w.end:
		if err != nil {
			w.t.Error(err)
		}
	case <-time.After(time.Minute):
		w.t.Fatal("it goes on without anybody")
	}
}

// TestLines sets a machine up over lines: a code that is none, one that was used up, a window that goes away in between,
// devices looked for twice, a strange signer, the report as it was signed, printing without a printer, and all once more.
func TestLines(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	var staff struct{ ID string }
	if err := json.Unmarshal(p.Run("staff", "new", "--name", "陈师傅"), &staff); err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	config := filepath.Join(root, "etc/bianmin/terminal.yaml")
	if err := errors.Join(os.MkdirAll(filepath.Dir(config), 0o755), os.WriteFile(config, []byte("data: "+root+"/var/lib/bianmin\nupdate: {state: "+root+"/state}\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	code, foreign := p.Ticket("QH0301", p.URL), p.Ticket("QH0301", p.URL)
	foreign.Code = "0123-4567-89AB-CDEF"

	w := open(t, root)
	w.asked(lines.Enrolment)
	nonsense, strange, right := "nonsense", foreign.String(), code.String()
	w.answer(lines.Answer{Enrolment: &nonsense})
	if q := w.asked(lines.Enrolment); !q.Again {
		t.Error("nonsense was understood")
	}
	w.answer(lines.Answer{Enrolment: &strange})
	if l := w.until("refusal", func(l lines.Line) bool { return l.Wrong != nil }); l.Wrong.Code != lines.CodeUnknown {
		t.Errorf("an unknown code: %+v", l.Wrong)
	}
	w.answer(lines.Answer{Again: true})
	w.asked(lines.Enrolment)
	w.answer(lines.Answer{Enrolment: &right})
	w.until("the enrolment", func(l lines.Line) bool {
		return l.Say != nil && l.Say.Key == "enrolled" && l.Say.Args["terminal"] == "QH0301A"
	})
	w.asked(lines.Devices)
	w.close()

	w = open(t, root) // goes on, without a code
	w.asked(lines.Devices)
	w.answer(lines.Answer{Search: true})
	w.asked(lines.Devices)
	none := map[string]string{}
	w.answer(lines.Answer{Devices: &none})
	checks := w.until("the checks", func(l lines.Line) bool { return l.Checks != nil }).Checks
	if len(checks.Checks) < 5 || checks.Checks[0].English.Name == "" {
		t.Errorf("checks: %+v", checks)
	}
	if q := w.asked(lines.Sign); len(q.Staff) != 1 || q.Staff[0].ID != staff.ID {
		t.Errorf("who may sign: %+v", q.Staff)
	}
	stranger := "999999"
	w.answer(lines.Answer{Sign: &stranger})
	if q := w.asked(lines.Sign); !q.Again {
		t.Error("a stranger signed")
	}
	w.answer(lines.Answer{Sign: &staff.ID})
	done := w.until("the report", func(l lines.Line) bool { return l.Done != nil }).Done
	identity, err := seal.LoadIdentity(filepath.Join(root, "var/lib/bianmin/keys"))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := commission.Verify(done.Signed, identity.Trust.SigningRoot); err != nil || a.Technician.Name != "陈师傅" || done.Report.Technician.Name != "陈师傅" {
		t.Errorf("the report: %+v, %v", a, err)
	}
	if !strings.HasPrefix(string(done.PDF), "%PDF-") || len(done.Number) != 16 || len(done.Report.Checks.Checks) != len(checks.Checks) {
		t.Errorf("%d bytes of PDF, number %q", len(done.PDF), done.Number)
	}
	w.answer(lines.Answer{Print: true})
	if l := w.until("the print", func(l lines.Line) bool { return l.Printed != nil }); l.Printed.Outcome != "" || l.Printed.Fault != "" {
		t.Errorf("without a printer: %+v", l.Printed)
	}
	w.answer(lines.Answer{Again: true})
	w.asked(lines.Devices)
	w.close()
}

func TestCodes(t *testing.T) {
	for err, want := range map[error]string{
		enrol.ErrCodeUsed:     lines.CodeUsed,
		enrol.ErrNewer:        lines.Newer,
		commission.ErrRunning: lines.Running,
		os.ErrPermission:      lines.NotAllowed,
		fmt.Errorf("%w: %w", commission.ErrStickFull, syscall.ENOSPC): lines.StickFull,
		syscall.ENOSPC:         lines.DiskFull,
		os.ErrDeadlineExceeded: lines.Network,
		io.ErrUnexpectedEOF:    lines.Other,
	} {
		if got := codeOf(fmt.Errorf("set up: %w", err)); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}
