package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/apart"
)

// stack is one run of the tool for all that lies in the feeder, because a scanner that has drawn sheets in ahead forgets them
// when a run ends. The tool waits before each page until it is told to go on, and writes it into a named pipe, so that a page
// is never a file.
type stack struct {
	told   drivers.ScanOptions
	last   time.Time // when its newest page had come
	folder string    // of the pipes
	pages  int       // asked for so far
	stdin  io.WriteCloser
	said   *tail
	cancel context.CancelFunc
	done   chan struct{} // closed at the tool's end
	err    error         // why it ended; read after done
	late   time.Time     // when it had told its fault and had not ended
}

// errNothingMore is a stack at its end.
var errNothingMore = &noPageError{drivers.FaultNoDocument}

// look is how long one look for bytes in the pipe lasts.
const look = 20 * time.Millisecond

// peace is how long the tool may take to let the scanner go: a driverless one is asked to end its job.
const peace = 5 * time.Second

// begin starts the tool. It outlives the scan that begins it, until stop.
func begin(ctx context.Context, options Options, args []string) (*stack, error) {
	folder, err := os.MkdirTemp("", "scan-")
	if err != nil {
		return nil, fmt.Errorf("make the pipes' folder: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &stack{folder: folder, said: &tail{}, cancel: cancel, done: make(chan struct{})}
	args = append([]string{"-d", options.Device, "--batch=" + filepath.Join(folder, "%d"), "--batch-prompt"}, args...)
	command := exec.CommandContext(ctx, options.Tool, args...)
	command.Env, command.Stderr = options.Env, s.said
	if s.stdin, err = command.StdinPipe(); err != nil {
		cancel()
		return nil, errors.Join(fmt.Errorf("start the tool: %w", err), os.RemoveAll(folder))
	}
	go func() {
		defer close(s.done)
		s.err = apart.Run(command, parting)
	}()
	return s, nil
}

// next gets the next page: a whole PNM picture, or an error that ends the stack.
func (s *stack) next(ctx context.Context) ([]byte, error) {
	s.pages++
	name := filepath.Join(s.folder, strconv.Itoa(s.pages)+".part") // renamed by the tool when the page is over
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	// Open for both, it needs no writer to be opened, and tells no end before the first byte.
	pipe, err := os.OpenFile(name, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open a pipe: %w", err)
	}
	defer func() { _ = pipe.Close() }()
	if _, err := io.WriteString(s.stdin, "\n"); err != nil {
		s.end()
		return nil, s.why(ctx)
	}
	return s.read(ctx, pipe)
}

// read takes bytes until the picture is whole, or the tool has ended or gone on to the next page without that.
func (s *stack) read(ctx context.Context, pipe *os.File) ([]byte, error) {
	var data []byte
	buffer := make([]byte, 1<<16)
	for over := false; ; {
		if err := pipe.SetReadDeadline(time.Now().Add(look)); err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		n, err := pipe.Read(buffer)
		data = append(data, buffer[:n]...)
		switch {
		case wholePNM(data):
			return data, nil
		case len(data) > largest:
			return nil, errTooMuch
		case n > 0:
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return nil, fmt.Errorf("read page: %w", err)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case over:
			return nil, s.why(ctx)
		default:
			over = s.over()
		}
	}
}

// over tells whether no byte of the page asked for will come any more.
func (s *stack) over() bool {
	select {
	case <-s.done:
		return true
	default:
	}
	if saidFault(s.said.String()) != drivers.FaultNone { // the tool should end now, and now and then does not
		if s.late.IsZero() {
			s.late = time.Now()
		}
		if time.Since(s.late) > farewell {
			s.cancel()
		}
		return false
	}
	return s.said.prompts() > s.pages
}

// why says why a page did not come. The tool has ended, or wants to be told to go on after a page that was not whole.
func (s *stack) why(ctx context.Context) error {
	select {
	case <-s.done:
	default:
		return fmt.Errorf("%w: the page is cut short", errPicture)
	}
	said := s.said.String()
	told := saidFault(said)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case told == drivers.FaultNoDocument:
		return &toolError{err: errNothingMore, said: firstLine(said)}
	case told != drivers.FaultNone && (s.err == nil || crashed(s.err) || !errors.As(s.err, &exit)):
		return &toolError{err: errors.Join(s.err, &noPageError{told}), said: firstLine(said)}
	case s.err == nil:
		return fmt.Errorf("%w: the tool ended without a page", errPicture)
	}
	return &toolError{err: s.err, said: firstLine(said)}
}

// end waits for the tool's end; it is killed when it does not end within a moment.
func (s *stack) end() {
	timer := time.NewTimer(peace)
	defer timer.Stop()
	select {
	case <-s.done:
	case <-timer.C:
		s.cancel()
		<-s.done
	}
}

// stop ends the tool: between two pages by telling it that there is no further one, so that it lets the scanner go in peace.
// In the middle of a page it is killed.
func (s *stack) stop(between bool) error {
	_ = s.stdin.Close() // it may have closed it by its end
	if !between {
		s.cancel()
	}
	s.end()
	s.cancel()
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("remove the pipes: %w", err)
	}
	return nil
}
