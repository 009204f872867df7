package escpos

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/drivers"
)

const (
	// batch is how many bytes are handed to the link at once, whole pieces only.
	batch = 512
	// window is how many bytes may lie in the printer unacknowledged: less than the
	// smallest receive buffer, so that a line without flow control loses nothing.
	window = 2048
)

// job sends one document and follows it to its end.
type job struct {
	wire         *wire
	options      *Options
	pieces       [][]byte
	acknowledged bool // the printer answers GS r
	sent         int  // bytes of the job the link took
	flying       int  // bytes since the last checkpoint
	trouble      drivers.Fault
}

// run returns nil when the printer has acknowledged the end of the job.
func (j *job) run(ctx context.Context) error {
	j.wire.ended = false
	var out []byte
	for i, piece := range j.pieces {
		out = append(out, piece...)
		if len(out) < batch && i < len(j.pieces)-1 {
			continue
		}
		if err := j.push(ctx, out); err != nil {
			return err
		}
		out = out[:0]
		if err := j.pace(ctx, i == len(j.pieces)-1); err != nil {
			return err
		}
	}
	return j.finish(ctx)
}

// push hands bytes to the link as long as it takes any.
func (j *job) push(ctx context.Context, data []byte) error {
	for len(data) > 0 {
		n, err := j.wire.send(ctx, data, j.options.Silence)
		j.sent += n
		j.flying += n
		data = data[n:]
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", errCutShort, ctx.Err())
		case quiet(err) && n > 0: // slow, but it moves
		case quiet(err) && j.sent == 0:
			return fmt.Errorf("%w: %w", errNothingIn, errSilent)
		case quiet(err):
			return fmt.Errorf("%w: %w", errCutShort, errSilent)
		default:
			return fmt.Errorf("%w: %w", errCutShort, err)
		}
	}
	return nil
}

// pace asks for a checkpoint in the stream when a window is full and waits for
// the one before it. Printers without checkpoints get the time the bytes need.
func (j *job) pace(ctx context.Context, last bool) error {
	if j.flying < window/2 || last {
		return nil
	}
	wait := j.options.onLine(j.flying)
	j.flying = 0
	if !j.acknowledged {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			return j.look(ctx)
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errCutShort, ctx.Err())
		}
	}
	if err := j.checkpoint(ctx); err != nil {
		return err
	}
	return j.await(ctx, 1)
}

func (j *job) checkpoint(ctx context.Context) error {
	if _, err := j.wire.send(ctx, acknowledge, j.options.Silence); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return fmt.Errorf("%w: %w", errCutShort, err)
	}
	j.wire.owed++
	return nil
}

// finish waits for the end-of-job acknowledgement.
func (j *job) finish(ctx context.Context) error {
	if !j.acknowledged {
		return j.watch(ctx)
	}
	if err := j.checkpoint(ctx); err != nil {
		return err
	}
	if err := j.await(ctx, 0); err != nil {
		return err
	}
	if j.wire.ended {
		return errEnded
	}
	return nil
}

// watch gives a printer that acknowledges nothing time to print, and asks how it is
// meanwhile: its trouble is all that can be learnt.
func (j *job) watch(ctx context.Context) error {
	for range 4 {
		_, err := j.wire.listen(ctx, isNothing, j.options.Answer)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !unanswered(err) {
			return err
		}
		if err := j.look(ctx); err != nil {
			return err
		}
	}
	return errUnspoken
}

// await waits until at most left acknowledgements are owed, asking the printer
// how it is whenever it keeps quiet: a working printer is given its time, one in
// trouble or silent is not.
func (j *job) await(ctx context.Context, left int) error {
	within, cancel := context.WithTimeout(ctx, j.options.Finish+2*j.options.onLine(j.sent))
	defer cancel()
	// What was sent is still on the line, and a question would stand behind it: its answer would be late, and all asked again.
	patience := j.options.Answer + j.options.onLine(min(j.sent, window))
	for j.wire.owed > left {
		_, err := j.wire.listen(within, isPaper, patience)
		patience = j.options.Answer
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case within.Err() != nil:
			return errUnended
		case !unanswered(err):
			return err
		}
		if err := j.look(within); err != nil {
			if ctx.Err() == nil && within.Err() != nil {
				return errUnended
			}
			return err
		}
	}
	return nil
}

// look asks a working printer whether it has stopped, and why. Silence for a
// moment is no trouble, the head may be busy; silence for long is. So it is with somebody's finger on the feed button.
func (j *job) look(ctx context.Context) error {
	limit, cancel := context.WithTimeout(ctx, j.options.Silence)
	defer cancel()
	silent := errSilent
	for {
		status, err := j.wire.status(limit)
		if err == nil && status.Fault == drivers.FaultBusy {
			j.trouble, silent = status.Fault, errTrouble
			_, err = j.wire.listen(limit, isNothing, j.options.Answer)
		}
		switch {
		case err == nil && status.Fault == drivers.FaultNone:
			j.trouble = drivers.FaultNone
			return nil
		case err == nil:
			j.trouble = status.Fault
			return errTrouble
		case ctx.Err() != nil:
			return ctx.Err()
		case limit.Err() != nil:
			return silent
		case !unanswered(err) && !errors.Is(err, context.DeadlineExceeded):
			return err
		}
	}
}
