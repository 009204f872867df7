package drivers

import (
	"context"
	"errors"

	"bianmin/core/identity"
)

// Holder reads social-security cards as cards of persons: what such a card proves of its holder, and nothing else.
type Holder struct{ Reader SocialCardReader }

// Read reads the card in the reader now; ErrNoCard at once when there is none, an *Error otherwise.
func (h Holder) Read(ctx context.Context) (identity.Card, error) {
	card, err := h.Reader.Read(ctx)
	if err != nil {
		return identity.Card{}, err
	}
	person, err := card.Person()
	if err != nil {
		fault := FaultCardDoubt
		if errors.Is(err, identity.ErrNoHolder) {
			fault = FaultCardHidden
		}
		return identity.Card{}, &Error{Role: RoleSocial, Fault: fault, Op: "read card", Err: err}
	}
	return person, nil
}

// Present tells whether a card is in the reader.
func (h Holder) Present(ctx context.Context) (Presence, error) { return h.Reader.Present(ctx) }
