package settings

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bianmin/sync/seal"
)

// Canonical are the settings that count, as lines "name = value" in the order of their names: terminals with equal
// settings give equal bytes. Where things lie and are plugged in is left out (folders, a device's port, socket, serial
// number and address), for that differs from machine to machine without making one behave otherwise; so is what an
// address holds beside the address.
func (s Settings) Canonical() []byte {
	lines := s.deviceLines()
	add := func(name string, value any) { lines = append(lines, fmt.Sprintf("%s = %v", name, value)) }
	for _, v := range s.Ruled.Values {
		add(v.Key, bareAddress(v.Value))
	}
	catalogue := "built-in"
	if s.Catalogue != "" {
		catalogue = s.Catalogue
	}
	add("catalogue", catalogue)
	add("platform", bareAddress(s.Platform))
	add("screen.fullscreen", s.Screen.Fullscreen)
	add("screen.height", s.Screen.Height)
	add("screen.scale", strconv.FormatFloat(float64(s.Screen.Scale), 'g', -1, 32))
	add("screen.width", s.Screen.Width)
	add("update.authority", s.Update.Authority)
	add("update.root", s.Update.Root)
	add("update.trial", s.Update.Trial)
	slices.Sort(lines)
	var out bytes.Buffer
	for _, line := range lines {
		out.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return out.Bytes()
}

// Digest names the settings that count: SM3 over Canonical, 64 hexadecimal digits.
func (s Settings) Digest() string { return seal.Digest(s.Canonical()) }

func (s Settings) deviceLines() (lines []string) {
	add := func(name string, value any) { lines = append(lines, fmt.Sprintf("devices.%s = %v", name, value)) }
	d := s.Devices
	if d.Reader != nil {
		add("reader.baud", d.Reader.Baud)
		add("reader.link", kind(d.Reader.Link))
	}
	if p := d.Printer; p != nil {
		add("printer.baud", p.Baud)
		add("printer.link", kind(p.Link))
		add("printer.noCutter", p.NoCutter)
		add("printer.paper", p.Paper)
		add("printer.raster", p.Raster)
	}
	if d.Document != nil {
		add("document.link", kind(d.Document.Link))
	}
	if d.Scanner != nil {
		add("scanner.dpi", d.Scanner.DPI)
		link := d.Scanner.Link
		if d.Scanner.SANE != "" {
			link = "sane:" + d.Scanner.SANE
		}
		add("scanner.link", kind(link))
	}
	if d.Button != nil {
		add("button.baud", d.Button.Baud)
		add("button.link", kind(d.Button.Link))
	}
	if d.Code != nil {
		add("code.baud", d.Code.Baud)
		add("code.link", kind(d.Code.Link))
	}
	return lines
}

// kind is a link without where it leads: "serial", "usb:0400:c35a", "usb:printer", "ipp", "sane:test".
func kind(link string) string {
	scheme, rest, _ := strings.Cut(link, ":")
	switch scheme {
	case "usb", "hid", "evdev", "video":
		rest, _, _ = strings.Cut(rest, "@")
		if strings.HasPrefix(rest, "/") {
			return scheme
		}
		ids := strings.Split(rest, ":")
		return scheme + ":" + strings.Join(ids[:min(2, len(ids))], ":")
	case "sane":
		backend, _, _ := strings.Cut(rest, ":")
		return scheme + ":" + backend
	}
	return scheme
}

// bareAddress takes a name and a password out of an address.
func bareAddress(value string) string {
	if u, err := url.Parse(value); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return value
}
