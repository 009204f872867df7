package service

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// getUpdates gives a terminal what the platform wrote about its cases after the
// terminal's cursor: a position in its own list of deliveries, nothing for the beginning.
func (s *Service) getUpdates(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	query := r.URL.Query()
	var position int64
	if after := query.Get("after"); after != "" {
		// The contract has checked that it is a number.
		if position, err = strconv.ParseInt(after, 10, 64); err != nil {
			return err
		}
	}
	limit := wire.UpdatesLimit
	if asked := query.Get("limit"); asked != "" {
		if limit, err = strconv.Atoi(asked); err != nil {
			return err
		}
	}
	// One more tells whether there are more.
	found, err := s.Registry.Deliveries(r.Context(), t.Number, position, limit+1)
	if err != nil {
		return err
	}
	answer := wire.Updates{
		Version: wire.Version, Kind: wire.News, Terminal: t.Number, Generation: t.Generation, Nonce: query.Get("nonce"),
		After: query.Get("after"), Next: query.Get("after"), Time: s.Now().UTC().Truncate(time.Millisecond),
	}
	if err := s.fill(r, &answer, t, found, limit); err != nil {
		return err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write updates: %w", err)
	}
	signature, err := s.Authority.SignAnswer(body)
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, registry.Answered{Body: body, Signature: signature})
	return nil
}

// fill seals updates to the terminal's newest certificate until the answer is full.
func (s *Service) fill(r *http.Request, answer *wire.Updates, t registry.Terminal, found []registry.Delivery, limit int) error {
	answer.Updates = []wire.SealedUpdate{}
	if len(found) == 0 {
		return nil
	}
	der, err := s.Registry.EncryptCertificate(r.Context(), t)
	if err != nil {
		return err
	}
	to, err := smx509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("read a terminal's certificate: %w", err)
	}
	size := 0
	for _, d := range found {
		if len(answer.Updates) == limit || size > wire.UpdatesBytes {
			answer.More = true
			return nil
		}
		content, err := s.Authority.Open(d.Sealed)
		if err != nil {
			return fmt.Errorf("open a kept update: %w", err)
		}
		sealed, err := s.Authority.Seal(content, to)
		clear(content)
		if err != nil {
			return err
		}
		size += len(sealed)
		answer.Updates = append(answer.Updates, wire.SealedUpdate{ID: d.ID, Sealed: sealed})
		answer.Next = strconv.FormatInt(d.Position, 10)
	}
	return nil
}
