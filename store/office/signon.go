package office

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bianmin/core/agency"
	"bianmin/core/identity"
	"bianmin/store"
	"bianmin/sync/seal"

	"github.com/emmansun/gmsm/sm2"
)

// Activate makes the account's keys on this PC: the platform's one-time code is
// checked offline, then secret alone opens them. card may be nil; it is then not
// known to ByCard. agency.ErrSecret says that the code is wrong; an account that
// has keys here is refused with agency.NotNow.
func (o *Office) Activate(ctx context.Context, account, code, secret string, card *identity.Card) error {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return err
	}
	found, err := o.find(account)
	if err != nil {
		return coded(err)
	}
	secret = normalSecret(secret)
	kind, err := o.checkSecret(secret, accountOf(found))
	if err != nil {
		return err
	}
	if _, err := keysOf(ctx, opened, account); err == nil {
		return refuse(agency.NotNow)
	}
	err = try(ctx, opened, store.Trial{Key: codeKey(account), Subject: account, Actor: "agent:" + account, Action: "activation-code"}, func() (bool, error) {
		return verifier(found).Verify(normalCode(code))
	})
	if err != nil {
		return coded(err)
	}
	keys, err := o.newKeys(self, account, kind, secret)
	if err != nil {
		return coded(err)
	}
	if card != nil {
		keys.CardTag = o.cardTag(self, *card)
	}
	if err := opened.Activate(ctx, keys); errors.Is(err, store.ErrActive) {
		return refuse(agency.NotNow)
	} else if err != nil {
		return coded(err)
	}
	return nil
}

func (o *Office) newKeys(self *seal.Identity, account, kind, secret string) (store.AgentKeys, error) {
	key, err := seal.NewCaseKey()
	if err != nil {
		return store.AgentKeys{}, err
	}
	keys := store.AgentKeys{Account: account, Public: seal.CompressKey(&key.PublicKey)}
	if err := o.wrapKey(self, kind, &keys, key, secret); err != nil {
		return store.AgentKeys{}, err
	}
	if keys.ByRecovery, err = seal.WrapKeyTo(key, self.Recovery); err != nil {
		return store.AgentKeys{}, err
	}
	keys.Book, err = newBookKeys(keys.Public, account)
	return keys, err
}

// try counts a try and gives agency.ErrSecret or *agency.LockedError when it was no good.
func try(ctx context.Context, opened *store.Store, trial store.Trial, check func() (bool, error)) error {
	ok, locked, err := opened.Try(ctx, trial, check)
	switch {
	case err != nil:
		return err
	case locked > 0:
		return &agency.LockedError{Left: locked}
	case !ok:
		return agency.ErrSecret
	}
	return nil
}

func keysOf(ctx context.Context, opened *store.Store, account string) (store.AgentKeys, error) {
	all, err := opened.AgentKeys(ctx)
	if err != nil {
		return store.AgentKeys{}, err
	}
	for _, k := range all {
		if k.Account == account {
			return k, nil
		}
	}
	return store.AgentKeys{}, agency.ErrNotActive
}

// SignOn opens the account's keys; it takes about a second on purpose. The
// errors of signing on are agency.ErrSecret, agency.ErrNotActive and *agency.LockedError.
func (o *Office) SignOn(ctx context.Context, account, secret string) (*Book, error) {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return nil, err
	}
	found, err := o.find(account)
	if err != nil {
		return nil, coded(err)
	}
	keys, err := keysOf(ctx, opened, account)
	if err != nil {
		return nil, coded(err)
	}
	var key *sm2.PrivateKey
	err = try(ctx, opened, store.Trial{Key: tryKey(account), Subject: account, Actor: "agent:" + account, Action: "sign-on"}, func() (bool, error) {
		key, err = o.unwrapKey(self, keys, normalSecret(secret))
		if errors.Is(err, agency.ErrSecret) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return nil, coded(err)
	}
	book, err := newBook(ctx, o, accountOf(found), keys, key)
	return book, coded(err)
}

// RecoveryRequest makes the request that the two custodians answer when a
// secret was forgotten: JSON, nothing in it is secret. A later request makes an
// earlier one worthless.
func (o *Office) RecoveryRequest(ctx context.Context, account string) ([]byte, error) {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return nil, err
	}
	found, err := o.find(account)
	if err != nil {
		return nil, coded(err)
	}
	keys, err := keysOf(ctx, opened, account)
	if err != nil {
		return nil, coded(err)
	}
	fresh, err := seal.NewCaseKey()
	if err != nil {
		return nil, coded(err)
	}
	private, err := seal.WrapKeyTo(fresh, &self.Keys.Encrypt.PublicKey)
	if err != nil {
		return nil, coded(err)
	}
	if err := opened.BeginRecovery(ctx, account, private); err != nil {
		return nil, coded(err)
	}
	request, err := json.MarshalIndent(seal.RecoveryRequest{
		Version: seal.RecoveryVersion, Terminal: self.Number, Generation: self.Generation, Point: self.Point, Region: self.Region,
		Account: account, Name: found.Name, Wrapped: keys.ByRecovery, Fresh: seal.CompressKey(&fresh.PublicKey),
	}, "", "  ")
	if err != nil {
		return nil, coded(fmt.Errorf("encode a recovery request: %w", err))
	}
	return request, nil
}

// RecoveryAnswer takes the custodians' answer and sets a new secret. An answer
// to another request than the last, or of another account, is agency.ErrSecret.
func (o *Office) RecoveryAnswer(ctx context.Context, account string, answer []byte, secret string) error {
	opened, self, err := o.Opened(ctx)
	if err != nil {
		return err
	}
	found, err := o.find(account)
	if err != nil {
		return coded(err)
	}
	secret = normalSecret(secret)
	kind, err := o.checkSecret(secret, accountOf(found))
	if err != nil {
		return err
	}
	keys, err := keysOf(ctx, opened, account)
	if err != nil {
		return coded(err)
	}
	key, err := o.recovered(ctx, opened, self, keys, answer)
	if err != nil {
		return coded(err)
	}
	if err := o.wrapKey(self, kind, &keys, key, secret); err != nil {
		return coded(err)
	}
	return coded(opened.Rewrap(ctx, keys))
}

func (o *Office) recovered(ctx context.Context, opened *store.Store, self *seal.Identity, keys store.AgentKeys, answer []byte) (*sm2.PrivateKey, error) {
	private, err := opened.Recovery(ctx, keys.Account)
	if err != nil {
		return nil, err
	}
	var a seal.RecoveryAnswer
	if json.Unmarshal(answer, &a) != nil || a.Version != seal.RecoveryVersion || a.Account != keys.Account || private == nil {
		return nil, agency.ErrSecret
	}
	fresh, err := self.UnwrapKey(private)
	if err != nil {
		return nil, agency.ErrSecret
	}
	key, err := seal.UnwrapKeyWith(a.Wrapped, fresh)
	if err != nil || string(seal.CompressKey(&key.PublicKey)) != string(keys.Public) {
		return nil, agency.ErrSecret
	}
	return key, nil
}
