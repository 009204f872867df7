package practice

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
	"bianmin/store"
	"bianmin/sync/downlink"
)

// Filing is the store's door through which sender and downlink work on a real desk; practice's department works through the same.
type Filing interface {
	downlink.Book
	Pending(ctx context.Context, now time.Time, limit int) ([]store.Item, error)
	RecordAcknowledgement(ctx context.Context, id string, signed []byte, official string, at time.Time) error
	RecordLink(ctx context.Context, online, contact bool) error
}

var _ Filing = (*store.Store)(nil)

// Pace is how quickly the department works. Zero is the default.
type Pace struct {
	Look time.Duration // between two looks at what was filed; 1 s
	Step time.Duration // between two answers about a case; 3 s
}

func (p Pace) filled() Pace {
	if p.Look == 0 {
		p.Look = time.Second
	}
	if p.Step == 0 {
		p.Step = 3 * time.Second
	}
	return p
}

// step is one answer of the department.
type step string

// Steps of a case's plot. At a pause the department waits for the agent.
const (
	working  step = "working"
	returned step = "returned"
	pause    step = "pause"
	finished step = "finished"
	rejected step = "rejected"
)

// plots are what becomes of the first case, the second, and so on round: everything is seen once soon.
var plots = [][]step{{working, returned, pause, working, finished}, {working, finished}, {working, rejected}}

// matter is a case at the department.
type matter struct {
	submission casefile.Submission
	plot       []step
	due        time.Time
	resting    bool // suspended by the agent
}

// Department answers what is filed at a practice desk. Nothing leaves the PC: it
// stands where the sender would. Filed, Added and Run may be used by several goroutines.
type Department struct {
	filing Filing
	words  *text.Catalog
	log    *slog.Logger
	pace   Pace

	mu      sync.Mutex
	matters map[casefile.Number]*matter
	count   int
}

// NewDepartment makes a department that has not begun to work.
func NewDepartment(filing Filing, words *text.Catalog, log *slog.Logger, pace Pace) *Department {
	return &Department{filing: filing, words: words, log: log, pace: pace.filled(), matters: map[casefile.Number]*matter{}}
}

// Filed hears of a case that was committed.
func (d *Department) Filed(number casefile.Number, submission casefile.Submission, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	plot := slices.Clone(plots[d.count%len(plots)])
	d.count++
	if len(points(d.words, submission)) == 0 {
		plot = slices.DeleteFunc(plot, func(s step) bool { return s == returned || s == pause })
	}
	d.matters[number] = &matter{submission: submission, plot: plot, due: now.Add(d.pace.Step)}
}

// Added hears of a further event of a case.
func (d *Department) Added(number casefile.Number, kind casefile.EventKind, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.matters[number]
	if m == nil {
		return
	}
	switch kind {
	case casefile.Corrected:
		if len(m.plot) > 0 && m.plot[0] == pause {
			m.plot, m.due = m.plot[1:], now.Add(d.pace.Step)
		}
	case casefile.Urged:
		m.due = now
	case casefile.Suspended:
		m.resting = true
	case casefile.Resumed:
		m.resting, m.due = false, now.Add(d.pace.Step)
	case casefile.Withdrawn, casefile.Ended, casefile.Closed:
		delete(d.matters, number)
	}
}

