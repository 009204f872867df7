package keys_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/internal/softchip"
	"bianmin/packaging/provision/keys"
	"bianmin/sync/seal"
	"bianmin/sync/seal/sealtest"
)

// TestKeys walks a machine that was enrolled before it had a chip: into its keeping, back out before the chip is cleared, in
// again; and one whose chip was cleared without asking is told what is left to do.
func TestKeys(t *testing.T) {
	data, socket := t.TempDir(), softchip.Start(t)
	folder := filepath.Join(data, "keys")
	sealtest.New(t).Enrol(t, folder, "QH0301", "A")
	run := func(device string, words ...string) (string, error) {
		c := keys.Command()
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetErr(&out)
		c.SetArgs(append(words, "--data", data, "--chip", device))
		err := c.ExecuteContext(t.Context())
		return out.String(), err
	}
	says := func(want string, words ...string) {
		t.Helper()
		out, err := run(socket, words...)
		if err != nil || !strings.Contains(out, want) || !strings.Contains(out, " / ") {
			t.Errorf("%v: %q, %v; want %q", words, out, err, want)
		}
	}
	says("only the service's user", "show")
	says("until 2040-01-01; from 20", "show")
	if _, err := run("/nonexistent", "protect"); err == nil || !strings.Contains(err.Error(), "no security chip") {
		t.Errorf("without a chip: %v", err)
	}
	says("only the service's user", "show")
	says("security chip keeps", "protect")
	says("security chip keeps", "show")
	says("only the service's user", "unprotect")
	softchip.Clear(t, socket)
	says("security chip keeps", "protect") // the cleared chip keeps new ones
	if _, err := seal.LoadIdentity(folder); err != nil {
		t.Fatal(err)
	}
	softchip.Clear(t, socket)
	for _, words := range []string{"show", "unprotect", "protect"} {
		if out, err := run(socket, words); err == nil || !strings.Contains(err.Error(), "provision replace") {
			t.Errorf("%s on a cleared chip: %q, %v", words, out, err)
		}
	}
	// The machine's settings do not need the keys: the tool finds its way by the configuration too.
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(config, []byte("data: "+data+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := keys.Command()
	c.SetArgs([]string{"show", "--config", config})
	if err := c.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), "provision replace") {
		t.Errorf("by the configuration: %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "sign.key")); err != nil {
		t.Errorf("something was taken away: %v", err)
	}
}
