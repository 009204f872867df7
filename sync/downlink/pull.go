package downlink

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// ErrAnswer says that a signed answer is not one to the question, or not in order. It changes nothing.
var ErrAnswer = errors.New("the platform's updates are not in order")

// pull asks once and hands the book what came; more says that the platform has more.
func (d *Downlink) pull(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, d.Timing.Timeout)
	defer cancel()
	if _, err := d.Book.Reread(ctx); err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	cursor, err := d.Book.Cursor(ctx)
	if err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	answer, err := d.ask(ctx, cursor)
	if err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	if len(answer.Updates) == 0 {
		return false, nil
	}
	updates, aside, err := open(d.Identity, answer)
	if d.patient(aside) {
		return false, fmt.Errorf("take updates: %w", err)
	}
	if err := d.Book.Take(ctx, answer.Next, updates, aside...); err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	for _, a := range aside {
		d.Log.Error("an update of the platform is set aside", "id", a.ID, "kind", a.Kind, "error", err)
	}
	clear(d.bad)
	d.Taken(len(updates))
	return answer.More, nil
}

// patience is how often in a row an update may be unreadable before it is set aside: what went wrong may pass, and order is worth a wait.
const patience = 6

// patient counts updates that cannot be read, and tells whether the answer is to be asked for once more.
func (d *Downlink) patient(aside []store.Aside) (again bool) {
	for _, a := range aside {
		if a.Kind == "" {
			d.bad[a.ID]++
			again = again || d.bad[a.ID] < patience
		}
	}
	return again
}

// ask puts the question and checks that the answer is the platform's, to this question, and to this terminal.
func (d *Downlink) ask(ctx context.Context, cursor string) (wire.Updates, error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return wire.Updates{}, err
	}
	nonce := hex.EncodeToString(random[:])
	query := url.Values{"nonce": {nonce}, "limit": {strconv.Itoa(wire.UpdatesLimit)}}
	if cursor != "" {
		query.Set("after", cursor)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+"/v1/updates?"+query.Encode(), nil)
	if err != nil {
		return wire.Updates{}, err
	}
	response, err := d.Client.Do(request)
	if err != nil {
		return wire.Updates{}, err
	}
	body, _, err := channel.ReadVerified(response, d.Identity.Believed())
	if err != nil {
		return wire.Updates{}, err
	}
	var answer wire.Updates
	if err := json.Unmarshal(body, &answer); err != nil {
		return wire.Updates{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	switch {
	case answer.Kind == wire.News && answer.Version > wire.Version:
		return wire.Updates{}, fmt.Errorf("%w: updates of version %d", channel.ErrNewer, answer.Version)
	case response.StatusCode != http.StatusOK || answer.Kind != wire.News || answer.Version != wire.Version:
		return wire.Updates{}, fmt.Errorf("%w: status, kind or version", ErrAnswer)
	case answer.Nonce != nonce || answer.After != cursor:
		return wire.Updates{}, fmt.Errorf("%w: an answer to another question", channel.ErrStranger)
	case answer.Terminal != d.Identity.Number || answer.Generation != d.Identity.Generation:
		return wire.Updates{}, fmt.Errorf("%w: an answer to another terminal", channel.ErrStranger)
	case len(answer.Updates) > wire.UpdatesLimit || (len(answer.Updates) > 0) != (answer.Next != cursor) || (answer.More && len(answer.Updates) == 0):
		return wire.Updates{}, fmt.Errorf("%w: cursor", ErrAnswer)
	}
	return answer, nil
}

// open opens updates, and sets aside what cannot be read and kinds a newer program will know; the error says of the last unreadable
// one what is wrong with it.
func open(identity *seal.Identity, answer wire.Updates) (updates []casefile.Update, aside []store.Aside, wrong error) {
	seen := map[string]bool{}
	for _, sealed := range answer.Updates {
		if seen[sealed.ID] { // instead of another one
			aside, wrong = append(aside, store.Aside{ID: name(sealed.ID) + "/2"}), fmt.Errorf("%w: one update twice", ErrAnswer)
			continue
		}
		seen[sealed.ID] = true
		u, err := openOne(identity, sealed)
		switch {
		case err != nil:
			aside, wrong = append(aside, store.Aside{ID: name(sealed.ID)}), err
		case !slices.Contains(casefile.UpdateKinds(), u.Kind):
			aside = append(aside, store.Aside{ID: u.ID, Kind: string(u.Kind)})
		default:
			updates = append(updates, u)
		}
	}
	return updates, aside, wrong
}

// name is what an update is called that nobody can read.
func name(id string) string { return id[:min(len(id), 40)] }

func openOne(identity *seal.Identity, sealed wire.SealedUpdate) (casefile.Update, error) {
	content, signer, err := identity.Open(sealed.Sealed)
	if err != nil {
		return casefile.Update{}, err
	}
	var u casefile.Update
	err = json.Unmarshal(content, &u)
	clear(content)
	switch {
	case err != nil:
		return casefile.Update{}, fmt.Errorf("%w: an update cannot be read", ErrAnswer) // the error itself may repeat what it holds
	case !identity.IsPlatform(signer):
		return casefile.Update{}, fmt.Errorf("%w: an update is not the platform's", channel.ErrStranger)
	case u.ID != sealed.ID || !goodUpdate(u):
		return casefile.Update{}, fmt.Errorf("%w: an update", ErrAnswer)
	}
	return u, nil
}

var idForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// goodUpdate checks an update's frame, whatever its kind.
func goodUpdate(u casefile.Update) bool {
	if !idForm.MatchString(u.ID) || u.Kind == "" || u.At.IsZero() {
		return false
	}
	if u.Case == "" {
		return u.Appointment != nil
	}
	_, err := casefile.ParseNumber(string(u.Case))
	return err == nil
}
