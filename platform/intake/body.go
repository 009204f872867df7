package intake

import (
	"slices"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/platform/registry"
)

// bodies say for each kind of event a terminal may write whether its body is
// there and can mean something. What may follow what is the registry's to judge.
var bodies = map[casefile.EventKind]func(casefile.Event) bool{
	casefile.Submitted:   func(e casefile.Event) bool { return e.Submission != nil },
	casefile.Corrected:   func(e casefile.Event) bool { return e.Correction != nil && goodCorrection(*e.Correction) },
	casefile.Confirmed:   func(e casefile.Event) bool { return e.Confirmation != nil && goodConfirmation(*e.Confirmation) },
	casefile.Withdrawn:   hasTurn,
	casefile.Suspended:   hasTurn,
	casefile.Resumed:     hasTurn,
	casefile.Ended:       hasTurn,
	casefile.Closed:      hasTurn,
	casefile.Urged:       hasTurn,
	casefile.Papers:      func(e casefile.Event) bool { return e.Papers != nil && goodMove(*e.Papers) },
	casefile.FeeTaken:    func(e casefile.Event) bool { return e.Fee != nil && goodFee(*e.Fee, e.Terminal+e.Generation) },
	casefile.Delivered:   func(e casefile.Event) bool { return e.Delivery != nil && goodDelivery(*e.Delivery) },
	casefile.Visited:     func(e casefile.Event) bool { return e.Visit != nil && goodVisit(*e.Visit) },
	casefile.Evaluated:   func(e casefile.Event) bool { return e.Evaluation != nil && goodEvaluation(*e.Evaluation) },
	casefile.Unevaluated: func(e casefile.Event) bool { return e.Unrated != nil && goodUnrated(*e.Unrated) },
	casefile.DayClosed:   func(e casefile.Event) bool { return e.Day != nil && goodDay(*e.Day) },
	casefile.SheetIssued: func(e casefile.Event) bool { return e.Sheet != nil && goodSheet(*e.Sheet) },
}

// departments are the kinds that no terminal may write.
var departments = []casefile.EventKind{
	casefile.PlatformAccepted, casefile.PlatformRefused, casefile.PlatformReturned, casefile.PlatformProgress, casefile.PlatformFinished,
	casefile.PlatformRejected, casefile.PlatformAppointed, casefile.PlatformPayment,
}

// newerKind tells whether a kind of event is neither a terminal's nor the platform's own: a newer terminal may know it.
func newerKind(kind casefile.EventKind) bool {
	_, known := bodies[kind]
	return !known && !slices.Contains(departments, kind)
}

// goodBody tells whether an event is of a known kind and has the body of its kind and no other.
func goodBody(e casefile.Event) bool {
	good, known := bodies[e.Kind]
	return known && good(e) && countBodies(e) == 1
}

func countBodies(e casefile.Event) int {
	n := 0
	for _, there := range []bool{
		e.Submission != nil, e.Correction != nil, e.Confirmation != nil, e.Turn != nil, e.Papers != nil, e.Fee != nil, e.Delivery != nil,
		e.Visit != nil, e.Evaluation != nil, e.Unrated != nil, e.Day != nil, e.Sheet != nil,
	} {
		if there {
			n++
		}
	}
	return n
}

func hasTurn(e casefile.Event) bool { return e.Turn != nil }

// goodCorrection wants the notice with its points, or no notice: a terminal that was not told of it answers the one that stands.
func goodCorrection(c casefile.Correction) bool {
	if c.Notice == "" {
		return true
	}
	return len(c.Notice) == 32 && len(c.Points) > 0 && !slices.Contains(c.Points, "")
}

func goodConfirmation(c casefile.Confirmation) bool {
	return c.By != "" && len(c.Materials) > 0 && !slices.Contains(c.Materials, "")
}

func goodMove(m casefile.PaperMove) bool {
	return slices.Contains([]casefile.PaperStep{casefile.PaperReceived, casefile.PaperHandedOn, casefile.PaperReturned}, m.Step) && goodPapers(m.Papers)
}

// goodPapers wants at least one paper, each with an id of its own.
func goodPapers(papers []casefile.Paper) bool {
	seen := map[string]bool{}
	for _, p := range papers {
		if p.ID == "" || seen[p.ID] {
			return false
		}
		seen[p.ID] = true
	}
	return len(papers) > 0
}

// goodFee wants an amount whose sign says whether it is taken or given back, and
// a receipt number of the terminal that wrote it.
func goodFee(f casefile.FeeEntry, writer string) bool {
	return strings.HasPrefix(f.Receipt, writer+"-") && f.Name != "" && f.Fen != 0 && (f.Fen < 0) == (f.Counter != "")
}

func goodDelivery(d casefile.Delivery) bool {
	return (d.Way == "print" || d.Way == "pickup") && d.Recipient != ""
}

func goodVisit(v casefile.Visit) bool {
	return v.Appointment != "" && slices.Contains([]string{"done", "no-show", "moved"}, v.Outcome)
}

func goodEvaluation(e casefile.Evaluation) bool { return e.Level >= 1 && e.Level <= 5 }

func goodUnrated(u casefile.Unrated) bool {
	return u.Why == "declined" || (u.Why == "not-offered" && u.Reason != "")
}

func goodDay(d casefile.DayClosing) bool {
	_, err := time.Parse(time.DateOnly, d.Date)
	return err == nil && d.Account != "" && d.Entries >= 0 && (d.LedgerFen == d.CountedFen || d.Reason != "")
}

func goodSheet(s casefile.Sheet) bool { return s.From != "" && s.To != "" && goodPapers(s.Papers) }

// once are what every platform allows once, whatever its rules: a receipt's
// number, and the closing of a day at a terminal by an account.
func once(e casefile.Event) []registry.Claim {
	writer := e.Terminal + e.Generation
	switch e.Kind {
	case casefile.FeeTaken:
		return []registry.Claim{{Rule: "receipt", Key: e.Fee.Receipt, Reason: "这个收据号已经用过"}}
	case casefile.DayClosed:
		return []registry.Claim{{Rule: "day", Key: writer + " " + e.Day.Account + " " + e.Day.Date, Reason: "这一天已经日结"}}
	}
	return nil
}
