package office

import (
	"context"
	"slices"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/sync/seal"
)

// Keys of Counts besides the states; CountRefused counts cases with a refused event too.
const (
	CountOverdue = "overdue"
	CountSoon    = "soon"
	CountWaiting = "waiting"
	CountRefused = casefile.StateRefused
)

// List gives a page of this account's cases: overdue and soon due first, then newest.
func (b *Book) List(ctx context.Context, query agency.Query) (agency.Page, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(ctx); err != nil {
		return agency.Page{}, coded(err)
	}
	match := b.matcher(query)
	var page agency.Page
	for _, r := range b.index.order {
		if !match(r) {
			continue
		}
		if page.Total >= query.Offset && (query.Limit <= 0 || len(page.Lines) < query.Limit) {
			page.Lines = append(page.Lines, r.CaseLine)
		}
		page.Total++
	}
	return page, nil
}

// matcher tells which rows a query picks.
func (b *Book) matcher(query agency.Query) func(*row) bool {
	text := strings.ToLower(strings.TrimSpace(query.Text))
	tag, isID := b.idTag(text)
	foreign := seal.Tag(b.keys.lookup, strings.ToUpper(text))
	return func(r *row) bool {
		switch {
		case len(query.States) > 0 && !slices.Contains(query.States, r.State):
			return false
		case query.From != "" && r.date < query.From, query.To != "" && r.date > query.To:
			return false
		case !inFilter(r, query.Filter):
			return false
		case text == "":
			return true
		case isID:
			return r.tag == tag
		case len(text) == foreignLength && r.tag == foreign:
			return true
		}
		return strings.Contains(r.text, text) || strings.Contains(r.about.text, text)
	}
}

// foreignLength is how long the number of a foreigner's card of 2017 is: letters and digits, so it may be another text too.
const foreignLength = 15

// idTag is the keyed hash of a search text that is written like an ID number: 18 digits, the last may be X.
func (b *Book) idTag(text string) ([32]byte, bool) {
	const length = 18
	if len(text) != length {
		return [32]byte{}, false
	}
	for i, r := range text {
		if (r < '0' || r > '9') && (r != 'x' || i != length-1) {
			return [32]byte{}, false
		}
	}
	return seal.Tag(b.keys.lookup, strings.ToUpper(text)), true
}

func inFilter(r *row, filter string) bool {
	switch filter {
	case CountOverdue:
		return r.class == classOverdue
	case CountSoon:
		return r.class == classSoon
	case CountWaiting:
		return r.Waiting
	case CountRefused:
		return r.Refused || r.State == casefile.StateRefused
	}
	return true
}

// Counts counts all of this account's cases by state, and under the keys above.
func (b *Book) Counts(ctx context.Context) (map[string]int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(ctx); err != nil {
		return nil, coded(err)
	}
	counts := map[string]int{}
	for _, r := range b.index.order {
		if r.State != casefile.StateRefused {
			counts[r.State]++
		}
		for _, filter := range []string{CountOverdue, CountSoon, CountWaiting, CountRefused} {
			if inFilter(r, filter) {
				counts[filter]++
			}
		}
	}
	return counts, nil
}

// Known gives what this account's earlier cases know of a person, newest first, at most five.
func (b *Book) Known(ctx context.Context, number string) ([]agency.CaseFile, error) {
	numbers, err := b.casesOf(ctx, number)
	if err != nil {
		return nil, err
	}
	files := make([]agency.CaseFile, 0, len(numbers))
	for _, n := range numbers {
		file, err := b.Case(ctx, n)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

const mostKnown = 5

func (b *Book) casesOf(ctx context.Context, number string) ([]casefile.Number, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(ctx); err != nil {
		return nil, coded(err)
	}
	tag := seal.Tag(b.keys.lookup, strings.ToUpper(number))
	var found []*row
	for _, r := range b.index.order {
		if r.tag == tag && number != "" {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b *row) int { return b.Filed.Compare(a.Filed) })
	numbers := make([]casefile.Number, 0, mostKnown)
	for _, r := range found[:min(len(found), mostKnown)] {
		numbers = append(numbers, r.Number)
	}
	return numbers, nil
}
