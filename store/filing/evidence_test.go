package filing_test

import (
	"encoding/json"
	"testing"

	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/channel"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

// TestKeptRefusalIsVerifiedAgain: whoever has the case's key, here the two custodians and whoever took the machine's place, opens the platform's word and
// verifies its signature anew.
func TestKeptRefusalIsVerifiedAgain(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	filed := submit(t, f, person("王小丫", "990102194501010027"))
	body, err := json.Marshal(wire.Answer{Version: wire.Version, Kind: wire.Refusal, Packet: filed.Event.ID, Code: wire.RefusedActor, Reason: "王小丫不能代办", Time: morning})
	must(t, err)
	signature, err := seal.Sign(p.authority.SignKey, body)
	must(t, err)
	evidence, err := channel.Signed{Body: body, Signature: signature}.Evidence()
	must(t, err)
	must(t, f.Store().RecordRefusal(t.Context(), filed.Event.ID, evidence, "王小丫不能代办", morning))
	between := t.TempDir()
	must(t, f.Store().CopyTo(t.Context(), store.DatabaseIn(between)))
	heir, err := store.Open(t.Context(), store.Options{Folder: t.TempDir(), Clock: p.clock.read})
	must(t, err)
	t.Cleanup(func() { _ = heir.Close() })
	_, err = heir.Inherit(t.Context(), store.Inheritance{Database: store.DatabaseIn(between), Terminal: "QH0301A", Backup: "b", Generation: "B"})
	must(t, err)
	for name, s := range map[string]*store.Store{"here": f.Store(), "at the next machine": heir} {
		found, err := s.CaseByNumber(t.Context(), filed.Number)
		must(t, err)
		key, err := seal.UnwrapKeyWith(found.ByRecovery, p.authority.Recovery)
		must(t, err)
		answers, err := s.Answers(t.Context(), filed.Event.ID)
		must(t, err)
		kept := answers["refusal"]
		signed, err := terminal.ReadAnswer(kept, filed.Number, key, seal.Signers{seal.SM2Key(p.authority.Sign)})
		if err != nil || signed.Reason != "王小丫不能代办" || string(signed.Body) != string(body) || !kept.Sealed {
			t.Errorf("%s: %+v, %v", name, signed.Answer, err)
		}
		if _, err := terminal.ReadAnswer(kept, filed.Number, key, seal.Signers{&p.authority.Recovery.PublicKey}); err == nil {
			t.Errorf("%s: another's signature is believed", name)
		}
		lines, err := terminal.Lines(t.Context(), s, casefile.Link{}, filed.Number, 10)
		if err != nil || len(lines) != 1 || lines[0].Why != "still.refused."+wire.RefusedActor {
			t.Errorf("%s: %+v, %v", name, lines, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
