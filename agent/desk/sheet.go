package desk

import (
	"context"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
)

// Answers to what is to become of a prepared sheet.
const (
	sheetSigned = "signed"
	sheetAgain  = "again"
	sheetVoid   = "void"
)

// issue prepares a hand-over sheet, so that its one print carries number and code; it is signed by who takes the
// originals, then committed.
func (m *machine) issue(to string) {
	p := &m.shift.papers
	lines := p.picked(func(l agency.PaperLine) bool { return l.Here() })
	if !m.mayWrite() || p.busy != "" {
		return
	}
	p.to = to
	if len(lines) == 0 || to == "" {
		m.say(Warn, "desk.problem.sheet", nil)
		return
	}
	sheet := casefile.Sheet{From: m.options.Place.Name, To: to}
	for _, line := range lines {
		sheet.Papers = append(sheet.Papers, line.Paper)
	}
	p.busy = "sheet"
	m.keep("sheet", func(ctx context.Context, book Book) then {
		line, err := book.PrepareSheet(ctx, sheet)
		return func(m *machine) {
			p.busy = ""
			if err != nil {
				m.fail("prepare sheet", err)
				return
			}
			p.chosen, p.to = nil, ""
			m.loadPapers()
			m.signedForm(m.sheetForm(line, false), func(m *machine, scanned *page) { m.issueSigned(line, scanned) })
		}
	})
}

// issueSigned commits a sheet whose paper was signed.
func (m *machine) issueSigned(line agency.SheetLine, scanned *page) {
	p := &m.shift.papers
	p.busy = "sheet"
	m.signed(scanned, line.Sheet, func(signature *casefile.Signature, files []casefile.Attachment) {
		w := m.shift
		m.keep("sheet", func(ctx context.Context, book Book) then {
			_, err := book.Issue(ctx, line.Number, signature, files)
			if err == nil {
				w.loose.settle(files...)
			}
			return func(m *machine) { m.sheetEnded(line, "desk.notice.done.sheet", err) }
		})
	})
}

// sheetEnded says what became of a sheet.
func (m *machine) sheetEnded(line agency.SheetLine, key string, err error) {
	m.shift.papers.busy = ""
	if err != nil {
		m.fail("end sheet", err)
		return
	}
	m.committed()
	m.say(Good, key, map[string]any{"number": string(line.Number)})
	m.refresh()
}

// openSheet asks what is to become of a sheet that was prepared and not signed: after a power cut, or when nobody came.
func (m *machine) openSheet(number casefile.Number) {
	p := &m.shift.papers
	at := slices.IndexFunc(p.sheets, func(l agency.SheetLine) bool { return l.Number == number })
	if at < 0 || p.busy != "" {
		return
	}
	line := p.sheets[at]
	if line.State != agency.SheetPrepared {
		m.printForm(m.sheetForm(line, true))
		return
	}
	if !m.mayWrite() {
		return
	}
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.sheet", Args: map[string]any{"number": string(number)}},
		Text: []Message{{Key: "desk.ask.sheet-open", Args: map[string]any{"n": len(line.Sheet.Papers), "to": line.Sheet.To}}},
		Choices: []Choice{
			{Code: sheetSigned, Label: m.local("desk.ask.sheet-signed")},
			{Code: sheetAgain, Label: m.local("desk.ask.sheet-again")},
			{Code: sheetVoid, Label: m.local("desk.ask.sheet-void")},
		},
		Chosen: sheetSigned, Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}, func(m *machine, a Answer) {
		use := func(m *machine, scanned *page) { m.issueSigned(line, scanned) }
		switch {
		case !a.Yes:
		case a.Chosen == sheetVoid:
			m.voidSheet(line)
		case a.Chosen == sheetAgain:
			m.signedForm(m.sheetForm(line, true), use)
		default:
			m.askSigned(use)
		}
	})
}

func (m *machine) voidSheet(line agency.SheetLine) {
	m.shift.papers.busy = "sheet"
	m.keep("sheet", func(ctx context.Context, book Book) then {
		err := book.VoidSheet(ctx, line.Number)
		return func(m *machine) { m.sheetEnded(line, "desk.notice.done.sheet-void", err) }
	})
}

// showSheet opens a sheet by its paper's code.
func (m *machine) showSheet(number casefile.Number) {
	m.look(slotVerify, func(ctx context.Context, book Book) then {
		sheets, err := book.Sheets(ctx)
		return func(m *machine) {
			at := slices.IndexFunc(sheets, func(l agency.SheetLine) bool { return l.Number == number })
			switch {
			case err != nil:
				m.fail("list sheets", err)
				return
			case at < 0:
				m.say(Warn, "desk.problem.sheet-other", map[string]any{"number": string(number)})
				return
			}
			m.leaveAccept()
			m.to(Papers)
			p := &m.shift.papers
			p.filter, p.sheets = "sheets", sheets
			if sheets[at].State == agency.SheetPrepared {
				m.openSheet(number)
				return
			}
			m.say(Good, "desk.notice.sheet-"+string(sheets[at].State), map[string]any{"number": string(number)})
		}
	})
}
