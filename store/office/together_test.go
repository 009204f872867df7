package office_test

import (
	"sync"
	"testing"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store/office"
)

// TestTogether: two accounts, two programs' worth of goroutines, the department's word in between: no number twice, no receipt missing.
func TestTogether(t *testing.T) {
	p := newPoint(t)
	o := p.active(t)
	second := p.open(t) // another process on the same folder
	books := []*office.Book{signOn(t, o, li, liSecret), signOn(t, second, wang, wangSecret)}
	const each = 12
	var mu sync.Mutex
	var wg sync.WaitGroup
	receipts, numbers := map[string]bool{}, map[casefile.Number]bool{}
	for _, b := range books {
		wg.Go(func() {
			for range each {
				filed := submit(t, b, zhang)
				fee, err := b.Fee(t.Context(), filed.Number, casefile.FeeEntry{Name: "工本费", Fen: 100}, guide)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				receipts[fee.Receipt], numbers[filed.Number] = true, true
				mu.Unlock()
			}
		})
		wg.Go(func() {
			for range each {
				if _, err := b.List(t.Context(), agency.Query{Text: "金丝雀"}); err != nil {
					t.Error(err)
				}
				if _, err := b.Counts(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	accept(t, o)
	if len(receipts) != 2*each || len(numbers) != 2*each || !receipts[agency.ReceiptNumber("QH0301", "A", 2*each)] {
		t.Errorf("%d receipts, %d numbers of %d", len(receipts), len(numbers), 2*each)
	}
	for _, b := range books {
		page, err := b.List(t.Context(), agency.Query{States: []string{casefile.StateAccepted}})
		if err != nil || page.Total != each {
			t.Errorf("%d cases, %v", page.Total, err)
		}
	}
	if _, err := o.Store().VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}
