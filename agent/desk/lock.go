package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bianmin/core/agency"
)

// lock is the idle lock. The shift behind it lives until the card's window ends.
type lock struct {
	account string // id
	name    string
	page    PageName
	until   time.Time // the agent's own card unlocks before
	shown   time.Time // the same on the wall clock
	busy    bool
	problem Message
}

func (m *machine) lockEvent(event Event) bool {
	switch event := event.(type) {
	case Lock:
		m.lock()
	case Unlock:
		m.unlock(event.Secret)
	default:
		return false
	}
	return true
}

// checkIdle locks after a while without a key, and closes the keys when the card's window is over.
func (m *machine) checkIdle() {
	switch {
	case m.locked != nil && m.shift != nil && !time.Now().Before(m.locked.until):
		m.endShift()
		m.fx.cancel(slotWatch)
	case m.locked == nil && m.shift != nil && time.Since(m.touched) >= m.options.Times.Idle:
		m.lock()
	}
}

func (m *machine) lock() {
	if m.shift == nil || m.locked != nil {
		return
	}
	m.closeCamera()
	m.saveDue(true)
	m.help(false)
	m.locked = &lock{
		account: m.shift.account.ID, name: m.shift.account.Name, page: m.page,
		until: time.Now().Add(m.options.Times.Card), shown: m.options.Now().Add(m.options.Times.Card),
	}
	m.notice = nil
	m.page = Locked
	m.watchCard()
}

// cardUnlocks lifts the lock with the agent's own card while the keys are still open.
func (m *machine) cardUnlocks(id string) {
	switch {
	case m.shift == nil || !time.Now().Before(m.locked.until):
	case id == m.locked.account:
		m.unlocked()
	default:
		m.locked.problem = Message{Key: "desk.problem.card-other"}
	}
}

func (m *machine) unlocked() {
	m.fx.cancel(slotWatch)
	page := m.locked.page
	m.locked = nil
	m.touched = time.Now()
	m.page = page
	m.refresh()
}

// unlock lifts the lock with the secret. While the keys are open it goes on where
// it stopped; afterwards a new shift begins.
func (m *machine) unlock(secret string) {
	l := m.locked
	if l == nil || l.busy || secret == "" {
		return
	}
	l.busy, l.problem = true, Message{}
	m.tries++
	office := m.options.Office
	m.fx.start(slot(fmt.Sprintf("unlock %d", m.tries)), nil, true, func(ctx context.Context, _ func(then)) then {
		book, err := office.SignOn(ctx, l.account, secret)
		var standing agency.Standing
		if err == nil {
			if standing, err = book.Standing(ctx); err != nil {
				err = errors.Join(err, book.Close())
			}
		}
		return func(m *machine) { m.secretTried(l, book, standing, err) }
	})
}

func (m *machine) secretTried(l *lock, book Book, standing agency.Standing, err error) {
	switch {
	case m.locked != l:
		if err == nil {
			m.closeBook(&shift{book: book})
		}
	case err != nil:
		l.busy, l.problem = false, trouble(err)
	case m.shift != nil: // the keys are open already: these are not needed
		m.closeBook(&shift{book: book})
		m.unlocked()
	default:
		m.locked = nil
		m.entry = entry{}
		m.page = SignOn
		m.signedOn(book, standing)
	}
}

func (m *machine) drawLocked(s *State) {
	l := m.locked
	s.Locked = &LockedView{
		Account: l.name, ByCard: m.shift != nil && m.options.Devices.Reader != nil, Closed: m.shift == nil, Until: l.shown, Busy: l.busy, Problem: l.problem,
	}
}
