package service

import (
	"encoding/base64"
	"net/http"

	"bianmin/platform/registry"
	"bianmin/platform/ruling"
)

// getSettings gives a terminal what the province set for it.
func (s *Service) getSettings(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	signed, err := ruling.Sign(r.Context(), s.Registry, s.Authority, t, r.URL.Query().Get("nonce"), s.Now())
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, registry.Answered{Body: signed.Answer, Signature: base64.StdEncoding.EncodeToString(signed.Signature)})
	return nil
}
