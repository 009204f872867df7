package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/drivers/sim/document"
	"bianmin/packaging/succession"
	"bianmin/platform/platformtest"
	"bianmin/sync/enrol"
)

// TestPrintErasureAgain: a printer without paper costs nobody the certificate of a machine that is erased; the same command
// with paper prints the very page.
func TestPrintErasureAgain(t *testing.T) {
	p := platformtest.Start(t, platformtest.Options{})
	data, out := t.TempDir(), t.TempDir()
	if _, err := enrol.Enrol(t.Context(), enrol.Options{Ticket: p.Ticket("QH0301", p.URL), Data: data, Software: "test", Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	page := []byte("%PDF-1.7 of the machine\n")
	_, err := succession.Machine{Data: data, Software: "test", Now: time.Now}.Retire(t.Context(), succession.Retiring{
		Out: out, By: "陈师傅", Certify: func(succession.Erasure) ([]byte, error) { return page, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	printer, err := document.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := printer.Close(); err != nil {
			t.Error(err)
		}
	})
	config := filepath.Join(t.TempDir(), "terminal.yaml")
	if err := os.WriteFile(config, []byte("data: "+data+"\ndevices:\n  document: {link: \""+printer.Link()+"\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := func() (string, error) {
		var said bytes.Buffer
		c := Commands(time.Now)[0]
		c.SetArgs([]string{"erasure", out, "--config", config, "--print"})
		c.SetOut(&said)
		c.SilenceUsage, c.SilenceErrors = true, true
		err := c.ExecuteContext(t.Context())
		return said.String(), err
	}
	if err := printer.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := command(); err == nil || !strings.Contains(err.Error(), "repeat the command") {
		t.Errorf("without paper: %v", err)
	}
	if err := printer.SetPaper(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if said, err := command(); err != nil || !strings.Contains(said, "QH0301A") {
		t.Errorf("with paper: %q, %v", said, err)
	}
	printed, err := printer.Printed()
	if err != nil || len(printed) == 0 {
		t.Fatalf("%q, %v", printed, err)
	}
	if content, err := os.ReadFile(printed[len(printed)-1]); err != nil || !bytes.Equal(content, page) {
		t.Errorf("it is not the page: %q, %v", content, err)
	}
}
