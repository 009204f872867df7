package uplink_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"bianmin/sync/seal"
	"bianmin/sync/spoken"
	"bianmin/sync/uplink"
	"bianmin/sync/wire"
)

// TestEachSideSaysWhatItUnderstands: newer terminal with an older platform, that takes nothing it does not know or says nothing of
// itself, and with a newer one that understands more.
func TestEachSideSaysWhatItUnderstands(t *testing.T) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, platform := range map[string]struct {
		strict bool   // of the contract that passed over no unknown field
		says   string // in its answer
		want   bool   // that it opens the word of compression
	}{
		"first version":         {strict: true},
		"says nothing":          {},
		"understands as much":   {says: `,"speaks":{"compression":["zlib"]}`},
		"understands more":      {says: `,"speaks":{"compression":["zlib","word"],"packets":[1,2],"whatever":[{"a":1}]},"another":{"b":2}`, want: true},
		"leaves that list out":  {says: `,"speaks":{"updates":["returned","other"]}`},
		"says that it is older": {says: `,"speaks":null`},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var beat struct {
					Nonce  string       `json:"nonce"`
					Speaks *wire.Speaks `json:"speaks"`
				}
				if err := json.NewDecoder(r.Body).Decode(&beat); err != nil {
					t.Error(err)
				}
				if beat.Speaks != nil && platform.strict {
					w.Header().Set("Content-Type", wire.TypeProblem)
					w.WriteHeader(http.StatusBadRequest)
					_, _ = w.Write([]byte(`{"code":"request","reason":""}`))
					return
				}
				body := []byte(`{"version":1,"kind":"time","time":"2026-11-27T00:00:00Z","nonce":"` + beat.Nonce + `"` + platform.says + `}`)
				signature, err := seal.Sign(key, body)
				if err != nil {
					t.Error(err)
				}
				w.Header().Set(wire.HeaderSignature, base64.StdEncoding.EncodeToString(signature))
				_, _ = w.Write(body)
			}))
			defer server.Close()
			keys, own := t.TempDir(), spoken.Own()
			if err := seal.SaveSpeaks(keys, &wire.Speaks{Compression: []string{"zlib", "old"}}); err != nil { // of the platform as it was before
				t.Fatal(err)
			}
			heard := make(chan error, 1)
			run(t, uplink.Pulse{
				Memory: noQueue{}, Client: server.Client(), URL: server.URL, Key: seal.Signers{&key.PublicKey}, Now: time.Now, Speaks: &own,
				Staff:      func([]wire.Staff) error { return nil },
				Understood: func(said *wire.Speaks) error { return seal.SaveSpeaks(keys, said) },
			}, heard)
			if err := <-heard; err != nil {
				t.Fatal(err)
			}
			kept := seal.LoadSpeaks(keys)
			if kept.Compresses("word") != platform.want || kept.Compresses("old") || !kept.Compresses("zlib") {
				t.Errorf("the terminal believes %+v", kept)
			}
		})
	}
}