// Run works until ctx ends.
func (d *Department) Run(ctx context.Context) {
	tick := time.NewTicker(d.pace.Look)
	defer tick.Stop()
	for {
		if err := d.look(ctx, time.Now()); err != nil && ctx.Err() == nil {
			d.log.Warn("practice's department did not answer", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look takes in what waits, then gives the answers that are due.
func (d *Department) look(ctx context.Context, now time.Time) error {
	taken, err := d.takeIn(ctx, now)
	if err != nil {
		return fmt.Errorf("take in: %w", err)
	}
	updates := d.answers(now)
	for _, u := range updates {
		if err := d.filing.Take(ctx, u.ID, []casefile.Update{u}); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
		d.given(u.Case, now)
	}
	return d.filing.RecordLink(ctx, true, taken+len(updates) > 0)
}

// takeIn acknowledges every packet that waits, in their order.
func (d *Department) takeIn(ctx context.Context, now time.Time) (n int, err error) {
	for {
		items, err := d.filing.Pending(ctx, now, 100)
		if err != nil || len(items) == 0 {
			return n, err
		}
		for _, item := range items {
			if err := d.filing.RecordAcknowledgement(ctx, item.Packet, []byte("practice"), "LX-"+string(item.Case), now); err != nil {
				return n, err
			}
			n++
		}
	}
}

// answers are the updates that are due.
func (d *Department) answers(now time.Time) []casefile.Update {
	d.mu.Lock()
	defer d.mu.Unlock()
	var updates []casefile.Update
	for number, m := range d.matters {
		if m.resting || len(m.plot) == 0 || m.plot[0] == pause || now.Before(m.due) {
			continue
		}
		u := d.update(m.plot[0], m.submission)
		u.ID, u.Case, u.At = newID(), number, now
		updates = append(updates, u)
	}
	return updates
}

// given goes on to a case's next step: the answer is written.
func (d *Department) given(number casefile.Number, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m := d.matters[number]; m != nil {
		m.plot, m.due = m.plot[1:], now.Add(d.pace.Step)
	}
}

func (d *Department) say(key string, args map[string]any) string {
	return d.words.T(text.Chinese, "desk.practice."+key, args)
}

// update is a step as the platform would write it.
func (d *Department) update(s step, submission casefile.Submission) casefile.Update {
	switch s {
	case returned:
		return casefile.Update{Kind: casefile.PlatformReturned, Reason: d.say("returned", nil), Notice: &casefile.Notice{Days: 5, Points: points(d.words, submission)}}
	case finished:
		return casefile.Update{Kind: casefile.PlatformFinished, Outcome: &casefile.Outcome{
			Result: d.say("result", map[string]any{"item": submission.Item.Name}), Way: "pickup", Bring: d.say("bring", nil),
		}}
	case rejected:
		return casefile.Update{Kind: casefile.PlatformRejected, Reason: d.say("rejected", nil)}
	}
	return casefile.Update{Kind: casefile.PlatformProgress, Branch: &casefile.Branch{
		Department: submission.Item.DepartmentName, State: "working", Text: d.say("working", nil),
	}}
}

// points are what a case can be returned for: its first scanned page and its phone number.
func points(words *text.Catalog, submission casefile.Submission) []casefile.NoticePoint {
	var all []casefile.NoticePoint
	for _, m := range submission.Materials {
		if m.Way == casefile.Scanned && len(m.Pages) > 0 {
			all = append(all, casefile.NoticePoint{ID: "1", Material: m.Code, Page: 1, Text: words.T(text.Chinese, "desk.practice.point-page", nil)})
			break
		}
	}
	var values map[string]any
	if err := json.Unmarshal(submission.Values, &values); err == nil && values["phone"] != nil {
		all = append(all, casefile.NoticePoint{ID: "2", Field: "phone", Text: words.T(text.Chinese, "desk.practice.point-phone", nil)})
	}
	return all
}

// Appoint sets the visits of a first day: one at home, one at the point.
func (d *Department) Appoint(ctx context.Context, now time.Time) error {
	all, err := cards()
	if err != nil {
		return err
	}
	for i, kind := range []string{"visit", "point"} {
		card := all[i].card
		u := casefile.Update{ID: newID(), Kind: casefile.PlatformAppointed, At: now}
		u.Appointment = &casefile.Appointment{
			ID: u.ID, Kind: kind, Date: now.In(casefile.Zone).Format(time.DateOnly), Time: []string{"10:00", "15:30"}[i],
			Village: "柳树沟村", Address: card.Address, Name: card.Name, Phone: "13800000000", State: "set",
		}
		if err := d.filing.Take(ctx, u.ID, []casefile.Update{u}); err != nil {
			return fmt.Errorf("appoint: %w", err)
		}
	}
	return nil
}

func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
