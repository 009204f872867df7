package journey

import (
	"context"
	"errors"
	"slices"
	"time"

	"bianmin/core/identity"
	"bianmin/drivers"
)

// Waiting for a card.
const (
	slowRead  = 400 * time.Millisecond // a read longer than this is shown
	maxFaults = 3                      // this many in a row of what could pass by itself are a broken reader
	lastCall  = 20 * time.Second       // the countdown is shown for the end of the waiting only
)

// theCards are the faults of the card that lies there, not of its reader.
var theCards = []drivers.Fault{drivers.FaultCard, drivers.FaultCardDoubt, drivers.FaultCardOther, drivers.FaultCardHidden}

// cardSource is a reader of cards of one kind, as the journey needs it.
type cardSource interface {
	Read(ctx context.Context) (identity.Card, error)
	Present(ctx context.Context) (drivers.Presence, error)
}

// What a reader says.
type (
	readerSays struct {
		role drivers.Role
		says Event
	}
	cardSlow    struct{}
	cardNone    struct{}
	cardLies    struct{} // one that lay there before it was asked for
	cardUnsure  struct{} // no card is found, yet the one that was read may lie there
	cardTrouble struct {
		fault drivers.Fault
		card  bool // a card lies there
	}
	cardFailed struct{ fault drivers.Fault }
	cardRead   struct{ card identity.Card }
	// cardPresence is a look at the reader when the person leaves.
	cardPresence struct{ presence drivers.Presence }
)

func (readerSays) event()   {}
func (cardSlow) event()     {}
func (cardNone) event()     {}
func (cardLies) event()     {}
func (cardUnsure) event()   {}
func (cardTrouble) event()  {}
func (cardFailed) event()   {}
func (cardRead) event()     {}
func (cardPresence) event() {}

// waitCard looks for a card until one is read. A card that lies there already, when the screen appears, may be
// that of the person before: it is not read before it was lifted. With lift one may lie there; many
// readers do not find a card again that they have read, so a single look says little then.
func (m *machine) waitCard(role drivers.Role, reader cardSource, lift bool) work {
	poll := m.options.Times.Poll
	return func(ctx context.Context, tell emit) Event {
		emit := func(says Event) { tell(readerSays{role, says}) }
		release, err := m.fx.lease(ctx, role)
		if err != nil {
			return nil
		}
		defer release()
		w := waiting{reader: reader, lies: lift}
		for {
			said := w.look(ctx, emit)
			switch said.(type) {
			case cardRead, cardFailed:
				return readerSays{role, said}
			}
			if ctx.Err() != nil {
				return nil
			}
			if said != nil {
				emit(said)
			}
			if !pause(ctx, poll) {
				return nil
			}
		}
	}
}

// waiting is what the looks at the reader have shown so far.
type waiting struct {
	reader cardSource
	lies   bool // a card lay there before one was asked for
	clear  bool // since then nothing lay there: the next card is this person's
	misses int  // looks without a card in a row
	faults int  // looks that failed in a row
	spent  bool // the card that lies there is no card for this; another is waited for
}

// look looks once; a card that may be read is read. What it returns is nil when nothing is to be told.
func (w *waiting) look(ctx context.Context, emit emit) Event {
	presence, err := w.reader.Present(ctx)
	present := presence == drivers.CardLies
	var card identity.Card
	if err == nil && present && w.spent {
		return nil
	}
	if err == nil && present && w.clear {
		card, err = readCard(ctx, w.reader, emit)
		present = !errors.Is(err, drivers.ErrNoCard)
	}
	fault := drivers.FaultOf(err)
	switch {
	case ctx.Err() != nil:
		return nil
	case !present && (err == nil || errors.Is(err, drivers.ErrNoCard)):
		w.misses, w.faults, w.spent = w.misses+1, 0, false
		if w.clear = w.clear || !w.lies || w.misses > 1; !w.clear {
			return nil
		}
		if presence == drivers.CardUnsure {
			return cardUnsure{}
		}
		return cardNone{}
	case err == nil && w.clear:
		return cardRead{card: card}
	case err == nil:
		w.lies, w.misses, w.faults = true, 0, 0
		return cardLies{}
	case slices.Contains(theCards, fault):
		w.faults, w.spent = 0, fault == drivers.FaultCardOther || fault == drivers.FaultCardHidden
		return cardTrouble{fault: fault, card: true}
	}
	if fault == drivers.FaultSilent { // whoever was without power finds a card anew that was never lifted
		w.lies, w.clear, w.misses = true, false, 0
	}
	if w.faults++; !slices.Contains(cardFaults, fault) || w.faults >= maxFaults {
		return cardFailed{fault: fault}
	}
	return cardTrouble{fault: fault, card: present}
}

// readCard reads once and says so when it takes long.
func readCard(ctx context.Context, reader cardSource, emit emit) (identity.Card, error) {
	type answer struct {
		card identity.Card
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		card, err := reader.Read(ctx)
		answered <- answer{card, err}
	}()
	timer := time.NewTimer(slowRead)
	defer timer.Stop()
	select {
	case a := <-answered:
		return a.card, a.err
	case <-timer.C:
		emit(cardSlow{})
	}
	a := <-answered
	return a.card, a.err
}
