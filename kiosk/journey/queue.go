package journey

import (
	"context"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
)

// queueEvery is how often what is not delivered is looked at while it is shown.
const queueEvery = 2 * time.Second

// queue is what is not delivered, on the staff screens.
type queue struct {
	lines []casefile.QueueLine
	known bool
	said  Message
	bad   bool
}

// queueSeen is a look at what is not delivered.
type queueSeen struct {
	lines []casefile.QueueLine
	err   error
}

func (queueSeen) event() {}

func (m *machine) queueEvent(event Event) bool {
	seen, ok := event.(queueSeen)
	if !ok {
		return false
	}
	if seen.err != nil {
		m.log.Error("what waits not read", "error", seen.err)
		m.staff.queue.said, m.staff.queue.bad = words(keyStaffFailed), true
		return true
	}
	m.staff.queue.lines, m.staff.queue.known = seen.lines, true
	return true
}

// openQueue shows what is not delivered, for as long as the page is there.
func (m *machine) openQueue() {
	m.staff.queue = queue{}
	m.to(StaffQueue)
	terminal := m.options.Terminal
	m.fx.launch(slotQueue, func(ctx context.Context, emit emit) Event {
		for {
			lines, err := terminal.Queue(ctx)
			if ctx.Err() != nil {
				return nil
			}
			emit(queueSeen{lines, err})
			if !pause(ctx, queueEvery) {
				return nil
			}
		}
	})
}

func (m *machine) exitQueue() {
	m.exitStaff()
	m.fx.cancel(slotQueue)
}

func (m *machine) backFromQueue() { m.to(Staff) }

func (m *machine) drawStaffQueue(s *State) {
	q := m.staff.queue
	v := &StaffQueueView{
		Known: q.known, Online: m.health.Online, LastContact: m.health.LastContact.Truncate(time.Minute), Link: m.health.Link,
		Said: q.said, Bad: q.bad,
	}
	v.Link.Since, v.Link.Next = v.Link.Since.Truncate(time.Minute), v.Link.Next.Truncate(time.Minute)
	for _, line := range q.lines {
		v.Lines = append(v.Lines, QueueRow{QueueLine: line, ItemName: m.nameOf(line.Item)})
	}
	v.Waiting, v.Refused = m.health.Waiting, m.health.Refused
	listed := 0
	for _, line := range q.lines {
		if line.State != casefile.LineHeld {
			listed++
		}
	}
	if q.known {
		v.More = max(0, v.Waiting+v.Refused-listed)
	}
	s.StaffQueue = v
}

// nameOf is the name of an item by its code, nothing where the catalogue does not have it.
func (m *machine) nameOf(code string) text.Local {
	set := m.options.Catalogue()
	if set == nil || code == "" {
		return nil
	}
	item, ok := set.Item(code)
	if !ok {
		return nil
	}
	return item.Name
}
