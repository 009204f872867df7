package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/platform/authority"
	"bianmin/sync/seal"
)

// TestRecoveryAnswer: the custodians open the account's key for the PC that asked, and for a request of another point nothing.
func TestRecoveryAnswer(t *testing.T) {
	dir := t.TempDir()
	a, err := authority.Open(authority.Options{Dir: filepath.Join(dir, "authority"), Environment: "demo", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	public, err := a.RecoveryKey("990102103004", "柳树沟村便民服务点")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.RecoveryKey("990102103004", "另一个点"); err != nil {
		t.Fatal(err)
	}
	recovery, err := seal.ParsePublicKey([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	account, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := seal.NewCaseKey()
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := seal.WrapKeyTo(account, recovery)
	if err != nil {
		t.Fatal(err)
	}
	request := seal.RecoveryRequest{
		Version: 1, Terminal: "QH0301", Generation: "A", Point: "柳树沟村便民服务点", Region: "990102103004", Account: "301001",
		Wrapped: wrapped, Fresh: seal.CompressKey(&fresh.PublicKey),
	}
	ask := func(change func(*seal.RecoveryRequest)) (string, error) {
		r := request
		change(&r)
		content, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "request.json")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return run(t, "recovery", "answer", "--data", dir, "--request", path)
	}
	out, err := ask(func(*seal.RecoveryRequest) {})
	if err != nil {
		t.Fatal(err)
	}
	var answer seal.RecoveryAnswer
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &answer); err != nil || !strings.Contains(out, "QH0301A") {
		t.Fatalf("%v\n%s", err, out)
	}
	if key, err := seal.UnwrapKeyWith(answer.Wrapped, fresh); err != nil || !key.Equal(account) {
		t.Errorf("the answer holds another key: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*seal.RecoveryRequest)
		want   string
	}{
		"another point's": {func(r *seal.RecoveryRequest) { r.Point = "另一个点" }, "not of the point"},
		"unknown point":   {func(r *seal.RecoveryRequest) { r.Point = "没有" }, "no recovery key"},
		"newer":           {func(r *seal.RecoveryRequest) { r.Version = 2 }, "version 2"},
		"no key":          {func(r *seal.RecoveryRequest) { r.Fresh = nil }, "public key"},
	} {
		if _, err := ask(c.change); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
