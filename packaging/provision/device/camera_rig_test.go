//go:build usb

package device_test

import (
	"encoding/json"
	"image"
	_ "image/jpeg" // pages come as JPEG or PNG
	_ "image/png"
	"os"
	"strings"
	"testing"

	"bianmin/drivers"
	sim "bianmin/drivers/sim/camera"
)

// TestUSBCamera: a document camera is listed, asked how it is without being switched on, and scanned with, by the program itself;
// a second node of the camera is nothing, and unplugged is told in words.
func TestUSBCamera(t *testing.T) {
	far, err := sim.Plug(t.Context(), sim.Sheet{Bars: 4, Degrees: 5}.Lens(), sim.Options{Serial: "C1"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := far.Close(); err != nil {
			t.Error(err)
		}
	}()
	const link = "video:1b17:0211"
	sees(t, "list", told{link: link, role: drivers.RoleScanner, pack: "camera"})
	sees(t, "probe", told{link: link, role: drivers.RoleScanner, pack: "camera", condition: drivers.Online})
	out, errs, err := program(t, "device", "status", "--role", "scanner", "--link", link, "--json")
	if err != nil || !strings.Contains(out, `"online"`) {
		t.Errorf("status: %v\n%s%s", err, out, errs)
	}
	if _, times, _ := far.On(); times != 0 {
		t.Errorf("it was switched on %d times to be asked", times)
	}
	folder := t.TempDir()
	out, errs, err = program(t, "device", "scan", "--link", link, "--out", folder, "--json")
	if err != nil {
		t.Fatalf("%v\n%s", err, errs)
	}
	var said struct {
		Pages []struct {
			File    string
			Quality drivers.Quality
		}
	}
	err = json.Unmarshal([]byte(out), &said)
	pages := said.Pages
	if err != nil || len(pages) != 1 || pages[0].Quality != drivers.QualityGood {
		t.Fatalf("%v in\n%s", err, out)
	}
	file, err := os.Open(pages[0].File)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if page, _, err := image.Decode(file); err != nil || sim.BarsOn(page) != 4 {
		t.Errorf("the page: %v", err)
	}
	if err := far.Unplug(); err != nil {
		t.Fatal(err)
	}
	sees(t, "list")
	if _, errs, err := program(t, "device", "scan", "--link", link); err == nil || !strings.Contains(errs, "unplugged") {
		t.Errorf("unplugged: %v\n%s", err, errs)
	}
}
