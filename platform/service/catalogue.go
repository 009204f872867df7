package service

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"time"

	"bianmin/platform/registry"
	"bianmin/sync/wire"
)

// getCatalogue tells a terminal which edition of the catalogue is in force for its division.
func (s *Service) getCatalogue(w http.ResponseWriter, r *http.Request, _ map[string]string) error {
	t, err := s.terminal(r)
	if err != nil {
		return err
	}
	signed, err := s.Editions.Sign(s.Authority, t.Region, r.URL.Query().Get("nonce"))
	if err != nil {
		return err
	}
	writeAnswer(w, http.StatusOK, registry.Answered{Body: signed.Answer, Signature: base64.StdEncoding.EncodeToString(signed.Signature)})
	return nil
}

// getCatalogueArchive gives an archive, or the part of it that is asked for. What it is its name says, and the signed manifest names it.
func (s *Service) getCatalogueArchive(w http.ResponseWriter, r *http.Request, parameters map[string]string) error {
	if _, err := s.terminal(r); err != nil {
		return err
	}
	archive, err := os.Open(s.Editions.Archive(parameters["digest"]))
	if errors.Is(err, fs.ErrNotExist) {
		writeProblem(w, http.StatusNotFound, wire.ProblemRequest, "this archive is not there any more, ask for the edition again", 0)
		return nil
	}
	if err != nil {
		return err
	}
	defer archive.Close()
	w.Header().Set("Content-Type", wire.TypeArchive)
	w.Header().Set("ETag", `"`+parameters["digest"]+`"`)
	http.ServeContent(w, r, "", time.Time{}, archive)
	return nil
}
