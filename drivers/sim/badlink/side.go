package badlink

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// name is the device's in each namespace.
const name = "line0"

// mtu is a little below Ethernet's, as on lines of mobile networks.
const mtu = 1400

// side is one end: a network namespace with a TUN device in it, and the thread that lives there.
type side struct {
	tun  *os.File
	jobs chan func()
	done sync.WaitGroup
}

func newSide(address string) (*side, error) {
	s := &side{jobs: make(chan func())}
	ready := make(chan error)
	s.done.Go(func() { s.live(address, ready) })
	if err := <-ready; err != nil {
		s.done.Wait()
		return nil, fmt.Errorf("make an end of the line: %w", err)
	}
	return s, nil
}

// live enters a namespace with its thread, which ends with it, and does there what it is told.
func (s *side) live(address string, ready chan<- error) {
	runtime.LockOSThread() // never unlocked: nobody else may get this thread
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		ready <- fmt.Errorf("a network of its own (needs root): %w", err)
		return
	}
	var err error
	s.tun, err = device(address)
	if err != nil {
		ready <- err
		return
	}
	if err := congestion(address); err != nil {
		ready <- errors.Join(err, s.tun.Close())
		return
	}
	ready <- nil
	for job := range s.jobs {
		job()
	}
}

// congestion makes TCP here what it is on a plain Debian, whatever this machine prefers. A namespace may not choose for
// itself; a route may.
func congestion(address string) error {
	out, err := exec.Command("ip", "route", "replace", "10.99.0.0/24", "dev", name, "src", address, "congctl", "cubic").CombinedOutput() // #nosec G204 -- our own words
	if err != nil {
		return fmt.Errorf("choose TCP's congestion control: %w: %s", err, out)
	}
	return nil
}

// do does something in the namespace: a process that is started there stays there.
func (s *side) do(what func() error) error {
	done := make(chan error)
	s.jobs <- func() { done <- what() }
	return <-done
}

func (s *side) close() error {
	close(s.jobs)
	s.done.Wait()
	return s.tun.Close()
}

// device makes the TUN device and gives it and the loopback their addresses.
func device(address string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open /dev/net/tun: %w", err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		return nil, errors.Join(fmt.Errorf("make a TUN device: %w", err), unix.Close(fd))
	}
	if err := configure(name, address); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), name), nil
}

func configure(name, address string) error {
	control, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(control) }() // it carried nothing
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return err
	}
	host := ip.As4()
	for _, step := range []struct {
		device  string
		request uint
		fill    func(*unix.Ifreq) error
	}{
		{name, unix.SIOCSIFADDR, func(r *unix.Ifreq) error { return r.SetInet4Addr(host[:]) }},
		{name, unix.SIOCSIFNETMASK, func(r *unix.Ifreq) error { return r.SetInet4Addr([]byte{255, 255, 255, 0}) }},
		{name, unix.SIOCSIFMTU, func(r *unix.Ifreq) error { r.SetUint32(mtu); return nil }},
		{name, unix.SIOCSIFFLAGS, func(r *unix.Ifreq) error { r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING); return nil }},
		{"lo", unix.SIOCSIFFLAGS, func(r *unix.Ifreq) error { r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING); return nil }},
	} {
		request, err := unix.NewIfreq(step.device)
		if err != nil {
			return err
		}
		if err := step.fill(request); err != nil {
			return err
		}
		if err := unix.IoctlIfreq(control, step.request, request); err != nil {
			return fmt.Errorf("configure %s: %w", step.device, err)
		}
	}
	return nil
}
