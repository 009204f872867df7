package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"bianmin/core/casefile"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

const spoken = "王小丫的照片看不清，请联系她的女儿"

// refusalOf is a refusal as it is kept, of a code and with words.
func refusalOf(t *testing.T, code, words string) []byte {
	t.Helper()
	body, err := json.Marshal(wire.Answer{Version: wire.Version, Kind: wire.Refusal, Code: code, Reason: words})
	must(t, err)
	kept, err := json.Marshal(map[string][]byte{"answer": body, "signature": bytes.Repeat([]byte{1}, 64)})
	must(t, err)
	return kept
}

// spoke tells whether words stand in a database's files as signed answers hold them.
func spoke(t *testing.T, folder string) bool {
	t.Helper()
	for _, name := range databaseFiles {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if os.IsNotExist(err) {
			continue
		}
		must(t, err)
		for before := range 3 {
			words := base64.StdEncoding.EncodeToString(append(make([]byte, before), spoken[:42]...))
			if bytes.Contains(content, []byte(words[4:len(words)-4])) {
				return true
			}
		}
	}
	return false
}

// TestRefusalIsSealed: what the platform signed when it refused is kept whole, and only who holds the case's key opens it; its code is there for all.
func TestRefusalIsSealed(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	f := newShelf(t, s)
	number, id := f.submit("")
	signed := refusalOf(t, wire.RefusedRule, spoken)
	must(t, s.RecordRefusal(t.Context(), id, signed, spoken, morning))
	if spoke(t, folder) {
		t.Error("the words stand on the disk")
	}
	if code, err := s.RefusalCode(t.Context(), id); err != nil || code != wire.RefusedRule {
		t.Errorf("code %q, %v", code, err)
	}
	answers, err := s.Answers(t.Context(), id)
	must(t, err)
	kept := answers["refusal"]
	if again, err := kept.Open(number, f.key); err != nil || !bytes.Equal(again, signed) || !kept.Sealed {
		t.Errorf("%s, %v", again, err)
	}
	if _, err := kept.Open("QH0301A-261122-0042-X", f.key); err == nil {
		t.Error("it opens as another case's")
	}
	other, err := seal.NewCaseKey()
	must(t, err)
	if _, err := kept.Open(number, other); err == nil {
		t.Error("it opens with another key")
	}
	kept.Digest = seal.Digest([]byte("other"))
	if _, err := kept.Open(number, f.key); err == nil {
		t.Error("what opens is taken for what it is not")
	}
	_, next := f.submit("")
	must(t, s.RecordRefusal(t.Context(), next, refusalOf(t, "王小丫", spoken), spoken, morning))
	if code, err := s.RefusalCode(t.Context(), next); err != nil || code != wire.RefusedOther {
		t.Errorf("a code that is none of ours is kept as %q, %v", code, err)
	}
}

// TestRefusalsOfBefore: what earlier versions kept in clear is sealed when the store is opened, and does not stay in the file or its log.
func TestRefusalsOfBefore(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder, newMachine())
	f := newShelf(t, s)
	type told struct {
		number casefile.Number
		id     string
	}
	var all []told
	for range 60 {
		number, id := f.submit("")
		all = append(all, told{number, id})
		must(t, s.RecordRegistration(t.Context(), id, []byte(`{"answer":"bm8="}`)))
		must(t, s.RecordRefusal(t.Context(), id, refusalOf(t, wire.RefusedRule, spoken), spoken, morning))
	}
	must(t, s.Close())
	db := raw(t, folder)
	for _, c := range all { // as version 6 left them
		_, err := db.ExecContext(t.Context(), "DELETE FROM answers WHERE packet = ? AND kind = 'refusal'", c.id)
		must(t, err)
		_, err = db.ExecContext(t.Context(), "INSERT INTO answers (packet, kind, signed, at_ms) VALUES (?, 'refusal', ?, 7)", c.id, refusalOf(t, wire.RefusedRule, spoken))
		must(t, err)
	}
	must(t, db.Close())
	if !spoke(t, folder) {
		t.Fatal("the test is blind")
	}
	s = open(t, folder, newMachine())
	if spoke(t, folder) {
		t.Error("the words still stand on the disk")
	}
	for _, c := range all {
		answers, err := s.Answers(t.Context(), c.id)
		must(t, err)
		kept := answers["refusal"]
		if signed, err := kept.Open(c.number, f.key); err != nil || !bytes.Equal(signed, refusalOf(t, wire.RefusedRule, spoken)) || kept.Code != wire.RefusedRule {
			t.Fatalf("%s: %+v, %v", c.number, kept, err)
		}
	}
	if _, err := s.writer.ExecContext(t.Context(), "UPDATE answers SET at_ms = 8"); err == nil {
		t.Error("the trigger that guards answers is gone")
	}
	if _, err := s.writer.ExecContext(t.Context(), "INSERT INTO answers (packet, kind, signed, at_ms) VALUES (?, 'refusal', x'', 7)", all[0].id); err == nil {
		t.Error("the key of answers is gone")
	}
	var at int64
	must(t, s.reader.QueryRowContext(t.Context(), "SELECT DISTINCT at_ms FROM answers WHERE kind = 'refusal'").Scan(&at))
	if at != 7 {
		t.Errorf("they came at %d", at)
	}
	if found, err := s.CaseByNumber(t.Context(), all[0].number); err != nil || found.State != casefile.StateRefused {
		t.Errorf("%+v, %v", found, err)
	}
}

// TestUnsealableRefusalsStopNothing: a case whose key is damaged keeps no other from being sealed, and where nothing can be written the store opens all the same.
func TestUnsealableRefusalsStopNothing(t *testing.T) {
	for name, spoil := range map[string]string{
		"a damaged key":               "UPDATE cases SET public = x'07' WHERE sequence = 1 AND number = (SELECT min(number) FROM cases)",
		"a disk that takes no writes": "CREATE TRIGGER no_room BEFORE INSERT ON answers WHEN NEW.sealed = 1 BEGIN SELECT raise(ABORT, 'as the disk would'); END",
	} {
		folder := t.TempDir()
		s := open(t, folder, newMachine())
		f := newShelf(t, s)
		_, id := f.submit("")
		_, other := f.submit("")
		must(t, s.Close())
		db := raw(t, folder)
		for _, packet := range []string{id, other} {
			_, err := db.ExecContext(t.Context(), "INSERT INTO answers (packet, kind, signed, at_ms) VALUES (?, 'refusal', ?, 7)", packet, refusalOf(t, wire.RefusedRule, spoken))
			must(t, err)
		}
		_, err := db.ExecContext(t.Context(), spoil)
		must(t, err)
		must(t, db.Close())
		s = open(t, folder, newMachine())
		answers, err := s.Answers(t.Context(), other)
		must(t, err)
		if sealed := answers["refusal"].Sealed; sealed != (name == "a damaged key") {
			t.Errorf("%s: the other is sealed: %v", name, sealed)
		}
	}
}
