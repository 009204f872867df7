package journey

import (
	"context"
	"testing"
	"time"

	"bianmin/core/casefile"
	"bianmin/drivers"
)

// fakeCodes is a code reader.
type fakeCodes struct{ read chan codeRead }

func (f *fakeCodes) Scan(ctx context.Context) (drivers.Code, error) {
	select {
	case <-ctx.Done():
		return drivers.Code{}, ctx.Err()
	case r := <-f.read:
		return drivers.Code{Text: r.text}, r.err
	}
}

func (f *fakeCodes) Close() error { return nil }

// TestReceiptCode: a receipt held before the reader on the first screens opens the state of its case and nothing that needs the card; what is no receipt of
// this terminal is said; nobody is listened to later.
func TestReceiptCode(t *testing.T) {
	bubble(t, func(t *testing.T) {
		codes := &fakeCodes{read: make(chan codeRead)}
		s := newStage(t, loadCatalogue(t), func(o *Options) { o.Devices.Code = codes })
		refusedOne := refusedCase()
		refusedOne.Reason, refusedOne.Moments = "", nil
		s.desk.receipts.set(map[string]casefile.Summary{"BM1:HERE": refusedOne, "BM1:AWAY": {}})
		scan := func(text string) State {
			codes.read <- codeRead{text: text}
			return s.wait(time.Second)
		}
		scan("BM1:HERE") // from the waiting screen
		if v := s.on(CaseDetail).CaseDetail; !v.ByCode || v.CanPrint || v.CanRepair || v.Case.Number != refusedOne.Number || v.Case.Reason != "" {
			t.Errorf("%+v", v)
		}
		s.tap(Reprint{}, RepairCase{})
		if len(s.printer.documents()) > 0 {
			t.Error("a receipt was printed for whoever holds its code")
		}
		select {
		case codes.read <- codeRead{text: "BM1:HERE"}:
			t.Error("somebody listens while a case is shown")
		default:
		}
		s.tap(Back{})
		s.on(Home)
		if v := scan("BM1:AWAY").Home; v.Code.Key != keyCodeElsewhere {
			t.Errorf("another terminal's: %+v", v)
		}
		if v := scan("https://example").Home; v.Code.Key != keyCodeForeign {
			t.Errorf("another code: %+v", v)
		}
		codes.read <- codeRead{err: &drivers.Error{Role: drivers.RoleCode, Fault: drivers.FaultProtocol, Op: "read"}}
		if v := s.wait(time.Second).Home; v.Code.Key != keyCodeAgain {
			t.Errorf("a code that makes no sense: %+v", v)
		}
		s.wait(2 * time.Second)
		scan("BM1:HERE")
		s.on(CaseDetail)
		s.tap(GoHome{})
		if v := s.on(Home).Home; v.Code.Key != "" {
			t.Errorf("what was said before: %+v", v)
		}
	})
}
