package device_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/sim/printer"
	"bianmin/packaging/provision/device"
)

func plugInPrinter(t *testing.T, options printer.Options) (*printer.Printer, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "printer")
	p, err := printer.New(context.Background(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p, "serial:" + path
}

const note = `{"title":"note","blocks":[
	{"kind":"text","text":"办事回执","align":"center","size":2,"bold":true},
	{"kind":"pair","label":"办件编号","text":"QH0301A-261122-0042-X"},
	{"kind":"rule"},{"kind":"qr","data":"BM1:TEST"},{"kind":"feed","lines":2}]}`

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "document.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrint(t *testing.T) {
	p, link := plugInPrinter(t, printer.Options{})
	out, err := run(t, "print", "--link", link, "--document", write(t, note))
	if err != nil || out != "printed\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if words := strings.Join(p.Strips()[0].Lines, "\n"); !strings.Contains(words, "QH0301A-261122-0042-X") || !strings.Contains(words, "办事回执") {
		t.Errorf("on paper: %q", words)
	}
	command := device.Command()
	var stdout bytes.Buffer
	command.SetOut(&stdout)
	command.SetIn(strings.NewReader(note))
	command.SetArgs([]string{"print", "--link", link, "--document", "-", "--raster", "--json"})
	if err := command.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	var report drivers.PrintReport
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil || report.Outcome != drivers.Printed || report.Bytes < 500 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestPrintOnNarrowPaper(t *testing.T) {
	p, link := plugInPrinter(t, printer.Options{Paper: 58})
	if out, err := run(t, "print", "--link", link, "--document", write(t, note), "--paper", "58"); err != nil || out != "printed\n" {
		t.Fatalf("%q, %v", out, err)
	}
	if words := strings.Join(p.Strips()[0].Lines, "\n"); !strings.Contains(words, "QH0301A-261122-0042-X") {
		t.Errorf("the number is broken on paper: %q", words)
	}
}

// Outcome on standard output, one sentence as the error, nothing sent twice.
func TestPrintFailures(t *testing.T) {
	p, link := plugInPrinter(t, printer.Options{})
	expect := func(name, stdout, sentence string) {
		t.Helper()
		out, err := run(t, "print", "--link", link, "--document", write(t, note))
		if err == nil || out != stdout+"\n" || !strings.Contains(err.Error(), sentence) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	p.SetPaper(false)
	expect("no paper", "paper-out", "put in a new roll")
	p.SetPaper(true)
	p.SetCover(true)
	expect("cover", "cover-open", "cover is open")
	p.SetCover(false)
	p.SetRows(60)
	expect("paper ends", "unconfirmed", "new roll")
	p.SetPaper(true)
	if err := p.Unplug(); err != nil {
		t.Fatal(err)
	}
	expect("unplugged", "unplugged", "not there")
}

func TestPrintRefusesBadDocuments(t *testing.T) {
	p, link := plugInPrinter(t, printer.Options{})
	for name, c := range map[string][2]string{
		"no JSON":       {`hello`, "not a document"},
		"no blocks":     {`{"title":"x"}`, "no blocks"},
		"unknown field": {`{"blocks":[{"kind":"text","txt":"x"}]}`, "txt"},
		"unknown kind":  {`{"blocks":[{"kind":"text","text":"x"},{"kind":"image"}]}`, "block 2"},
		"bad size":      {`{"blocks":[{"kind":"text","text":"x","size":9}]}`, "size 9"},
		"huge":          {`{"title":"` + strings.Repeat("x", 2<<20) + `"}`, "longer than"},
		"two documents": {note + note, "something follows"},
	} {
		out, err := run(t, "print", "--link", link, "--document", write(t, c[0]))
		if err == nil || out != "" || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
	out, err := run(t, "print", "--link", link, "--document", write(t, `{"blocks":[{"kind":"qr","data":"`+strings.Repeat("x", 5000)+`"}]}`))
	if err == nil || out != "" || strings.Contains(err.Error(), "xx") || strings.Contains(err.Error(), "broken") || !strings.Contains(err.Error(), "block 1: QR code of 5000 bytes") {
		t.Errorf("QR code too long: %q, %.300v", out, err)
	}
	if _, err := run(t, "print", "--link", link, "--document", filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing file was printed")
	}
	if out, err := run(t, "print", "--link", link, "--document", write(t, note), "--paper", "70"); err == nil || out != "" || !strings.Contains(err.Error(), "58 or 80") {
		t.Errorf("70 mm: %q, %v", out, err)
	}
	if n := p.State().Received; n != 0 {
		t.Errorf("%d bytes reached the printer", n)
	}
}

func TestPrinterStatus(t *testing.T) {
	p, link := plugInPrinter(t, printer.Options{})
	status := func() (drivers.Status, error) {
		t.Helper()
		out, err := run(t, "status", "--link", link, "--role", "printer", "--json")
		var got drivers.Status
		if failed := json.Unmarshal([]byte(out), &got); failed != nil {
			t.Fatalf("%v in %q (%v)", failed, out, err)
		}
		return got, err
	}
	if got, err := status(); err != nil || got.Condition != drivers.Online || got.Paper != drivers.PaperFull || !strings.Contains(got.Model, "SIM-80") {
		t.Errorf("well: %+v, %v", got, err)
	}
	p.SetPaper(false)
	if got, err := status(); err == nil || got.Condition != drivers.UserError || got.Paper != drivers.PaperOut {
		t.Errorf("no paper: %+v, %v", got, err)
	}
	p.SetSilent(true)
	if got, err := status(); err == nil || got.Condition != drivers.Offline || got.Fault != drivers.FaultSilent {
		t.Errorf("silent: %+v, %v", got, err)
	}
}
