package filing_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
	"bianmin/store"
	"bianmin/store/filing"
)

func TestSubmitRefusesWhatDoesNotFit(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	who := person("王小丫", "990102194501010027")
	good, pages := submission(t, f, who, []byte("page"))
	content, err := casefile.SignedContent(good)
	if err != nil {
		t.Fatal(err)
	}
	signed := good
	signed.Signature = &casefile.Signature{Attachment: pages[0].Digest, Content: f.Digest(content)}
	changed := signed
	changed.Values = json.RawMessage(`{"phone":"13900000000"}`)
	huge := good
	huge.Values = json.RawMessage(`{"note":"` + strings.Repeat("长", 5<<20/3) + `"}`)
	broken := good
	broken.Values = json.RawMessage(`{"note":`)
	long := good
	long.Item.Code = strings.Repeat("9", 100)
	gone := []casefile.Attachment{pages[0]}
	gone[0].Sealed++
	for name, c := range map[string]struct {
		submission  casefile.Submission
		attachments []casefile.Attachment
	}{
		"signature on other content": {changed, pages},
		"page not given":             {good, nil},
		"page twice":                 {good, append(pages, pages...)},
		"page of another length":     {good, gone},
		"5 MB form value":            {huge, pages},
		"values are not JSON":        {broken, pages},
		"item code too long":         {long, pages},
	} {
		if filed, err := f.Submit(ctx, c.submission, c.attachments, who); err == nil {
			t.Errorf("%s: filed as %s", name, filed.Number)
		} else if strings.Contains(err.Error(), who.Name) || strings.Contains(err.Error(), who.Number) || strings.Contains(err.Error(), "1390000") {
			t.Errorf("%s: the error is personal: %v", name, err)
		}
	}
	filed, err := f.Submit(ctx, signed, pages, who)
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := casefile.ParseNumber(string(filed.Number)); err != nil || parts.Sequence != 1 {
		t.Errorf("refused submissions used up numbers: %v, %v", filed.Number, err)
	}
	if err := f.Drop(ctx, pages[0].Digest); err == nil {
		t.Error("a filed page was dropped")
	}
}

func TestNamesOfEveryKind(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	for _, name := range []string{"王\x00小\x1b丫", "\U00020BB7野家", "\ue863\ue864", "买买提·艾力", "\xff\xfe"} {
		who := person(name, "990102194501010027")
		filed := submit(t, f, who)
		summary, err := f.Summary(t.Context(), filed)
		if err != nil || summary.Number != filed.Number {
			t.Errorf("%q: %v", name, err)
		}
		if cases, err := f.Cases(t.Context(), who); err != nil || len(cases) != 1 {
			t.Errorf("%q: %d cases, %v", name, len(cases), err)
		}
	}
}

func TestDroppedAndDeadDraftsGo(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	who := person("王小丫", "990102194501010027")
	_, retaken := submission(t, f, who, []byte("retaken"))
	if err := f.Drop(t.Context(), retaken[0].Digest); err != nil {
		t.Fatal(err)
	}
	filed := submit(t, f, who, []byte("kept"))
	submission(t, f, who, []byte("never filed"))
	if err := os.WriteFile(filepath.Join(p.folder, "tmp", "page-left"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := files(t, p.folder); len(got) != 3 {
		t.Fatalf("before: %v", got)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p.open(t)
	got := files(t, p.folder)
	want := filed.Event.Submission.Materials[0].Pages[0].Attachment
	if len(got) != 1 || filepath.Base(got[0]) != want {
		t.Errorf("after: %v, want only %s", got, want)
	}
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"tmp/*", "attachments/*/*"} {
		matches, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, matches...)
	}
	return found
}

func TestPrintLedger(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	if _, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: "QH0301A-261122-0001-X"}); !errors.Is(err, store.ErrNoCase) {
		t.Errorf("a receipt without a case: %v", err)
	}
	filed := submit(t, f, person("王小丫", "990102194501010027"))
	id, err := f.BeginPrint(ctx, filing.PrintJob{Kind: "receipt", Case: filed.Number, Item: "高龄津贴申领"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.EndPrint(ctx, id, drivers.PrintReport{Outcome: drivers.Unconfirmed, Bytes: 1200}); err != nil {
		t.Fatal(err)
	}
	if err := f.ConfirmPrint(ctx, id, true, "citizen"); err != nil {
		t.Fatal(err)
	}
	if err := f.ConfirmPrint(ctx, 99, true, "citizen"); err == nil {
		t.Error("a job that never was is confirmed")
	}
	prints, err := f.Store().Prints(ctx, filed.Number)
	if err != nil || len(prints) != 1 || prints[0].State != store.PrintConfirmed || prints[0].ConfirmedBy != "citizen" || !strings.Contains(prints[0].Evidence, "1200") {
		t.Errorf("ledger %+v, %v", prints, err)
	}
	if _, err := f.Store().VerifyAudit(ctx); err != nil {
		t.Error(err)
	}
}

func TestOpenWithoutEnrolment(t *testing.T) {
	p := newPoint(t)
	if err := os.Rename(filepath.Join(p.folder, "keys"), filepath.Join(p.folder, "away")); err != nil {
		t.Fatal(err)
	}
	f := p.open(t)
	wantCode(t, f.Ready(t.Context()), casefile.NotEnrolled)
	if health, err := f.Health(t.Context()); err != nil || health.Problem != casefile.NotEnrolled || health.DiskFree == 0 {
		t.Errorf("health %+v, %v", health, err)
	}
	if err := os.Rename(filepath.Join(p.folder, "away"), filepath.Join(p.folder, "keys")); err != nil {
		t.Fatal(err)
	}
	wantCode(t, f.Ready(t.Context()), casefile.NotEnrolled) // not tried again at once
	p.clock.pass(time.Minute)
	if err := f.Ready(t.Context()); err != nil {
		t.Errorf("after enrolment: %v", err)
	}
}

func TestCancelledSubmitFilesNothing(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	who := person("王小丫", "990102194501010027")
	s, pages := submission(t, f, who)
	if _, err := f.Submit(ctx, s, pages, who); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if counts, err := f.Store().Counts(t.Context()); err != nil || counts.Waiting != 0 {
		t.Errorf("%+v, %v", counts, err)
	}
}

// TestReceiptOpensStateOnly: a receipt's code tells state and dates of its case, nothing that needs the card; another terminal's is said to be one, and
// what is no receipt is an error.
func TestReceiptOpensStateOnly(t *testing.T) {
	p := newPoint(t)
	f := p.open(t)
	ctx := t.Context()
	filed := submit(t, f, person("王小丫", "990102194501010027"), []byte("page"))
	if err := f.Store().RecordRefusal(ctx, filed.Event.ID, []byte("no"), "王小丫的照片看不清", morning); err != nil {
		t.Fatal(err)
	}
	got, here, err := f.Receipt(ctx, filed.QR)
	if err != nil || !here || got.Number != filed.Number || got.State != casefile.StateRefused || got.Filed.IsZero() {
		t.Errorf("%+v, %v, %v", got, here, err)
	}
	if got.Reason != "" || got.ItemName != "" || len(got.Moments) > 0 || got.QR != "" {
		t.Errorf("it tells more: %+v", got)
	}
	for _, code := range []string{"", "https://example", "BM1:00000", filed.QR[:len(filed.QR)-3] + "000"} {
		if _, _, err := f.Receipt(ctx, code); err == nil {
			t.Errorf("%.12q was taken for a receipt's code", code)
		}
	}
}
