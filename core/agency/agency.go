// Package agency holds the rules of proxy service (代办): accounts and their
// standing, delegations, custody of originals, the fee ledger with its daily
// closing, visits. It decides what is allowed; it must not store, print or send.
package agency

import (
	"errors"
	"time"

	"bianmin/core/identity"
)

// Role is what an account may do at the desk.
type Role string

// Roles.
const (
	RoleAgent   Role = "agent"   // 代办员
	RoleLead    Role = "lead"    // 代办负责人: also hands over cases and confirms originals
	RoleTrainee Role = "trainee" // 学员: practice only
)

// DefaultAbsence is how long an account works without the platform having been seen.
const DefaultAbsence = 45 * 24 * time.Hour

// Account is one person who works at this desk, as the platform issued it.
type Account struct {
	ID       string // six digits
	Name     string
	Role     Role
	Villages []string // division codes the account serves; none is the whole point
	// Absence is how long it works after the platform was last seen; 0 is DefaultAbsence.
	Absence time.Duration
	// CanConfirm tells whether it may confirm scans against originals (trust level B).
	CanConfirm bool
}

// Standing is what an account may do at a moment.
type Standing string

// Standings.
const (
	StandingFull     Standing = "full"
	StandingReading  Standing = "reading"  // the platform was not seen for too long: only reading
	StandingPractice Standing = "practice" // a trainee: nothing of it can reach the platform
)

// Standing judges an account by the time mark's present and by when the platform was last seen.
func (a Account) Standing(now, seen time.Time) Standing {
	if a.Role == RoleTrainee {
		return StandingPractice
	}
	absence := a.Absence
	if absence == 0 {
		absence = DefaultAbsence
	}
	if now.Sub(seen) > absence {
		return StandingReading
	}
	return StandingFull
}

// Code names why something is not allowed; words stand under "desk.refusal." in the word catalogue.
type Code string

// Codes.
const (
	NotYours         Code = "not-yours"
	OnlyReading      Code = "only-reading"
	OnlyPractice     Code = "only-practice"
	WeakSecret       Code = "weak-secret"
	SamePerson       Code = "same-person"       // principal and delegate are one
	DelegationOther  Code = "delegation-other"  // it names another person or item
	DelegationEnded  Code = "delegation-ended"  // its last day is past
	DelegationScope  Code = "delegation-scope"  // it does not allow this
	DelegationPeriod Code = "delegation-period" // its days are not in order
	DelegationPaper  Code = "delegation-paper"  // its signed paper is not there
	DelegateOther    Code = "delegate-other"    // the card is not that of the delegate it names
	CardExpired      Code = "card-expired"
	PaperUnknown     Code = "paper-unknown"
	PaperTwice       Code = "paper-twice"  // returned twice, or handed on after it was returned
	SheetOver        Code = "sheet-over"   // issued already, or declared void
	FeeAbove         Code = "fee-above"    // more than the item's guide allows
	FeeUnknown       Code = "fee-unknown"  // the guide knows no such fee
	RefundAbove      Code = "refund-above" // more than was taken
	RefundUnknown    Code = "refund-unknown"
	DayIsClosed      Code = "day-closed"
	DayReason        Code = "day-reason" // a difference needs a reason
	NoConfirming     Code = "no-confirming"
	NotNow           Code = "not-now" // the case's state does not allow it
)

// Error says that a rule forbids something; it names no person.
type Error struct{ Code Code }

func (e *Error) Error() string { return "not allowed: " + string(e.Code) }

// Refused gives the code of a rule's refusal in an error's chain, "" for any other error.
func Refused(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func refuse(code Code) error { return &Error{Code: code} }

// dateOf reads YYYY-MM-DD.
func dateOf(s string) (identity.Date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return identity.Date{}, false
	}
	return identity.DateOf(t), true
}
