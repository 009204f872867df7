package support

import "testing"

// TestLink: of a device's name stays where it is plugged in, and nothing that could be a person's.
func TestLink(t *testing.T) {
	for name, stays := range map[string]bool{
		"serial:/dev/ttyUSB0": true, "usb:0400:c35a": true, "usb:0400:C35A:A001": true, "usb:1fc9:2016@1-4.2": true, "usb:printer": true, "hid:0400:c35b:B002": true,
		"usb:0400:c35a:13800138000": false, "usb:0400:c35a:Zhang San": false, "usb:0400:c35a:张三": false, "usb:0400:c35a@home": false, "Reader": false,
	} {
		if got := link(name); (got == name) != stays {
			t.Errorf("%q became %q", name, got)
		}
	}
}
