// Package uplink sends the outbox to the platform: resumable, in order per case,
// exactly once in effect, for ever. It must not hold SQL or decide what a case is;
// the store says what waits and keeps every answer.
package uplink

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"bianmin/store"
	"bianmin/sync/packet"
	"bianmin/sync/seal"
)

// Queue is the outbox. A packet that was finished (acknowledged or refused) is not listed again.
type Queue interface {
	// Pending lists what may be sent now, in the order to send; of a case only its first undelivered event.
	Pending(ctx context.Context, now time.Time, limit int) ([]store.Item, error)
	OpenPacket(ctx context.Context, id string) (*packet.Reader, error)
	// Wishes is how often somebody, in whichever program, wanted what waits to be tried at once.
	Wishes(ctx context.Context) (int64, error)
	// RecordAttempt notes a failure that is this packet's own and when to try it again.
	RecordAttempt(ctx context.Context, id string, next time.Time, why string) error
	RecordRegistration(ctx context.Context, id string, signed []byte) error
	RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error
	RecordRefusal(ctx context.Context, id string, signed []byte, reason string, at time.Time) error
	// MarkRestored closes a generation whose numbers were given twice.
	MarkRestored(ctx context.Context, generation string) error
}

var _ Queue = (*store.Store)(nil)

// Timing are the waits. Each is drawn uniformly from zero to twice an interval
// that doubles from First to Most (full jitter), and falls back after progress.
type Timing struct {
	Poll        time.Duration // how often the outbox is looked at, default 250 ms
	First       time.Duration // default 200 ms
	LinkMost    time.Duration // while the platform cannot be reached, default 2 s
	LinkLong    time.Duration // when it could not be for two minutes, default 30 s
	PacketMost  time.Duration // while one packet is in trouble, default 150 s
	Still       time.Duration // how long an answer may take, besides what is still in buffers, default 30 s
	BeatEvery   time.Duration // between heartbeats, default 1 min
	BeatTimeout time.Duration // of one heartbeat, default 1 min
}

func (t Timing) filled() Timing {
	for _, d := range []struct {
		to *time.Duration
		or time.Duration
	}{
		{&t.Poll, 250 * time.Millisecond},
		{&t.First, 200 * time.Millisecond},
		{&t.LinkMost, 2 * time.Second},
		{&t.LinkLong, 30 * time.Second},
		{&t.PacketMost, 150 * time.Second},
		{&t.Still, 30 * time.Second},
		{&t.BeatEvery, time.Minute},
		{&t.BeatTimeout, time.Minute},
	} {
		if *d.to == 0 {
			*d.to = d.or
		}
	}
	return t
}

// Options of an uplink; all but Timing, After, Acknowledged, Met, Rules, Moved and Changed are required.
type Options struct {
	Queue  Queue
	Client *http.Client     // made by channel.New
	URL    string           // the platform's base address
	Key    seal.Signers     // the platform signs its answers with its private half
	Now    func() time.Time // wall clock, for the times of next tries
	Log    *slog.Logger
	Timing Timing
	// After is how long what waits already is held back; what is filed meanwhile is not.
	After time.Duration
	// Acknowledged is called after an acknowledgement was kept, from Run's goroutine; it must not block. nil is nobody.
	Acknowledged func()
	// Met is called when the platform has answered in the middle of a try; from any goroutine. nil is nobody.
	Met func()
	// Rules tells what holds for attachments at present; it is asked several times a second. nil lets them go.
	Rules func() Rules
	// Moved is called when bytes of a packet, up to at, were handed to the line; from any goroutine, and often. nil is nobody.
	Moved func(item store.Item, at int64)
	// Changed is called with the new state whenever it changes, from Run's goroutine.
	Changed func(State)
}

// Uplink sends one terminal's outbox.
type Uplink struct {
	Options
	poke   chan struct{}
	proven atomic.Int64 // when the platform was last reached, by whomever; Unix nanoseconds

	// All below belongs to Run's goroutine.
	results chan result
	busy    [lanes]string    // packet each lane works on, "" for none
	held    map[string]int64 // bytes the platform holds of a packet, while that is certain
	heard   map[string]int64 // the most it ever said it holds
	asked   map[string]bool  // packets this process has sent bytes of: ask before sending more
	trouble map[string]*wait // packets with failures of their own
	broken  map[string]*series
	link    *wait
	disk    unkept
	pace    pace      // of attachments
	failing int       // answers of trouble in a row, of any packets
	first   bool      // nothing was listed yet: what waits since earlier is no news
	newest  time.Time // commit of the newest packet ever listed
	wishes  int64     // as they were last counted
	unread  string    // why the outbox could not be read last time, as it was logged
	state   State
}

// lanes: the first sends manifests, so that the platform knows of every case early; the second sends attachments.
const (
	laneHead = iota
	laneRest
	lanes
)

// listed is how many packets are looked at together.
const listed = 64

