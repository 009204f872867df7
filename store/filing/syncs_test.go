package filing_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/store/filing"
)

// mark is the beginning of a name that no file has: the child tries to remove it, and strace writes that down.
const mark = "/nowhere/mark:"

// The parts of a case's life that are counted apart.
const (
	partCase       = "case" // submitted, registered, acknowledged
	partPrint      = "print"
	partEvaluation = "evaluation" // given, registered, acknowledged
	partOther      = "other"
)

// syncs lives through cases without pages, and says which part of their life begins.
func syncs(folder string, cases int) error {
	ctx := context.Background()
	f, err := filing.Open(ctx, filing.Options{Folder: folder, Software: "bianmin test", Cost: cheap, MinFree: 1})
	if err != nil {
		return err
	}
	begin := func(part string) { _ = os.Remove(mark + part) }
	for i := range cases {
		begin(partCase)
		filed, err := f.Submit(ctx, casefile.Submission{
			Item:      casefile.ItemRef{Code: "11990102MB0001000A3000149001", Name: "高龄津贴申领"},
			Applicant: casefile.Applicant{Name: "王小丫", Number: "990102194501010027"},
			Values:    fmt.Appendf(nil, `{"round":%d}`, i),
		}, nil, person("王小丫", "990102194501010027"))
		if err != nil {
			return err
		}
		if err := deliver(ctx, f.Store(), new(strings.Builder)); err != nil {
			return err
		}
		begin(partPrint)
		job, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: filed.Number})
		if err != nil {
			return err
		}
		if err := f.EndPrint(ctx, job, drivers.PrintReport{Outcome: drivers.Printed}); err != nil {
			return err
		}
		begin(partEvaluation)
		if err := f.Evaluate(ctx, filed, casefile.Evaluation{Level: 5, Times: 1}); err != nil {
			return err
		}
		if err := deliver(ctx, f.Store(), new(strings.Builder)); err != nil {
			return err
		}
		begin(partOther)
	}
	return f.Close()
}

// TestSyncsOfACase counts what lies between a case and the disk by the system calls of a process of its own: at most 1.1 syncs from the submit
// until it is acknowledged, the writing back of the log among them. The print ledger and the evaluation stand apart.
func TestSyncsOfACase(t *testing.T) {
	const cases = 100
	folder, _ := realPoint(t)
	calls := filepath.Join(t.TempDir(), "calls")
	cmd := exec.CommandContext(t.Context(), "strace", "-f", "-qq", "-o", calls, "-e", "trace=fsync,fdatasync,sync_file_range,sync,syncfs,msync,unlinkat,unlink", os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=syncs %s %d", childVariable, folder, cases))
	begun := time.Now()
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	counted, marks := countSyncs(t, calls)
	if marks != 4*cases {
		t.Fatalf("%d marks for %d cases: the calls were not all seen", marks, cases)
	}
	per := func(part string) float64 { return float64(counted[part]) / cases }
	t.Logf("%d cases in %v: %.3f syncs from submit to acknowledged, print ledger %.3f, evaluation %.3f", cases, time.Since(begun).Round(time.Millisecond), per(partCase), per(partPrint), per(partEvaluation))
	if n := per(partCase); n < 1 || n > 1.1 {
		t.Errorf("%.3f syncs from submit to acknowledged: less than one promises what the disk does not hold, more than 1.1 makes people wait", n)
	}
}

// countSyncs counts by part what strace wrote down.
func countSyncs(t *testing.T, path string) (counted map[string]int, marks int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	counted = map[string]int{}
	part := partOther
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		switch _, after, found := strings.Cut(line, mark); {
		case found && strings.Contains(line, "unlinkat("): // os.Remove tries rmdir after it
			part, _, _ = strings.Cut(after, `"`)
			if !strings.Contains(line, "AT_REMOVEDIR") {
				marks++
			}
		case strings.Contains(line, "sync") && !strings.Contains(line, "resumed>"):
			counted[part]++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return counted, marks
}
