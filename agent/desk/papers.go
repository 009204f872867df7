package desk

import (
	"context"
	"maps"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

const (
	slotPapers   slot = "papers"
	slotPaperIDs slot = "paper ids"
)

// papers is the page of originals in custody.
type papers struct {
	lines  []agency.PaperLine
	sheets []agency.SheetLine
	chosen map[string]bool
	filter string
	to     string
	busy   string
}

func (m *machine) papersEvent(w *shift, event Event) bool {
	p := &w.papers
	switch event := event.(type) {
	case PickPaper:
		chosen := maps.Clone(p.chosen)
		if chosen == nil {
			chosen = map[string]bool{}
		}
		if chosen[event.ID] = event.On; !event.On {
			delete(chosen, event.ID)
		}
		p.chosen = chosen
	case PaperFilter:
		p.filter = event.Filter
	case IssueSheet:
		m.issue(event.To)
	case ReturnPapers:
		m.returnChosen()
	case OpenSheet:
		m.openSheet(event.Number)
	default:
		return false
	}
	return true
}

func (m *machine) loadPapers() {
	m.look(slotPapers, func(ctx context.Context, book Book) then {
		lines, err := book.Custody(ctx)
		var sheets []agency.SheetLine
		if err == nil {
			sheets, err = book.Sheets(ctx)
		}
		return func(m *machine) {
			if err != nil {
				m.fail("list originals", err)
				return
			}
			m.shift.papers.lines, m.shift.papers.sheets = lines, sheets
		}
	})
}

// picked are the chosen originals that may be moved.
func (p *papers) picked(may func(agency.PaperLine) bool) []agency.PaperLine {
	var lines []agency.PaperLine
	for _, line := range p.lines {
		if p.chosen[line.ID] && may(line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// returnChosen gives the chosen originals back, case by case.
func (m *machine) returnChosen() {
	lines := m.shift.papers.picked(func(l agency.PaperLine) bool { return l.Step != casefile.PaperReturned })
	if !m.mayWrite() {
		return
	}
	if len(lines) == 0 {
		m.say(Warn, "desk.problem.nothing-chosen", nil)
		return
	}
	byCase := map[casefile.Number][]casefile.Paper{}
	var order []casefile.Number
	person := map[casefile.Number]string{}
	for _, line := range lines {
		if byCase[line.Case] == nil {
			order = append(order, line.Case)
		}
		byCase[line.Case] = append(byCase[line.Case], line.Paper)
		person[line.Case] = line.Person
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.return", Args: map[string]any{"n": len(lines)}},
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if a.Yes {
			m.returnNext(order, byCase, person)
		}
	})
}

// returnNext gives one case's originals back against a signature, then the next case's.
func (m *machine) returnNext(order []casefile.Number, byCase map[casefile.Number][]casefile.Paper, person map[casefile.Number]string) {
	if len(order) == 0 {
		m.shift.papers.chosen = nil
		m.refresh()
		return
	}
	number := order[0]
	move := casefile.PaperMove{Step: casefile.PaperReturned, Papers: byCase[number], Party: person[number]}
	m.movePapers(number, move, func(m *machine) { m.returnNext(order[1:], byCase, person) })
}

// movePapers lets a move of originals be signed and commits it.
func (m *machine) movePapers(number casefile.Number, move casefile.PaperMove, and func(m *machine)) {
	m.signedForm(m.custodyForm(number, move), func(m *machine, scanned *page) {
		m.signed(scanned, move, func(signature *casefile.Signature, files []casefile.Attachment) {
			move.Signature = signature
			m.add(number, casefile.Papers, casefile.Event{Papers: &move}, files, and)
		})
	})
}

// takePapers receives originals of the chosen case: what is written, one per line or comma.
func (m *machine) takePapers(file agency.CaseFile) {
	if m.shift.list.foreign {
		if err := m.allowed(file, agency.ScopeCorrect); err != nil {
			m.fail("take originals", err)
			return
		}
	}
	m.reason("desk.ask.papers", false, func(m *machine, written string) {
		names := splitList(written)
		move := casefile.PaperMove{Step: casefile.PaperReceived, Party: m.party(file), Place: m.options.Place.Name}
		if len(names) == 0 {
			return
		}
		m.look(slotPaperIDs, func(ctx context.Context, book Book) then {
			ids, err := book.PaperIDs(ctx, file.Number, len(names))
			return func(m *machine) {
				if err != nil {
					m.fail("name originals", err)
					return
				}
				for i, name := range names {
					move.Papers = append(move.Papers, casefile.Paper{ID: ids[i], Name: name, Count: 1})
				}
				m.movePapers(file.Number, move, nil)
			}
		})
	})
}

// party is who stands at the desk for a case: the principal once the card was read, the delegate otherwise.
func (m *machine) party(file agency.CaseFile) string {
	if d := file.Submission.Delegation; d != nil && !m.shift.cards[file.Submission.Applicant.Number] {
		return d.Delegate.Name
	}
	return file.Submission.Applicant.Name
}

// returnable are the originals of a case that were not given back.
func returnable(custody agency.Custody) []casefile.Paper {
	var all []casefile.Paper
	for _, held := range custody.Held {
		if held.Step != casefile.PaperReturned {
			all = append(all, held.Paper)
		}
	}
	return all
}

func (m *machine) returnPapers(file agency.CaseFile) {
	all := returnable(file.Custody)
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.return", Args: map[string]any{"n": len(all)}},
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		if a.Yes {
			m.movePapers(file.Number, casefile.PaperMove{Step: casefile.PaperReturned, Papers: all, Party: m.party(file)}, nil)
		}
	})
}

// signed binds the scan of a signed paper to exactly what was signed; without a scan there is no signature.
func (m *machine) signed(scanned *page, what any, use func(signature *casefile.Signature, files []casefile.Attachment)) {
	if scanned == nil {
		use(nil, nil)
		return
	}
	content, err := plainJSON(what)
	if err != nil {
		m.fail("bind a signature", err)
		return
	}
	use(&casefile.Signature{
		Attachment: scanned.attachment.Digest, Content: m.options.Office.Digest(content), At: m.options.Now(),
	}, []casefile.Attachment{scanned.attachment})
}

func (p *papers) draw() *PapersView {
	v := &PapersView{Chosen: maps.Clone(p.chosen), Filter: p.filter, Issuing: len(p.chosen) > 0, To: p.to, Busy: p.busy}
	for _, sheet := range p.sheets {
		if sheet.State == agency.SheetPrepared {
			v.Waiting++
		}
	}
	if p.filter == "sheets" {
		v.Sheets = slices.Clone(p.sheets)
		return v
	}
	for _, line := range p.lines {
		step := map[string]casefile.PaperStep{"here": casefile.PaperReceived, "handed-on": casefile.PaperHandedOn, "returned": casefile.PaperReturned}[p.filter]
		if p.filter == "" || line.Step == step {
			v.Lines = append(v.Lines, line)
		}
	}
	v.Lines = slices.Clip(v.Lines)
	return v
}
