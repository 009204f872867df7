package escpos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/drivers"
	"bianmin/drivers/link"
)

// errSilent and errNoise are how a question can fail without the link failing.
var (
	errSilent = errors.New("printer does not answer")
	errNoise  = errors.New("printer answers, but not in ESC/POS")
)

// wire asks and listens. It is owned by one goroutine.
type wire struct {
	link    Link
	options *Options
	pending []byte // received, not yet looked at
	skip    int    // bytes of an automatic status still to come
	owed    int    // answers to GS r that are still to come
	ended   bool   // one of those answers said that the paper has ended
	noise   int    // bytes that fit no answer since the last question
	heard   int    // bytes in all

	acknowledges bool     // it has answered a GS r before
	stale        bool     // an answer was given up that may still come
	late         bool     // a question was not answered in time
	order        []answer // kinds of answers as they came, while doubt wants to know
	marks        bool     // it has answered a mark before
	unmarked     bool     // it has left one unanswered
}

// send writes all of data within patience, or says how much of it went.
func (w *wire) send(ctx context.Context, data []byte, patience time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience+w.options.onLine(len(data)))
	defer cancel()
	return w.link.WriteContext(ctx, data)
}

// listen waits for an answer of the kind wanted and keeps account of all others.
func (w *wire) listen(parent context.Context, wanted answer, patience time.Duration) (byte, error) {
	ctx, cancel := context.WithTimeout(parent, patience)
	defer cancel()
	for {
		for len(w.pending) > 0 {
			b := w.pending[0]
			w.pending = w.pending[1:]
			w.heard++
			kind := classify(b)
			if w.skip > 0 && kind == isPaper { // the rest of an automatic status looks like this
				w.skip--
				continue
			}
			w.count(kind, b)
			if kind == wanted {
				return b, nil
			}
		}
		buffer := make([]byte, 64)
		n, err := w.link.ReadContext(ctx, buffer)
		w.pending = append(w.pending, buffer[:n]...)
		switch {
		case n > 0 || err == nil:
		case parent.Err() != nil:
			return 0, parent.Err()
		case quiet(err):
			w.skip = 0 // what is missing of an automatic status is lost
			return 0, w.nothing()
		default:
			return 0, err
		}
	}
}

func (w *wire) count(kind answer, b byte) {
	if w.order != nil && (kind == isAuto || kind == isPaper) {
		w.order = append(w.order, kind)
	}
	switch kind {
	case isAuto:
		w.skip = 3
	case isPaper:
		w.owed = max(0, w.owed-1)
		w.acknowledges = true
		w.ended = w.ended || paperOut(b)
	case isNoise:
		w.noise++
	}
}

// quiet tells a time limit of ours from every other error of the link.
func quiet(err error) bool {
	return errors.Is(err, link.ErrTimeout) || errors.Is(err, context.DeadlineExceeded)
}

// unanswered tells an answer that did not come from a link that failed.
func unanswered(err error) bool { return errors.Is(err, errSilent) || errors.Is(err, errNoise) }

func (w *wire) nothing() error {
	if w.noise > 0 {
		return errNoise
	}
	return errSilent
}

// ask sends DLE EOT n and waits for its one byte; a lost answer is asked for once more.
func (w *wire) ask(ctx context.Context, n byte) (byte, error) {
	var err error
	for range 2 {
		w.noise = 0
		if _, err = w.send(ctx, []byte{dle, 4, n}, w.options.Answer); err != nil {
			if quiet(err) && ctx.Err() == nil {
				err = errSilent
			}
			return 0, err
		}
		var b byte
		if b, err = w.listen(ctx, isStatus, w.options.Answer); err == nil {
			return b, nil
		}
		if !unanswered(err) {
			return 0, err
		}
		w.late = true
	}
	return 0, err
}

// status asks all four questions. Where one was not answered in time its answer may still come, and pass for that of the next: then all is heard out and
// asked once more.
func (w *wire) status(ctx context.Context) (drivers.Status, error) {
	s := drivers.Status{Role: drivers.RolePrinter}
	all, err := w.replies(ctx)
	for again := 0; err == nil && w.late; again++ {
		w.late = false
		if err = w.hush(ctx, w.options.Answer); err == nil {
			all, err = w.replies(ctx)
		}
		if again == 2 && err == nil && w.late { // what cannot be told apart is no answer
			err = errSilent
		}
	}
	s.At = w.options.Now()
	if err != nil {
		s.Condition, s.Paper = drivers.Offline, drivers.PaperUnknown
		if s.Fault = faultOf(err); s.Fault == drivers.FaultUnplugged {
			s.Condition = drivers.NoDevice
		}
		return s, err
	}
	all.apply(&s)
	return s, nil
}

func (w *wire) replies(ctx context.Context) (all replies, err error) {
	for n := range byte(4) {
		if all[n], err = w.ask(ctx, n+1); err != nil {
			return all, fmt.Errorf("ask for status %d: %w", n+1, err)
		}
	}
	return all, nil
}

