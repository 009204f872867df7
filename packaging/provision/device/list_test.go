package device_test

import (
	"encoding/json"
	"os"
	"path/filepath"
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
