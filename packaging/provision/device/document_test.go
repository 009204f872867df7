package device_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"bianmin/drivers"
	"bianmin/drivers/sim/document"
)

func plugInDocument(t *testing.T) *document.Printer {
	t.Helper()
	p, err := document.Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

const form = `{"title":"测试页","count":"第 {page} 页　共 {pages} 页","parts":[
	{"kind":"title","text":"测试页"},{"kind":"paragraph","text":"名字 \ue188","indent":true},{"kind":"code","data":"BM1:TEST","text":"扫码"}]}`

func TestPrintPages(t *testing.T) {
	p := plugInDocument(t)
	if _, err := run(t, "print", "--link", p.Link(), "--document", write(t, form)); err == nil || !strings.Contains(err.Error(), "1 different characters") {
		t.Errorf("a missing glyph: %v", err)
	}
	if out, err := run(t, "print", "--link", p.Link(), "--document", write(t, form), "--blank"); err != nil || out != "printed\n" {
		t.Fatalf("%q, %v", out, err)
	}
	files, err := p.Printed()
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	first, err := os.ReadFile(files[0])
	if err != nil || !bytes.HasPrefix(first, []byte("%PDF-")) {
		t.Fatalf("%.10q, %v", first, err)
	}
	if out, err := run(t, "print", "--link", p.Link(), "--document", files[0]); err != nil || out != "printed\n" {
		t.Fatalf("a PDF: %q, %v", out, err)
	}
	if files, err = p.Printed(); err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	if second, err := os.ReadFile(files[1]); err != nil || !bytes.Equal(first, second) {
		t.Errorf("a PDF does not come out as it is: %v", err)
	}
	if err := p.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "print", "--link", p.Link(), "--document", files[0]); err == nil || out != "paper-out\n" || !strings.Contains(err.Error(), "has no paper (") {
		t.Errorf("no paper: %q, %v", out, err)
	}
}

func TestDocumentStatus(t *testing.T) {
	p := plugInDocument(t)
	status := func() (drivers.Status, error) {
		t.Helper()
		out, err := run(t, "status", "--link", p.Link(), "--role", "document", "--json")
		var got drivers.Status
		if failed := json.Unmarshal([]byte(out), &got); failed != nil {
			t.Fatalf("%v in %q (%v)", failed, out, err)
		}
		return got, err
	}
	if got, err := status(); err != nil || got.Condition != drivers.Online || got.Role != drivers.RoleDocument || got.Model == "" {
		t.Errorf("well: %+v, %v", got, err)
	}
	if err := p.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if got, err := status(); err == nil || got.Condition != drivers.UserError || got.Paper != drivers.PaperOut {
		t.Errorf("no paper: %+v, %v", got, err)
	}
	p.Unplug()
	if got, err := status(); err == nil || got.Condition != drivers.NoDevice || !strings.Contains(err.Error(), "nobody answers") {
		t.Errorf("unplugged: %+v, %v", got, err)
	}
	if _, err := run(t, "status", "--link", "ipp://", "--role", "document"); err == nil || !strings.Contains(err.Error(), "ipp://HOST") {
		t.Errorf("bad link: %v", err)
	}
}
