package office

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bianmin/core/agency"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/store/terminal"
	"bianmin/sync/enrol"
	"bianmin/sync/enrol/practice"
	"bianmin/sync/seal"
	"bianmin/sync/wire"
)

func accountOf(a wire.Agent) agency.Account {
	return agency.Account{
		ID: a.ID, Name: a.Name, Role: agency.Role(a.Role), Villages: a.Villages,
		Absence: time.Duration(a.AbsenceHours) * time.Hour, CanConfirm: a.CanConfirm,
	}
}

// verifier checks an account's one-time code.
func verifier(a wire.Agent) store.Staff {
	return store.Staff{ID: a.ID, Name: a.Name, Salt: a.Salt, Hash: a.Hash, Time: a.Time, Memory: a.Memory, Threads: a.Threads}
}

func (o *Office) keysFolder() string { return filepath.Join(o.options.Folder, "keys") }

// issued reads the accounts the platform named, by id. The file changes whenever the platform says so.
func (o *Office) issued() ([]wire.Agent, error) {
	accounts, err := enrol.LoadAgents(o.keysFolder())
	if err != nil {
		return nil, err
	}
	slices.SortFunc(accounts, func(a, b wire.Agent) int { return cmp.Compare(a.ID, b.ID) })
	return accounts, nil
}

// find gives one account; agency.ErrNotActive when the platform does not name it (any more).
func (o *Office) find(id string) (wire.Agent, error) {
	accounts, err := o.issued()
	if err != nil {
		return wire.Agent{}, err
	}
	for _, a := range accounts {
		if a.ID == id {
			return a, nil
		}
	}
	return wire.Agent{}, agency.ErrNotActive
}

// Accounts are the people the platform named for this point, in order of their ids.
func (o *Office) Accounts(ctx context.Context) ([]agency.AccountLine, error) {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := o.issued()
	if err != nil {
		return nil, coded(err)
	}
	keys, err := opened.AgentKeys(ctx)
	if err != nil {
		return nil, coded(err)
	}
	clock, err := opened.Clock(ctx)
	if err != nil {
		return nil, coded(err)
	}
	lines := make([]agency.AccountLine, 0, len(accounts))
	for _, a := range accounts {
		line := agency.AccountLine{Account: accountOf(a), Standing: o.standing(accountOf(a), clock, self)}
		if i := slices.IndexFunc(keys, func(k store.AgentKeys) bool { return k.Account == a.ID }); i >= 0 {
			line.Active, line.PIN = true, keys[i].Wrap == store.WrapPIN
		}
		if line.Locked, err = opened.Locked(ctx, tryKey(a.ID)); err != nil {
			return nil, coded(err)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// standing judges an account by the platform's time when it was last told; the
// wall clock is not asked.
func (o *Office) standing(account agency.Account, clock store.Clock, self *seal.Identity) agency.Standing {
	seen := clock.Mark.OffsetFrom
	if seen.Before(self.Enrolled) {
		seen = self.Enrolled
	}
	standing := account.Standing(clock.Judgement.Now, seen)
	if o.options.Practice && self.Environment == practice.Environment {
		return agency.StandingFull
	}
	return standing
}

func tryKey(account string) string  { return "agent:" + account }
func codeKey(account string) string { return "code:" + account }

// ByCard finds the account whose own card this is, "" when none is.
func (o *Office) ByCard(ctx context.Context, card identity.Card) (string, error) {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return "", err
	}
	keys, err := opened.AgentKeys(ctx)
	if err != nil {
		return "", coded(err)
	}
	if !slices.ContainsFunc(keys, func(k store.AgentKeys) bool { return len(k.CardTag) > 0 }) {
		return "", nil
	}
	tag := o.cardTag(self, card)
	for _, k := range keys {
		if string(k.CardTag) == string(tag) {
			return k.Account, nil
		}
	}
	return "", nil
}

func (o *Office) cardTag(self *seal.Identity, card identity.Card) []byte {
	keys := seal.DeriveCardKeys(self.Keys.Secret, o.options.CardCost, terminal.CardFields(card)...)
	return keys.Tag[:]
}

// normalCode gives an activation code as it is printed: capitals in groups of four.
func normalCode(code string) string {
	tidy, _ := wire.ParseCode(code) // one that cannot be a code fits no verifier
	return tidy
}

// normalSecret makes a secret independent of how its words were set apart.
func normalSecret(secret string) string { return strings.Join(strings.Fields(secret), " ") }
