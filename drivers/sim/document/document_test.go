package document

import (
	"bytes"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
)

const page = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

// send sends one IPP request with a document behind it.
func send(t *testing.T, p *Printer, operation goipp.Op, document string) *goipp.Message {
	t.Helper()
	m := goipp.NewRequest(goipp.DefaultVersion, operation, 1)
	m.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttribute("printer-uri", goipp.TagURI, goipp.String(p.Link())))
	m.Operation.Add(goipp.MakeAttribute("requesting-user-name", goipp.TagName, goipp.String("test")))
	if document != "" {
		m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String("application/pdf")))
	}
	body, err := m.EncodeBytes()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post("http"+strings.TrimPrefix(p.Link(), "ipp"), goipp.ContentType, bytes.NewReader(append(body, document...)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var got goipp.Message
	if err := got.Decode(answer.Body); err != nil {
		t.Fatal(err)
	}
	return &got
}

func reasons(t *testing.T, p *Printer) string {
	t.Helper()
	for _, a := range send(t, p, goipp.OpGetPrinterAttributes, "").Printer {
		if a.Name == "printer-state-reasons" {
			return a.Values.String()
		}
	}
	t.Fatal("the printer does not say how it stands")
	return ""
}

func TestPrinter(t *testing.T) {
	p, err := Start(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if err := p.SetPaper(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if got := reasons(t, p); !strings.Contains(got, "media-empty") {
		t.Errorf("without paper the printer says %q", got)
	}
	if status := goipp.Status(send(t, p, goipp.OpPrintJob, page).Code); status != goipp.StatusOk {
		t.Fatalf("the job was not taken: %v", status)
	}
	if len(p.Lying()) != 0 {
		t.Error("a page came out without paper")
	}
	if err := p.SetPaper(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); len(p.Lying()) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 5*time.Second {
			t.Fatal("nothing was printed")
		}
	}
	taken, err := p.Take()
	if err != nil || len(taken) != 1 || len(p.Lying()) != 0 {
		t.Fatalf("%v, %v", taken, err)
	}
	if content, err := os.ReadFile(taken[0]); err != nil || string(content) != page {
		t.Errorf("the tray holds %d bytes, not the page: %v", len(content), err)
	}
	if got := reasons(t, p); strings.Contains(got, "media-empty") {
		t.Errorf("with paper the printer says %q", got)
	}
	p.Unplug()
	if plugged, _ := p.State(); plugged {
		t.Error("unplugged, and still there")
	}
	if err := p.Plug(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, err := p.Printed(); err != nil || len(again) != 1 {
		t.Errorf("%v, %v", again, err)
	}
}
