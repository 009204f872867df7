package downlink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrGap says that updates begin behind the place up to which this terminal has taken them: others must come first.
var ErrGap = errors.New("updates before these have not come yet")

// TakeCarried takes a signed answer with updates that came by another way than the network. Those that are here already change
// nothing, and the cursor never moves back. Errors: ErrGap, ErrAnswer, channel.ErrStranger.
func TakeCarried(ctx context.Context, book Book, identity *seal.Identity, body, signature []byte) (taken int, err error) {
	if len(signature) != seal.SignatureSize || identity.Believed().Verify(body, signature) != nil {
		return 0, fmt.Errorf("take updates: %w: the signature does not fit", channel.ErrStranger)
	}
	var answer wire.Updates
	if err := json.Unmarshal(body, &answer); err != nil || answer.Kind != wire.News || answer.Version < wire.Version {
		return 0, fmt.Errorf("take updates: %w", ErrAnswer)
	}
	if answer.Version > wire.Version {
		return 0, fmt.Errorf("take updates: %w: version %d", channel.ErrNewer, answer.Version)
	}
	if answer.Terminal != identity.Number || answer.Generation != identity.Generation {
		return 0, fmt.Errorf("take updates: %w: an answer to another terminal", channel.ErrStranger)
	}
	cursor, err := book.Cursor(ctx)
	if err != nil {
		return 0, fmt.Errorf("take updates: %w", err)
	}
	if len(answer.Updates) == 0 || place(answer.Next) <= place(cursor) {
		return 0, nil
	}
	if place(answer.After) > place(cursor) {
		return 0, fmt.Errorf("take updates: %w", ErrGap)
	}
	updates, aside, _ := open(identity, answer) // the platform writes a stick once: there is no other try to wait for
	if err := book.Take(ctx, answer.Next, updates, aside...); err != nil {
		return 0, fmt.Errorf("take updates: %w", err)
	}
	return len(updates), nil
}

// place is a cursor's position in the terminal's list; 0 at the beginning.
func place(cursor string) int64 {
	digits, _, _ := strings.Cut(cursor, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
