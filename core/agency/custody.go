package agency

import (
	"strconv"
	"strings"

	"bianmin/core/casefile"
)

// Custody tells where the originals of one case are, from its moves in order.
type Custody struct {
	Held []Held // in the order they were received
}

// Held is one original with where it is.
type Held struct {
	casefile.Paper
	Step  casefile.PaperStep
	Place string          // while it lies here
	Sheet casefile.Number // under which it was handed on
	Party string          // who gave or took it last
}

// Here tells whether an original lies at this point.
func (h Held) Here() bool { return h.Step == casefile.PaperReceived }

// Apply gives the custody after one more move. Nothing is received twice,
// nothing is handed on or returned that is not here or at the township, and
// nothing is returned twice: PaperTwice or PaperUnknown.
func (c Custody) Apply(move casefile.PaperMove) (Custody, error) {
	next := Custody{Held: append([]Held(nil), c.Held...)}
	seen := map[string]bool{}
	for _, paper := range move.Papers {
		i := next.find(paper.ID)
		switch {
		case paper.ID == "" || seen[paper.ID]:
			return c, refuse(PaperUnknown)
		case move.Step == casefile.PaperReceived && i >= 0:
			return c, refuse(PaperTwice)
		case move.Step == casefile.PaperReceived:
			next.Held = append(next.Held, Held{Paper: paper, Step: move.Step, Place: move.Place, Party: move.Party})
		case i < 0:
			return c, refuse(PaperUnknown)
		case next.Held[i].Step == casefile.PaperReturned:
			return c, refuse(PaperTwice)
		case move.Step == casefile.PaperHandedOn && next.Held[i].Step == casefile.PaperHandedOn:
			return c, refuse(PaperTwice)
		case move.Step == casefile.PaperHandedOn || move.Step == casefile.PaperReturned:
			h := &next.Held[i]
			h.Step, h.Party, h.Place = move.Step, move.Party, ""
			if move.Step == casefile.PaperHandedOn {
				h.Sheet = move.Sheet
			}
		default:
			return c, refuse(PaperUnknown)
		}
		seen[paper.ID] = true
	}
	return next, nil
}

// NextPapers are the ids of the next n originals of a case that a terminal takes in: the case's number and a serial. A
// terminal that did not give the case its number, or another generation of it, writes its own before the serial: two
// terminals that do not hear of each other must not count alike. terminal is number and generation, "QH0301A".
func (c Custody) NextPapers(number casefile.Number, terminal string, n int) []string {
	prefix := string(number) + "/"
	if !strings.HasPrefix(string(number), terminal+"-") {
		prefix += terminal + "-"
	}
	last := 0
	for _, h := range c.Held {
		if rest, found := strings.CutPrefix(h.ID, prefix); found {
			if serial, err := strconv.Atoi(rest); err == nil {
				last = max(last, serial)
			}
		}
	}
	ids := make([]string, n)
	for i := range ids {
		ids[i] = prefix + strconv.Itoa(last+i+1)
	}
	return ids
}

func (c Custody) find(id string) int {
	for i, h := range c.Held {
		if h.ID == id {
			return i
		}
	}
	return -1
}
