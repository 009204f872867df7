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
	"strconv"
	"time"

	"bianmin/core/casefile"
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
	cursor, err := d.Book.Cursor(ctx)
	if err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	answer, err := d.ask(ctx, cursor)
	if err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	updates, err := open(d.Identity, answer)
	if err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	if len(updates) == 0 {
		return false, nil
	}
	if err := d.Book.Take(ctx, answer.Next, updates); err != nil {
		return false, fmt.Errorf("take updates: %w", err)
	}
	d.Taken(len(updates))
	return answer.More, nil
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
	body, _, err := channel.ReadVerified(response, seal.SM2Key(d.Identity.PlatformSign))
	if err != nil {
		return wire.Updates{}, err
	}
	var answer wire.Updates
	if err := json.Unmarshal(body, &answer); err != nil {
		return wire.Updates{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	switch {
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

// open opens all updates or none.
func open(identity *seal.Identity, answer wire.Updates) ([]casefile.Update, error) {
	updates := make([]casefile.Update, 0, len(answer.Updates))
	seen := map[string]bool{}
	for _, sealed := range answer.Updates {
		content, signer, err := seal.OpenCMS(sealed.Sealed, identity.EncryptCert, identity.Keys.Encrypt, identity.Trust.SigningRoot, time.Time{})
		if err != nil {
			return nil, err
		}
		var u casefile.Update
		err = json.Unmarshal(content, &u)
		clear(content)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: an update cannot be read", ErrAnswer) // the error itself may repeat what it holds
		case !signer.Equal(identity.PlatformSign):
			return nil, fmt.Errorf("%w: an update is not the platform's", channel.ErrStranger)
		case u.ID != sealed.ID || seen[u.ID] || !goodUpdate(u):
			return nil, fmt.Errorf("%w: an update", ErrAnswer)
		}
		seen[u.ID] = true
		updates = append(updates, u)
	}
	return updates, nil
}

var idForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// goodUpdate checks an update's frame; kinds this version does not know are the book's to let be.
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
