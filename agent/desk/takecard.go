package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"bianmin/core/catalogue"
	"bianmin/core/identity"
	"bianmin/drivers"
)

// cardWait is how long a card is waited for after it was asked for.
const cardWait = 15 * time.Second

// cardSource is a reader of cards of one kind.
type cardSource struct {
	role drivers.Role
	read func(ctx context.Context) (identity.Card, error)
}

// sources are the readers the desk has; social-security cards prove name and number only and are taken where that is enough.
func (m *machine) sources(social bool) (all []cardSource) {
	if r := m.options.Devices.Reader; r != nil {
		all = append(all, cardSource{drivers.RoleReader, r.Read})
	}
	if r := m.options.Devices.Social; r != nil && social {
		all = append(all, cardSource{drivers.RoleSocial, drivers.Holder{Reader: r}.Read})
	}
	return all
}

// takeCard waits a little for an identity card and reads it; whose it was is known for the rest of the shift.
func (m *machine) takeCard(busy string, use func(m *machine, card identity.Card)) {
	m.takeFrom(m.sources(false), busy, use)
}

// takeAnyCard takes a social-security card as well: for filling in, not for what a card proves.
func (m *machine) takeAnyCard(busy string, use func(m *machine, card identity.Card)) {
	m.takeFrom(m.sources(true), busy, use)
}

func (m *machine) takeFrom(sources []cardSource, busy string, use func(m *machine, card identity.Card)) {
	if len(sources) == 0 {
		m.notice = &Notice{Tone: Bad, Message: fault(drivers.RoleReader, drivers.FaultUnplugged)}
		return
	}
	w := m.shift
	if w.accept != nil {
		w.accept.busy = busy
	}
	w.list.busy = busy
	m.look(slotCard, func(ctx context.Context, _ Book) then {
		card, err := m.awaitCard(ctx, sources)
		return func(m *machine) {
			if w.accept != nil && w.accept.busy == busy {
				w.accept.busy = ""
			}
			w.list.busy = ""
			if err != nil {
				m.fail("read card", err)
				return
			}
			if card.Kind != identity.Social { // such a card does not prove that its holder is here
				w.cards[card.Number] = true
			}
			use(m, card)
		}
	})
}

// ofTheCard are the faults of the card that lies there, not of its reader.
var ofTheCard = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultCardOther, drivers.FaultCardHidden}

// awaitCard waits for a card in any of the readers. One reader that is broken leaves the others, as long as one still waits for its card.
func (m *machine) awaitCard(ctx context.Context, sources []cardSource) (identity.Card, error) {
	for end := time.Now().Add(cardWait); ; {
		var failed error
		waits := false
		for _, s := range sources {
			card, err := m.readFrom(ctx, s)
			if err == nil || slices.Contains(ofTheCard, drivers.FaultOf(err)) {
				return card, err
			}
			if waits = waits || errors.Is(err, drivers.ErrNoCard); failed == nil || errors.Is(failed, drivers.ErrNoCard) {
				failed = err
			}
		}
		if !waits || time.Now().After(end) || !pause(ctx, m.options.Times.Poll) {
			return identity.Card{}, failed
		}
	}
}

func (m *machine) readFrom(ctx context.Context, s cardSource) (identity.Card, error) {
	release, err := m.fx.lease(ctx, s.role)
	if err != nil {
		return identity.Card{}, err
	}
	defer release()
	return s.read(ctx)
}

// takes tells whether every item of the case takes such a card.
func (a *accept) takes(card identity.Card) bool {
	return card.Kind != identity.Social || !slices.ContainsFunc(a.items, func(i *catalogue.Item) bool { return !i.SocialCard })
}
