package desk

import (
	"context"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

const slotQueue slot = "queue"

// queue is what waits, and why.
type queue struct {
	lines   []agency.QueueLine
	chosen  string           // packet
	carried casefile.Carried // the last errand with a stick
	asked   time.Time        // when this shift asked for one
}

func (m *machine) syncEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case RetryNow:
		m.retry()
	case PickQueue:
		w.queue.chosen = event.Packet
	case CarryStick:
		m.carry(w, event.Errand)
	default:
		return false
	}
	return true
}

func (m *machine) loadQueue() {
	stick := m.options.Stick
	m.look(slotQueue, func(ctx context.Context, book Book) then {
		lines, err := book.Queue(ctx)
		var carried casefile.Carried
		if stick != nil && err == nil {
			carried, err = stick.Carried(ctx)
		}
		return func(m *machine) {
			if err != nil {
				m.fail("list what waits", err)
				return
			}
			m.shift.queue.lines = lines
			if !carried.At.Before(m.shift.queue.carried.At) { // else it was looked at before the errand that was just asked for
				m.shift.queue.carried = carried
			}
		}
	})
}

// carry asks for an errand with the stick; how it goes is seen with the next look.
func (m *machine) carry(w *shift, errand string) {
	stick, now := m.options.Stick, m.options.Now()
	if stick == nil || w.queue.carried.Busy(now) {
		return
	}
	w.queue.asked = now
	w.queue.carried = casefile.Carried{Errand: errand, State: casefile.CarryAsked, At: now}
	m.keep("stick", func(ctx context.Context, book Book) then {
		err := book.Audit(ctx, "courier-"+errand, "")
		if err == nil {
			err = stick.Carry(ctx, errand)
		}
		return func(m *machine) {
			if err != nil {
				m.fail("use the stick", err)
			}
			m.refresh()
		}
	})
}

func (m *machine) retry() {
	m.keep("retry", func(ctx context.Context, book Book) then {
		err := book.RetryQueue(ctx)
		return func(m *machine) {
			if err != nil {
				m.fail("try again", err)
				return
			}
			m.say(Good, "desk.notice.retry", nil)
			m.refresh()
		}
	})
}

func (m *machine) drawSync(w *shift) *SyncView {
	v := &SyncView{
		Lines: slices.Clone(w.queue.lines), Chosen: w.queue.chosen, Online: m.health.Online, LastContact: m.health.LastContact, Health: m.health, CanCarry: m.options.Stick != nil,
	}
	c, now := w.queue.carried, m.options.Now()
	v.StickBusy = c.Busy(now)
	if key := c.Key(now); key != "" && (v.StickBusy || !w.queue.asked.IsZero() && !c.At.Before(w.queue.asked.Add(-time.Second))) {
		v.Stick, v.StickGood = Message{Key: key, Args: c.Counts()}, c.Good()
	}
	return v
}

// SyncView is what waits, since when, why, when next.
type SyncView struct {
	Lines       []agency.QueueLine
	Chosen      string // packet
	Online      bool
	LastContact time.Time
	Health      agency.Health
	CanCarry    bool    // this machine may be asked to use a stick
	Stick       Message // how this shift's errand with a stick goes
	StickGood   bool
	StickBusy   bool // it must not be pulled
}
