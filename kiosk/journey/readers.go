package journey

import "bianmin/drivers"

// cardSlots are the slots in which readers are waited for; leftSlots those in which they are looked at when the person leaves.
var (
	cardSlots = map[drivers.Role]slot{drivers.RoleReader: slotCard, drivers.RoleSocial: slotSocial}
	leftSlots = map[drivers.Role]slot{drivers.RoleReader: slotPresence, drivers.RoleSocial: slotSocialPresence}
)

// allReaders are the readers the terminal has.
func (m *machine) allReaders() map[drivers.Role]cardSource {
	readers := map[drivers.Role]cardSource{}
	if r := m.options.Devices.Reader; r != nil {
		readers[drivers.RoleReader] = r
	}
	if r := m.options.Devices.Social; r != nil {
		readers[drivers.RoleSocial] = drivers.Holder{Reader: r}
	}
	return readers
}

// readers are those that serve what the card is asked for: a social-security card stands for the identity card only where
// the item says so. What was filed with such a card is found by it again, and nothing else.
func (m *machine) readers() map[drivers.Role]cardSource {
	readers := m.allReaders()
	if m.entry.purpose == purposeApply && (m.draft == nil || !m.draft.item.SocialCard) {
		delete(readers, drivers.RoleSocial)
	}
	return readers
}

// readerSaid takes a reader's word.
func (m *machine) readerSaid(event readerSays) {
	role, entry := event.role, &m.entry
	switch says := event.says.(type) {
	case cardSlow:
		entry.reading = role
	case cardTrouble:
		if says.card {
			m.cards[role] = drivers.CardLies
		}
		entry.ready(role)
		entry.tell(role, cardProblem(role, says.fault), !says.card)
		m.active()
	case cardLies:
		m.cards[role] = drivers.CardLies
		if entry.problem.Key != keyCardOther {
			entry.tell(role, lifts[role], true)
		}
	case cardUnsure:
		entry.ready(role)
		if entry.problem.Key == "" || entry.passing && entry.from == role {
			entry.tell(role, keyCardAgain, true)
		}
	case cardNone:
		entry.ready(role)
		if entry.passing && entry.from == role {
			entry.problem, entry.passing = Message{}, false
		}
	case cardFailed:
		entry.ready(role)
		m.readerFailed(role, says.fault)
	case cardRead:
		m.cardArrived(role, says.card)
	case cardPresence:
		m.remindOfCard(role, says)
	}
}

// ready says that the reader reads no card now.
func (e *cardEntry) ready(role drivers.Role) {
	if e.reading == role {
		e.reading = ""
	}
}

func (e *cardEntry) tell(role drivers.Role, key string, passing bool) {
	e.problem, e.passing, e.from = words(key), passing, role
}

// lifts are the words for a card that must go before one is read.
var lifts = map[drivers.Role]string{drivers.RoleReader: keyCardLift, drivers.RoleSocial: keySocialLift}

// cardProblem is the key of what a fault with a card means.
func cardProblem(role drivers.Role, fault drivers.Fault) string {
	if role == drivers.RoleSocial {
		return prefixSocialProblem + string(fault)
	}
	return prefixCardProblem + string(fault)
}

// readerFailed: where another reader still waits the person goes on with that; otherwise the first that is meant for the card is shown as broken.
func (m *machine) readerFailed(role drivers.Role, fault drivers.Fault) {
	for other, slot := range cardSlots {
		if other == role || !m.fx.busy(slot) {
			continue
		}
		m.log.Warn("a card reader is not ready, another is", "role", string(role), "fault", string(fault))
		if m.entry.failed == nil {
			m.entry.failed = map[drivers.Role]drivers.Fault{}
		}
		m.entry.failed[role] = fault
		if role == drivers.RoleReader {
			m.entry.tell(role, keyCardOnlySocial, false)
		}
		return
	}
	if first, failed := m.entry.failed[drivers.RoleReader]; failed {
		role, fault = drivers.RoleReader, first
	}
	m.entry.failed = nil
	m.fail(role, fault)
}
