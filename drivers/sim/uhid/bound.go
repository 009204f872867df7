package uhid

import (
	"bytes"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// bound knows whether the kernel's driver has taken a device. Its nodes appear before that, and what is sent in between the kernel
// throws away without a word (hid_input_report while hid_device_probe runs).
type bound struct {
	told int // a socket that hears of the kernel's devices; -1 once the driver has it
	name string
}

// watchBound is to be called before the device is made.
func watchBound(name string) (*bound, error) {
	told, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, fmt.Errorf("listen for the driver: %w", err)
	}
	const room, kernel = 1 << 20, 1
	_ = unix.SetsockoptInt(told, unix.SOL_SOCKET, unix.SO_RCVBUF, room) // more is only safer
	if err := unix.Bind(told, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernel}); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for the driver: %w", err), unix.Close(told))
	}
	return &bound{told: told, name: name}, nil
}

// done tells whether the driver has the device by now.
func (b *bound) done() bool {
	message := make([]byte, 16<<10)
	for b.told >= 0 {
		n, _, err := unix.Recvfrom(b.told, message, 0)
		if errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return false
		}
		if b.means(message[:n]) {
			b.close()
		}
	}
	return true
}

func (b *bound) means(message []byte) bool {
	parts := bytes.Split(message, []byte{0})
	said := func(part string) bool {
		for _, one := range parts {
			if string(one) == part {
				return true
			}
		}
		return false
	}
	return said("ACTION=bind") && said("SUBSYSTEM=hid") && said("HID_NAME="+b.name)
}

func (b *bound) close() {
	if b.told >= 0 {
		_ = unix.Close(b.told)
		b.told = -1
	}
}
