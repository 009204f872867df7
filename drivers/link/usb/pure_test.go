//go:build cgo

package usb

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/gousb"

	"bianmin/drivers/link/channel"
)

// TestHead: a frame's first seven bytes and the rest go over two pipes, however the bytes are cut.
func TestHead(t *testing.T) {
	frame := []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22}
	for _, step := range []int{1, 2, 3, 7} {
		var h head
		var over [2][]byte
		for left := append(append([]byte(nil), frame...), frame...); len(left) > 0; {
			part := left[:min(step, len(left), h.left())]
			over[h.pipe()] = append(over[h.pipe()], part...)
			h.take(part)
			left = left[len(part):]
		}
		if string(over[0]) != string(frame[:7])+string(frame[:7]) || string(over[1]) != string(frame[7:])+string(frame[7:]) {
			t.Errorf("by %d: % x and % x", step, over[0], over[1])
		}
	}
}

// TestDeviceID: the length may be the wrong way round, too long or too short.
func TestDeviceID(t *testing.T) {
	const text = "MFG:A;MDL:B;"
	for _, head := range [][]byte{{0, 14}, {14, 0}, {0, 200}, {0xFF, 0xFF}} {
		if got, err := deviceID(append(head, text...)); err != nil || got != text {
			t.Errorf("% x: %q, %v", head, got, err)
		}
	}
	if got, err := deviceID(append([]byte{0, 7}, text...)); err != nil || got != "MFG:A" {
		t.Errorf("a short one: %q, %v", got, err)
	}
	for _, bad := range [][]byte{nil, {1}} {
		if got, err := deviceID(bad); !errors.Is(err, channel.ErrProtocol) {
			t.Errorf("% x: %q, %v", bad, got, err)
		}
	}
	if got, err := deviceID([]byte{0, 0}); err != nil || got != "" {
		t.Errorf("empty: %q, %v", got, err)
	}
}

// TestClassify: also where the binding keeps only an error's words.
func TestClassify(t *testing.T) {
	for said, want := range map[error]error{
		gousb.ErrorNoDevice:                       channel.ErrUnplugged,
		gousb.TransferNoDevice:                    channel.ErrUnplugged,
		fmt.Errorf("claim: %v", gousb.ErrorBusy):  channel.ErrBusy,
		fmt.Errorf("open: %w", gousb.ErrorAccess): channel.ErrNotPermitted,
	} {
		if got := classify(said); !errors.Is(got, want) {
			t.Errorf("%v is %v, not %v", said, got, want)
		}
	}
	if classify(nil) != nil || classify(errAny) != errAny {
		t.Error("what has no meaning stays as it is")
	}
}

var errAny = errors.New("something else")

// descriptor is an interface's setting with pipes at these addresses.
func descriptor(number int, class gousb.Class, protocol gousb.Protocol, addresses ...gousb.EndpointAddress) gousb.InterfaceSetting {
	s := gousb.InterfaceSetting{Number: number, Class: class, Protocol: protocol, Endpoints: map[gousb.EndpointAddress]gousb.EndpointDesc{}}
	for _, a := range addresses {
		s.Endpoints[a] = gousb.EndpointDesc{Address: a, Number: int(a & 0x0F), Direction: a&0x80 != 0, TransferType: gousb.TransferTypeBulk}
	}
	return s
}

// TestChoose: of several interfaces the printer that answers, and none whose number would lead the binding astray.
func TestChoose(t *testing.T) {
	interfaces := func(settings ...gousb.InterfaceSetting) *gousb.DeviceDesc {
		c := gousb.ConfigDesc{Number: 1}
		for _, s := range settings {
			c.Interfaces = append(c.Interfaces, gousb.InterfaceDesc{Number: s.Number, AltSettings: []gousb.InterfaceSetting{s}})
		}
		return &gousb.DeviceDesc{Configs: map[int]gousb.ConfigDesc{1: c}}
	}
	for name, c := range map[string]struct {
		device       *gousb.DeviceDesc
		number       int
		split, found bool
	}{
		"one pair":             {device: interfaces(descriptor(0, gousb.ClassVendorSpec, 0, 0x81, 0x02)), found: true},
		"two pairs":            {device: interfaces(descriptor(0, gousb.ClassVendorSpec, 0, 0x81, 0x02, 0x85, 0x06)), found: true, split: true},
		"printer and disk":     {device: interfaces(descriptor(0, gousb.ClassMassStorage, 80, 0x81, 0x02), descriptor(1, gousb.ClassPrinter, 2, 0x83, 0x04)), number: 1, found: true},
		"printer that is deaf": {device: interfaces(descriptor(0, gousb.ClassPrinter, 1, 0x01)), found: true},
		"only out":             {device: interfaces(descriptor(0, gousb.ClassVendorSpec, 0, 0x01))},
		"numbers with a gap":   {device: interfaces(descriptor(2, gousb.ClassVendorSpec, 0, 0x81, 0x02))},
		"nothing":              {device: &gousb.DeviceDesc{}},
	} {
		config, got, found := choose(c.device)
		if found != c.found || found && (config != 1 || got.number != c.number || got.split != c.split) {
			t.Errorf("%s: %d, %+v, %v", name, config, got, found)
		}
	}
}
