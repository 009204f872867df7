package places

import (
	"bufio"
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"bianmin/drivers/ipp"
)

// Where ipp-usb stands in front of printers, unless its configuration says otherwise. It gives each printer the next port
// and keeps that for it.
const (
	firstUSBPort = 60000
	usbPorts     = 64
)

var here = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// Printers says where printers of a machine may answer: where its CUPS listens on loopback, and the first ports of its
// ipp-usb. What is not installed is not asked.
func Printers(root string) (places ipp.Places) {
	content, err := os.ReadFile(filepath.Join(root, "etc/cups/cupsd.conf")) // #nosec G304 -- the machine's own
	if port := cupsPort(content); err == nil && port > 0 {
		places.CUPS = netip.AddrPortFrom(here, port)
	}
	content, err = os.ReadFile(filepath.Join(root, "etc/ipp-usb/ipp-usb.conf")) // #nosec G304 -- the machine's own
	if err != nil {
		return places
	}
	first, last := number(content, "http-min-port", firstUSBPort), number(content, "http-max-port", 1<<16-1)
	for port := first; port <= min(last, first+usbPorts-1); port++ {
		places.USB = append(places.USB, netip.AddrPortFrom(here, uint16(port))) // #nosec G115 -- number gives ports
	}
	return places
}

// cupsPort is the first port on which cupsd listens for this machine, 0 when it only has a socket file.
func cupsPort(content []byte) uint16 {
	for line := range lines(content) {
		word, value, _ := strings.Cut(line, " ")
		value = strings.TrimSpace(value)
		switch {
		case strings.EqualFold(word, "Port"):
			value = "*:" + value
		case !strings.EqualFold(word, "Listen") || strings.HasPrefix(value, "/"):
			continue
		case !strings.Contains(value, ":"):
			if _, err := strconv.Atoi(value); err != nil {
				value += ":631"
			} else {
				value = "*:" + value
			}
		}
		cut := strings.LastIndex(value, ":")
		host, number := strings.Trim(value[:cut], "[]"), value[cut+1:]
		address, err := netip.ParseAddr(host)
		port, wrong := strconv.ParseUint(number, 10, 16)
		if wrong == nil && (host == "*" || host == "localhost" || err == nil && (address.Is4() && address.IsLoopback() || address.IsUnspecified())) {
			return uint16(port)
		}
	}
	return 0
}

// number is a port in a file of "name = value" lines.
func number(content []byte, name string, fallback int) int {
	for line := range lines(content) {
		key, value, _ := strings.Cut(line, "=")
		if n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 16); err == nil && strings.TrimSpace(key) == name {
			return int(n) // #nosec G115 -- parsed as 16 bits
		}
	}
	return fallback
}

// lines are a configuration file's lines without comments and margins.
func lines(content []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		scanner := bufio.NewScanner(bytes.NewReader(content))
		for scanner.Scan() {
			line, _, _ := strings.Cut(scanner.Text(), "#")
			line, _, _ = strings.Cut(line, ";")
			if line = strings.TrimSpace(line); line != "" && !yield(line) {
				return
			}
		}
	}
}