// wake ends a command that an earlier program, or a pulled cable, left half sent:
// the printer takes our questions for its data. Zeros fill any such command up;
// then the printer is reset. Only a printer that does not answer is treated so.
func (w *wire) wake(ctx context.Context) error {
	zeros := make([]byte, 8192, 8192+2)
	if _, err := w.send(ctx, append(zeros, esc, '@'), w.options.Silence); err != nil {
		return fmt.Errorf("wake printer: %w", err)
	}
	until := w.options.onLine(len(zeros)) + w.options.Answer
	var err error
	for range 4 {
		if _, err = w.send(ctx, []byte{dle, 4, 1}, w.options.Answer); err != nil {
			break
		}
		if _, err = w.listen(ctx, isStatus, until); err == nil {
			return w.hush(ctx, min(w.options.Answer, 100*time.Millisecond))
		}
		if !unanswered(err) {
			break
		}
		until = w.options.Answer
	}
	return fmt.Errorf("wake printer: %w", err)
}

// goOn lets a printer go on that has stopped for a jam. It throws away what it held: answers that were owed may come or not.
func (w *wire) goOn(ctx context.Context) error {
	if _, err := w.send(ctx, []byte{dle, 5, 2}, w.options.Answer); err != nil {
		if quiet(err) && ctx.Err() == nil {
			err = errSilent
		}
		return fmt.Errorf("let printer go on: %w", err)
	}
	w.owed, w.stale = 0, true
	return w.hush(ctx, w.options.Answer)
}

// hush reads until nothing has come for so long: late answers to earlier questions.
func (w *wire) hush(ctx context.Context, quiet time.Duration) error {
	for range 20 {
		before := w.heard
		if _, err := w.listen(ctx, isNothing, quiet); !unanswered(err) {
			return err
		}
		w.noise = 0
		if w.heard == before {
			return nil
		}
	}
	return errNoise
}

// settle waits until the printer has done everything it was ever sent, by a GS r
// of our own: after it no late answer can be taken for the next job's.
func (w *wire) settle(ctx context.Context, patience time.Duration) error {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	w.owed++
	if _, err := w.send(ctx, acknowledge, w.options.Answer); err != nil {
		return err
	}
	for w.owed > 0 {
		_, err := w.listen(within, isPaper, patience)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return ctx.Err()
		case unanswered(err) || quiet(err):
			w.owed, w.stale = 0, true
			return errSilent
		default:
			return err
		}
	}
	w.ended = false
	return nil
}

// doubt makes sure that nothing is on its way any more after settle: the answers that came may have been owed to an
// earlier program, or given up by us. Questions of two kinds in an order of the moment tell: only theirs come back so, and
// behind all of before. A printer that answers those of one kind and not the mark before them knows no mark; it is
// listened to until it is quiet, for there ours follows at once, unless it is held up.
func (w *wire) doubt(ctx context.Context) error {
	w.stale = false
	patience := w.options.Silence
	if w.unmarked {
		patience = 2 * w.options.Answer
	}
	kinds, question := passphrase(w.options.Now())
	w.order = []answer{}
	defer func() { w.order = nil }()
	w.owed += papers
	if _, err := w.send(ctx, question, w.options.Answer); err != nil {
		return err
	}
	var err error
	for err == nil && !endsWith(w.order, kinds) {
		_, err = w.listen(ctx, isAuto, patience)
	}
	w.marks = w.marks || slices.Contains(w.order, isAuto)
	switch {
	case err == nil:
		w.owed, w.ended = 0, false
		return nil
	case !unanswered(err):
		return err
	case w.marks, w.owed > 0: // it is held up
		w.owed, w.stale = 0, true
		return errSilent
	}
	w.unmarked = true
	return w.hush(ctx, 2*w.options.Answer)
}

// papers is how many questions of passphrase are for the paper.
const papers = 6

// passphrase gives the kinds of some answers in an order that the time picks, one of 924, and the questions for them. A mark is the first and the last.
func passphrase(now time.Time) (kinds []answer, question []byte) {
	pick := uint64(now.UnixNano()) * 0x9E3779B97F4A7C15 >> 20 // #nosec G115 -- any bits will do
	kinds = slices.Concat([]answer{isAuto}, slices.Repeat([]answer{isPaper}, papers), slices.Repeat([]answer{isAuto}, papers+1))
	for i := len(kinds) - 2; i > 1; i-- {
		j := 1 + int(pick%uint64(i)) // #nosec G115 -- small
		kinds[i], kinds[j] = kinds[j], kinds[i]
		pick /= uint64(i) // #nosec G115 -- small
	}
	for _, kind := range kinds {
		if kind == isPaper {
			question = append(question, acknowledge...)
		} else {
			question = append(question, mark...)
		}
	}
	return kinds, question
}

func endsWith(all, last []answer) bool {
	return len(all) >= len(last) && slices.Equal(all[len(all)-len(last):], last)
}

// mark asks for one automatic status, and for none after it. As GS r it is carried out in the order of what was sent.
var mark = []byte{gs, 'a', 4, gs, 'a', 0}

// faultOf gives the code for people of an error from below.
func faultOf(err error) drivers.Fault {
	switch {
	case err == nil:
		return drivers.FaultNone
	case errors.Is(err, link.ErrUnplugged), errors.Is(err, link.ErrClosed):
		return drivers.FaultUnplugged
	case errors.Is(err, link.ErrNotPermitted):
		return drivers.FaultNotPermitted
	case errors.Is(err, link.ErrBusy):
		return drivers.FaultBusy
	case errors.Is(err, errNoise):
		return drivers.FaultProtocol
	case errors.Is(err, errSilent), errors.Is(err, errUnended), errors.Is(err, link.ErrTimeout), errors.Is(err, context.DeadlineExceeded):
		return drivers.FaultSilent
	case errors.Is(err, context.Canceled):
		return drivers.FaultCancelled
	default:
		return drivers.FaultDevice
	}
}
