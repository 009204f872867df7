package downlink_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/sync/downlink"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
	"bianmin/sync/wire"
)

var hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

// FuzzUpdates: whatever the platform signs as updates, what is taken has an id, a known kind and a case that can be, each once; the
// cursor moves forward or not at all.
func FuzzUpdates(f *testing.F) {
	authority := sealtest.New(f)
	identity := authority.Enrol(f, f.TempDir(), "QH0301", "A")
	seed := func(u casefile.Update) []byte {
		content, err := json.Marshal(u)
		if err != nil {
			f.Fatal(err)
		}
		return content
	}
	good := casefile.Update{ID: "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", Case: "QH0301A-261122-0042-X", Kind: casefile.PlatformPayment, At: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC), Payment: &casefile.Payment{ID: "p", Fen: 1}}
	answer := `{"version":1,"kind":"updates","terminal":"QH0301","generation":"A","after":"","next":"2","updates":[{"id":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f"}]}`
	f.Add([]byte(answer), seed(good))
	f.Add([]byte(answer), []byte("{}"))
	f.Add([]byte(`{"version":2,"kind":"updates","terminal":"QH0301","generation":"A","next":"2"}`), []byte{})
	f.Add([]byte(`{"version":1,"kind":"updates","terminal":"QH0301","generation":"A","after":"5","next":"9-0a0b0c0d","updates":[{},{}]}`), seed(good))
	f.Fuzz(func(t *testing.T, said, inside []byte) {
		var all map[string]json.RawMessage
		if json.Unmarshal(said, &all) != nil || len(said) == 0 {
			all = nil // it is signed as it is
		}
		if all != nil && len(inside) > 0 {
			said = sealedInto(t, authority, identity, all, said, inside)
		}
		signature, err := seal.Sign(authority.SignKey, said)
		if err != nil {
			return // nobody signs nothing
		}
		b := &book{cursor: "1"}
		n, err := downlink.TakeCarried(t.Context(), b, identity, said, signature)
		if err != nil && (n != 0 || b.calls != 0) {
			t.Fatalf("refused and taken: %v", err)
		}
		if b.calls == 0 && b.cursor != "1" {
			t.Fatalf("the cursor is %q", b.cursor)
		}
		ids := map[string]bool{}
		for _, u := range b.taken {
			_, wrong := casefile.ParseNumber(string(u.Case))
			if !hex32.MatchString(u.ID) || ids[u.ID] || !slices.Contains(casefile.UpdateKinds(), u.Kind) || (u.Case != "" && wrong != nil) || u.At.IsZero() {
				t.Fatalf("taken: %+v", u)
			}
			ids[u.ID] = true
		}
	})
}

// sealedInto puts content as the platform's own word into every update of an answer.
func sealedInto(t *testing.T, authority *sealtest.Authority, identity *seal.Identity, all map[string]json.RawMessage, said, content []byte) []byte {
	t.Helper()
	var updates []wire.SealedUpdate
	if json.Unmarshal(all["updates"], &updates) != nil || len(updates) == 0 {
		return said
	}
	sealed, err := seal.SealCMS(content, identity.PlatformSign, authority.SignKey, identity.EncryptCert)
	if err != nil {
		t.Fatal(err)
	}
	for i := range updates {
		updates[i].Sealed = sealed
	}
	if all["updates"], err = json.Marshal(updates); err != nil {
		t.Fatal(err)
	}
	whole, err := json.Marshal(all)
	if err != nil {
		return said
	}
	return whole
}
