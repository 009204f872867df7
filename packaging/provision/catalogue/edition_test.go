package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/assets"
	"bianmin/platform/platformtest"
	"bianmin/sync/edition"
	"bianmin/sync/enrol"
)

// TestImport: the county exports to a stick, the machine takes it without network, tells what it has, and refuses a stick that is not whole.
func TestImport(t *testing.T) {
	t.Setenv("LANG", "zh_CN.UTF-8")
	platform := platformtest.Start(t, platformtest.Options{})
	data := filepath.Join(t.TempDir(), "data")
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: platform.Ticket("QH0301", platform.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "data: %s\n", data), 0o600); err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(t.TempDir(), "office")
	if err := os.CopyFS(office, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	platform.Run("catalogue", "publish", office)
	stick := filepath.Join(t.TempDir(), "stick")
	platform.Run("catalogue", "export", "--region", "990301001201", "--to", stick)

	if said, err := run(t, "status", "--config", config); err != nil || !strings.Contains(said, "自带") {
		t.Errorf("%v %s", err, said)
	}
	if _, err := run(t, "import", t.TempDir(), "--config", config); !errors.Is(err, edition.ErrForm) || !strings.HasPrefix(err.Error(), "这里没有目录") {
		t.Errorf("an empty stick: %v", err)
	}
	archive := onlyArchive(t, stick)
	whole, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(archive, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, "import", stick, "--config", config); !errors.Is(err, edition.ErrArchive) || !strings.HasPrefix(err.Error(), "U盘上的文件坏了") {
		t.Errorf("half a stick: %v", err)
	}
	if err := os.WriteFile(archive, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := run(t, "import", stick, "--config", config); err != nil || !strings.Contains(said, "已换成省里第 1 版") {
		t.Errorf("%v %s", err, said)
	}
	if said, err := run(t, "import", stick, "--config", config); err != nil || !strings.Contains(said, "已经是第 1 版") {
		t.Errorf("%v %s", err, said)
	}
	said, err := run(t, "status", "--json", "--config", config)
	var now status
	if err != nil || json.Unmarshal([]byte(said), &now) != nil || now.Edition != 1 || now.Until == nil || now.Refused != nil || now.Damaged != "" {
		t.Errorf("%v %s", err, said)
	}
}

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := Command()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func onlyArchive(t *testing.T, stick string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(stick, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if filepath.Base(name) != edition.ManifestFile {
			return name
		}
	}
	t.Fatal("the stick has no archive")
	return ""
}

// TestImportAfterRotation: a machine without network takes an edition that a key signed which it never met, because the root has certified it; not one that only says so.
func TestImportAfterRotation(t *testing.T) {
	t.Setenv("LANG", "zh_CN.UTF-8")
	platform, foreign := platformtest.Start(t, platformtest.Options{}), platformtest.Start(t, platformtest.Options{})
	data := filepath.Join(t.TempDir(), "data")
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: platform.Ticket("QH0301", platform.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "data: %s\n", data), 0o600); err != nil {
		t.Fatal(err)
	}
	office := filepath.Join(t.TempDir(), "office")
	if err := os.CopyFS(office, assets.Catalogue()); err != nil {
		t.Fatal(err)
	}
	export := func(p *platformtest.Platform) string {
		p.Run("keys", "rotate", "signing", "--after", "0s")
		p.Run("catalogue", "publish", office)
		stick := filepath.Join(t.TempDir(), "stick")
		p.Run("catalogue", "export", "--region", "990301001201", "--to", stick)
		return stick
	}
	if _, err := run(t, "import", export(foreign), "--config", config); !errors.Is(err, edition.ErrSignature) {
		t.Errorf("another province's: %v", err)
	}
	if said, err := run(t, "import", export(platform), "--config", config); err != nil || !strings.Contains(said, "已换成省里第 1 版") {
		t.Errorf("%v %s", err, said)
	}
	if said, err := run(t, "status", "--config", config); err != nil || !strings.Contains(said, "1 版") {
		t.Errorf("afterwards: %v %s", err, said)
	}
}
