package service

import (
	"encoding/json"
	"fmt"
	"net/http"

	"bianmin/platform/intake"
	"bianmin/sync/channel"
	"bianmin/sync/wire"
)

// postReplay takes the platform's own acknowledgements back after it was put back from a copy, and says which packets it wants again.
func (s *Service) postReplay(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	var request wire.ReplayRequest
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		return fmt.Errorf("read a replay: %w", err)
	}
	if _, err := s.terminal(r); err != nil {
		return err
	}
	own := s.Authority.Believed()
	answers := make([]wire.Answer, 0, len(request.Kept))
	for _, kept := range request.Kept {
		signed, err := channel.ReadEvidence(kept, own)
		if err != nil || signed.Kind != wire.Acknowledgement {
			writeProblem(w, http.StatusBadRequest, wire.ProblemRequest, "not an acknowledgement of this platform", 0)
			return nil
		}
		answers = append(answers, signed.Answer)
	}
	wanted, err := s.Registry.Promise(r.Context(), answers)
	if err != nil {
		return err
	}
	signed, err := intake.SignAnswer(s.Authority, wire.Answer{Kind: wire.Replayed, Nonce: request.Nonce, Time: s.Now(), Wanted: wanted})
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, signed)
	return nil
}
