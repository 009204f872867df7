package command_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/platform/platformtest"
	"bianmin/sync/wire"
)

// TestSheet: what stands on the printed sheet, typed by hand, is the enrolment string.
func TestSheet(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	path := filepath.Join(t.TempDir(), "sheet.pdf")
	order := []string{"enrol", "new", "--url", p.URL, "--terminal", "QH0301", "--point", "柳树沟村便民服务点", "--region", "990301001201", "--sheet"}
	var made struct{ Enrolment, Trust, Code string }
	if err := json.Unmarshal(p.Run(append(order, path)...), &made); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the sheet: %v, %v", info, err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, fingerprint, found := strings.Cut(string(out), "平台指纹")
	fingerprint, _, _ = strings.Cut(fingerprint, "\n")
	typed, err := wire.NewTicket(p.URL, fingerprint, made.Code)
	if !found || err != nil || typed.String() != made.Enrolment || !strings.Contains(string(out), made.Code) {
		t.Errorf("typed from the sheet: %v, %v\n%s", typed, err, out)
	}
	if err := p.Try(append(order, filepath.Join(t.TempDir(), "none", "sheet.pdf"))...); err == nil {
		t.Error("a sheet that cannot be written is no error")
	}
}
