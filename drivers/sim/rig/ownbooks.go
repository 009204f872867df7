package rig

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/store"
	"bianmin/store/office"
)

// withOffice opens the desk's own store as the desk does before somebody signs on.
func (r *Rig) withOffice(ctx context.Context, use func(o *office.Office) error) (err error) {
	o, err := office.Open(ctx, office.Options{Folder: r.TerminalData(), Software: "bianmin-rig"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	return use(o)
}

// WithBook opens the agent's book on the desk's own store with the agent's secret, as the desk does.
func (r *Rig) WithBook(ctx context.Context, secret string, use func(book *office.Book) error) error {
	return r.withOffice(ctx, func(o *office.Office) (err error) {
		book, err := o.SignOn(ctx, r.Accounts.Agent.ID, secret)
		if err != nil {
			return fmt.Errorf("sign on to the books: %w", err)
		}
		defer func() { err = errors.Join(err, book.Close()) }()
		return use(book)
	})
}

// OwnBooks are the books as the desk's own store has them, opened with the
// agent's secret. The desk must not run meanwhile.
func (r *Rig) OwnBooks(ctx context.Context, secret string) (b Books, err error) {
	err = r.WithBook(ctx, secret, func(book *office.Book) error {
		b, err = ownBooks(ctx, book, "agent:"+r.Accounts.Agent.ID)
		return err
	})
	return b, err
}

func ownBooks(ctx context.Context, book *office.Book, actor string) (b Books, err error) {
	b.Custody = map[casefile.Number]agency.Custody{}
	days, err := book.Days(ctx)
	if err != nil {
		return b, err
	}
	for _, day := range days {
		if day.Closing != nil {
			b.Closings = append(b.Closings, *day.Closing)
		}
		lines, err := book.Fees(ctx, day.Date)
		if err != nil {
			return b, err
		}
		for _, line := range lines {
			b.Entries = append(b.Entries, Entry{FeeEntry: line.FeeEntry, Case: line.Case, Date: line.Date, By: actor})
		}
	}
	page, err := book.List(ctx, agency.Query{Limit: 100000})
	if err != nil {
		return b, err
	}
	for _, line := range page.Lines {
		file, err := book.Case(ctx, line.Number)
		if err != nil {
			return b, fmt.Errorf("open %s: %w", line.Number, err)
		}
		if len(file.Custody.Held) > 0 {
			b.Custody[line.Number] = file.Custody
		}
	}
	return b, nil
}

// SameBooks tells what differs between the desk's books and the platform's: entries, closings, custody.
func SameBooks(ours, theirs Books) error {
	byReceipt := func(x, y Entry) int { return cmp.Compare(x.Receipt, y.Receipt) }
	byDate := func(x, y casefile.DayClosing) int { return cmp.Compare(x.Account+x.Date, y.Account+y.Date) }
	var wrong []error
	if a, b := slices.SortedFunc(slices.Values(ours.Entries), byReceipt), slices.SortedFunc(slices.Values(theirs.Entries), byReceipt); !slices.Equal(a, b) {
		wrong = append(wrong, fmt.Errorf("the ledger: %d entries over %d fen here, %d over %d there", len(a), ours.SumFen(), len(b), theirs.SumFen()))
	}
	same := func(x, y casefile.DayClosing) bool {
		x.Signature, y.Signature = nil, nil
		return x == y
	}
	if a, b := slices.SortedFunc(slices.Values(ours.Closings), byDate), slices.SortedFunc(slices.Values(theirs.Closings), byDate); !slices.EqualFunc(a, b, same) {
		wrong = append(wrong, fmt.Errorf("closings: %+v here, %+v there", a, b))
	}
	for number, there := range theirs.Custody {
		if here := ours.Custody[number]; !slices.Equal(here.Held, there.Held) {
			wrong = append(wrong, fmt.Errorf("%s: originals here %+v, there %+v", number, here.Held, there.Held))
		}
	}
	for number := range ours.Custody {
		if _, known := theirs.Custody[number]; !known {
			wrong = append(wrong, fmt.Errorf("%s: the platform knows of no originals", number))
		}
	}
	return errors.Join(wrong...)
}

// waiting is how many packets the terminal has not delivered.
func (r *Rig) waiting(ctx context.Context) (n int, err error) {
	s, err := store.Open(ctx, store.Options{Folder: r.TerminalData(), Clock: store.SystemClock, Check: store.CheckNone})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	counts, err := s.Counts(ctx)
	return counts.Waiting, err
}
