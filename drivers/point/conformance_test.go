package point_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers"
	"bianmin/drivers/drivertest"
	"bianmin/drivers/point"
	"bianmin/drivers/sim/button"
	"bianmin/drivers/sim/document"
	"bianmin/drivers/sim/escl"
	"bianmin/drivers/sim/plug"
	"bianmin/drivers/sim/printer"
	"bianmin/drivers/sim/reader"
)

// together are how many use one device at once.
const together = 6

// crowd runs so many callers at once, the next a moment after the one before, and gives their errors in that order.
func crowd(use func(n int) error) []error {
	var all sync.WaitGroup
	errs := make([]error, together)
	for n := range together {
		all.Go(func() { errs[n] = use(n) })
		time.Sleep(20 * time.Millisecond) // it is in the queue
	}
	all.Wait()
	return errs
}

// noErrors fails for each caller that was not served.
func noErrors(t *testing.T, errs []error) {
	t.Helper()
	for n, err := range errs {
		if err != nil {
			t.Errorf("caller %d: %v", n, err)
		}
	}
}

// alone watches a line whose far end answers question by question: nothing may come in while it answers.
type alone struct {
	*os.File
	broken *atomic.Int64
}

func (a alone) Write(data []byte) (int, error) {
	conn, err := a.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = conn.Control(func(fd uintptr) {
		if n, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ); err != nil || n != 0 {
			a.broken.Add(1)
		}
	})
	if err != nil {
		return 0, err
	}
	return a.File.Write(data)
}

// between stands in front of a device that is asked over HTTP, and counts questions that come while another is answered.
func between(t *testing.T, host string) (address string, broken *atomic.Int64) {
	t.Helper()
	broken = &atomic.Int64{}
	var asked atomic.Int64
	far := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: host})
		r.Out.Host = r.In.Host
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 1 {
			broken.Add(1)
		}
		defer asked.Add(-1)
		far.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), broken
}

