package desk

import (
	"context"
	"errors"
	"testing"
	"time"

	"bianmin/core/receipt"
	"bianmin/drivers"
)

// fakeCodes is a code reader in memory.
type fakeCodes struct{ read chan any }

func (f fakeCodes) Scan(ctx context.Context) (drivers.Code, error) {
	select {
	case one := <-f.read:
		if err, ok := one.(error); ok {
			return drivers.Code{}, err
		}
		return drivers.Code{Text: one.(string)}, nil //nolint:forcetypeassert // the test's own
	case <-ctx.Done():
		return drivers.Code{}, ctx.Err()
	}
}

func (fakeCodes) Close() error { return nil }

// TestCodeReader: the code of a receipt opens its case from any page, saves what was begun, and does nothing where nobody may see it.
func TestCodeReader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		codes := fakeCodes{make(chan any, 8)}
		s := newStage(t, func(o *Options) { o.Devices.Code = codes })
		scan := func(what any) {
			codes.read <- what
			s.wait(2 * time.Second)
		}
		scan("BM1:OWN") // nobody is signed on
		s.on(SignOn)
		<-codes.read
		number := s.fileFor(pension, nil)
		s.signOn("100001")
		s.office.codes["BM1:OWN"] = receipt.Code{Case: number, Item: pension}
		scan("BM1:OWN")
		s.on(Cases)
		if s.state.Cases.Detail == nil || s.state.Cases.Detail.Number != number {
			t.Fatalf("another case: %+v", s.state.Cases.Detail)
		}
		scan("BM1:FORGED")
		s.told("desk.problem.receipt")
		scan("http://example.test/")
		s.told("desk.problem.receipt")
		scan(&drivers.Error{Role: drivers.RoleCode, Fault: drivers.FaultProtocol, Err: errors.New("x")})
		s.told("desk.notice.code-again")
		v := s.begin(pension)
		s.send(SetField{Path: "phone", Text: "13811111111"})
		scan("BM1:OWN")
		s.on(Cases)
		if len(s.office.drafts["100001"]) != 1 || s.office.drafts["100001"][v.Draft].ID != v.Draft {
			t.Error("what was begun is lost")
		}
		s.send(DropDraft{ID: v.Draft})
		s.asked("desk.ask.drop-draft")
		scan("BM1:OWN")
		s.told("desk.notice.code-later")
		s.send(Answer{})
		s.send(Back{}, Lock{})
		s.on(Locked)
		scan("BM1:OWN")
		s.on(Locked)
	})
}
