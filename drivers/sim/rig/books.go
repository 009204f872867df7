package rig

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// Books are what the platform's opened events come to by the rules of proxy service.
type Books struct {
	Entries  []Entry // the fee ledger, by receipt number
	Custody  map[casefile.Number]agency.Custody
	Closings []casefile.DayClosing
	Sheets   map[casefile.Number]casefile.Sheet
}

// Entry is one ledger entry with where and when it was made.
type Entry struct {
	casefile.FeeEntry
	Case casefile.Number
	Date string // business date
	By   string // actor
}

// SumFen is what the ledger comes to.
func (b Books) SumFen() (sum int64) {
	for _, e := range b.Entries {
		sum += e.Fen
	}
	return sum
}

// ReadBooks opens every event of the cases and judges them: no number twice, fee
// receipts without gap or double, no fee that the guide does not allow, no
// original returned twice or out of nothing, closings that say what the ledger
// says. The error joins everything that is wrong.
func ReadBooks(cases []Case, set *catalogue.Catalogue) (Books, error) {
	b := Books{Custody: map[casefile.Number]agency.Custody{}, Sheets: map[casefile.Number]casefile.Sheet{}}
	var wrong []error
	seen := map[casefile.Number]bool{}
	for _, c := range cases {
		if seen[c.Case] {
			wrong = append(wrong, fmt.Errorf("%s is there twice", c.Case))
		}
		seen[c.Case] = true
		if err := b.read(c, set); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", c.Case, err))
		}
	}
	return b, errors.Join(append(wrong, b.checkReceipts(), b.checkClosings(), b.checkSheets())...)
}

// read takes one case's events in their order.
func (b *Books) read(c Case, set *catalogue.Catalogue) error {
	var (
		wrong  []error
		item   *catalogue.Item
		fees   []casefile.FeeEntry
		opened []casefile.Event
	)
	for _, e := range c.Events {
		event, err := e.Opened()
		if err != nil {
			return fmt.Errorf("an event does not open: %w", err)
		}
		opened = append(opened, event)
	}
	slices.SortStableFunc(opened, func(x, y casefile.Event) int { return cmp.Compare(x.Sequence, y.Sequence) })
	for i, event := range opened {
		if (i == 0) != event.Opens() {
			wrong = append(wrong, fmt.Errorf("event %d is %q", i+1, event.Kind))
		}
		switch {
		case event.Submission != nil:
			item, _ = set.Item(event.Submission.Item.Code)
		case event.Papers != nil:
			next, err := b.Custody[c.Case].Apply(*event.Papers)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("papers %s: %w", event.Papers.Step, err))
			}
			b.Custody[c.Case] = next
		case event.Fee != nil:
			if err := agency.CheckFee(*event.Fee, guide(item), fees); err != nil {
				wrong = append(wrong, fmt.Errorf("fee %s: %w", event.Fee.Receipt, err))
			}
			fees = append(fees, *event.Fee)
			b.Entries = append(b.Entries, Entry{FeeEntry: *event.Fee, Case: c.Case, Date: event.At.BusinessDate, By: event.Actor})
		case event.Day != nil:
			b.Closings = append(b.Closings, *event.Day)
		case event.Sheet != nil:
			b.Sheets[c.Case] = *event.Sheet
		}
	}
	return errors.Join(wrong...)
}

// guide asks an item's guide for its fees; without an item it knows none.
func guide(item *catalogue.Item) func(string) (int64, bool) {
	return func(name string) (int64, bool) {
		if item == nil {
			return 0, false
		}
		for _, fee := range item.Fees {
			if fee.Name.In(text.Chinese) == name {
				return fee.Fen, true
			}
		}
		return 0, false
	}
}

// checkReceipts wants each terminal's and generation's receipts to run from 1 without gap or double.
func (b *Books) checkReceipts() error {
	slices.SortStableFunc(b.Entries, func(x, y Entry) int { return cmp.Compare(x.Receipt, y.Receipt) })
	var wrong []error
	next := map[string]int64{}
	for _, e := range b.Entries {
		book, serial, _ := strings.Cut(e.Receipt, "-")
		n, err := strconv.ParseInt(serial, 10, 64)
		if want := next[book] + 1; err != nil || n != want {
			wrong = append(wrong, fmt.Errorf("fee receipt %s where %d of %s is due", e.Receipt, want, book))
		}
		next[book] = max(n, next[book])
	}
	return errors.Join(wrong...)
}

// checkClosings makes each closing again from the ledger; entries of a closed day that it does not hold are wrong too.
func (b *Books) checkClosings() error {
	var wrong []error
	seen := map[string]bool{}
	for _, c := range b.Closings {
		var entries []casefile.FeeEntry
		for _, e := range b.Entries {
			if e.Date == c.Date && e.By == "agent:"+c.Account {
				entries = append(entries, e.FeeEntry)
			}
		}
		again, err := agency.Closing(c.Date, c.Account, entries, c.CountedFen, c.Reason)
		again.Signature = c.Signature
		if key := c.Account + c.Date; seen[key] {
			wrong = append(wrong, fmt.Errorf("account %s closed %s twice", c.Account, c.Date))
		} else {
			seen[key] = true
		}
		if err != nil || again != c {
			wrong = append(wrong, fmt.Errorf("the closing of %s by account %s says %d entries, %d fen; the ledger %d, %d: %w",
				c.Date, c.Account, c.Entries, c.LedgerFen, again.Entries, again.LedgerFen, errors.Join(err, errors.New("they differ"))))
		}
	}
	return errors.Join(wrong...)
}

// checkSheets wants every paper of a hand-over sheet handed on under it, and no paper handed on under another or none.
func (b *Books) checkSheets() error {
	var wrong []error
	under := map[string]casefile.Number{}
	for number, sheet := range b.Sheets {
		for _, paper := range sheet.Papers {
			under[paper.ID] = number
		}
	}
	for number, custody := range b.Custody {
		for _, held := range custody.Held {
			if held.Sheet != "" && under[held.ID] != held.Sheet {
				wrong = append(wrong, fmt.Errorf("%s: paper %s was handed on under %s, which does not name it", number, held.ID, held.Sheet))
			}
			if held.Sheet != "" {
				delete(under, held.ID)
			}
		}
	}
	for id, number := range under {
		wrong = append(wrong, fmt.Errorf("sheet %s names paper %s, which was not handed on", number, id))
	}
	return errors.Join(wrong...)
}
