//go:build browser

package leaflet_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"bianmin/packaging/leaflet"
)

// TestOneSheet prints the technician's page in both languages as a browser does: each is one sheet of A4, and not half empty.
func TestOneSheet(t *testing.T) {
	for _, name := range []string{"technician.md", "technician.zh.md"} {
		html, err := leaflet.HTML(os.DirFS("../../docs"), name)
		if err != nil {
			t.Fatal(err)
		}
		folder, err := filepath.Abs("../../build/leaflet")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(folder, name[:len(name)-len(".md")])
		if err := os.WriteFile(file+".html", html, 0o644); err != nil {
			t.Fatal(err)
		}
		pdf := printed(t, "file://"+file+".html")
		if err := os.WriteFile(file+".pdf", pdf, 0o644); err != nil {
			t.Fatal(err)
		}
		if sheets := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1)); sheets != 1 {
			t.Errorf("%s prints on %d sheets, see %s.pdf", name, sheets, file)
		}
	}
}

func printed(t *testing.T, url string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	out, err := exec.CommandContext(ctx, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-component-update",
		"--user-data-dir="+t.TempDir(), "--no-pdf-header-footer", "--print-to-pdf="+file, url).CombinedOutput()
	if err != nil {
		t.Fatalf("print: %v\n%s", err, out)
	}
	pdf, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}
