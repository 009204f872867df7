package agency

import (
	"fmt"

	"bianmin/core/casefile"
)

// ReceiptNumber writes a fee receipt's number: terminal, generation and a serial
// from 1 without gaps, "QH0301A-000042".
func ReceiptNumber(terminal, generation string, serial int64) string {
	return fmt.Sprintf("%s%s-%06d", terminal, generation, serial)
}

// CheckFee judges an entry of the ledger before it is written. guide gives what
// the item's guide asks for a fee of that name in fen, and false when it knows
// none. earlier are the entries of the same case.
func CheckFee(entry casefile.FeeEntry, guide func(name string) (fen int64, known bool), earlier []casefile.FeeEntry) error {
	if entry.Fen < 0 || entry.Counter != "" {
		return checkRefund(entry, earlier)
	}
	most, known := guide(entry.Name)
	if !known || entry.Fen == 0 {
		return refuse(FeeUnknown)
	}
	for _, e := range earlier {
		if e.Name == entry.Name {
			most -= e.Fen
		}
	}
	if entry.Fen > most {
		return refuse(FeeAbove)
	}
	return nil
}

func checkRefund(entry casefile.FeeEntry, earlier []casefile.FeeEntry) error {
	var left int64
	found := false
	for _, e := range earlier {
		if e.Receipt == entry.Counter && e.Counter == "" {
			left, found = left+e.Fen, true
		}
		if e.Counter == entry.Counter {
			left += e.Fen
		}
	}
	switch {
	case !found || entry.Counter == "" || entry.Fen >= 0:
		return refuse(RefundUnknown)
	case -entry.Fen > left:
		return refuse(RefundAbove)
	}
	return nil
}

// Closing makes the daily closing of one account's entries of a day, in the order of their
// receipts; a difference needs a reason.
func Closing(date, account string, entries []casefile.FeeEntry, counted int64, reason string) (casefile.DayClosing, error) {
	day := casefile.DayClosing{Date: date, Account: account, Entries: len(entries), CountedFen: counted, Reason: reason}
	for i, e := range entries {
		if i == 0 {
			day.First = e.Receipt
		}
		day.Last = e.Receipt
		day.LedgerFen += e.Fen
	}
	if day.LedgerFen != counted && reason == "" {
		return day, refuse(DayReason)
	}
	return day, nil
}
