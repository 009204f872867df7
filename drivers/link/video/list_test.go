package video

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/blackjack/webcam"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// machine writes a /sys with files and links, and gives its root.
func machine(t *testing.T, files, links map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, "sys", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, []byte(content+"\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range links {
		path := filepath.Join(root, "sys", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.Symlink(filepath.Join(root, "sys", to), path)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestList: a camera behind a hub with a second node for what it says beside its pictures, one without a serial number, and what is no
// camera on USB: a capture card, a radio.
func TestList(t *testing.T) {
	const first, second = "devices/pci0/usb1/1-2/1-2.3", "devices/pci0/usb2/2-1"
	const class = "class/video4linux/"
	root := machine(t, map[string]string{
		first + "/idVendor": "1b17", first + "/idProduct": "0211", first + "/serial": "A001",
		second + "/idVendor": "04F2", second + "/idProduct": "b6d9",
		first + "/1-2.3:1.0/video4linux/video0/index": "0", first + "/1-2.3:1.0/video4linux/video0/name": "Document camera: Document\x07 ca",
		first + "/1-2.3:1.0/video4linux/video1/index": "1", first + "/1-2.3:1.0/video4linux/video1/name": "Document camera: Document ca",
		second + "/2-1:1.0/video4linux/video2/index": "0", second + "/2-1:1.0/video4linux/video2/name": "Webcam",
		"devices/pci0/card/video4linux/video3/index": "0", "devices/pci0/card/video4linux/video3/name": "Capture",
		second + "/2-1:1.0/video4linux/radio0/index": "0",
	}, map[string]string{
		class + "video0": first + "/1-2.3:1.0/video4linux/video0", first + "/1-2.3:1.0/video4linux/video0/device": first + "/1-2.3:1.0",
		class + "video1": first + "/1-2.3:1.0/video4linux/video1", first + "/1-2.3:1.0/video4linux/video1/device": first + "/1-2.3:1.0",
		class + "video2": second + "/2-1:1.0/video4linux/video2", second + "/2-1:1.0/video4linux/video2/device": second + "/2-1:1.0",
		class + "video3": "devices/pci0/card/video4linux/video3", "devices/pci0/card/video4linux/video3/device": "devices/pci0/card",
		class + "radio0": second + "/2-1:1.0/video4linux/radio0", second + "/2-1:1.0/video4linux/radio0/device": second + "/2-1:1.0",
	})
	got, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	want := []Node{
		{Path: "/dev/video0", Vendor: 0x1B17, Product: 0x0211, Name: "Document camera: Document ca", Serial: "A001", Port: "1-2.3"},
		{Path: "/dev/video2", Vendor: 0x04F2, Product: 0xB6D9, Name: "Webcam", Port: "2-1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none, err := List(t.TempDir()); err != nil || len(none) != 0 {
		t.Errorf("no camera: %v, %v", none, err)
	}
}

func TestParse(t *testing.T) {
	for link, want := range map[string]struct {
		place bus.Place
		file  string
	}{
		"video:1b17:0211":                   {place: bus.Place{Vendor: 0x1B17, Product: 0x0211}},
		"video:1b17:0211:A001":              {place: bus.Place{Vendor: 0x1B17, Product: 0x0211, Serial: "A001"}},
		"video:1b17:0211@1-2.3":             {place: bus.Place{Vendor: 0x1B17, Product: 0x0211, Port: "1-2.3"}},
		"video:/dev/v4l/by-id/usb-X-index0": {file: "/dev/v4l/by-id/usb-X-index0"},
		"video:/dev/../etc/passwd":          {}, "video:/dev/": {}, "video:/etc/passwd": {}, "video:printer": {}, "video:": {}, "usb:1b17:0211": {}, "": {},
	} {
		place, file, err := parse(link)
		fits := want.file != "" || want.place != bus.Place{}
		if (err == nil) != fits || fits && (place != want.place || file != want.file) || !fits && !errors.Is(err, ErrLink) {
			t.Errorf("%q: %+v, %q, %v", link, place, file, err)
		}
	}
}

// TestOpenErrors: what is no camera is told apart from one that is not there.
func TestOpenErrors(t *testing.T) {
	for link, want := range map[string]error{
		"video:/dev/bianmin-none": channel.ErrUnplugged, "video:ffff:ffff": channel.ErrUnplugged, "video:x": ErrLink,
	} {
		if c, err := Open(link); !errors.Is(err, want) || c != nil {
			t.Errorf("%s: %v", link, err)
		}
	}
	if c, err := Open("video:/dev/null"); err == nil || c != nil {
		t.Error("/dev/null is a camera")
	}
}

// TestLibrary: what this package knows of the library's inside is still so.
func TestLibrary(t *testing.T) {
	if _, err := descriptor(&webcam.Webcam{}); err != nil {
		t.Error(err)
	}
	if err := letGo(&webcam.Webcam{}); err != nil {
		t.Error(err)
	}
	err := numbered(errors.New("Failed to map request buffers: " + unix.EBUSY.Error()))
	if c := (&Camera{}); !errors.Is(err, unix.EBUSY) || !errors.Is(c.told(err), channel.ErrBusy) {
		t.Error(err)
	}
	if other := errors.New("something else"); !errors.Is(numbered(other), other) {
		t.Error("an error was lost")
	}
}
