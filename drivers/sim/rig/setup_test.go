package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/sim"
	"bianmin/drivers/sim/document"
	"bianmin/packaging/commission"
	"bianmin/sync/seal"
	"bianmin/ui/play"
)

// box is a new machine in a folder, with the bench's devices plugged in, and a technician with a code.
type box struct {
	t       *testing.T
	rig     *Rig
	display *Display
	hand    play.Hand
	home    string
	values  *strings.Replacer // in journeys
}

// newBox makes a machine for a role; config is what stands in its terminal.yaml already.
func newBox(t *testing.T, role, config string, width, height int) *box {
	t.Helper()
	b := &box{t: t, home: t.TempDir()}
	b.rig = started(t, Options{Bin: built(t, "x11,gles", "./packaging/setup", "./packaging/provision", "./platform"), Role: role, Distant: true})
	var err error
	if b.display, err = OpenDisplay(t.Context(), width, height); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.display.Close)
	if b.hand, err = play.OpenHand(b.display.Name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.hand.Close)
	var staff struct{ ID string }
	if err := b.rig.platformJSON(t.Context(), &staff, "staff", "new", "--data", b.rig.PlatformData(), "--name", "韩技术员"); err != nil {
		t.Fatal(err)
	}
	code, err := b.rig.NewEnrolment(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reader, printer, button := b.rig.Stand.Links()
	b.values = strings.NewReplacer("@CODE@", code, "@BUTTON@", button)
	for _, folder := range []string{"dev/serial/by-id", "etc/bianmin"} {
		if err := os.MkdirAll(b.rig.path("machine", folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, link := range map[string]string{"usb-1a86_USB_Serial-if00-port0": printer, "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0": reader} {
		if err := os.Symlink(strings.TrimPrefix(link, "serial:"), b.rig.path("machine/dev/serial/by-id", name)); err != nil {
			t.Fatal(err)
		}
	}
	config = fmt.Sprintf("data: %s\nupdate: {state: %s}\n%s", b.rig.path("machine/var/lib/bianmin"), b.rig.path("machine/var/lib/bianmin-update"), config)
	if err := os.WriteFile(b.rig.path("machine/etc/bianmin/terminal.yaml"), []byte(config), 0o640); err != nil {
		t.Fatal(err)
	}
	return b
}

// plugIn puts what talks only when it is used on the machine: a push button, and an A4 printer behind a queue of its CUPS.
func (b *box) plugIn() {
	b.t.Helper()
	cups, err := document.StartServer(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := cups.Close(); err != nil {
			b.t.Error(err)
		}
	})
	if err := cups.AddQueue(b.t.Context(), "office", b.rig.Stand.DocumentLink()); err != nil {
		b.t.Fatal(err)
	}
	_, _, button := b.rig.Stand.Links()
	err = errors.Join(os.MkdirAll(b.rig.path("machine/etc/cups"), 0o755), os.Symlink(cups.Config(), b.rig.path("machine/etc/cups/cupsd.conf")),
		os.Symlink(strings.TrimPrefix(button, "serial:"), b.rig.path("machine/dev/serial/by-id", "usb-1a86_USB_Serial-if00-port1")))
	if err != nil {
		b.t.Fatal(err)
	}
}

// play opens the window, plays a journey on it, and ends it, unless the journey itself does; BIANMIN_SHOTS keeps the pictures.
func (b *box) play(name string, ends bool) {
	b.t.Helper()
	content, err := os.ReadFile(filepath.Join(root(b.t), "packaging/setup/testdata/journeys", name))
	if err != nil {
		b.t.Fatal(err)
	}
	journey, err := play.ParseJourney(strings.NewReader(b.values.Replace(string(content))))
	if err != nil {
		b.t.Fatal(err)
	}
	probe := b.rig.path("setup.sock")
	env := append(append(b.rig.Env(), b.display.Env()...), "TMPDIR="+b.home, "HOME="+b.home)
	window, err := b.rig.options.launch("setup", env, "-root", b.rig.path("machine"), "-probe", probe)
	if err != nil {
		b.t.Fatal(err)
	}
	defer window.Stop()
	shots := os.Getenv("BIANMIN_SHOTS")
	if shots == "" {
		shots = b.t.TempDir()
	}
	begun := time.Now()
	step := func(n int, what string) {
		if !strings.Contains(what, "BIANMIN1|") { // the code stands in no log
			b.t.Logf("%6.1f s  %3d  %s", time.Since(begun).Seconds(), n, what)
		}
	}
	_, err = play.Play(b.t.Context(), play.Options{Journey: journey, Probe: probe, Hand: b.hand, Bench: b.rig.Stand.Socket(), Shots: shots, Now: time.Now, Step: step})
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", name, err, window.Tail(20))
	}
	if ends {
		ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
		defer cancel()
		if err := window.Wait(ctx); err != nil {
			b.t.Error(err)
		}
	}
}

// accepted verifies the report that the machine kept.
func (b *box) accepted(terminal string) commission.Acceptance {
	b.t.Helper()
	data := b.rig.path("machine/var/lib/bianmin")
	signed, pdf, err := commission.ReadNewest(data)
	if err != nil {
		b.t.Fatal(err)
	}
	identity, err := seal.LoadIdentity(filepath.Join(data, "keys"))
	if err != nil {
		b.t.Fatal(err)
	}
	a, err := commission.Verify(signed, identity.Trust.SigningRoot)
	if err != nil {
		b.t.Fatal(err)
	}
	if !a.Passed || a.Terminal != terminal || a.Technician.Name != "韩技术员" || !strings.HasPrefix(string(pdf), "%PDF-") {
		b.t.Errorf("report: %+v", a)
	}
	for _, d := range a.Devices {
		if d.Result != commission.Passed {
			b.t.Errorf("%s %s: %s %s", d.Role, d.Test, d.Result, d.Fault)
		}
	}
	return a
}

// TestSetupWindow brings a desk into service on the real window: the code from a code reader, the button pressed, Enter, a
// card, Enter. No printer is named: the A4 printer is found in a real CUPS, and prints through it. The report that is saved from the window is the one the terminal signed; nothing of the card is in it.
func TestSetupWindow(t *testing.T) {
	t.Parallel()
	b := newBox(t, RoleAgent, "", DeskWidth, DeskHeight)
	b.plugIn()
	const config = "devices:\n  scanner: {sane: \"test:0\", dpi: 150}\n"
	file, err := os.OpenFile(b.rig.path("machine/etc/bianmin/terminal.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(config); errors.Join(err, file.Close()) != nil {
		t.Fatal(err)
	}
	b.play("desk.yaml", false)
	a := b.accepted(DeskNumber + "A")
	tested := map[string]bool{}
	for _, d := range a.Devices {
		tested[d.Test] = true
	}
	for _, role := range []drivers.Role{drivers.RoleDocument, drivers.RoleButton} {
		if !slices.ContainsFunc(a.Devices, func(d commission.Tried) bool { return d.Role == role }) {
			t.Errorf("the %s was not found", role)
		}
	}
	for _, test := range []string{"status", "card", "receipt", "scan", "page"} {
		if !tested[test] {
			t.Errorf("%s was not tested", test)
		}
	}
	saved, err := filepath.Glob(filepath.Join(b.home, "便民验收", DeskNumber+"A-*"))
	if err != nil || len(saved) != 2 {
		t.Fatalf("saved: %q, %v", saved, err)
	}
	card, err := sim.LoadCard("3")
	if err != nil {
		t.Fatal(err)
	}
	kept, pdf, err := commission.ReadNewest(b.rig.path("machine/var/lib/bianmin"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range saved {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]string{".json": string(kept), ".pdf": string(pdf)}[filepath.Ext(path)]; string(content) != want {
			t.Errorf("%s is not what the machine kept", filepath.Base(path))
		}
		if strings.Contains(string(content), card.Number) || strings.Contains(string(content), card.Name) {
			t.Errorf("%s holds something of the card", filepath.Base(path))
		}
	}
	if printed, err := b.rig.Stand.Documents(); err != nil || len(printed) != 3 {
		t.Errorf("test page, report and the report once more: %q, %v", printed, err)
	}
}

// TestSetupWindowInterrupted: a code that is none, a network that is away, a window closed half-way; then the window again,
// upright and by finger, goes on without a code, finds a fault, tests again and ends.
func TestSetupWindowInterrupted(t *testing.T) {
	t.Parallel()
	b := newBox(t, RoleKiosk, "", 1080, 1920)
	b.play("kiosk-begin.yaml", false)
	b.play("kiosk-end.yaml", true)
	b.accepted(TerminalNumber + "A")
	var progress struct{ Done *time.Time }
	content, err := os.ReadFile(b.rig.path("machine/var/lib/bianmin/setup.json"))
	if err == nil {
		err = json.Unmarshal(content, &progress)
	}
	if err != nil || progress.Done == nil {
		t.Errorf("the setup is not noted as done: %s, %v", content, err)
	}
}
