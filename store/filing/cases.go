package filing

import (
	"context"
	"encoding/json"
	"errors"

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
	f.adopt(ctx, opened, self, person, keys)
	found, err := opened.CasesOf(ctx, keys.Tag[:])
	if err != nil {
		return nil, terminal.Coded(err)
	}
	summaries := make([]casefile.Summary, 0, len(found))
	for _, c := range found {
		key, err := seal.UnwrapKey(c.ByCard, keys.Wrap, string(c.Number))
		if err == nil {
			var s casefile.Summary
			if s, err = openCase(ctx, opened, c, key); err == nil {
				f.remember(c.Number, key)
				summaries = append(summaries, s)
				continue
			}
		}
		f.options.Log.Error("a case cannot be opened", "case", string(c.Number), "error", err)
	}
	return summaries, nil
}

// adopt wraps the person's cases that came from machines this one succeeded
// anew, with this machine's secret, once per card. One that cannot be opened stays as it is.
func (f *Filing) adopt(ctx context.Context, opened *store.Store, self *seal.Identity, person identity.Card, keys seal.CardKeys) {
	f.mu.Lock()
	done := f.card.adopted
	f.card.adopted = true
	f.mu.Unlock()
	if done {
		return
	}
	for _, secret := range self.Keys.Inherited {
		old := seal.DeriveCardKeys(secret, f.options.Cost, terminal.CardFields(person)...)
		found, err := opened.CasesOf(ctx, old.Tag[:])
		for _, c := range found {
			err = errors.Join(err, rewrap(ctx, opened, c, old, keys))
		}
		if err != nil {
			f.options.Log.Error("a case of the former machine cannot be taken over", "error", err)
		}
	}
}

func rewrap(ctx context.Context, opened *store.Store, c store.Case, old, fresh seal.CardKeys) error {
	key, err := seal.UnwrapKey(c.ByCard, old.Wrap, string(c.Number))
	if err != nil {
		return err
	}
	wrapped, err := seal.WrapKey(key, fresh.Wrap, string(c.Number))
	if err != nil {
		return err
	}
	return opened.RewrapCase(ctx, c.Number, fresh.Tag[:], wrapped)
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
	s, err := openCase(ctx, opened, found, key)
	return s, terminal.Coded(err)
}

// openCase opens a case and looks up how what was written here stands with the platform.
func openCase(ctx context.Context, opened *store.Store, c store.Case, key *sm2.PrivateKey) (casefile.Summary, error) {
	s, err := terminal.OpenCase(c, key)
	if err != nil {
		return s, err
	}
	states, err := opened.PacketStates(ctx, c.Number)
	if err != nil {
		return s, err
	}
	for i, event := range c.Events {
		if m := &s.Moments[i]; m.Refused {
			m.State = casefile.StateRefused
		} else {
			m.State = states[event.ID]
		}
	}
	return s, nil
}
