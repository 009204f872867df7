package department

import (
	"fmt"
	"slices"
	"time"

	"bianmin/core/casefile"
)

func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrContent, fmt.Sprintf(format, args...))
}

// check judges an update by itself; whether the case can take it is the registry's to judge.
func check(u casefile.Update, terminal string) error {
	if (u.Case == "") == (terminal == "") {
		return wrong("it needs a case, or the terminal number of a point, and not both")
	}
	if u.Case != "" {
		if _, err := casefile.ParseNumber(string(u.Case)); err != nil {
			return wrong("the case number is not well written")
		}
	} else if u.Kind != casefile.PlatformAppointed {
		return wrong("only an appointment can belong to no case")
	}
	switch u.Kind {
	case casefile.PlatformProgress:
		return checkBranch(u.Branch)
	case casefile.PlatformReturned:
		return checkNotice(u.Notice)
	case casefile.PlatformFinished:
		return checkOutcome(u.Outcome)
	case casefile.PlatformRejected:
		if u.Reason == "" || len([]rune(u.Reason)) > 500 {
			return wrong("a rejection needs a reason of at most 500 characters")
		}
		return nil
	case casefile.PlatformAppointed:
		return checkAppointment(u.Appointment)
	case casefile.PlatformPayment:
		return checkPayment(u.Payment)
	}
	return wrong("a department does not write %q", u.Kind)
}

func checkBranch(b *casefile.Branch) error {
	switch {
	case b == nil || b.Department == "":
		return wrong("it needs the department")
	case !slices.Contains([]string{"waiting", "working", "done", "rejected"}, b.State):
		return wrong("a department's state is waiting, working, done or rejected")
	}
	return nil
}

func checkNotice(n *casefile.Notice) error {
	if n == nil || len(n.Points) == 0 {
		return wrong("a notice names everything that must be corrected, at least one point")
	}
	if n.Days < 1 || n.Days > 365 {
		return wrong("a notice gives 1 to 365 working days to answer")
	}
	seen := map[string]bool{}
	for i, p := range n.Points {
		switch {
		case p.ID == "" || seen[p.ID]:
			return wrong("point %d needs an id of its own", i+1)
		case p.Text == "":
			return wrong("point %d needs a text", i+1)
		case p.Page < 0 || (p.Page > 0 && p.Material == ""):
			return wrong("point %d names a page of no material", i+1)
		case p.Material != "" && p.Field != "":
			return wrong("point %d is about a material or a field, not both", i+1)
		}
		seen[p.ID] = true
	}
	return nil
}

func checkOutcome(o *casefile.Outcome) error {
	switch {
	case o == nil || o.Result == "":
		return wrong("it needs the result")
	case !slices.Contains([]string{"pickup", "print", "none"}, o.Way):
		return wrong("the result's way is pickup, print or none")
	case (o.Way == "print") != (o.Document != nil):
		return wrong("a result that is printed at the desk comes with its document, and no other does")
	case o.Document != nil:
		return checkDocument(*o.Document)
	}
	return nil
}

// mostText is how many characters a result's document may have.
const mostText = 20000

func checkDocument(d casefile.ResultDocument) error {
	long := 0
	for _, paragraph := range d.Text {
		long += len([]rune(paragraph))
	}
	_, err := time.Parse(time.DateOnly, d.Issued)
	switch {
	case d.Title == "" || len([]rune(d.Title)) > 60:
		return wrong("a result's document has a title of at most 60 characters")
	case long == 0 || long > mostText:
		return wrong("a result's document has 1 to %d characters", mostText)
	case err != nil:
		return wrong("the day a result was issued is not in the form 2026-11-25")
	}
	return nil
}

// mostFen is the largest payment: a slip of the keyboard is not told to anybody.
const mostFen = 100_000_000_00

func checkPayment(p *casefile.Payment) error {
	if p == nil || p.Name == "" || len([]rune(p.Name)) > 60 || p.Fen <= 0 || p.Fen > mostFen {
		return wrong("a payment needs a name of at most 60 characters and an amount in fen above 0")
	}
	moved := p.State == casefile.PaymentPaid || p.State == casefile.PaymentRefunded
	switch {
	case !moved && p.State != casefile.PaymentDue && p.State != casefile.PaymentCancelled:
		return wrong("a payment is due, paid, refunded or cancelled")
	case moved && (p.Receipt == "" || len(p.Receipt) > 40 || p.On == ""):
		return wrong("money that was paid or given back has the number of its official receipt and a day")
	case !moved && p.Receipt != "":
		return wrong("only money that was paid or given back has a receipt")
	case p.On == "":
		return nil
	}
	if _, err := time.Parse(time.DateOnly, p.On); err != nil {
		return wrong("the day is not in the form 2026-11-25")
	}
	return nil
}

func checkAppointment(a *casefile.Appointment) error {
	if a == nil {
		return wrong("it needs the appointment")
	}
	if a.Kind != "visit" && a.Kind != "point" {
		return wrong("an appointment is a visit or at the point")
	}
	if !slices.Contains([]string{"set", "moved", "cancelled"}, a.State) {
		return wrong("an appointment is set, moved or cancelled")
	}
	if _, err := time.Parse(time.DateOnly, a.Date); err != nil {
		return wrong("the date is not in the form 2026-11-25")
	}
	if _, err := time.Parse("15:04", a.Time); err != nil {
		return wrong("the time is not in the form 09:30")
	}
	if a.Name == "" || (a.Kind == "visit" && (a.Village == "" || a.Address == "")) {
		return wrong("an appointment needs a name, and a visit village and address")
	}
	return nil
}
