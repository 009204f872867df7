package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/apart"
)

// largest is the most a scan may send, in bytes: A4 in colour at 600 dots per inch.
const largest = 110 << 20

// kept are the variables a scan tool sees; nothing else of our environment is its business.
var kept = []string{"PATH", "HOME", "LD_LIBRARY_PATH", "SANE_CONFIG_DIR", "SANE_DEBUG_DLL", "DBUS_SYSTEM_BUS_ADDRESS"}

// environment is ours reduced to kept, with messages in English.
func environment() []string {
	env := []string{"LC_ALL=C"}
	for _, name := range kept {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// run starts the tool in a process group of its own, takes its standard output
// into memory and waits for it. When ctx ends the whole group is told to end, and killed a moment later: a SANE
// backend can spin for ever after its device has gone.
//
// whole, when not nil, tells whether the output is all there: then the tool has
// a moment to end by itself and is killed otherwise. SANE ends its reading thread
// by force, and about one time in ten thousand that thread held the lock which
// unloading the backend waits for: the page has come, and the tool never ends.
// The same holds for a tool that has told its fault.
func run(ctx context.Context, env []string, whole func([]byte) bool, tool string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	command := exec.CommandContext(ctx, tool, args...)
	command.Env = env
	out, complaints := &capped{limit: largest}, &capped{limit: 4 << 10, forgiving: true}
	out.whole = whole
	out.full = func() *time.Timer { return time.AfterFunc(farewell, func() { cancel(errFarewell) }) }
	complaints.whole, complaints.full = func(said []byte) bool { return saidFault(string(said)) != drivers.FaultNone }, out.full
	command.Stdout, command.Stderr = out, complaints
	err := apart.Run(command, parting)
	out.stop()
	complaints.stop()
	told := saidFault(complaints.buffer.String())
	switch {
	case err == nil && whole != nil && !whole(out.buffer.Bytes()) && told != drivers.FaultNone:
		return nil, &toolError{err: &noPageError{told}, said: firstLine(complaints.buffer.String())}
	case errors.Is(context.Cause(ctx), errFarewell) && told != drivers.FaultNone && (whole == nil || !whole(out.buffer.Bytes())):
		return nil, &toolError{err: &noPageError{told}, said: firstLine(complaints.buffer.String())}
	case err == nil, errors.Is(context.Cause(ctx), errFarewell):
		return out.buffer.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case told != drivers.FaultNone && crashed(err):
		return nil, &toolError{err: errors.Join(err, &noPageError{told}), said: firstLine(complaints.buffer.String())}
	default:
		return nil, &toolError{err: err, said: firstLine(complaints.buffer.String())}
	}
}

// crashed tells whether the tool was ended by a signal: its status is lost then, but not what it has said before.
func crashed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() < 0
}

// parting is how long a tool may take to let its scanner go when it is told to end. One that is killed in a page leaves a scanner on the network busy
// with it, for a minute on most.
const parting = time.Second

// farewell is how long a tool may take to end once its page is whole.
const farewell = time.Second

var errFarewell = errors.New("the page is whole or the fault told, and the tool does not end")

// toolError is a tool that ended badly, with the first line of what it said.
type toolError struct {
	err  error
	said string
}

func (e *toolError) Error() string { return fmt.Sprintf("%v (%s)", e.err, e.said) }
func (e *toolError) Unwrap() error { return e.err }

func firstLine(s string) string {
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "scanimage:"))
		if line != "" && !strings.HasPrefix(line, "Output format is not set") && !strings.HasPrefix(line, "rounded value") {
			return line[:min(len(line), 200)]
		}
	}
	return "no message"
}

// capped is a buffer that refuses to grow without limit, or silently forgets when forgiving.
// It does not embed its buffer: copying would then go through ReadFrom, past Write and the limit.
type capped struct {
	buffer    bytes.Buffer
	limit     int
	forgiving bool
	whole     func([]byte) bool  // nil: nobody can tell
	full      func() *time.Timer // called once, when it is whole
	timer     *time.Timer
}

var errTooMuch = errors.New("more output than any page has")

func (c *capped) Write(p []byte) (int, error) {
	if c.buffer.Len()+len(p) <= c.limit {
		n, err := c.buffer.Write(p)
		if c.whole != nil && c.timer == nil && c.whole(c.buffer.Bytes()) {
			c.timer = c.full()
		}
		return n, err
	}
	if c.forgiving {
		return len(p), nil
	}
	return 0, errTooMuch
}

// stop forgets the timer once the tool has ended.
func (c *capped) stop() {
	if c.timer != nil {
		c.timer.Stop()
	}
}

// faults are the exit codes of scanimage, which are SANE's status codes.
var faults = map[int]drivers.Fault{
	1:  drivers.FaultUnplugged, // unsupported, or the device cannot be opened
	2:  drivers.FaultCancelled,
	3:  drivers.FaultBusy,
	4:  drivers.FaultProtocol, // invalid argument
	5:  drivers.FaultProtocol, // end of data before the page was whole
	6:  drivers.FaultJam,
	7:  drivers.FaultNoDocument,
	8:  drivers.FaultCoverOpen,
	9:  drivers.FaultDevice, // input or output error
	10: drivers.FaultDevice, // out of memory
	11: drivers.FaultNotPermitted,
}

// noPageError is a tool that ends well and brings no page. When a scanner on the network tells a fault, its server hangs up; the tool
// then takes the broken connection for somebody's interrupt and forgets the status, but has said it before.
type noPageError struct{ fault drivers.Fault }

func (e *noPageError) Error() string { return "the tool ended without a page" }

// sayings are SANE's words for its statuses.
var sayings = map[string]drivers.Fault{
	"Device busy": drivers.FaultBusy, "Document feeder jammed": drivers.FaultJam, "Document feeder out of documents": drivers.FaultNoDocument,
	"Scanner cover is open": drivers.FaultCoverOpen, "Error during device I/O": drivers.FaultDevice, "Out of memory": drivers.FaultDevice,
	"Access to resource has been denied": drivers.FaultNotPermitted,
}

// saidFault finds the status in what the tool said, FaultNone when it told none.
func saidFault(complaints string) drivers.Fault {
	for line := range strings.Lines(complaints) {
		if _, status, ok := strings.Cut(strings.TrimSpace(line), "sane_read: "); ok {
			return sayings[status]
		}
		if _, status, ok := strings.Cut(strings.TrimSpace(line), "sane_start: "); ok {
			return sayings[status]
		}
	}
	return drivers.FaultNone
}

// faultOf gives the code for people of an error of run or of a page that makes no sense.
func faultOf(err error) drivers.Fault {
	var exit *exec.ExitError
	var pageless *noPageError
	switch {
	case err == nil:
		return drivers.FaultNone
	case errors.Is(err, context.DeadlineExceeded):
		return drivers.FaultSilent
	case errors.Is(err, context.Canceled):
		return drivers.FaultCancelled
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return drivers.FaultMissingTool
	case errors.Is(err, os.ErrPermission):
		return drivers.FaultNotPermitted
	case errors.As(err, &pageless):
		return pageless.fault
	case errors.As(err, &exit):
		if fault, ok := faults[exit.ExitCode()]; ok {
			return fault
		}
		return drivers.FaultDevice
	case errors.Is(err, errPicture), errors.Is(err, errTooMuch):
		return drivers.FaultProtocol
	default:
		return drivers.FaultDevice
	}
}
