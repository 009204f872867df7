package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// cardKeys derives a card's keys once per card.
func (f *Filing) cardKeys(self *seal.Identity, person identity.Card) seal.CardKeys {
	fields := terminal.CardFields(person)
	content, _ := json.Marshal(fields) // strings always encode
	digest := seal.Digest(content)
	clear(content)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.card.digest != digest {
		f.card = cardKeys{digest: digest, keys: seal.DeriveCardKeys(self.Keys.Secret, f.options.Cost, fields...)}
	}
	return f.card.keys
}

// Cases opens the person's cases at this terminal, newest first. A case whose
// sealed parts are damaged is left out and logged by its number.
func (f *Filing) Cases(ctx context.Context, person identity.Card) ([]casefile.Summary, error) {
	opened, self, err := f.Opened(ctx)
	if err != nil {
		return nil, err
	}
	keys := f.cardKeys(self, person)
	found, err := opened.CasesOf(ctx, keys.Tag[:])
	if err != nil {
		return nil, terminal.Coded(err)
	}
	summaries := make([]casefile.Summary, 0, len(found))
	for _, c := range found {
		key, err := seal.UnwrapKey(c.ByCard, keys.Wrap, string(c.Number))
		if err == nil {
			var s casefile.Summary
			if s, err = OpenCase(c, key); err == nil {
				f.remember(c.Number, key)
				summaries = append(summaries, s)
				continue
			}
		}
		f.options.Log.Error("a case cannot be opened", "case", string(c.Number), "error", err)
	}
	return summaries, nil
}

func (f *Filing) remember(number casefile.Number, key *sm2.PrivateKey) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cases[number] = key
}

// Summary looks one filed case up again, to see whether it was delivered. Only
// a case this session filed or opened can be read.
func (f *Filing) Summary(ctx context.Context, filed casefile.Filed) (casefile.Summary, error) {
	opened, _, err := f.Opened(ctx)
	if err != nil {
		return casefile.Summary{}, err
	}
	f.mu.Lock()
	key := f.cases[filed.Number]
	f.mu.Unlock()
	if key == nil {
		return casefile.Summary{}, terminal.Coded(errors.New("the case is not of this session"))
	}
	found, err := opened.CaseByNumber(ctx, filed.Number)
	if err != nil {
		return casefile.Summary{}, terminal.Coded(err)
	}
	s, err := OpenCase(found, key)
	return s, terminal.Coded(err)
}

// OpenCase opens a stored case with its private key: the one the person's card
// or the point's recovery key unwraps.
func OpenCase(c store.Case, key *sm2.PrivateKey) (casefile.Summary, error) {
	content, err := seal.OpenWith(c.Summary, key, "summary "+string(c.Number))
	if err != nil {
		return casefile.Summary{}, fmt.Errorf("open a summary: %w", err)
	}
	var kept terminal.Summary
	if err := json.Unmarshal(content, &kept); err != nil {
		return casefile.Summary{}, fmt.Errorf("read a summary: %w", err)
	}
	s := casefile.Summary{
		Number: c.Number, ItemCode: kept.Item, ItemName: kept.Name, Filed: kept.Filed.In(casefile.Zone), State: c.State,
		Days: kept.Days, Department: kept.Department, QR: kept.QR,
	}
	var entries []casefile.Entry
	for _, event := range c.Events {
		entry := openEvent(c.Number, event, key)
		entries = append(entries, entry)
		text := entry.Official
		if entry.Reason != "" {
			text = entry.Reason
		}
		s.Moments = append(s.Moments, casefile.Moment{At: entry.At.In(casefile.Zone), Kind: string(event.Kind), Text: text})
	}
	var status casefile.Status
	for _, entry := range entries {
		if next, err := status.Apply(entry); err == nil { // what cannot follow was kept and changed nothing
			status = next
		}
	}
	s.State, s.Official, s.Reason = status.State, status.Official, status.Reason
	return s, nil
}

// openEvent opens an event's detail; one that does not open keeps kind and time.
func openEvent(number casefile.Number, event store.Event, key *sm2.PrivateKey) casefile.Entry {
	entry := casefile.Entry{Kind: event.Kind, At: event.At}
	content, err := seal.OpenWith(event.Detail, key, "detail "+string(number))
	if err != nil {
		return entry
	}
	var detail store.Detail
	if err := json.Unmarshal(content, &detail); err == nil {
		entry = detail.Entry(event.Kind)
	}
	return entry
}
