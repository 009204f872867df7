package uplink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// job is one try to bring one packet further.
type job struct {
	Options
	pace   *pace
	item   store.Item
	lane   int
	offset int64 // bytes the platform holds; -1 when it must be asked
	heard  int64 // the most it ever said it holds
	limit  int64 // send up to here
}

// result is what a try came to.
type result struct {
	item     store.Item
	lane     int
	signed   *channel.Signed // the platform's word, nil without
	held     int64           // bytes the platform holds, -1 when unknown
	progress bool            // the platform holds more than before, or has answered with its signature
	waiting  bool            // all is held, an earlier event of the case is missing
	err      error
}

// localError is trouble with the packet's own bytes on this disk.
type localError struct{ err error }

func (e *localError) Error() string { return "read the packet: " + e.err.Error() }
func (e *localError) Unwrap() error { return e.err }

// errStuck says that the platform keeps asking for bytes it was given.
var errStuck = errors.New("the platform does not take the packet's bytes")

// tries is how often a job follows the platform's word on where to go on before it gives the lane free.
const tries = 4

func (j job) run(ctx context.Context) result {
	r := result{item: j.item, lane: j.lane, held: j.offset}
	reader, err := j.Queue.OpenPacket(ctx, j.item.Packet)
	if err != nil {
		r.err = &localError{err}
		return r
	}
	source := &source{reader: reader}
	defer source.close()
	if r.held < 0 {
		if r.held, r.err = j.probe(ctx); r.err != nil {
			r.held = -1
			return r
		}
		j.Met()
		r.progress = r.held > j.heard // an earlier try brought it further before the link broke
	}
	for range tries {
		before := r.held
		done := j.patch(ctx, source, &r)
		r.progress = r.progress || r.signed != nil || (r.held > before && r.err == nil)
		if done {
			return r
		}
	}
	r.err = errStuck
	return r
}

// probe asks how many bytes the platform holds.
func (j job) probe(ctx context.Context) (int64, error) {
	ctx, end := context.WithTimeout(ctx, j.Timing.Still)
	defer end()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, j.URL+"/v1/packets/"+j.item.Packet, nil)
	if err != nil {
		return 0, fmt.Errorf("ask for the offset: %w", err)
	}
	response, err := j.Client.Do(request)
	if err != nil {
		return 0, fmt.Errorf("ask for the offset: %w", err)
	}
	switch response.StatusCode {
	case http.StatusNotFound:
		return 0, response.Body.Close()
	case http.StatusOK:
		held, ok := offsetHeader(response)
		if !ok || response.Header.Get(wire.HeaderDigest) == "" {
			break
		}
		return min(held, j.item.Total), response.Body.Close()
	}
	// Whatever else it is, reading it as an answer names it: a stranger or a problem.
	if _, err = channel.ReadSigned(response, j.Key); err == nil {
		err = fmt.Errorf("%w: it signs what it should not", channel.ErrStranger)
	}
	return 0, err
}

func offsetHeader(response *http.Response) (int64, bool) {
	n, err := strconv.ParseInt(response.Header.Get(wire.HeaderOffset), 10, 64)
	return n, err == nil && n >= 0
}

// patch sends the bytes from what is held up to the job's limit and notes the
// answer in r. It tells whether the job is done.
func (j job) patch(ctx context.Context, source *source, r *result) bool {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	watch := newWatch(j.Timing.Still, end)
	defer watch.stop()
	limit := max(j.limit, r.held)
	request, err := http.NewRequestWithContext(ctx, http.MethodPatch, j.URL+"/v1/packets/"+j.item.Packet, http.NoBody)
	if err != nil {
		r.err = fmt.Errorf("send a packet: %w", err)
		return true
	}
	if limit > r.held {
		source.attach(request, r.held, limit, watch, func(at int64) error { return j.moved(ctx, at, end) })
		request.Header.Set("Content-Type", wire.TypeBytes)
	}
	request.Header.Set(wire.HeaderOffset, strconv.FormatInt(r.held, 10))
	request.Header.Set(wire.HeaderLength, strconv.FormatInt(j.item.Total, 10))
	request.Header.Set(wire.HeaderDigest, j.item.Digest)
	response, err := j.Client.Do(request)
	if err != nil {
		r.held = -1
		r.err = fmt.Errorf("send a packet: %w", err)
		if cause := context.Cause(ctx); errors.Is(cause, errStill) || errors.Is(cause, errHeld) {
			r.err = cause
		}
		if local := source.failure(); local != nil {
			r.err = &localError{local}
		}
		return true
	}
	return j.judge(response, r)
}

// moved notes that bytes up to at are about to go, and lets attachments keep their pace and their hours.
func (j job) moved(ctx context.Context, at int64, end context.CancelCauseFunc) error {
	j.Moved(j.item, at)
	if j.lane != laneRest || at <= j.item.HeadLength {
		return nil
	}
	rules := j.Rules()
	if rules.Hold != "" {
		end(errHeld)
		return errHeld
	}
	return j.pace.wait(ctx, piece, rules.Cap)
}

// judge reads the platform's answer to a PATCH.
func (j job) judge(response *http.Response, r *result) bool {
	held, hasOffset := offsetHeader(response)
	signed, err := channel.ReadSigned(response, j.Key)
	var problem *channel.Problem
	switch {
	case err == nil:
		return j.judgeSigned(signed, held, hasOffset, r)
	case errors.As(err, &problem) && hasOffset && held <= j.item.Total &&
		((problem.Status == http.StatusConflict && problem.Code == wire.ProblemOffset) || problem.Status == http.StatusNoContent):
		r.held = held
		return false // go on from there
	}
	r.held, r.err = -1, err
	return true
}

func (j job) judgeSigned(signed channel.Signed, held int64, hasOffset bool, r *result) bool {
	if signed.Packet != j.item.Packet || signed.Digest != j.item.Digest {
		r.held, r.err = -1, fmt.Errorf("%w: it answers for another packet", channel.ErrStranger)
		return true
	}
	switch signed.Kind {
	case wire.Acknowledgement, wire.Refusal, wire.Conflict:
		r.signed, r.held = &signed, j.item.Total // should the answer get lost here, only the answer is asked for again
		return true
	case wire.Registration:
		r.signed, r.held = &signed, -1
		if hasOffset && held <= j.item.Total {
			r.held = held
		}
		r.waiting = r.held == j.item.Total
		return true
	}
	r.held, r.err = -1, fmt.Errorf("%w: an answer of the wrong kind", channel.ErrStranger)
	return true
}
