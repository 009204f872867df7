package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// getUpdates gives a terminal what the platform wrote about its cases after the
// terminal's cursor: a place in its own list of deliveries, nothing for the beginning.
func (s *Service) getUpdates(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	limit := wire.UpdatesLimit
	if asked := query.Get("limit"); asked != "" {
		if limit, err = strconv.Atoi(asked); err != nil {
			return err
		}
	}
	answered, _, err := s.News(r.Context(), t, query.Get("after"), query.Get("nonce"), limit)
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, answered)
	return nil
}

// News signs what the platform wrote about a terminal's cases after a cursor, whichever way it will travel.
func (s *Service) News(ctx context.Context, t registry.Terminal, after, nonce string, limit int) (registry.Answered, wire.Updates, error) {
	position, err := s.position(ctx, t, after)
	if err != nil {
		return registry.Answered{}, wire.Updates{}, err
	}
	// One more tells whether there are more.
	found, err := s.Registry.Deliveries(ctx, t.Number, position, limit+1)
	if err != nil {
		return registry.Answered{}, wire.Updates{}, err
	}
	answer := wire.Updates{
		Version: wire.Version, Kind: wire.News, Terminal: t.Number, Generation: t.Generation, Nonce: nonce,
		After: after, Next: after, Time: s.Now().UTC().Truncate(time.Millisecond),
	}
	if err := s.fill(ctx, &answer, t, found, limit); err != nil {
		return registry.Answered{}, wire.Updates{}, err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return registry.Answered{}, wire.Updates{}, fmt.Errorf("write updates: %w", err)
	}
	signature, err := s.Authority.SignAnswer(body)
	return registry.Answered{Body: body, Signature: signature}, answer, err
}

// cursorOf is the place behind a delivery: its position in the terminal's list, and the beginning of the update's id, by which a
// platform that was put back from a copy knows a place in a list that is gone.
func cursorOf(d registry.Delivery) string {
	return fmt.Sprintf("%d-%.8s", d.Position, d.ID)
}

// position is the place a terminal's cursor stands at, the beginning when its list no longer holds that place: the terminal takes
// an update that it has already for no news.
func (s *Service) position(ctx context.Context, t registry.Terminal, cursor string) (int64, error) {
	digits, beginning, _ := strings.Cut(cursor, "-")
	if digits == "" {
		return 0, nil
	}
	position, err := strconv.ParseInt(digits, 10, 64) // the contract has checked that it is a number
	if err != nil {
		return 0, fmt.Errorf("read a cursor: %w", err)
	}
	id, err := s.Registry.Delivered(ctx, t.Number, position)
	if err != nil || !strings.HasPrefix(id, beginning) || id == "" {
		return 0, err
	}
	return position, nil
}

// fill seals updates to the terminal's newest certificate until the answer is full.
func (s *Service) fill(ctx context.Context, answer *wire.Updates, t registry.Terminal, found []registry.Delivery, limit int) error {
	answer.Updates = []wire.SealedUpdate{}
	if len(found) == 0 {
		return nil
	}
	der, err := s.Registry.EncryptCertificate(ctx, t)
	if err != nil {
		return err
	}
	to, err := smx509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read a terminal's certificate: %w", err)
	}
	size := 0
	var damaged []error
	for _, d := range found {
		if len(answer.Updates) == limit || size > wire.UpdatesBytes {
			answer.More = true
			break
		}
		sealed, wrong, err := s.resealed(d, to)
		if err != nil {
			return err
		}
		if wrong != nil {
			damaged = append(damaged, fmt.Errorf("open the kept update %s: %w", d.ID, wrong))
		}
		size += len(sealed)
		answer.Updates = append(answer.Updates, wire.SealedUpdate{ID: d.ID, Sealed: sealed})
		answer.Next = cursorOf(d)
	}
	if len(damaged) == len(answer.Updates) { // more likely a key that is not there: nobody is told that all is lost
		return errors.Join(damaged...)
	}
	if len(damaged) > 0 {
		s.Log.Error("kept updates cannot be opened", "error", errors.Join(damaged...))
	}
	return nil
}

// resealed gives a kept update sealed to a terminal. One that is damaged here goes as what opens for nobody: the terminal sets it aside, tells the county that it
// could not read one, and asks for it again later, while those behind it come through.
func (s *Service) resealed(d registry.Delivery, to *smx509.Certificate) (sealed []byte, wrong, err error) {
	content, wrong := s.Authority.Open(d.Sealed)
	if wrong != nil {
		return []byte{0}, wrong, nil
	}
	defer clear(content)
	sealed, err = s.Authority.Seal(content, to)
	return sealed, nil, err
}
