package device_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/packaging/places"
)

// machine shows USB devices as the kernel does: path → content below its root.
func machine(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for path, content := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// onUSB are the files of a device with one interface.
func onUSB(socket, vendor, product, class string, more map[string]string) map[string]string {
	folder := "sys/bus/usb/devices/" + socket + "/"
	one := folder + socket + ":1.0/"
	files := map[string]string{
		folder + "idVendor": vendor + "\n", folder + "idProduct": product + "\n", folder + "bDeviceClass": "00\n",
		one + "bInterfaceNumber": "00\n", one + "bInterfaceClass": class + "\n", one + "bInterfaceSubClass": "01\n", one + "bInterfaceProtocol": "02\n",
	}
	for name, content := range more {
		files[folder+strings.ReplaceAll(name, ":", socket+":")] = content
	}
	return files
}

// listed is what the command prints.
type listed struct {
	Devices []struct {
		Kind, Link, Pack, Model, Serial, Socket, Note string
		Role                                          drivers.Role
		Means                                         *struct{ Zh, En string }
	}
	Problems []string
}

func listJSON(t *testing.T, args ...string) listed {
	t.Helper()
	out, err := run(t, append(args, "--json")...)
	if err != nil {
		t.Fatal(err)
	}
	var all listed
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	return all
}

// TestListByData: a model that no program knows is listed when the machine has a file about it, and a file that is none is named.
func TestListByData(t *testing.T) {
	files := onUSB("1-2", "abcd", "0001", "ff", map[string]string{"serial": "N7\n", "product": "New Reader\n"})
	if all := listJSON(t, "list", "--root", machine(t, files)); len(all.Devices) != 0 || len(all.Problems) != 0 {
		t.Fatalf("known before: %+v", all)
	}
	files[places.OwnPacks+"/new-reader.yaml"] = "id: new-reader\nname: {zh: 新读卡器, en: New reader}\nrole: reader\nmatch: [{usb: \"abcd:0001\"}]\nlink: usb\ncapabilities: [card]\n"
	files[places.OwnPacks+"/half.yaml"] = "id: half\n"
	root := machine(t, files)
	all := listJSON(t, "list", "--root", root)
	if len(all.Devices) != 1 || all.Devices[0].Link != "usb:abcd:0001" || all.Devices[0].Role != drivers.RoleReader || all.Devices[0].Pack != "new-reader" || all.Devices[0].Serial != "N7" || all.Devices[0].Socket != "1-2" {
		t.Errorf("%+v", all.Devices)
	}
	if len(all.Problems) != 1 || !strings.Contains(all.Problems[0], "half.yaml") {
		t.Errorf("problems: %q", all.Problems)
	}
	out, err := run(t, "list", "--root", root)
	if err != nil || !strings.Contains(out, "新读卡器 / New reader") || !strings.Contains(out, "@1-2") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestListInWords: what must be done is said: a page printer without a queue, one behind no ipp-usb, a printer that is not known.
func TestListInWords(t *testing.T) {
	files := onUSB("1-1", "03f0", "0017", "07", map[string]string{":1.0/ieee1284_id": "MFG:HP;MDL:LaserJet;CMD:PCL;\n"})
	for path, content := range onUSB("1-2", "1111", "2222", "07", nil) {
		files[path] = content
	}
	root := machine(t, files)
	for command, want := range map[string][2]string{"list": {"no-queue", "unknown-printer"}, "probe": {"no-queue", "unknown-printer"}} {
		all := listJSON(t, command, "--root", root)
		if len(all.Devices) != 2 || all.Devices[0].Note != want[0] || all.Devices[0].Role != drivers.RoleDocument || all.Devices[1].Note != want[1] || all.Devices[1].Role != "" || all.Devices[1].Means == nil {
			t.Errorf("%s: %+v", command, all.Devices)
		}
	}
	out, err := run(t, "list", "--root", root)
	if err != nil || !strings.Contains(out, "还没有设好") || !strings.Contains(out, "add it in CUPS") || !strings.Contains(out, "nothing was sent to it") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run(t, "list", "--root", t.TempDir()); err != nil || !strings.Contains(out, "no devices were found") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestProbeSerial: a serial port is listed without asking, and asked by probe.
func TestProbeSerial(t *testing.T) {
	_, link := plugIn(t)
	root := machine(t, nil)
	port := filepath.Join(root, "dev/serial/by-id/usb-reader")
	if err := os.MkdirAll(filepath.Dir(port), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(strings.TrimPrefix(link, "serial:"), port); err != nil {
		t.Fatal(err)
	}
	if all := listJSON(t, "list", "--root", root); len(all.Devices) != 1 || all.Devices[0].Link != "serial:"+port || all.Devices[0].Role != "" {
		t.Errorf("list: %+v", all.Devices)
	}
	if all := listJSON(t, "probe", "--root", root); len(all.Devices) != 1 || all.Devices[0].Role != drivers.RoleReader || all.Devices[0].Note != "" {
		t.Errorf("probe: %+v", all.Devices)
	}
}

// TestListTyping: a code reader that plays keyboard is listed by its maker's pack or one of the machine's own; what types and is not known is shown with
// what to do, and a code reader's serial port is known by its adapter and not opened by probe.
func TestListTyping(t *testing.T) {
	files := map[string]string{places.OwnPacks + "/own-code.yaml": "id: own-code\nname: {zh: 新扫码器, en: New scanner}\nrole: code\nmatch: [{usb: \"abcd:0003\"}]\nlink: evdev\ncapabilities: [codes]\n"}
	files[places.OwnPacks+"/line-code.yaml"] = strings.NewReplacer("own-code", "line-code", "0003", "0004", "evdev", "serial").Replace(files[places.OwnPacks+"/own-code.yaml"])
	for event, ids := range map[string]string{"event3": "0c2e:0b62", "event4": "abcd:0003", "event5": "046d:c31c"} {
		vendor, product, _ := strings.Cut(ids, ":")
		folder := "sys/class/input/" + event + "/device/"
		files[folder+"id/bustype"], files[folder+"id/vendor"], files[folder+"id/product"], files[folder+"name"] = "0003", vendor, product, "Keys"
		files[folder+"capabilities/key"], files[folder+"capabilities/led"] = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe", "0"
	}
	for path, content := range onUSB("1-4", "abcd", "0004", "ff", map[string]string{":1.0/ttyUSB3/uevent": "", "product": "Line scanner\n"}) {
		files[path] = content
	}
	root := machine(t, files)
	if err := os.MkdirAll(filepath.Join(root, "dev"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/nowhere", filepath.Join(root, "dev/ttyUSB3")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"list", "probe"} {
		var got []string
		for _, d := range listJSON(t, command, "--root", root).Devices {
			got = append(got, strings.Join([]string{d.Kind, strings.TrimPrefix(d.Link, "serial:"+root), string(d.Role), d.Pack, d.Note}, " "))
		}
		want := []string{"evdev evdev:0c2e:0b62 code keyboard-code ", "evdev evdev:abcd:0003 code own-code ", "evdev evdev:046d:c31c   types", "serial /dev/ttyUSB3 code line-code "}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", command, got, want)
		}
	}
	if out, err := run(t, "list", "--root", root); err != nil || !strings.Contains(out, "扫码器（键盘口） / Code reader (keyboard)") || !strings.Contains(out, "能像键盘一样打字") {
		t.Errorf("%v\n%s", err, out)
	}
}
