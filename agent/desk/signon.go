package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/core/agency"
	"bianmin/core/identity"
	"bianmin/drivers"
)

const (
	slotAccounts slot = "accounts"
	slotActivate slot = "activate"
	slotWatch    slot = "watch"
)

// entry is what the pages before signing on hold. It never holds a secret.
type entry struct {
	accounts []agency.AccountLine
	chosen   string
	card     string // account of the card that was read before the accounts were
	busy     bool
	try      int // number of the try that is waited for
	problem  Message
	until    time.Time // no try is taken before
	activate activating
}

// activating is an account being given its keys.
type activating struct {
	id      string
	recover bool
	busy    bool
	problem Message
}

func (m *machine) signOnEvent(event Event) bool {
	switch event := event.(type) {
	case PickAccount:
		m.pickAccount(event.ID)
	case Secret:
		m.trySecret(event.Secret)
	case OpenActivate:
		m.openActivate(event.ID, false)
	case Forgot:
		m.forgot(event.ID)
	case Activation:
		m.activation(event)
	case SignOff:
		m.offerSignOff()
	default:
		return false
	}
	return true
}

// toSignOn shows the page where an account is picked; nothing of another agent is kept. The accounts that were known stay
// until they are read anew: a page without them would take what is typed at once for nobody's.
func (m *machine) toSignOn() {
	m.entry = entry{chosen: m.entry.chosen, accounts: m.colleagues}
	m.entry.choose()
	m.from = Today
	m.to(SignOn)
	office := m.options.Office
	m.do(slotAccounts, func(ctx context.Context, _ func(then)) then {
		accounts, err := office.Accounts(ctx)
		return func(m *machine) { m.accountsSeen(accounts, err) }
	})
	m.watchCard()
}

func (m *machine) accountsSeen(accounts []agency.AccountLine, err error) {
	if err != nil {
		m.log.Warn("accounts not known", "error", err)
		m.entry.problem = trouble(err)
		return
	}
	m.entry.accounts, m.colleagues = accounts, accounts
	card := m.entry.card
	m.entry.card = ""
	switch {
	case m.page == SignOn && m.entry.line(card) != nil:
		m.pickByCard(card)
	default:
		m.entry.choose()
	}
}

// choose chooses the only account, and none that is not there any more.
func (e *entry) choose() {
	switch {
	case len(e.accounts) == 1:
		e.chosen = e.accounts[0].ID
	case e.line(e.chosen) == nil:
		e.chosen = ""
	}
}

func (e *entry) line(id string) *agency.AccountLine {
	if at := slices.IndexFunc(e.accounts, func(a agency.AccountLine) bool { return a.ID == id }); at >= 0 {
		return &e.accounts[at]
	}
	return nil
}

// pickByCard picks the account of a card, and goes on to its keys where they are still to be made.
func (m *machine) pickByCard(id string) {
	m.pickAccount(id)
	if line := m.entry.line(id); line != nil && !line.Active {
		m.openActivate(id, false)
	}
}

func (m *machine) pickAccount(id string) {
	line := m.entry.line(id)
	if m.page != SignOn || m.entry.busy || line == nil {
		return
	}
	m.entry.chosen, m.entry.problem, m.entry.until = id, Message{}, time.Time{}
	if line.Locked > 0 {
		m.entry.until = time.Now().Add(line.Locked)
	}
}

// trySecret opens the keys of the chosen account.
func (m *machine) trySecret(secret string) {
	if m.page != SignOn || m.entry.busy || m.entry.chosen == "" || secret == "" {
		return
	}
	if left := time.Until(m.entry.until); left > 0 {
		m.entry.problem = trouble(&agency.LockedError{Left: left})
		return
	}
	m.tries++
	try := m.tries
	m.entry.busy, m.entry.try, m.entry.problem = true, try, Message{}
	office, id := m.options.Office, m.entry.chosen
	m.fx.start(slot(fmt.Sprintf("sign-on %d", try)), nil, true, func(ctx context.Context, _ func(then)) then {
		book, err := office.SignOn(ctx, id, secret)
		if err != nil {
			return func(m *machine) { m.notSignedOn(try, err) }
		}
		standing, err := book.Standing(ctx)
		if err != nil {
			err = errors.Join(err, book.Close())
			return func(m *machine) { m.notSignedOn(try, err) }
		}
		return func(m *machine) {
			if m.page != SignOn || m.entry.try != try { // given up meanwhile
				m.closeBook(&shift{book: book})
				return
			}
			m.signedOn(book, standing)
		}
	})
}

