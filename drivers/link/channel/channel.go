// Package channel is the contract of a byte channel to a device: how bytes are
// read and written with a context, and which errors tell a person's problem
// from the line's. It opens nothing and knows no operating system.
package channel

import (
	"context"
	"errors"
)

// Link is a byte channel to one device. One goroutine may read while one other
// writes; Close may be called from anywhere and ends both.
type Link interface {
	// ReadContext waits until at least one byte has arrived and returns what is there, at most len(p).
	// It returns ErrTimeout when ctx reaches its deadline, context.Canceled when it is cancelled,
	// ErrUnplugged when the device is gone, ErrClosed after Close. It never returns 0 bytes without an error.
	ReadContext(ctx context.Context, p []byte) (int, error)
	// WriteContext hands all of p to the line. When the device takes no more it waits as long as ctx
	// allows; n is how many bytes the line accepted, also beside an error. Errors are those of ReadContext.
	WriteContext(ctx context.Context, p []byte) (n int, err error)
	// Flush throws away what has arrived unread and what was not sent yet.
	Flush() error
	// Close frees the device. It returns within about 2 seconds, with ErrStuck when the
	// operating system would not let go. A second Close does nothing.
	Close() error
}

// Drainer is a Link that can wait until its last byte has left the machine.
type Drainer interface {
	// Drain waits until nothing written is left in the machine; errors are those of WriteContext.
	Drain(ctx context.Context) error
}

// Errors of links. They are wrapped with what was being done; test with errors.Is.
var (
	ErrUnplugged    = errors.New("device is not there or was unplugged")
	ErrTimeout      = errors.New("no answer within the time limit")
	ErrNotPermitted = errors.New("the operating system refuses access to the device")
	ErrBusy         = errors.New("another program holds the device")
	ErrNotSerial    = errors.New("not a serial line")
	ErrSettings     = errors.New("the line does not know these settings")
	ErrClosed       = errors.New("link is closed")
	ErrStuck        = errors.New("the operating system does not release the device")
	ErrAmbiguous    = errors.New("several such devices: name the serial number or the socket")
	ErrRefused      = errors.New("the device refuses the transfer")
	ErrProtocol     = errors.New("the answer makes no sense")
)

// FlowControl is how a device tells the machine to wait.
type FlowControl string

// Kinds of flow control.
const (
	NoFlow  FlowControl = ""        // paced by chunks only
	RTSCTS  FlowControl = "rtscts"  // by wire
	XonXoff FlowControl = "xonxoff" // by the characters 11 and 13; not for devices that send binary
)

// Options are the settings of a line.
type Options struct {
	Baud        int // bits per second; 0 is 115200
	FlowControl FlowControl
}

// Ended turns a context's end into the error a Link returns for it.
func Ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ctx.Err()
}
