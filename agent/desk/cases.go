package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/identity"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

const (
	slotList   slot = "list"
	slotDetail slot = "detail"
	slotVerify slot = "verify"
)

// pageLines is how many cases the list reads at once.
const pageLines = 50

// list is a list of cases with one of them opened.
type list struct {
	page    PageName
	filter  string
	counts  map[string]int
	lines   []agency.CaseLine
	total   int
	offset  int
	chosen  casefile.Number
	detail  *agency.CaseFile
	foreign bool // of another terminal: known from its receipt and the person's card only
	busy    string
}

func (m *machine) casesEvent(w *shift, event Event) bool {
	switch event := event.(type) {
	case ListFilter:
		w.list.filter, w.list.offset = event.Filter, 0
		m.loadList()
	case ListMove:
		next := w.list.offset + event.By*pageLines
		if next >= 0 && next < w.list.total {
			w.list.offset = next
			m.loadList()
		}
	case PickCase:
		if m.page != Cases && m.page != Corrections && m.page != Results {
			m.leaveAccept()
			m.leaveCorrect()
			m.to(Cases)
		}
		m.choose(event.Number)
	case Act:
		m.act(event.Action)
	default:
		return false
	}
	return true
}

// openList shows one of the three lists from its beginning.
func (m *machine) openList(page PageName) {
	l := &m.shift.list
	if l.page != page {
		*l = list{page: page, counts: l.counts}
		m.shift.search = ""
	}
	m.loadList()
	m.loadDetail()
}

// filters are the states of a filter; those that are no states the book knows by name.
func (l *list) query(text string) agency.Query {
	q := agency.Query{Text: text, Offset: l.offset, Limit: pageLines}
	switch l.page {
	case Corrections:
		q.States = []string{casefile.StateCorrection}
	case Results:
		q.States = []string{casefile.StateDone, casefile.StateDelivered}
	}
	switch l.filter {
	case "":
	case "processing":
		q.States = []string{casefile.StateAccepted, casefile.StateProcessing}
	case "correction":
		q.States = []string{casefile.StateCorrection}
	case "done":
		q.States = []string{casefile.StateDone, casefile.StateRejected, casefile.StateDelivered, casefile.StateClosed}
	default:
		q.Filter = l.filter
	}
	return q
}

func (m *machine) loadList() {
	q := m.shift.list.query(m.shift.search)
	m.look(slotList, func(ctx context.Context, book Book) then {
		page, err := book.List(ctx, q)
		return func(m *machine) {
			if err != nil {
				m.fail("list cases", err)
				return
			}
			m.shift.list.lines, m.shift.list.total = page.Lines, page.Total
		}
	})
}

// search looks in the list; a receipt's code opens its case.
func (m *machine) search(typed string) {
	w := m.shift
	typed = strings.TrimSpace(typed)
	if strings.HasPrefix(typed, receipt.CodePrefix) {
		w.search = ""
		m.openReceipt(typed)
		return
	}
	w.search = typed
	if m.page != Cases && m.page != Corrections && m.page != Results {
		m.leaveAccept()
		m.to(Cases)
		w.search = typed
	}
	w.list.offset = 0
	m.loadList()
	if typed != "" {
		m.audit("search", "")
	}
}

// audit notes an act that changes nothing else.
func (m *machine) audit(action, subject string) {
	log := m.log
	m.keep(slot("audit "+action+" "+subject), func(ctx context.Context, book Book) then {
		if err := book.Audit(ctx, action, subject); err != nil {
			log.Warn("act not noted", "action", action, "error", err)
		}
		return nil
	})
}

// openReceipt verifies a receipt's code without network and opens its case, or
// offers to work on the case of another terminal.
func (m *machine) openReceipt(scanned string) {
	office := m.options.Office
	m.look(slotVerify, func(ctx context.Context, book Book) then {
		code, err := office.Verify(scanned)
		if err != nil {
			return func(m *machine) {
				m.log.Warn("receipt not verified", "error", err)
				m.say(Bad, "desk.problem.receipt", nil)
			}
		}
		if code.Item == agency.SheetItem {
			return func(m *machine) { m.showSheet(code.Case) }
		}
		file, err := book.Case(ctx, code.Case)
		return func(m *machine) {
			switch {
			case err == nil:
				m.leaveAccept()
				m.to(Cases)
				m.show(file, false)
			case agency.Refused(err) == agency.NotYours:
				m.askForeign(code)
			default:
				m.fail("open case", err)
			}
		}
	})
}

