package desk

import (
	"context"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/text"
)

const slotFees slot = "fees"

// money is the ledger of one day.
type money struct {
	date    string
	days    []agency.DayLine
	lines   []agency.FeeLine
	counted string
	reason  string
	busy    string
	problem Message
}

func (m *machine) feesEvent(w *shift, event Event) bool {
	f := &w.money
	switch event := event.(type) {
	case FeeDate:
		*f = money{date: event.Date, days: f.days}
		m.loadFees()
	case CountCash:
		f.counted, f.problem = event.Text, Message{}
		if _, ok := readFen(event.Text); !ok && event.Text != "" {
			f.problem = Message{Key: "desk.problem.money"}
		}
	case DayReason:
		f.reason, f.problem = event.Text, Message{}
	case CloseDay:
		m.closeDay()
	default:
		return false
	}
	return true
}

func (m *machine) loadFees() {
	f := &m.shift.money
	if f.date == "" {
		f.date = m.date()
	}
	date := f.date
	m.look(slotFees, func(ctx context.Context, book Book) then {
		days, err := book.Days(ctx)
		var lines []agency.FeeLine
		if err == nil {
			lines, err = book.Fees(ctx, date)
		}
		return func(m *machine) {
			if err != nil {
				m.fail("open the ledger", err)
				return
			}
			f := &m.shift.money
			f.days = days
			if f.date == date {
				f.lines = lines
			}
		}
	})
}

func (f *money) closing() *casefile.DayClosing {
	if at := slices.IndexFunc(f.days, func(d agency.DayLine) bool { return d.Date == f.date }); at >= 0 {
		return f.days[at].Closing
	}
	return nil
}

func (f *money) sum() (fen int64) {
	for _, line := range f.lines {
		fen += line.Fen
	}
	return fen
}

// closeDay closes the day with the counted cash: printed, signed, committed. It never changes afterwards.
func (m *machine) closeDay() {
	f := &m.shift.money
	if !m.mayWrite() || f.busy != "" {
		return
	}
	counted, ok := readFen(f.counted)
	if !ok {
		f.problem = Message{Key: "desk.problem.money"}
		return
	}
	if f.closing() != nil {
		f.problem = Message{Key: "desk.refusal." + string(agency.DayIsClosed)}
		return
	}
	var entries []casefile.FeeEntry
	for _, line := range f.lines {
		entries = append(entries, line.FeeEntry)
	}
	day, err := agency.Closing(f.date, m.shift.account.ID, entries, counted, f.reason)
	if err != nil {
		f.problem = trouble(err)
		return
	}
	lines := slices.Clone(f.lines)
	m.ask(Overlay{
		Kind: overlayAsk, Title: Message{Key: "desk.ask.close-day", Args: map[string]any{"date": f.date}},
		Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"}, Danger: true,
	}, func(m *machine, a Answer) {
		if !a.Yes {
			return
		}
		m.signedForm(m.dailyForm(day, lines), func(m *machine, scanned *page) {
			m.signed(scanned, day, func(signature *casefile.Signature, files []casefile.Attachment) {
				m.commitDay(day, signature, files)
			})
		})
	})
}

func (m *machine) commitDay(day casefile.DayClosing, signature *casefile.Signature, files []casefile.Attachment) {
	m.shift.money.busy = "close"
	w := m.shift
	m.keep("close-day", func(ctx context.Context, book Book) then {
		done, err := book.CloseDay(ctx, day.Date, day.CountedFen, day.Reason, signature, files)
		if err == nil {
			w.loose.settle(files...)
		}
		return func(m *machine) {
			f := &m.shift.money
			f.busy = ""
			if err != nil {
				f.problem = trouble(err)
				m.fail("close day", err)
				return
			}
			f.counted, f.reason = "", ""
			m.committed()
			m.say(Good, "desk.notice.day-closed", map[string]any{"date": done.Date})
			m.refresh()
		}
	})
}

// guide gives what the item's guide asks for a fee.
func guide(item *catalogue.Item) func(name string) (int64, bool) {
	return func(name string) (int64, bool) {
		if item == nil {
			return 0, false
		}
		for _, fee := range item.Fees {
			if fee.Name.In(text.Chinese) == name {
				return fee.Fen, true
			}
		}
		return 0, false
	}
}

// openFees are the guide's fees that were not paid in full.
func (m *machine) openFees(file agency.CaseFile) []catalogue.Fee {
	item, ok := m.options.Catalogue().Item(file.Submission.Item.Code)
	if !ok {
		return nil
	}
	var open []catalogue.Fee
	for _, fee := range item.Fees {
		left := fee.Fen
		for _, e := range file.Fees {
			if e.Name == fee.Name.In(text.Chinese) {
				left -= e.Fen
			}
		}
		if left > 0 {
			open = append(open, catalogue.Fee{Name: fee.Name, Fen: left, Basis: fee.Basis})
		}
	}
	return open
}

