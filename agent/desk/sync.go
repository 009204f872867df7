package desk

import (
	"context"
	"slices"
	"time"

	"bianmin/core/agency"
)

const slotQueue slot = "queue"

// queue is what waits, and why.
type queue struct {
	lines  []agency.QueueLine
	chosen string // packet
}

func (m *machine) syncEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case RetryNow:
		m.retry()
	case PickQueue:
		w.queue.chosen = event.Packet
	default:
		return false
	}
	return true
}

func (m *machine) loadQueue() {
	m.look(slotQueue, func(ctx context.Context, book Book) then {
		lines, err := book.Queue(ctx)
		return func(m *machine) {
			if err != nil {
				m.fail("list what waits", err)
				return
			}
			m.shift.queue.lines = lines
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
	return &SyncView{
		Lines: slices.Clone(w.queue.lines), Chosen: w.queue.chosen, Online: m.health.Online, LastContact: m.health.LastContact, Health: m.health,
	}
}

// SyncView is what waits, since when, why, when next.
type SyncView struct {
	Lines       []agency.QueueLine
	Chosen      string // packet
	Online      bool
	LastContact time.Time
	Health      agency.Health
}