// askForeign offers to go on with a case of another terminal: the person's card must be there, or somebody with an authorisation.
func (m *machine) askForeign(code receipt.Code) {
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.foreign", Args: map[string]any{"number": string(code.Case)}},
		Text: []Message{{Key: "desk.ask.foreign-card"}}, Yes: Message{Key: "desk.ask.read-card"}, No: Message{Key: "desk.ask.no"},
		Choices: []Choice{{Code: "card", Label: m.local("desk.ask.foreign-by-card")}, {Code: "authorisation", Label: m.local("desk.ask.foreign-by-paper")}},
		Chosen:  "card",
	}, func(m *machine, a Answer) {
		switch {
		case !a.Yes || !m.mayWrite():
		case a.Chosen == "authorisation":
			m.askMandate(code)
		default:
			m.takeValidCard(func(m *machine, card identity.Card) { m.openForeign(code, casefile.ApplicantOf(card), nil) })
		}
	})
}

func (m *machine) openForeign(code receipt.Code, person casefile.Applicant, delegation *casefile.Delegation) {
	name := code.Item
	ref := casefile.ItemRef{Code: code.Item, Name: code.Item}
	if item, ok := m.options.Catalogue().Item(code.Item); ok {
		name = item.Name.In(text.Chinese)
		ref.Name, ref.Department, ref.DepartmentName = name, item.Department.CreditCode, item.Department.Name.In(text.Chinese)
	}
	m.leaveAccept()
	m.to(Cases)
	m.show(agency.CaseFile{
		CaseLine:   agency.CaseLine{Number: code.Case, Person: person.Name, Item: code.Item, ItemName: name, Filed: code.Time, State: casefile.StateQueued},
		Submission: casefile.Submission{Item: ref, Applicant: person, Delegation: delegation},
	}, true)
}

// show opens a case beside the list.
func (m *machine) show(file agency.CaseFile, foreign bool) {
	l := &m.shift.list
	m.fx.cancel(slotDetail)
	l.chosen, l.detail, l.foreign = file.Number, &file, foreign
}

func (m *machine) choose(number casefile.Number) {
	l := &m.shift.list
	if l.chosen != number {
		l.detail = nil
	}
	l.chosen, l.foreign = number, false
	m.loadDetail()
}

func (m *machine) loadDetail() {
	l := &m.shift.list
	number := l.chosen
	if number == "" || l.foreign {
		return
	}
	m.look(slotDetail, func(ctx context.Context, book Book) then {
		file, err := book.Case(ctx, number)
		return func(m *machine) {
			switch {
			case m.shift.list.chosen != number:
			case err != nil:
				m.shift.list.detail = nil
				m.fail("open case", err)
			default:
				m.shift.list.detail = &file
			}
		}
	})
}

func (m *machine) drawList(w *shift) *CasesView {
	l := &w.list
	v := &CasesView{
		Filter: l.filter, Counts: map[string]int{}, Lines: slices.Clone(l.lines), Total: l.total, Offset: l.offset, Chosen: l.chosen, Busy: l.busy,
	}
	for state, n := range l.counts {
		v.Counts[state] = n
	}
	if l.detail != nil {
		file := m.named(*l.detail)
		v.Detail, v.Actions = &file, m.actions(w, file)
		if file.Notice != nil {
			v.Names = map[string]string{}
			for _, point := range file.Notice.Points {
				v.Names[point.ID] = m.pointName(file, point)
			}
		}
	}
	return v
}

// named gives a case for the eye: people instead of their accounts' numbers.
func (m *machine) named(file agency.CaseFile) agency.CaseFile {
	name := func(id string) string {
		if at := slices.IndexFunc(m.colleagues, func(a agency.AccountLine) bool { return a.ID == id }); at >= 0 && id != "" {
			return m.colleagues[at].Name
		}
		return id
	}
	file.Agent = name(file.Agent)
	file.Moments = slices.Clone(file.Moments)
	for i := range file.Moments {
		file.Moments[i].By = name(file.Moments[i].By)
	}
	return file
}

var errNoCase = errors.New("no case is open")

// current is the case beside the list.
func (m *machine) current() (agency.CaseFile, error) {
	if d := m.shift.list.detail; d != nil {
		return *d, nil
	}
	return agency.CaseFile{}, errNoCase
}