func (m *machine) notSignedOn(try int, err error) {
	if m.entry.try != try {
		return
	}
	m.entry.busy = false
	m.entry.problem = trouble(err)
	var locked *agency.LockedError
	if errors.As(err, &locked) {
		m.entry.until = time.Now().Add(locked.Left)
	}
	if !errors.Is(err, agency.ErrSecret) && locked == nil {
		m.log.Warn("not signed on", "error", err)
	}
}

func (m *machine) signedOn(book Book, standing agency.Standing) {
	m.fx.cancel(slotWatch, slotAccounts)
	m.entry = entry{chosen: m.entry.chosen}
	m.shift = &shift{
		book: book, account: book.Account(), standing: standing,
		cards: map[string]bool{},
	}
	m.touched = time.Now()
	if m.onlyPractises(standing) {
		m.leave(ToPractice)
		return
	}
	switch standing {
	case agency.StandingReading:
		m.say(Warn, "desk.refusal."+string(agency.OnlyReading), nil)
	case agency.StandingPractice:
		m.say(Warn, "desk.notice.practice", nil)
	}
	m.to(Today)
	m.hearCodes()
}

// signOff ends the shift: the draft is saved, the keys are closed.
func (m *machine) signOff() {
	if m.shift == nil && m.locked == nil {
		return
	}
	m.endShift()
	m.locked = nil
	m.notice = nil
	m.entry.chosen = ""
	m.toSignOn()
}

// endShift forgets the agent once what must be written is written.
func (m *machine) endShift() {
	w := m.shift
	if w == nil {
		return
	}
	m.closeCamera()
	m.saveDue(true)
	if w.accept != nil {
		w.remember(w.accept)
	}
	m.leaveCorrect()
	m.takeBackWaiting()
	m.shift, m.overlay, m.notice, m.unknown, m.printing = nil, nil, nil, nil, nil
	m.fx.leave(w)
	w.closed = true
	if w.users == 0 {
		m.closeBook(w)
	}
}

func (m *machine) closeBook(w *shift) {
	book, log := w.book, m.log
	w.closed = false
	m.fx.start(slot(fmt.Sprintf("close %p", w)), nil, true, func(ctx context.Context, _ func(then)) then {
		for _, digest := range w.loose.all() {
			if err := book.Drop(ctx, digest); err != nil {
				log.Warn("page not dropped", "error", err)
			}
		}
		if err := book.Close(); err != nil {
			log.Error("keys not closed", "error", err)
		}
		return nil
	})
}

// watchCard looks for an agent's own card while nobody is signed on or the desk is locked.
func (m *machine) watchCard() {
	reader, office, every := m.options.Devices.Reader, m.options.Office, m.options.Times.Poll
	if reader == nil {
		return
	}
	m.do(slotWatch, func(ctx context.Context, emit func(then)) then {
		last := ""
		for {
			card, err := m.readCard(ctx, reader)
			switch {
			case ctx.Err() != nil:
				return nil
			case err == nil && card.Number != last:
				last = card.Number
				id, err := office.ByCard(ctx, card)
				emit(func(m *machine) { m.ownCard(id, err) })
			case errors.Is(err, drivers.ErrNoCard):
				last = ""
			}
			if !pause(ctx, every) {
				return nil
			}
		}
	})
}

func (m *machine) readCard(ctx context.Context, reader drivers.CardReader) (identity.Card, error) {
	return m.readFrom(ctx, cardSource{drivers.RoleReader, reader.Read})
}

// ownCard picks the account on the sign-on page, or lifts the idle lock in time.
func (m *machine) ownCard(id string, err error) {
	switch {
	case err != nil:
		m.log.Warn("card not looked up", "error", err)
	case m.page == SignOn && id != "":
		m.touched = time.Now()
		if m.entry.accounts == nil {
			m.entry.card = id
		}
		m.pickByCard(id)
	case m.page == SignOn:
		m.entry.problem = Message{Key: "desk.problem.card-unknown"}
	case m.locked != nil:
		m.cardUnlocks(id)
	}
}

func (m *machine) entryTick() {
	if !m.entry.until.IsZero() && time.Now().After(m.entry.until) {
		m.entry.until, m.entry.problem = time.Time{}, Message{}
	}
}

func (m *machine) drawSignOn(s *State) {
	e := &m.entry
	v := &SignOnView{Accounts: slices.Clone(e.accounts), Chosen: e.chosen, Busy: e.busy, Problem: e.problem, Reader: m.options.Devices.Reader != nil, Practise: m.options.CanPractise}
	if left := time.Until(e.until); left > 0 {
		v.Locked = (left + time.Second - 1).Truncate(time.Second)
	}
	s.SignOn = v
}