// TestOneAtATimeReader: whatever many callers want of a card reader, it is asked one question after the other.
func TestOneAtATimeReader(t *testing.T) {
	far, broken := reader.New(reader.Options{}), &atomic.Int64{}
	cable, err := plug.New(t.Context(), filepath.Join(t.TempDir(), "reader"), func(ctx context.Context, end *os.File) { far.Talk(ctx, alone{end, broken}) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cable.Close() })
	far.Always(reader.Late(5 * time.Millisecond)) // a second question would have time to come
	w := watch(t, point.Config{Reader: &point.Reader{Link: "serial:" + cable.Path()}})
	w.until("online", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	far.Place(card(t, "1"))
	var reads atomic.Int64
	noErrors(t, crowd(func(n int) (err error) {
		switch n % 3 {
		case 0:
			if _, err := w.Reader().Read(w.ctx); err == nil {
				reads.Add(1)
			} else if err != drivers.ErrNoCard { //nolint:errorlint // it is handed on as it is
				return err
			}
		case 1:
			_, err = w.Reader().Present(w.ctx)
		default:
			_, err = w.Reader().Status(w.ctx)
		}
		return err
	}))
	if reads.Load() != 1 || broken.Load() != 0 {
		t.Errorf("%d of the callers have read the card, %d questions came while another was answered", reads.Load(), broken.Load())
	}
}

// TestOneAtATimePrinter: jobs come out one after the other, whole and in their order, whoever asks for the printer's state meanwhile.
func TestOneAtATimePrinter(t *testing.T) {
	far, err := printer.New(context.WithoutCancel(t.Context()), filepath.Join(t.TempDir(), "printer"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	w := watch(t, point.Config{Printer: &point.Printer{Link: "serial:" + far.Path()}})
	w.until("online", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	far.SetStalled(true)
	time.AfterFunc(200*time.Millisecond, func() { far.SetStalled(false) })
	noErrors(t, crowd(func(n int) error {
		report, err := w.Printer().Print(w.ctx, drivertest.Note(fmt.Sprint("NUMBER", n)))
		if err == nil && report.Outcome != drivers.Printed {
			err = fmt.Errorf("%+v", report)
		}
		_, asked := w.Printer().Status(w.ctx)
		if err == nil {
			err = asked
		}
		return err
	}))
	strips := far.Strips()
	if len(strips) != together || far.State().Unknown != 0 {
		t.Fatalf("%d strips, %d commands that are none", len(strips), far.State().Unknown)
	}
	for n, s := range strips {
		if words := drivertest.Words(s); !strings.Contains(words, fmt.Sprint("NUMBER", n)) || strings.Count(words, "NUMBER") != strings.Count(drivertest.Words(strips[0]), "NUMBER") {
			t.Errorf("strip %d: %q", n, words)
		}
	}
}

// TestOneAtATimeDocument: the same of an A4 printer, which hears one question at a time.
func TestOneAtATimeDocument(t *testing.T) {
	far, err := document.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	u, err := url.Parse(far.Link())
	if err != nil {
		t.Fatal(err)
	}
	address, broken := between(t, u.Host)
	w := watch(t, point.Config{Document: &point.Document{Link: "ipp://" + address + u.Path}})
	w.until("online", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	noErrors(t, crowd(func(n int) error {
		report, err := w.Document().Print(w.ctx, "test", fmt.Appendf(nil, "%s\n%%%d\n", blankPage, n))
		if err == nil && report.Outcome != drivers.Printed {
			err = fmt.Errorf("%+v", report)
		}
		return err
	}))
	files, err := far.Printed()
	if err != nil || len(files) != together || broken.Load() != 0 {
		t.Fatalf("%d documents, %v; %d questions came while another was answered", len(files), err, broken.Load())
	}
	for n, file := range files {
		if content, err := os.ReadFile(file); err != nil || !bytes.HasSuffix(content, fmt.Appendf(nil, "%%%d\n", n)) {
			t.Errorf("document %d is another's, %v", n, err)
		}
	}
}

// TestOneAtATimeScanner: each caller gets one sheet, and nothing is asked while a page comes.
func TestOneAtATimeScanner(t *testing.T) {
	far, err := escl.Start(context.WithoutCancel(t.Context()), escl.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	address, broken := between(t, far.Address())
	w := watch(t, point.Config{Scanner: &point.Scanner{Link: "escl://" + address, DPI: 75}})
	w.until("online", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	far.Feed(make([]escl.Sheet, together)...)
	noErrors(t, crowd(func(int) error {
		_, err := w.Scanner().Scan(w.ctx, drivers.ScanOptions{Feeder: true})
		return err
	}))
	if _, err := w.Scanner().Scan(w.ctx, drivers.ScanOptions{Feeder: true}); drivers.FaultOf(err) != drivers.FaultNoDocument || broken.Load() != 0 {
		t.Errorf("one too many: %v; %d questions came while another was answered", err, broken.Load())
	}
}

// TestOneAtATimeSpeakers: of what talks by itself each word is heard once, by one of those who wait, and in its order by one who listens.
func TestOneAtATimeSpeakers(t *testing.T) {
	press, err := button.New(t.Context(), filepath.Join(t.TempDir(), "button"))
	if err != nil {
		t.Fatal(err)
	}
	codes, err := button.New(t.Context(), filepath.Join(t.TempDir(), "code"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = press.Close(), codes.Close() })
	w := watch(t, point.Config{Button: &point.Button{Link: "serial:" + press.Path()}, Code: &point.Code{Link: "serial:" + codes.Path()}})
	online := func() bool {
		return !slices.ContainsFunc(w.Statuses(), func(s drivers.Status) bool { return s.Condition != drivers.Online })
	}
	w.until("online, both", func(drivers.Status) bool { return online() })
	short, cancel := context.WithTimeout(w.ctx, time.Second)
	defer cancel()
	var heard atomic.Int64
	time.AfterFunc(300*time.Millisecond, func() {
		for range together / 2 {
			_ = press.Press()
		}
	})
	crowd(func(int) error {
		err := w.Button().Wait(short)
		if err == nil {
			heard.Add(1)
		}
		return err
	})
	if heard.Load() != together/2 {
		t.Errorf("%d presses were heard %d times", together/2, heard.Load())
	}
	for n := range together {
		if err := codes.Send(fmt.Appendf(nil, "CODE-%d\r", n)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range together {
		if code, err := w.Code().Scan(w.ctx); err != nil || code.Text != fmt.Sprint("CODE-", n) {
			t.Errorf("code %d: %q, %v", n, code.Text, err)
		}
	}
}

// vocabulary is XFS4IoT's for the state of a device (Common.Status).
var vocabulary = []drivers.Condition{"online", "offline", "powerOff", "noDevice", "hardwareError", "userError", "deviceBusy", "fraudAttempt", "potentialFraud", "starting"}

// TestEveryChangeIsLogged: each state that anybody is told of stands in the log, in XFS4IoT's words, with the one before and the reason.
func TestEveryChangeIsLogged(t *testing.T) {
	far, err := printer.New(context.WithoutCancel(t.Context()), filepath.Join(t.TempDir(), "printer"), printer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close() })
	var log bytes.Buffer
	p, err := point.Start(t.Context(), point.Config{Printer: &point.Printer{Link: "serial:" + far.Path()}}, point.Options{
		Watch: 10 * time.Millisecond, Retry: 10 * time.Millisecond, Log: slog.New(slog.NewJSONHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	wait := func(what string, right func(drivers.Status) bool) {
		t.Helper()
		for {
			select {
			case s := <-p.Changes():
				told = append(told, fmt.Sprint(s.Condition, " ", s.Fault, " ", s.Paper))
				if !slices.Contains(vocabulary, s.Condition) {
					t.Errorf("%q is no word of XFS4IoT's", s.Condition)
				}
				if right(s) {
					return
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("never %s", what)
			}
		}
	}
	fault := func(f drivers.Fault) func(drivers.Status) bool {
		return func(s drivers.Status) bool { return s.Fault == f && s.Condition != drivers.Offline }
	}
	wait("online", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	far.SetPaper(false)
	wait("without paper", fault(drivers.FaultPaperOut))
	far.SetPaper(true)
	wait("well", fault(""))
	if err := far.Unplug(); err != nil {
		t.Fatal(err)
	}
	wait("unplugged", fault(drivers.FaultUnplugged))
	if err := far.Plug(); err != nil {
		t.Fatal(err)
	}
	wait("back", func(s drivers.Status) bool { return s.Condition == drivers.Online })
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	for rest := true; rest; {
		select {
		case s := <-p.Changes():
			told = append(told, fmt.Sprint(s.Condition, " ", s.Fault, " ", s.Paper))
		default:
			rest = false
		}
	}
	var logged []string
	for line := range strings.Lines(log.String()) {
		var said struct{ Msg, Condition, Before, Fault, Paper, Reason string }
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		if said.Msg != "device changed" {
			continue
		}
		logged = append(logged, said.Condition+" "+said.Fault+" "+said.Paper)
		if said.Reason == "" || said.Before == "" {
			t.Errorf("no reason, or not what was before: %s", line)
		}
	}
	if !slices.Equal(logged, told) {
		t.Errorf("logged %q\ntold   %q", logged, told)
	}
}
