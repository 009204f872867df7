package drivertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"bianmin/drivers/link/channel"
)

// Step is bytes in one direction.
type Step struct {
	Write bool // towards the device
	Bytes []byte
}

// ParseSteps reads a recording: lines "> HEX" towards the device and "< HEX" from it;
// spaces in the hex are ignored, "#" begins a comment.
func ParseSteps(text string) ([]Step, error) {
	var steps []Step
	for number, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if line[0] != '>' && line[0] != '<' {
			return nil, fmt.Errorf("recording, line %d: begin with > or <", number+1)
		}
		b, err := hex.DecodeString(strings.Join(strings.Fields(line[1:]), ""))
		if err != nil {
			return nil, fmt.Errorf("recording, line %d: %w", number+1, err)
		}
		steps = append(steps, Step{Write: line[0] == '>', Bytes: b})
	}
	return steps, nil
}

// FormatSteps writes a recording in the form ParseSteps reads. Steps in the same direction are joined.
func FormatSteps(steps []Step) string {
	var b strings.Builder
	out := bufio.NewWriter(&b)
	for i := 0; i < len(steps); {
		joined := bytes.Clone(steps[i].Bytes)
		j := i + 1
		for ; j < len(steps) && steps[j].Write == steps[i].Write; j++ {
			joined = append(joined, steps[j].Bytes...)
		}
		mark := '<'
		if steps[i].Write {
			mark = '>'
		}
		_, _ = fmt.Fprintf(out, "%c %X\n", mark, joined)
		i = j
	}
	_ = out.Flush()
	return b.String()
}

// Recorder is a link that passes everything on and remembers it. What it holds of a
// card is personal data: record synthetic cards only.
type Recorder struct {
	channel.Link
	mu    sync.Mutex
	steps []Step
}

// Record wraps a link.
func Record(link channel.Link) *Recorder { return &Recorder{Link: link} }

// ReadContext implements channel.Link.
func (r *Recorder) ReadContext(ctx context.Context, p []byte) (int, error) {
	n, err := r.Link.ReadContext(ctx, p)
	r.note(false, p[:n])
	return n, err
}

// WriteContext implements channel.Link.
func (r *Recorder) WriteContext(ctx context.Context, p []byte) (int, error) {
	n, err := r.Link.WriteContext(ctx, p)
	r.note(true, p[:n])
	return n, err
}

func (r *Recorder) note(write bool, p []byte) {
	if len(p) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps = append(r.steps, Step{Write: write, Bytes: bytes.Clone(p)})
}

// Steps is everything seen so far.
func (r *Recorder) Steps() []Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Step(nil), r.steps...)
}

// Playback is a link that plays a recording: it expects exactly the recorded
// writes and answers with the recorded reads. A read beyond them waits for ctx.
type Playback struct {
	mu    sync.Mutex
	steps []Step
	bad   error
}

var _ channel.Link = (*Playback)(nil)

// ErrScript means that the driver did not do what was recorded.
var ErrScript = errors.New("the driver leaves the recording")

// Play makes a link from steps.
func Play(steps []Step) *Playback {
	own := make([]Step, len(steps))
	for i, s := range steps {
		own[i] = Step{Write: s.Write, Bytes: bytes.Clone(s.Bytes)}
	}
	return &Playback{steps: own}
}

// ReadContext implements channel.Link.
func (p *Playback) ReadContext(ctx context.Context, buffer []byte) (int, error) {
	p.mu.Lock()
	if p.bad == nil && len(p.steps) > 0 && !p.steps[0].Write {
		n := copy(buffer, p.steps[0].Bytes)
		if p.steps[0].Bytes = p.steps[0].Bytes[n:]; len(p.steps[0].Bytes) == 0 {
			p.steps = p.steps[1:]
		}
		p.mu.Unlock()
		return n, nil
	}
	p.mu.Unlock()
	<-ctx.Done()
	return 0, channel.Ended(ctx)
}

// WriteContext implements channel.Link.
func (p *Playback) WriteContext(ctx context.Context, data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		return 0, channel.Ended(ctx)
	}
	if p.bad == nil && (len(p.steps) == 0 || !p.steps[0].Write || !bytes.HasPrefix(p.steps[0].Bytes, data)) {
		p.bad = fmt.Errorf("%w: wrote %X, %d steps left", ErrScript, data, len(p.steps))
	}
	if p.bad != nil {
		return 0, p.bad
	}
	if p.steps[0].Bytes = p.steps[0].Bytes[len(data):]; len(p.steps[0].Bytes) == 0 {
		p.steps = p.steps[1:]
	}
	return len(data), nil
}

// Flush implements channel.Link; a recording has no stale bytes.
func (p *Playback) Flush() error { return nil }

// Close implements channel.Link and returns ErrScript when steps are left or went wrong.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bad == nil && len(p.steps) > 0 {
		return fmt.Errorf("%w: %d steps were never done", ErrScript, len(p.steps))
	}
	return p.bad
}
