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
