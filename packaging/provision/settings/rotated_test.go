package settings_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/packaging/provision/settings"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
)

// TestTakeAfterRotation: a machine without network takes settings that a key signed which it never met, because the root has certified it. A dry run leaves nothing behind.
func TestTakeAfterRotation(t *testing.T) {
	t.Setenv("LANG", "zh_CN.UTF-8")
	platform, data := platformtest.Start(t, platformtest.Options{}), filepath.Join(t.TempDir(), "data")
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: platform.Ticket("QH0301", platform.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "data: %s\n", data), 0o600); err != nil {
		t.Fatal(err)
	}
	platform.Run("keys", "rotate", "signing", "--after", "0s")
	platform.Run("settings", "set", "session.idle", "2m", "--all")
	file := filepath.Join(t.TempDir(), "QH0301.settings")
	platform.Run("settings", "export", "--terminal", "QH0301", "--out", file)
	run := func(args ...string) string {
		c := settings.Command()
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetErr(&out)
		c.SetArgs(append(args, "--config", config))
		if err := c.ExecuteContext(t.Context()); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out.String())
		}
		return out.String()
	}
	run("take", file, "--dry-run")
	if _, err := os.Stat(filepath.Join(data, "keys", "signers.json")); err == nil {
		t.Error("a dry run left something behind")
	}
	run("take", file)
	if said := run("diff"); !strings.Contains(said, "2m") {
		t.Errorf("what counts: %s", said)
	}
}
