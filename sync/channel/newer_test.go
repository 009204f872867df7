package channel

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestNewerContract: an answer the platform did sign, of a version this program does not know, is the platform's, and named.
func TestNewerContract(t *testing.T) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	body := `{"version":2,"kind":"acknowledgement"}`
	raw, err := seal.Sign(key, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	recorder.Header().Set("Content-Type", wire.TypeJSON)
	recorder.Header().Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(raw))
	_, _ = recorder.WriteString(body)
	_, err = ReadSigned(recorder.Result(), seal.Signers{&key.PublicKey})
	if !errors.Is(err, ErrNewer) || Stranger(err) {
		t.Errorf("a newer platform is %v", err)
	}
}
