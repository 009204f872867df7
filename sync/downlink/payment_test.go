package downlink_test

import (
	"testing"

	"bianmin/core/casefile"
	"bianmin/platform/platformtest"
)

// TestPayments: the platform's word on money comes home as it was said, and goes on from what was told before.
func TestPayments(t *testing.T) {
	t.Parallel()
	p := platformtest.Start(t, platformtest.Options{})
	m := newTerminal(t, p, "QH0301")
	number := string(m.submit())
	due := act(t, p, number, "pay", "--name", "不动产登记费", "--fen", "8000", "--state", "due", "--date", "2026-12-05")
	act(t, p, number, "pay", "--id", due, "--name", "不动产登记费", "--fen", "8000", "--state", "paid", "--receipt", "9900012345", "--date", "2026-11-23")
	act(t, p, number, "pay", "--id", due, "--name", "不动产登记费", "--fen", "8000", "--state", "refunded", "--receipt", "9900012346", "--date", "2026-11-24")
	m.run(nil)
	await(t, "the three", func() bool { return len(m.book.ids()) == 3 })
	want := []casefile.Payment{
		{ID: due, Name: "不动产登记费", Fen: 8000, State: casefile.PaymentDue, On: "2026-12-05"},
		{ID: due, Name: "不动产登记费", Fen: 8000, State: casefile.PaymentPaid, Receipt: "9900012345", On: "2026-11-23"},
		{ID: due, Name: "不动产登记费", Fen: 8000, State: casefile.PaymentRefunded, Receipt: "9900012346", On: "2026-11-24"},
	}
	for i, u := range m.book.taken {
		if u.Payment == nil || *u.Payment != want[i] || u.Kind != casefile.PlatformPayment {
			t.Errorf("payment %d came as %+v", i+1, u.Payment)
		}
	}
	if err := p.Try("act", string(m.submit()), "pay", "--id", due, "--name", "x", "--fen", "1", "--state", "cancelled"); err == nil {
		t.Error("one case's payment was changed for another")
	}
}
