package command_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/authority"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
	"bianmin/sync/seal"
)

// TestTwoCustodians divides a point's recovery key: nobody has it any more, not the platform's folder and neither share alone, nor
// two shares that do not belong together; both answer as the whole key did, and a terminal enrolled later at the point has the same key.
func TestTwoCustodians(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	enrolled := func(number string) *seal.Identity {
		identity, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket(number, p.URL), Data: t.TempDir(), Software: "test", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		return identity
	}
	terminal := enrolled("QH0301")
	account, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := seal.WrapKeyTo(account, terminal.Recovery)
	if err != nil {
		t.Fatal(err)
	}
	request := filepath.Join(t.TempDir(), "request")
	content, err := json.Marshal(seal.RecoveryRequest{
		Version: 1, Terminal: "QH0301", Generation: "A", Point: terminal.Point, Region: terminal.Region, Account: "301001", Wrapped: wrapped, Fresh: seal.CompressKey(&fresh.PublicKey),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(request, content, 0o600); err != nil {
		t.Fatal(err)
	}
	one, two, other := t.TempDir(), t.TempDir(), t.TempDir()
	for _, bad := range [][]string{{one, one}, {one, filepath.Join(one, "none")}} {
		if err := p.Try("recovery", "split", "--terminal", "QH0301", "--first", bad[0], "--second", bad[1]); err == nil {
			t.Errorf("divided into %v", bad)
		}
	}
	before := keysIn(t, p.Dir)
	p.Run("recovery", "split", "--terminal", "QH0301", "--first", one, "--second", two)
	if !strings.Contains(string(p.Run("recovery", "list")), "custodians") {
		t.Error("the list does not say who holds the key")
	}
	if after := keysIn(t, p.Dir); before != 1 || after != 0 {
		t.Errorf("%d whole recovery keys before, %d after", before, after)
	}
	first, second := share(t, one), share(t, two)
	a, b := read(t, first), read(t, second)
	if bytes.Equal(a.Share, b.Share) || a.Part != 1 || b.Part != 2 {
		t.Errorf("parts %d and %d", a.Part, b.Part)
	}
	forged := b
	forged.Share = bytes.Clone(b.Share)
	forged.Share[5] ^= 1
	if content, err = json.Marshal(forged); err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(other, "wrong.share")
	if err := os.WriteFile(wrong, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, shares := range map[string][]string{"none": {}, "the first": {first}, "the second": {second}, "the first twice": {first, first}, "a foreign second": {first, wrong}} {
		words := []string{"recovery", "answer", "--request", request}
		for _, path := range shares {
			words = append(words, "--share", path)
		}
		if err := p.Try(words...); err == nil {
			t.Errorf("%s: answered", name)
		}
	}
	var answer seal.RecoveryAnswer
	if err := json.Unmarshal(p.Run("recovery", "answer", "--request", request, "--share", second, "--share", first), &answer); err != nil {
		t.Fatal(err)
	}
	if key, err := seal.UnwrapKeyWith(answer.Wrapped, fresh); err != nil || !key.Equal(account) {
		t.Errorf("both shares answer with another key: %v", err)
	}
	if err := p.Try("recovery", "split", "--terminal", "QH0301", "--first", one, "--second", two); err == nil {
		t.Error("divided twice: the first shares would be worth nothing")
	}
	if later := enrolled("QH0302"); later.Point == terminal.Point && !later.Recovery.Equal(terminal.Recovery) {
		t.Error("a terminal enrolled later has another recovery key")
	}
}

func share(t *testing.T, folder string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*.share"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	return found[0]
}

func read(t *testing.T, path string) authority.Share {
	t.Helper()
	s, err := authority.ReadShare(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keysIn counts the private keys in the folder of recovery keys.
func keysIn(t *testing.T, data string) (n int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(data, "authority", "recovery"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte("PRIVATE KEY")) {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}
