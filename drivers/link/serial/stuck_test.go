package serial

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
)

// TestStuckClose: when the operating system does not let go, Close says so instead of hanging.
func TestStuckClose(t *testing.T) {
	free := make(chan struct{})
	done := make(chan struct{})
	p := &Port{name: "stuck", patience: 20 * time.Millisecond, closing: make(chan struct{}), release: func() error {
		defer close(done)
		<-free
		return nil
	}}
	for range 2 {
		if err := p.Close(); !errors.Is(err, channel.ErrStuck) {
			t.Errorf("Close = %v, want ErrStuck", err)
		}
	}
	close(free)
	<-done
}

func TestTranslate(t *testing.T) {
	for err, want := range map[error]error{
		unix.ENOENT: channel.ErrUnplugged, unix.ENXIO: channel.ErrUnplugged, unix.ENODEV: channel.ErrUnplugged, unix.EIO: channel.ErrUnplugged,
		unix.EACCES: channel.ErrNotPermitted, unix.EPERM: channel.ErrNotPermitted, unix.EBUSY: channel.ErrBusy, unix.EWOULDBLOCK: channel.ErrBusy,
		unix.ENOTTY: channel.ErrNotSerial, os.ErrClosed: channel.ErrClosed, unix.EBADF: channel.ErrClosed,
	} {
		got := translate(&fs.PathError{Op: "x", Path: "y", Err: err})
		if !errors.Is(got, want) || !errors.Is(got, err) {
			t.Errorf("%v becomes %v, want %v in its chain", err, got, want)
		}
	}
	if got := translate(unix.EINVAL); got != unix.EINVAL {
		t.Errorf("EINVAL becomes %v", got)
	}
}