// New makes an uplink.
func New(o Options) (*Uplink, error) {
	if o.Queue == nil || o.Client == nil || o.URL == "" || o.Key == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("uplink: an option is missing")
	}
	o.Timing = o.Timing.filled()
	if o.Changed == nil {
		o.Changed = func(State) {}
	}
	if o.Met == nil {
		o.Met = func() {}
	}
	if o.Rules == nil {
		o.Rules = func() Rules { return Rules{} }
	}
	if o.Moved == nil {
		o.Moved = func(store.Item, int64) {}
	}
	if o.Acknowledged == nil {
		o.Acknowledged = func() {}
	}
	link := newWait(o.Timing.First, o.Timing.LinkMost)
	link.long, link.until = o.Timing.LinkLong, time.Now().Add(o.After)
	return &Uplink{
		Options: o, poke: make(chan struct{}, 1), results: make(chan result),
		held: map[string]int64{}, heard: map[string]int64{}, asked: map[string]bool{}, trouble: map[string]*wait{},
		broken: map[string]*series{},
		link:   link, disk: unkept{wait: newWait(o.Timing.First, o.Timing.LinkLong), packets: map[string]bool{}}, first: true,
	}, nil
}

// Poke lets the uplink look at the outbox now and try the link again. It never blocks.
func (u *Uplink) Poke() {
	select {
	case u.poke <- struct{}{}:
	default:
	}
}

// Proven notes that the platform was reached just now by somebody else: what breaks every time meanwhile is not the link. It never blocks.
func (u *Uplink) Proven() { u.proven.Store(time.Now().UnixNano()) }

// Run sends until ctx ends, waits for what it began, and returns nil. Trouble of
// any kind is waited out; only a missing outbox ends it with an error.
func (u *Uplink) Run(ctx context.Context) error {
	var working sync.WaitGroup
	defer working.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		u.assign(ctx, &working)
		timer.Reset(u.untilNext())
		select {
		case <-ctx.Done():
			cancel()
			u.drain()
			return nil
		case r := <-u.results:
			u.busy[r.lane] = ""
			u.settle(ctx, r)
		case <-u.poke:
			u.link.cut()
			u.disk.wait.cut()
		case <-timer.C:
		}
	}
}

// drain takes the results of what was begun; the answers were not recorded and will be given again.
func (u *Uplink) drain() {
	for lane := range u.busy {
		for u.busy[lane] != "" {
			r := <-u.results
			u.busy[r.lane] = ""
		}
	}
}

func (u *Uplink) untilNext() time.Duration {
	next := u.Timing.Poll
	if left := time.Until(u.link.until); left > 0 && left < next {
		next = left
	}
	return next
}

// assign gives free lanes something to do.
func (u *Uplink) assign(ctx context.Context, working *sync.WaitGroup) {
	items, err := u.Queue.Pending(ctx, u.Now(), listed)
	if err != nil {
		if ctx.Err() == nil {
			u.unreadable(err)
		}
		return
	}
	if u.unread != "" {
		u.unread = ""
		u.Log.Info("outbox readable again")
	}
	u.show(func(s *State) { s.Waiting, s.Hold = len(items), u.Rules().Hold })
	if wished := u.wished(ctx); u.news(items) || wished {
		u.link.cut() // somebody filed, or asked for a retry: worth one attempt now
		u.disk.wait.cut()
	}
	if now := time.Now(); now.Before(u.link.until) || now.Before(u.disk.wait.until) {
		return
	}
	u.fair(items)
	for _, item := range items {
		lane, goes := u.lane(item, len(items) == 1)
		if !goes || u.busy[lane] != "" || u.isBusy(item.Packet) {
			continue
		}
		u.begin(ctx, working, item, lane)
	}
}

// unreadable logs news only: the outbox is looked at several times a second, for as long as it takes.
func (u *Uplink) unreadable(err error) {
	if why := err.Error(); why != u.unread {
		u.unread = why
		u.Log.Error("outbox not readable", "error", err)
	}
	u.show(func(s *State) { s.Problem = ProblemStore })
}

func (u *Uplink) begin(ctx context.Context, working *sync.WaitGroup, item store.Item, lane int) {
	u.busy[lane] = item.Packet
	j := job{Options: u.Options, pace: &u.pace, item: item, lane: lane, offset: u.offsetOf(item), heard: u.heard[item.Packet], limit: item.Total}
	if lane == laneHead {
		j.limit = item.HeadLength
	}
	u.asked[item.Packet] = true
	u.show(func(s *State) { s.Sending = string(item.Case) })
	working.Go(func() { u.results <- j.run(ctx) })
}

// offsetOf is where to go on: known from the last answer, zero for a packet that was never sent, -1 to ask first.
func (u *Uplink) offsetOf(item store.Item) int64 {
	if held, known := u.held[item.Packet]; known {
		return held
	}
	if !item.Registered && item.Attempts == 0 && !u.asked[item.Packet] {
		return 0
	}
	return -1
}

func (u *Uplink) isBusy(id string) bool {
	for _, busy := range u.busy {
		if busy == id {
			return true
		}
	}
	return false
}

// news tells whether somebody filed since the last look. A packet that only comes due again, or moves up in a long list, is none.
func (u *Uplink) news(items []store.Item) bool {
	fresh, first := false, u.first
	u.first = false
	for _, item := range items {
		if item.Committed.After(u.newest) {
			u.newest, fresh = item.Committed, !first
		}
	}
	return fresh
}

// wished tells whether somebody asked for a retry since the last look.
func (u *Uplink) wished(ctx context.Context) bool {
	wishes, err := u.Queue.Wishes(ctx)
	if err != nil {
		if ctx.Err() == nil {
			u.Log.Warn("wishes not read", "error", err)
		}
		return false
	}
	before := u.wishes
	u.wishes = wishes
	return wishes > before && !u.first
}
