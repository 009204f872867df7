package evdev

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"bianmin/drivers/link/bus"
	"bianmin/drivers/link/channel"
)

// keysOfAll is what a boot keyboard has, as /sys writes it.
const keysOfAll = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"

// sysfs lays input devices below a root as the kernel shows them: at a socket, or at none.
type shown struct {
	event, port, bus, vendor, product, serial, keys, lights string
}

func sysfs(t *testing.T, all ...shown) string {
	t.Helper()
	root := t.TempDir()
	for _, one := range all {
		device := filepath.Join(root, "sys/devices/pci0/usb1", one.port, one.port+":1.0/0003:0C2E:0B61.0001/input/input7")
		if one.port == "" {
			device = filepath.Join(root, "sys/devices/virtual/input/input8")
		}
		for name, content := range map[string]string{
			"id/bustype": one.bus, "id/vendor": one.vendor, "id/product": one.product, "name": "Scanner\x1b", "uniq": one.serial,
			"capabilities/key": one.keys, "capabilities/led": one.lights,
		} {
			path := filepath.Join(device, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content+"\n"), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		folder := filepath.Join(root, "sys/class/input", one.event)
		if err := errors.Join(os.MkdirAll(folder, 0o755), os.Symlink(device, filepath.Join(folder, "device"))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestList(t *testing.T) {
	root := sysfs(t,
		shown{"event3", "1-1.2", "0003", "05e0", "1200", "S1", keysOfAll, "7"},
		shown{"event4", "1-1.3", "0003", "05e0", "1300", "", "10000000 0", "0"}, // a mouse's or a power button's
		shown{"event5", "", "0011", "0001", "0001", "", keysOfAll, "7"},         // at no USB
	)
	all, err := List(root)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if want := (Node{"/dev/input/event3", 0x05e0, 0x1200, "Scanner", "S1", "1-1.2", true, true}); all[0] != want {
		t.Errorf("%+v", all[0])
	}
	if all[1].Types || all[1].Lights {
		t.Errorf("%+v types", all[1])
	}
	if all, err := List(t.TempDir()); err != nil || all != nil {
		t.Errorf("no input devices at all: %v, %v", all, err)
	}
}

// TestFind: a keyboard for people is taken by nobody who has not named it alone.
func TestFind(t *testing.T) {
	root := sysfs(t,
		shown{"event3", "1-1.2", "0003", "05e0", "1200", "S1", keysOfAll, "7"},
		shown{"event4", "1-1.3", "0003", "05e0", "1300", "", keysOfAll, "0"},
		shown{"event5", "1-1.4", "0003", "05e0", "1400", "", keysOfAll, "0"},
		shown{"event6", "1-1.5", "0003", "05e0", "1400", "", keysOfAll, "0"},
		shown{"event7", "1-1.6", "0003", "05e0", "1500", "", "0", "0"},
	)
	for name, want := range map[string]struct {
		path string
		err  error
	}{
		"05e0:1200":       {err: ErrKeyboard},
		"05e0:1200:S1":    {path: "/dev/input/event3"},
		"05e0:1200@1-1.2": {path: "/dev/input/event3"},
		"05e0:1200@1-1.3": {err: channel.ErrUnplugged},
		"05e0:1300":       {path: "/dev/input/event4"},
		"05e0:1400":       {err: channel.ErrAmbiguous},
		"05e0:1400@1-1.5": {path: "/dev/input/event6"},
		"05e0:1500":       {err: channel.ErrUnplugged},
	} {
		place, err := bus.ParsePlace(name)
		if err != nil {
			t.Fatal(err)
		}
		if path, err := find(root, place); path != want.path || !errors.Is(err, want.err) {
			t.Errorf("%s: %q, %v", name, path, err)
		}
	}
}

// TestOpenNothing: what is no input device is not taken, however it is named.
func TestOpenNothing(t *testing.T) {
	for name, want := range map[string]error{
		"/dev/null": channel.ErrSettings, "/dev/input/../null": channel.ErrSettings, "/dev/input/by-id/none": channel.ErrUnplugged,
		"printer": channel.ErrSettings, "x": channel.ErrSettings, "ffff:fffe": channel.ErrUnplugged,
	} {
		if d, err := Open(name); d != nil || !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
	if d, err := take("/dev/null"); d != nil || !errors.Is(err, ErrNotInput) {
		t.Errorf("%v, %v", d, err)
	}
}
