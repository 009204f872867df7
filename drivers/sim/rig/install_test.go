//go:build install

package rig

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim"
	"bianmin/drivers/sim/machine"
)

// gateway is the host as the virtual machine's network knows it.
const gateway = "10.0.2.2"

// installing is a virtual machine on a bench.
type installing struct {
	t     *testing.T
	rig   *Rig
	out   string
	disk  string
	stick string
	port  int // leads into the machine; 0 for none
}

func newInstalling(t *testing.T, out string) *installing {
	t.Helper()
	i := &installing{t: t, out: filepath.Join(root(t), "build", out)}
	if err := os.RemoveAll(i.out); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(i.out, 0o755); err != nil {
		t.Fatal(err)
	}
	i.rig = started(t, Options{Bin: built(t, "x11,gles", "./packaging/provision", "./platform"), Hosts: []string{gateway}, Distant: true, Screen: Screen{Width: 720, Height: 1280, Scale: 0.6667}})
	i.makeStick()
	i.disk = filepath.Join(t.TempDir(), "disk.qcow2")
	i.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", filepath.Join(root(t), "build/vm/base.qcow2"), "-F", "qcow2", i.disk)
	return i
}

func (i *installing) run(name string, args ...string) {
	i.t.Helper()
	if out, err := exec.CommandContext(i.t.Context(), name, args...).CombinedOutput(); err != nil {
		i.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// makeStick writes what the technician brings: the package, the enrolment, the configuration.
func (i *installing) makeStick() {
	t := i.t
	t.Helper()
	folder := t.TempDir()
	packages, err := filepath.Glob(filepath.Join(root(t), "build/package/bianmin_*_amd64.deb"))
	if err != nil || len(packages) == 0 {
		t.Fatal("no package: make package first")
	}
	enrolment, err := i.rig.NewEnrolment(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := strings.Cut(i.rig.Stand.Network(), ":")
	enrolment = strings.Replace(enrolment, i.rig.Stand.Network(), gateway+":"+port, 1)
	config, err := os.ReadFile(i.rig.Config())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(config), "data: data", "data: /var/lib/bianmin\nplatform: https://"+gateway+":"+port, 1)
	reader, printer, button := i.rig.Stand.Links()
	for n, link := range []string{reader, printer, button} {
		text = strings.Replace(text, link, fmt.Sprintf("serial:/dev/bench%d", n), 1)
	}
	test, err := os.ReadFile(i.rig.path("scanner", "test.conf"))
	if err != nil {
		t.Fatal(err)
	}
	answers := fmt.Sprintf("role: kiosk\nenrolment: %q\nfind: false\ntest: [card, receipt]\nterminal:\n  %s\n", enrolment, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  "))
	for name, content := range map[string][]byte{"answers.yaml": []byte(answers), "test.conf": test, "person": i.person(), "cuts": cuts()} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"first", "look", "after", "case", "update", "waits", "rights", "ask", "window"} {
		i.run("cp", filepath.Join(root(t), "packaging/build/vm", name), folder)
	}
	i.run("cp", packages[len(packages)-1], filepath.Join(folder, "bianmin.deb"))
	i.publish(folder)
	i.traces(folder)
	i.run(filepath.Join(root(t), "packaging/build/vm/polkit"), filepath.Join(folder, "polkit"))
	i.stick = filepath.Join(t.TempDir(), "stick.raw")
	i.run("mkfs.ext4", "-q", "-L", "stick", "-d", folder, i.stick, "512M")
}

// person lays a card on the reader, and returns what must stand nowhere afterwards, a line each.
func (i *installing) person() []byte {
	i.t.Helper()
	if _, err := i.rig.Stand.Do(i.t.Context(), "card place 1"); err != nil {
		i.t.Fatal(err)
	}
	cards, err := sim.Cards()
	if err != nil {
		i.t.Fatal(err)
	}
	card := cards[0]
	return []byte(strings.Join([]string{card.Name, card.Number, card.Address}, "\n") + "\n")
}

func (i *installing) boot(name string) *machine.Machine {
	i.t.Helper()
	vm := filepath.Join(root(i.t), "build/vm")
	reader, printer, button := i.rig.Stand.Links()
	other := ""
	if name == "update" || name == "case" || name == "rights" {
		other = " bianmin.other=" + name
	}
	var ports []string
	for _, link := range []string{reader, printer, button} {
		path, err := filepath.EvalSymlinks(strings.TrimPrefix(link, "serial:"))
		if err != nil {
			i.t.Fatal(err)
		}
		ports = append(ports, path)
	}
	m, err := machine.Start(i.t.Context(), machine.Options{
		Dir: filepath.Join(i.out, name), Kernel: filepath.Join(vm, "kernel"), Initrd: filepath.Join(vm, "initrd"), Disk: i.disk, Stick: i.stick, Serial: ports,
		Append: "root=/dev/vda rw console=ttyS0 quiet vt.global_cursor_default=0 8250.nr_uarts=8 systemd.mask=serial-getty@ttyS0.service" + other, Memory: 1536, Width: 720, Height: 1280, Port: i.port,
	})
	if err != nil {
		i.t.Fatal(err)
	}
	return m
}

// stage waits for a stage of the scripts in the machine and returns the machine's seconds since its start.
func (i *installing) stage(ctx context.Context, m *machine.Machine, name string) string {
	i.t.Helper()
	line, err := m.Wait(ctx, "STAGE "+name+" ")
	if err != nil {
		lines := strings.Split(m.Console(), "\n")
		i.t.Fatalf("%v; its last words:\n%s", err, strings.Join(lines[max(0, len(lines)-25):], "\n"))
	}
	i.t.Log(line)
	return line
}

func (i *installing) picture(m *machine.Machine, name string) string {
	i.t.Helper()
	path := filepath.Join(i.out, name+".png")
	if err := m.Picture(path); err != nil {
		i.t.Fatal(err)
	}
	return path
}

// changed waits until the screen is another than in the pictures before, and then until it stays as it is.
func (i *installing) changed(ctx context.Context, m *machine.Machine, name string, before ...string) string {
	i.t.Helper()
	for range 300 {
		now := i.picture(m, name)
		if !slices.ContainsFunc(before, func(b string) bool { return difference(i.t, b, now) <= 0.005 }) {
			return i.settled(ctx, m, name)
		}
		pause(ctx, time.Second)
	}
	i.t.Errorf("the screen stays as in one of %s", before)
	return before[0]
}

// settled takes pictures until something is on the screen and it stays as it is: a machine in software paints slowly.
func (i *installing) settled(ctx context.Context, m *machine.Machine, name string) string {
	i.t.Helper()
	last := i.picture(m, name+"-before")
	for range 60 {
		pause(ctx, 3*time.Second)
		now := i.picture(m, name)
		if colours(i.t, now) > 20 && difference(i.t, last, now) < 0.005 {
			if err := os.Remove(last); err != nil {
				i.t.Fatal(err)
			}
			return now
		}
		if err := os.Rename(now, last); err != nil {
			i.t.Fatal(err)
		}
	}
	i.t.Fatalf("the screen shows nothing that stays; see %s", last)
	return ""
}

// TestInstall takes a clean Debian 12 from the package on a stick to the kiosk's first painted screen, starts it again,
// tries what a bored person tries (keys that lead out, a stick), and then serves a citizen, of whom nothing may remain.
func TestInstall(t *testing.T) {
	i := newInstalling(t, "install")
	ctx, cancel := context.WithTimeout(t.Context(), 70*time.Minute)
	defer cancel()
	m := i.boot("first")
	for _, name := range []string{"begin", "installed", "kiosk", "done"} {
		i.stage(ctx, m, name)
	}
	i.settled(ctx, m, "1-first-screen")
	if _, err := i.rig.Stand.Do(ctx, "card remove"); err != nil {
		t.Fatal(err)
	}
	if err := m.Do("system_powerdown", nil); err != nil {
		t.Fatal(err)
	}
	m.Stopped(ctx)
	m = i.boot("again")
	i.stage(ctx, m, "again")
	i.stage(ctx, m, "looked")
	before := i.settled(ctx, m, "2-after-restart")
	i.keys(ctx, m, before)
	for _, name := range []string{"pressed", "back", "hung", "fed", "end"} {
		i.stage(ctx, m, name)
	}
	i.settled(ctx, m, "5-after-a-kill")
	console := m.Console()
	m.Stop() // the first power cut: nothing is being changed
	console += i.citizen(ctx)
	i.searchOutside()
	i.judge(console+i.update(ctx), holds)
}

// keys presses what might lead out of the kiosk and plugs a stick in; the screen must stay the kiosk's.
func (i *installing) keys(ctx context.Context, m *machine.Machine, before string) {
	for n, keys := range [][]string{{"ctrl", "alt", "f2"}, {"alt", "f4"}, {"ctrl", "alt", "delete"}, {"ctrl", "alt", "backspace"}, {"alt", "f2"}, {"alt", "sysrq", "b"}, {"meta_l"}} {
		if err := m.Press(keys...); err != nil {
			i.t.Fatal(err)
		}
		pause(ctx, 5*time.Second)
		after := i.picture(m, fmt.Sprintf("3-key-%d-%s", n+1, strings.Join(keys, "-")))
		if d := difference(i.t, before, after); d > 0.02 {
			i.t.Errorf("after %v %.1f %% of the screen is another", keys, 100*d)
		}
	}
	if err := m.PlugStick("stick", i.stick); err != nil {
		i.t.Fatal(err)
	}
	pause(ctx, 8*time.Second)
	if d := difference(i.t, before, i.picture(m, "4-stick")); d > 0.02 {
		i.t.Errorf("after a stick %.1f %% of the screen is another", 100*d)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func load(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(file)
	if err = errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return picture
}

// colours counts the colours of a picture: a blank one has one.
func colours(t *testing.T, path string) int {
	t.Helper()
	picture, seen := load(t, path), map[color.Color]bool{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

// difference is the share of pixels in which two pictures differ; 1 when their sizes do.
func difference(t *testing.T, one, other string) float64 {
	t.Helper()
	pictures := [2]image.Image{load(t, one), load(t, other)}
	bounds := pictures[0].Bounds()
	if bounds != pictures[1].Bounds() {
		return 1
	}
	differ := 0
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if pictures[0].At(x, y) != pictures[1].At(x, y) {
				differ++
			}
		}
	}
	return float64(differ) / float64(bounds.Dx()*bounds.Dy())
}
