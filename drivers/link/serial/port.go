package serial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"bianmin/drivers/link/channel"
)

const gone = unix.POLLHUP | unix.POLLERR | unix.POLLNVAL

// ReadContext implements channel.Link. It first waits in poll, which unlike
// tarm's read tells a hang-up from silence, and reads only when bytes are there.
func (p *Port) ReadContext(ctx context.Context, buffer []byte) (int, error) {
	if len(buffer) == 0 {
		return 0, fmt.Errorf("read %s: %w", p.name, io.ErrShortBuffer)
	}
	if err := p.enter(); err != nil {
		return 0, fmt.Errorf("read %s: %w", p.name, err)
	}
	defer p.use.RUnlock()
	for {
		events, err := p.wait(ctx, unix.POLLIN)
		if err != nil {
			return 0, fmt.Errorf("read %s: %w", p.name, err)
		}
		if events&unix.POLLIN == 0 {
			return 0, fmt.Errorf("read %s: %w", p.name, channel.ErrUnplugged)
		}
		n, err := p.port.Read(buffer)
		switch {
		case n > 0:
			return n, nil
		case err != nil && !errors.Is(err, io.EOF): // io.EOF is tarm's word for "nothing yet"
			return 0, fmt.Errorf("read %s: %w", p.name, translate(err))
		case events&gone != 0:
			return 0, fmt.Errorf("read %s: %w", p.name, channel.ErrUnplugged)
		}
	}
}

// WriteContext implements channel.Link. It writes small chunks through the
// non-blocking descriptor: a device that takes nothing can hold neither us nor Close.
func (p *Port) WriteContext(ctx context.Context, data []byte) (int, error) {
	if err := p.enter(); err != nil {
		return 0, fmt.Errorf("write %s: %w", p.name, err)
	}
	defer p.use.RUnlock()
	written := 0
	for written < len(data) {
		events, err := p.wait(ctx, unix.POLLOUT)
		if err != nil {
			return written, fmt.Errorf("write %s: %w", p.name, err)
		}
		if events&gone != 0 {
			return written, fmt.Errorf("write %s: %w", p.name, channel.ErrUnplugged)
		}
		n, err := unix.Write(p.side, data[written:min(written+chunk, len(data))])
		if n > 0 {
			written += n
		}
		if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return written, fmt.Errorf("write %s: %w", p.name, translate(err))
		}
	}
	return written, nil
}

// Drain implements channel.Drainer. It asks the kernel how many bytes are left,
// because the call that waits for them cannot be interrupted.
func (p *Port) Drain(ctx context.Context) error {
	if err := p.enter(); err != nil {
		return fmt.Errorf("drain %s: %w", p.name, err)
	}
	defer p.use.RUnlock()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := unix.IoctlGetInt(p.side, unix.TIOCOUTQ)
		if err != nil {
			return fmt.Errorf("drain %s: %w", p.name, translate(err))
		}
		if left == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.closing:
			return fmt.Errorf("drain %s: %w", p.name, channel.ErrClosed)
		case <-ctx.Done():
			return fmt.Errorf("drain %s: %w", p.name, channel.Ended(ctx))
		}
	}
}

// Flush implements channel.Link.
func (p *Port) Flush() error {
	if err := p.enter(); err != nil {
		return fmt.Errorf("flush %s: %w", p.name, err)
	}
	defer p.use.RUnlock()
	if err := unix.IoctlSetInt(p.side, unix.TCFLSH, unix.TCIOFLUSH); err != nil {
		return fmt.Errorf("flush %s: %w", p.name, translate(err))
	}
	return nil
}

// Close implements channel.Link.
func (p *Port) Close() error {
	p.once.Do(func() {
		close(p.closing) // operations leave within one slice
		done := make(chan error, 1)
		go func() {
			p.use.Lock()
			defer p.use.Unlock()
			done <- p.release()
		}()
		watchdog := time.NewTimer(p.patience)
		defer watchdog.Stop()
		select {
		case err := <-done:
			if err != nil {
				p.closed = fmt.Errorf("close %s: %w", p.name, err)
			}
		case <-watchdog.C:
			p.closed = fmt.Errorf("close %s: %w", p.name, channel.ErrStuck)
		}
	})
	return p.closed
}

// enter lets an operation in; the caller ends it with p.use.RUnlock.
func (p *Port) enter() error {
	select {
	case <-p.closing:
		return channel.ErrClosed
	default:
	}
	if !p.use.TryRLock() { // only Close takes the lock for writing
		return channel.ErrClosed
	}
	return nil
}

// wait returns the poll events of the line as soon as one of those asked for, or a hang-up, is there.
func (p *Port) wait(ctx context.Context, events int16) (int16, error) {
	for {
		select {
		case <-p.closing:
			return 0, channel.ErrClosed
		default:
		}
		if ctx.Err() != nil {
			return 0, channel.Ended(ctx)
		}
		timeout := slice
		if deadline, ok := ctx.Deadline(); ok {
			timeout = min(timeout, time.Until(deadline))
		}
		fds := []unix.PollFd{{Fd: int32(p.side), Events: events}}
		n, err := unix.Poll(fds, max(1, int(timeout.Milliseconds())))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return 0, fmt.Errorf("poll: %w", translate(err))
		}
		if n > 0 && err == nil {
			return fds[0].Revents, nil
		}
	}
}
