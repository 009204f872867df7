package ipp_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestToolAcceptsThePrinter: what stands in for an A4 printer passes the tests CUPS has for printers, by CUPS's own tool.
func TestToolAcceptsThePrinter(t *testing.T) {
	far := plugIn(t)
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, page(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"get-printer-attributes", "get-printer-description-attributes", "get-job-template-attributes", "validate-job",
		"print-job-and-wait", "create-job", "get-completed-jobs",
	} {
		ctx, end := context.WithTimeout(t.Context(), 30*time.Second)
		said, err := exec.CommandContext(ctx, "ipptool", "-t", "-f", file, far.Link(), name+".test").CombinedOutput()
		end()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
	if files, err := far.Printed(); err != nil || len(files) == 0 {
		t.Errorf("%d sheets, %v", len(files), err)
	}
}
