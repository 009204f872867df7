package commission_test

import (
	"errors"
	"os"
	"testing"

	"bianmin/drivers"
	"bianmin/packaging/commission"
	"bianmin/packaging/settings"
	"bianmin/platform/platformtest"
)

// onUSB shows a printer on USB as the kernel does.
func (w *world) onUSB(socket, vendor, product, said string) {
	w.t.Helper()
	folder := "sys/bus/usb/devices/" + socket + "/"
	one := folder + socket + ":1.0/"
	for path, content := range map[string]string{
		folder + "idVendor": vendor, folder + "idProduct": product, folder + "bDeviceClass": "00", one + "bInterfaceNumber": "00",
		one + "bInterfaceClass": "07", one + "bInterfaceSubClass": "01", one + "bInterfaceProtocol": "02", one + "ieee1284_id": said,
	} {
		w.install(path, content+"\n")
	}
}

// behind shows a serial port as one that an adapter makes.
func (w *world) behind(port, vendor, product, tty string) {
	w.t.Helper()
	const folder = "sys/bus/usb/devices/9-9/"
	one := folder + "9-9:1.0/"
	for path, content := range map[string]string{
		folder + "idVendor": vendor, folder + "idProduct": product, folder + "bDeviceClass": "00", one + "bInterfaceNumber": "00",
		one + "bInterfaceClass": "ff", one + "bInterfaceSubClass": "00", one + "bInterfaceProtocol": "00", one + tty + "/uevent": "",
	} {
		w.install(path, content+"\n")
	}
	path, own := w.in("dev/serial/by-id", port), w.in("dev", tty)
	device, err := os.Readlink(path)
	if err := errors.Join(err, os.Symlink(device, own), os.Remove(path), os.Symlink(own, path)); err != nil {
		w.t.Fatal(err)
	}
}

// TestPrinterWithoutQueue: a page printer on USB without a queue is shown with what is to be done, and not used; a printer that is not known is
// neither used nor written to, and a receipt printer that does not answer is not used.
func TestPrinterWithoutQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, platformtest.Start(t, platformtest.Options{}))
	w.onUSB("9-1", "03f0", "fff7", "MFG:HP;MDL:LaserJet P1108;CMD:PJL,ZJS;")
	w.onUSB("9-2", "ffff", "fff1", "")
	w.onUSB("9-3", "0416", "5011", "")
	answers := w.answers("QH0301")
	delete(answers.Terminal, "devices")
	answers.Test = nil
	o := options(w.words, w.root, answers)
	technician := &person{answers: answers}
	o.Technician = technician
	if _, err := commission.Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var seen []commission.Finding
	for _, f := range technician.found {
		if f.Role == drivers.RoleDocument || f.Pack != nil {
			seen = append(seen, f)
		}
	}
	if len(seen) != 1 || !seen[0].NoQueue || seen[0].Command != "sudo lpadmin -p a4 -E -v 'usb://HP/LaserJet%20P1108' -m DRIVER" || seen[0].Model != "LaserJet P1108" || !seen[0].Second {
		t.Errorf("shown: %+v", seen)
	}
	s, err := settings.Read(w.in("etc/bianmin/terminal.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Devices.Document != nil {
		t.Errorf("used: %+v", s.Devices.Document)
	}
}
