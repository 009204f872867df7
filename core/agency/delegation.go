package agency

import (
	"slices"

	"bianmin/core/casefile"
	"bianmin/core/identity"
)

// Scopes of a delegation.
const (
	ScopeApply   = "apply"
	ScopeCorrect = "correct"
	ScopePay     = "pay"
	ScopeCollect = "collect"
)

// CheckDelegation judges whether a delegation allows an act for a principal on a day.
func CheckDelegation(d casefile.Delegation, principal identity.Card, item, scope string, on identity.Date) error {
	from, fromOK := dateOf(d.From)
	until, untilOK := dateOf(d.Until)
	switch {
	case !fromOK || !untilOK || until.Before(from):
		return refuse(DelegationPeriod)
	case d.Delegate.Number == principal.Number:
		return refuse(SamePerson)
	case d.Item != item:
		return refuse(DelegationOther)
	case on.Before(from) || until.Before(on):
		return refuse(DelegationEnded)
	case !slices.Contains(d.Scope, scope):
		return refuse(DelegationScope)
	}
	return nil
}

// scopes are what an authorisation must allow for an event of a case begun elsewhere; "" is any of them.
// What is not here needs the principal's card.
var scopes = map[casefile.EventKind]string{
	casefile.Corrected: ScopeCorrect, casefile.Papers: ScopeCorrect, casefile.FeeTaken: ScopePay, casefile.Delivered: ScopeCollect, casefile.Urged: "",
}

// CheckAuthorisation judges whether an authorisation allows an event of a case of an item on a day.
func CheckAuthorisation(a casefile.Authorisation, item string, kind casefile.EventKind, on identity.Date) error {
	scope, known := scopes[kind]
	if !known || len(a.Delegation.Scope) == 0 {
		return refuse(DelegationScope)
	}
	if scope == "" {
		scope = a.Delegation.Scope[0]
	}
	if err := CheckDelegation(a.Delegation, identity.Card{Number: a.Principal}, item, scope, on); err != nil {
		return err
	}
	if len(a.Delegation.Pages) == 0 {
		return refuse(DelegationPaper)
	}
	return nil
}
