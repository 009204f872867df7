package settings_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bianmin/packaging/settings"
)

func readWith(t *testing.T, content string) settings.Settings {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const equipped = `data: data
platform: https://10.0.0.1:8443
devices:
  reader: {link: "usb:0400:c35a:A1"}
  printer: {link: "serial:/dev/serial/by-id/usb-FTDI_A10K-if00"}
  scanner: {sane: "genesys:libusb:001:004"}
  document: {link: "ipp://127.0.0.1:631/printers/a4"}
session: {idle: 2m}
`

// TestDigest: terminals with the same settings have the same digest wherever their devices are plugged in and their data
// lie, however the file is written; what changes how a terminal behaves changes it.
func TestDigest(t *testing.T) {
	one := readWith(t, equipped)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(one.Digest()) {
		t.Errorf("digest %q", one.Digest())
	}
	for name, change := range map[string][2]string{
		"another folder":        {"data: data", "data: elsewhere\nexports: out"},
		"another serial number": {"usb:0400:c35a:A1", "usb:0400:c35a:B2"},
		"another socket":        {"usb:0400:c35a:A1", "usb:0400:c35a@1-4.2"},
		"another port":          {"/dev/serial/by-id/usb-FTDI_A10K-if00", "/dev/ttyUSB3"},
		"another address":       {"ipp://127.0.0.1:631/printers/a4", "ipp://192.168.1.20/ipp/print"},
		"another USB number":    {"genesys:libusb:001:004", "genesys:libusb:002:009"},
		"the default said":      {"A1\"}", "A1\", baud: 115200}"},
		"another form":          {"idle: 2m", "idle: 120s"},
		"a comment":             {"session:", "# times\nsession:"},
	} {
		if other := readWith(t, strings.Replace(equipped, change[0], change[1], 1)); other.Digest() != one.Digest() {
			t.Errorf("%s: another digest\n%s\n%s", name, one.Canonical(), other.Canonical())
		}
	}
	for name, change := range map[string][2]string{
		"another model":      {"usb:0400:c35a:A1", "usb:0483:5750:A1"},
		"narrow paper":       {"if00\"}", "if00\", paper: 58}"},
		"a device less":      {"  document: {link: \"ipp://127.0.0.1:631/printers/a4\"}\n", ""},
		"another platform":   {"10.0.0.1", "10.0.0.2"},
		"another time":       {"idle: 2m", "idle: 3m"},
		"another scanner":    {"genesys:libusb", "escl2:libusb"},
		"the whole panel":    {"session:", "screen: {fullscreen: true}\nsession:"},
		"another catalogue":  {"session:", "catalogue: /srv/county\nsession:"},
		"another mirror":     {"session:", "update: {mirror: \"https://m.example\"}\nsession:"},
		"whose versions":     {"session:", "update: {root: /etc/other.json}\nsession:"},
		"whom people call":   {"session:", "phone: \"0989\"\nsession:"},
		"a device by itself": {"  reader: {link: \"usb:0400:c35a:A1\"}\n", "  reader: {link: \"usb:0400:c35a:A1\"}\n  button: {link: \"serial:/dev/ttyS1\"}\n"},
	} {
		if other := readWith(t, strings.Replace(equipped, change[0], change[1], 1)); other.Digest() == one.Digest() {
			t.Errorf("%s: the same digest\n%s", name, other.Canonical())
		}
	}
}

// TestDigestHoldsNoSecret: what an address may hold beside the address is not in what is digested.
func TestDigestHoldsNoSecret(t *testing.T) {
	with := readWith(t, strings.Replace(equipped, "https://10.0.0.1", "https://user:geheim@10.0.0.1", 1))
	if strings.Contains(string(with.Canonical()), "geheim") || with.Digest() != readWith(t, equipped).Digest() {
		t.Errorf("%s", with.Canonical())
	}
	for _, place := range []string{"A10K", "127.0.0.1", "c35a:A1", "libusb"} {
		if strings.Contains(string(with.Canonical()), place) {
			t.Errorf("%q is in\n%s", place, with.Canonical())
		}
	}
}