// takeFee takes a fee: which one, and how much of it.
func (m *machine) takeFee(file agency.CaseFile) {
	if err := m.allowed(file, agency.ScopePay); err != nil {
		m.fail("take a fee", err)
		return
	}
	open := m.openFees(file)
	var choices []Choice
	for i, fee := range open {
		choices = append(choices, Choice{Code: fmt.Sprint(i), Label: fee.Name})
	}
	m.askAmount("desk.ask.fee", choices, open[0].Fen, func(m *machine, chosen int, fen int64, _ string) {
		name := open[chosen].Name.In(text.Chinese)
		m.commitFee(file, casefile.FeeEntry{Name: name, Fen: fen, Method: "cash", Payer: m.party(file)})
	})
}

// refundable are the entries that were not given back in full.
func refundable(entries []casefile.FeeEntry) []casefile.FeeEntry {
	var all []casefile.FeeEntry
	for _, e := range entries {
		left := e.Fen
		for _, back := range entries {
			if back.Counter == e.Receipt && e.Receipt != "" {
				left += back.Fen
			}
		}
		if e.Counter == "" && left > 0 {
			e.Fen = left
			all = append(all, e)
		}
	}
	return all
}

// refund gives money back as an entry that counters another.
func (m *machine) refund(file agency.CaseFile) {
	open := refundable(file.Fees)
	var choices []Choice
	for i, e := range open {
		choices = append(choices, Choice{Code: fmt.Sprint(i), Label: zh(e.Name + " " + e.Receipt)})
	}
	m.askAmount("desk.ask.refund", choices, open[0].Fen, func(m *machine, chosen int, fen int64, _ string) {
		m.reason("desk.ask.refund-why", false, func(m *machine, reason string) {
			e := open[chosen]
			m.commitFee(file, casefile.FeeEntry{Name: e.Name, Fen: -fen, Method: e.Method, Counter: e.Receipt, Reason: reason, Payer: e.Payer})
		})
	})
}

// askAmount asks which one and how much in yuan; what cannot be read is asked again.
func (m *machine) askAmount(title string, choices []Choice, most int64, use func(m *machine, chosen int, fen int64, typed string)) {
	o := Overlay{
		Kind: overlayReason, Title: Message{Key: title, Args: map[string]any{"yuan": yuan(most)}}, Label: Message{Key: "desk.ask.yuan"},
		Choices: choices, Chosen: "0", Yes: Message{Key: "desk.ask.go-on"}, No: Message{Key: "desk.ask.no"},
	}
	var answer func(m *machine, a Answer)
	answer = func(m *machine, a Answer) {
		if !a.Yes {
			return
		}
		chosen := 0
		if at := slices.IndexFunc(choices, func(c Choice) bool { return c.Code == a.Chosen }); at >= 0 {
			chosen = at
		}
		fen, ok := readFen(a.Text)
		if !ok || fen <= 0 {
			o.Problem, o.Chosen = Message{Key: "desk.problem.money"}, choices[chosen].Code
			m.ask(o, answer)
			return
		}
		use(m, chosen, fen, a.Text)
	}
	m.ask(o, answer)
}

func (m *machine) commitFee(file agency.CaseFile, entry casefile.FeeEntry) {
	item, _ := m.options.Catalogue().Item(file.Submission.Item.Code)
	m.shift.list.busy = "fee"
	m.keep("fee", func(ctx context.Context, book Book) then {
		done, err := book.Fee(ctx, file.Number, entry, guide(item))
		return func(m *machine) {
			m.shift.list.busy = ""
			if err != nil {
				m.fail("fee", err)
				return
			}
			m.committed()
			m.say(Good, "desk.notice.fee", map[string]any{"receipt": done.Receipt, "yuan": yuan(done.Fen)})
			m.printFee(file, done, false)
			m.refresh()
		}
	})
}

func (f *money) draw() *FeesView {
	closing := f.closing()
	return &FeesView{
		Date: f.date, Days: slices.Clone(f.days), Lines: slices.Clone(f.lines), SumFen: f.sum(), Closing: closing, Open: closing == nil,
		Counted: f.counted, Reason: f.reason, Busy: f.busy, Problem: f.problem,
	}
}

// yuan writes fen as people read it: 12.50.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return fmt.Sprintf("%s%d.%02d", sign, fen/100, fen%100)
}
