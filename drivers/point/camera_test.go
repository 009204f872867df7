package point_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/point"
)

// film shows a camera's node at a device that is plugged in.
func (m machine) film(socket, node, index string) {
	m.t.Helper()
	device := "sys/devices/usb1/" + socket
	for name, to := range map[string]string{"idVendor": "idVendor", "idProduct": "idProduct", "serial": "serial"} {
		if content, err := os.ReadFile(filepath.Join(m.root, "sys/bus/usb/devices", socket, name)); err == nil {
			m.lay(device+"/"+to, string(content))
		}
	}
	m.lay(device+"/"+socket+":1.0/driver_override", "")
	m.lay("sys/class/video4linux/"+node+"/index", index+"\n")
	m.lay("sys/class/video4linux/"+node+"/name", "Camera "+socket+"\n")
	if err := os.Symlink(filepath.Join(m.root, device, socket+":1.0"), filepath.Join(m.root, "sys/class/video4linux", node, "device")); err != nil {
		m.t.Fatal(err)
	}
}

// TestCamerasAttached: a camera is named so that it is found again: two of a model by socket, two lenses in one device by file.
func TestCamerasAttached(t *testing.T) {
	m := machine{t, t.TempDir()}
	for socket, ids := range map[string]string{"1-1": "1b17 0211", "1-2": "04f2 b6d9", "1-3": "04f2 b6d9", "1-4": "0ac8 3420"} {
		vendor, product, _ := strings.Cut(ids, " ")
		m.plug(socket, vendor, product, "0e", "00", nil)
	}
	m.film("1-1", "video0", "0")
	m.film("1-1", "video1", "1") // what it says beside its pictures
	m.film("1-2", "video2", "0")
	m.film("1-3", "video4", "0")
	m.film("1-4", "video6", "0")
	m.film("1-4", "video8", "0") // a second lens
	all, err := point.Attachments(m.root, packs(t))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.Link)
		if a.Role != drivers.RoleScanner || a.Pack == nil || a.Pack.ID != "camera" || a.Model == "" {
			t.Errorf("%+v", a)
		}
	}
	slices.Sort(got)
	if want := []string{"video:/dev/video6", "video:/dev/video8", "video:04f2:b6d9@1-2", "video:04f2:b6d9@1-3", "video:1b17:0211"}; !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for name, means := range map[string]bool{"video:1b17:0211": true, "video:1B17:0211@1-1": true, "video:1b17:0211@1-2": false, "usb:1b17:0211": false, "": false} {
		if is := all[0].Names(name); is != means {
			t.Errorf("%q means the first: %v", name, is)
		}
	}
}

// TestCameraLinkIsChecked: a link that names no camera is refused before anything is opened.
func TestCameraLinkIsChecked(t *testing.T) {
	_, err := point.Start(t.Context(), point.Config{Scanner: &point.Scanner{Link: "video:front"}}, point.Options{})
	if err == nil || !strings.Contains(err.Error(), "video:VENDOR:PRODUCT") {
		t.Errorf("%v", err)
	}
}
