package journey

import (
	"context"
	"errors"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/text"
)

// queueEvery is how often what is not delivered is looked at while it is shown.
const queueEvery = 2 * time.Second

// queue is what is not delivered, on the staff screens.
type queue struct {
	lines   []casefile.QueueLine
	known   bool
	opened  time.Time
	carried casefile.Carried // the last errand with a stick
	said    Message
	bad     bool
}

// queueSeen is a look at what is not delivered.
type queueSeen struct {
	lines   []casefile.QueueLine
	carried casefile.Carried
	err     error
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
	if !seen.carried.At.Before(m.staff.queue.carried.At) { // else it was looked at before the errand that was just asked for
		m.staff.queue.carried = seen.carried
	}
	return true
}

// openQueue shows what is not delivered, for as long as the page is there.
func (m *machine) openQueue() {
	m.staff.queue = queue{opened: m.options.Now()}
	m.to(StaffQueue)
	terminal := m.options.Terminal
	m.fx.launch(slotQueue, func(ctx context.Context, emit emit) Event {
		for {
			lines, err := terminal.Queue(ctx)
			carried, trouble := terminal.Carried(ctx)
			if ctx.Err() != nil {
				return nil
			}
			emit(queueSeen{lines, carried, errors.Join(err, trouble)})
			if !pause(ctx, queueEvery) {
				return nil
			}
		}
	})
}

// onQueue are the orders that may be given on the page of what is not delivered.
var onQueue = map[StaffAction]bool{StaffRetryQueue: true, StaffStickOut: true, StaffStickHome: true}

// carry asks for an errand with the stick; how it goes is seen with the next look.
func (m *machine) carry(errand string) {
	if m.stickBusy() {
		return
	}
	terminal, account := m.options.Terminal, m.staff.account
	m.staff.queue.said = Message{}
	m.staff.queue.carried = casefile.Carried{Errand: errand, State: casefile.CarryAsked, At: m.options.Now()}
	m.order(func(ctx context.Context) error { return terminal.Carry(ctx, account, errand) })
}

func (m *machine) stickBusy() bool { return m.staff.queue.carried.Busy(m.options.Now()) }

// stick says how the errand of this visit goes; what went on before nobody asks.
func (m *machine) stick() (said Message, good bool) {
	c, now := m.staff.queue.carried, m.options.Now()
	if !c.Busy(now) && c.At.Before(m.staff.queue.opened.Add(-time.Second)) {
		return Message{}, false
	}
	key := c.Key(now)
	if key == "" {
		return Message{}, false
	}
	return Message{Key: key, Args: c.Counts()}, c.Good() || c.Busy(now)
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
	v.Stick, v.StickGood = m.stick()
	v.StickBusy = m.stickBusy()
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
