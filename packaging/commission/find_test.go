package commission_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim/document"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// presser is a technician who can be asked to press the button.
type presser struct {
	*person
	asked []string
	press func(ctx context.Context)
}

func (p *presser) Press(ctx context.Context, lines []string, _ time.Duration) error {
	p.asked = lines
	p.press(ctx)
	return nil
}

// install lays a program's configuration on the machine, as its package does.
func (w *world) install(path, content string) {
	w.t.Helper()
	path = w.in(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// listening installs CUPS and ipp-usb by where they listen.
func (w *world) listening(cups, usb string) {
	w.t.Helper()
	config, err := os.ReadFile(cups)
	if err != nil {
		w.t.Fatal(err)
	}
	w.install("etc/cups/cupsd.conf", string(config))
	port := strings.Split(strings.Split(usb, "/")[2], ":")[1]
	w.install("etc/ipp-usb/ipp-usb.conf", fmt.Sprintf("[network]\n  http-min-port = %s # first\n  http-max-port = %s\n", port, port))
}

// TestFindsAll: nothing is named; the A4 printer is found in a real CUPS, where its configuration says that this listens, the
// button by its press, and both are in the configuration and pass.
func TestFindsAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	cups, err := document.StartServer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cups.Close() })
	if err := cups.AddQueue(t.Context(), "office", strings.Replace(w.stand.DocumentLink(), "127.0.0.1", "localhost", 1)); err != nil {
		t.Fatal(err)
	}
	w.listening(cups.Config(), w.stand.DocumentLink())
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	answers.Test = []string{"page"}
	o := options(w.words, w.root, answers)
	technician := &presser{person: &person{answers: answers}}
	technician.press = func(ctx context.Context) {
		for ctx.Err() == nil { // the first presses may come before anybody listens
			if _, err := w.stand.Do(ctx, "button press"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
	o.Technician = technician
	outcome, err := commission.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(technician.asked) != 1 || !strings.HasSuffix(technician.asked[0], "usb-FTDI-port2") || !slices.Contains(technician.said, "button-heard") {
		t.Errorf("listened on %q; said %q", technician.asked, technician.said)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	queue := cups.Link("office")
	if d := s.Devices; d.Document == nil || d.Document.Link != queue || d.Button == nil || !strings.HasSuffix(d.Button.Link, "usb-FTDI-port2") || d.Button.Baud != 9600 {
		t.Errorf("configuration: %+v %+v", d.Document, d.Button)
	}
	for _, f := range technician.found {
		if f.Role == drivers.RoleDocument && (f.Name != queue || f.Model == "" || f.State != commission.StateReady || f.Second) {
			t.Errorf("shown: %+v", f)
		}
	}
	passed := false
	for _, d := range outcome.Devices {
		passed = passed || d.Test == "page" && d.Result == commission.Passed && d.Name == queue
	}
	if printed, err := w.stand.Documents(); !passed || err != nil || len(printed) == 0 {
		t.Errorf("%+v; printed %d, %v", outcome.Devices, len(printed), err)
	}
}

// TestFindsUSB: a printer behind ipp-usb without a queue is used as it is; with two of them the first is proposed, the other
// can be chosen, and one that the answers name under its other name is not found twice. Nobody presses: there is no button.
func TestFindsUSB(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	port := strings.Split(strings.Split(w.stand.DocumentLink(), "/")[2], ":")[1]
	w.install("etc/ipp-usb/ipp-usb.conf", "[network]\n  http-min-port = "+port+"\n  http-max-port = "+port+"\n")
	if _, err := w.stand.Do(t.Context(), "document paper out"); err != nil {
		t.Fatal(err)
	}
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	answers.Test = nil
	w.install("etc/bianmin/devices/half.yaml", "id: half\n") // is no pack
	w.behind("usb-1a86-port0", "abcd", "0002", "ttyUSB7")
	w.install("etc/bianmin/devices/small-printer.yaml", "id: small-printer\nname: {zh: 小打印机, en: Small printer}\nrole: printer\nmatch: [{usb: \"abcd:0002\"}]\n"+
		"link: serial\nsettings: {paper: 58}\nquirks: [no-cutter]\ncapabilities: [text]\n")
	technician := &presser{person: &person{answers: answers}, press: func(context.Context) {}}
	o := options(w.words, w.root, answers)
	o.Technician = technician
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if d := s.Devices.Printer; d == nil || d.Paper != 58 || !d.NoCutter || d.Raster || !strings.HasSuffix(d.Link, "usb-1a86-port0") {
		t.Errorf("the printer that a pack knows by its adapter: %+v", d)
	}
	if err != nil || s.Devices.Document == nil || s.Devices.Document.Link != w.stand.DocumentLink() || s.Devices.Button != nil || !slices.Contains(technician.said, "no-button") {
		t.Errorf("configuration: %+v, %v, said %q", s.Devices, err, technician.said)
	}
	if i := slices.IndexFunc(technician.told, func(s string) bool { return strings.HasPrefix(s, "packs ") }); i < 0 || !strings.Contains(technician.told[i], "half.yaml") {
		t.Errorf("the wrong pack is not named: %q", technician.told)
	}
	i := slices.IndexFunc(technician.found, func(f commission.Finding) bool { return f.Role == drivers.RoleDocument })
	if i < 0 || technician.found[i].State != string(drivers.FaultPaperOut) {
		t.Errorf("shown: %+v", technician.found)
	}

	named := w.answers("QH0301")
	named.Enrolment, named.Button = "", "serial:"+w.in("dev/serial/by-id/usb-FTDI-port2")
	named.Terminal["devices"] = map[string]any{"document": map[string]any{"link": strings.Replace(w.stand.DocumentLink(), "127.0.0.1", "localhost", 1)}}
	o = options(w.words, w.root, named)
	technician = &presser{person: &person{answers: named}, press: func(context.Context) { t.Error("a button that is named was asked for") }}
	o.Technician = technician
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	documents := 0
	for _, f := range technician.found {
		if f.Role == drivers.RoleDocument {
			documents++
			if !f.Given || f.State != string(drivers.FaultPaperOut) {
				t.Errorf("shown: %+v", f)
			}
		}
	}
	if s, err := settings.Read(w.in("etc/bianmin/terminal.yaml")); err != nil || documents != 1 || s.Devices.Button == nil {
		t.Errorf("%d documents, button %+v, %v", documents, s.Devices.Button, err)
	}
}
