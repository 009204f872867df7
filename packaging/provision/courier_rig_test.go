package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/platform/platformtest"
	"bianmin/store/filing"
	"bianmin/sync/courier"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// carrier is a terminal whose records belong to a user without rights, and a stick: a real block device with a real file system.
type carrier struct {
	t                            *testing.T
	data, config, program, point string
	device                       string
}

// unprivileged is a user that every Debian has, with a group of its own name.
const unprivileged = "daemon"

func newCarrier(t *testing.T, p *platformtest.Platform) *carrier {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("block devices are root's")
	}
	top, err := os.MkdirTemp("", "courier")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	c := &carrier{t: t, data: filepath.Join(top, "data"), config: filepath.Join(top, "terminal.yaml"), program: filepath.Join(top, "provision"), point: filepath.Join(top, "stick")}
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: c.data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	c.file()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("data: %s\nupdate: {state: %s}\n", c.data, filepath.Join(c.data, "update"))
	if err := os.WriteFile(c.config, []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	c.run("cp", self, c.program)
	c.run("chmod", "755", top, c.program)
	c.run("truncate", "-s", "16M", filepath.Join(top, "image"))
	c.run("mkfs.ext4", "-q", filepath.Join(top, "image"))
	c.device = strings.TrimSpace(c.run("losetup", "-f", "--show", filepath.Join(top, "image")))
	t.Cleanup(func() { _ = exec.Command("losetup", "-d", c.device).Run() })
	return c
}

func (c *carrier) run(command string, args ...string) string {
	c.t.Helper()
	out, err := exec.CommandContext(c.t.Context(), command, args...).CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s %v: %v\n%s", command, args, err, out)
	}
	return string(out)
}

// file commits a case as the kiosk does.
func (c *carrier) file() {
	c.t.Helper()
	desk, err := filing.Open(c.t.Context(), filing.Options{Folder: c.data, Software: "test", Log: slog.New(slog.DiscardHandler), Cost: seal.Cost{Time: 1, Memory: 64, Threads: 1}})
	if err != nil {
		c.t.Fatal(err)
	}
	who := identity.Card{Kind: identity.Resident, Name: "王小丫", Number: "990102194500000001", Issuer: "望河县公安局", LongTerm: true}
	_, err = desk.Submit(c.t.Context(), casefile.Submission{
		Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领", PromisedDays: 5},
		Applicant: casefile.Applicant{Name: who.Name, Number: who.Number, Source: "card"}, Values: json.RawMessage(`{}`),
	}, nil, who)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := desk.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// serve asks for an errand as a screen does, and has the service's script do it with a device.
func (c *carrier) serve(errand, device string) casefile.Carried {
	c.t.Helper()
	if err := courier.Ask(c.data, errand, time.Now()); err != nil {
		c.t.Fatal(err)
	}
	c.run("chown", "-R", unprivileged+":", c.data)
	script := exec.CommandContext(c.t.Context(), "../deb/files/courier-stick", device)
	script.Env = append(os.Environ(), "COURIER_DATA="+c.data, "COURIER_CONFIG="+c.config, "COURIER_USER="+unprivileged, "COURIER_PROVISION="+c.program, "COURIER_POINT="+c.point)
	var said bytes.Buffer
	script.Stdout, script.Stderr = &said, &said
	if err := script.Run(); err != nil {
		c.t.Fatalf("%v\n%s", err, said.String())
	}
	if left, _ := filepath.Glob(filepath.Join(c.data, "courier.*port")); len(left) > 0 {
		c.t.Errorf("still asked for: %v", left)
	}
	result, err := courier.Said(c.data)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Log(strings.TrimSpace(said.String()))
	return result
}

// TestStickForTheScreens: what a program at the screen asks for is done by the machine's service with a real block device: out, to the county, and home;
// nothing in the data folder becomes root's, the mount is gone afterwards, and what is wrong with a stick has its code.
func TestStickForTheScreens(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	c := newCarrier(t, p)
	if said := c.serve(casefile.CarryOut, c.device); said.State != casefile.CarryDone || said.Packets != 1 || !said.Good() {
		t.Fatalf("%+v", said)
	}
	c.run("mkdir", "-p", c.point)
	c.run("mount", c.device, c.point)
	p.Run("courier", "take", c.point)
	c.run("umount", c.point)
	if said := c.serve(casefile.CarryHome, c.device); said.State != casefile.CarryDone || said.Delivered != 1 {
		t.Fatalf("%+v", said)
	}
	c.owned()
	c.unmounted()
	c.run("mount", c.device, c.point) // as a desktop does
	if said := c.serve(casefile.CarryOut, c.device); said.State != casefile.CarryDone {
		t.Errorf("a stick that the desktop had mounted: %+v", said)
	}
	c.unmounted()
	c.run("mount", c.device, c.point)
	holder, err := os.Open(c.point)
	if err != nil {
		t.Fatal(err)
	}
	if said := c.serve(casefile.CarryOut, c.device); said.State != casefile.CarryFailed || said.Code != "busy" {
		t.Errorf("a stick in use: %+v", said)
	}
	if err := holder.Close(); err != nil {
		t.Error(err)
	}
	c.run("umount", c.point)
	if said := c.serve(casefile.CarryOut, "/dev/null"); said.State != casefile.CarryFailed || said.Code != "unreadable" {
		t.Errorf("what is no stick: %+v", said)
	}
	c.run("losetup", "-d", c.device)
	c.run("losetup", "-r", c.device, filepath.Join(filepath.Dir(c.data), "image"))
	if said := c.serve(casefile.CarryOut, c.device); said.State != casefile.CarryFailed || said.Code != "read-only" {
		t.Errorf("a locked stick: %+v", said)
	}
	link := filepath.Join(c.data, "courier.export")
	if err := os.Symlink("/etc", link); err != nil {
		t.Fatal(err)
	}
	if err := courier.Say(c.data, casefile.Carried{}); err != nil {
		t.Fatal(err)
	}
	c.serve(casefile.CarryHome, "/dev/null")
	if _, err := os.Stat("/etc/passwd"); err != nil {
		t.Error(err)
	}
}

// unmounted checks that the stick may be pulled.
func (c *carrier) unmounted() {
	c.t.Helper()
	if mounts, err := os.ReadFile("/proc/self/mounts"); err != nil || strings.Contains(string(mounts), c.point) {
		c.t.Errorf("the stick is still mounted, %v", err)
	}
}

// owned checks that all of the data folder is its user's.
func (c *carrier) owned() {
	c.t.Helper()
	u, err := user.Lookup(unprivileged)
	if err != nil {
		c.t.Fatal(err)
	}
	err = filepath.WalkDir(c.data, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if out := strings.TrimSpace(c.run("stat", "-c", "%u", path)); out != u.Uid {
			c.t.Errorf("%s is %s's", filepath.Base(path), out)
		}
		return nil
	})
	if err != nil {
		c.t.Error(err)
	}
	if _, err := strconv.Atoi(u.Uid); err != nil {
		c.t.Error(err)
	}
}
