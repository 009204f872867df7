package journey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/receipt"
	"bianmin/core/text"
)

type (
	// corrected is what filing a correction came to.
	corrected struct {
		filed casefile.Filed
		err   error
	}
	// casesAgain is a new look at the person's cases while one of them is shown.
	casesAgain struct {
		list []casefile.Summary
		err  error
	}
)

func (corrected) event()  {}
func (casesAgain) event() {}

func (m *machine) correctEvent(event Event) bool {
	switch event := event.(type) {
	case CorrectCase:
		if m.screen == CaseDetail {
			m.correct()
		}
	case PrintNotice:
		if m.screen == CaseDetail {
			m.printNotice()
		}
	case corrected:
		m.correctionFiled(event)
	case casesAgain:
		m.casesSeen(event)
	default:
		return false
	}
	return true
}

// correct begins to answer what the office asks of the case that is shown.
func (m *machine) correct() {
	summary, _ := m.summary(m.cases.open)
	d, _ := m.newCorrection(summary)
	if d == nil || m.cases.byCode || m.cases.printing || m.refuses() {
		return
	}
	m.cases.note = Message{}
	if err := d.compile(); err != nil {
		m.log.Error("correction not begun", "error", err)
		m.cases.note = words(keyCannotPoint)
		return
	}
	m.draft = d
	d.fill(m.handed(), m.options.Place.Region, m.day())
	m.entered = true
	m.askReady()
	m.toForm()
}

// beforeForm is where the way back leads from the first question: to the card, or to the case that is corrected.
func (m *machine) beforeForm() {
	if m.draft.asked == nil {
		m.to(Confirm)
		return
	}
	m.endCorrection()
	m.to(CaseDetail)
}

// endCorrection forgets what was given for a correction and not filed.
func (m *machine) endCorrection() {
	m.fx.cancel(slotReady)
	m.dropPages()
	m.draft.wipe()
	m.draft = nil
}

// submitCorrection files the answer to the notice.
func (m *machine) submitCorrection() {
	d := m.draft
	correction, attachments, err := d.correction()
	if err != nil {
		m.notFiled(err)
		return
	}
	strokes := copied(d.strokes)
	m.to(Submitting)
	m.fx.keep(slotSubmit, m.fileCorrection(d.asked.number, correction, attachments, strokes, m.recorded()))
}

// fileCorrection signs and files, as file does.
func (m *machine) fileCorrection(number casefile.Number, correction casefile.Correction, attachments []casefile.Attachment, strokes []Stroke, at time.Time) work {
	filing := m.options.Filing
	return func(ctx context.Context, _ emit) Event {
		if err := filing.Able(ctx); err != nil {
			return corrected{err: fmt.Errorf("ready to file: %w", err)}
		}
		content, err := casefile.SignedCorrection(correction)
		if err != nil {
			return corrected{err: fmt.Errorf("signed content: %w", err)}
		}
		signature, err := sign(ctx, filing, content, strokes, at)
		if err != nil {
			return corrected{err: err}
		}
		correction.Signature = &signature.record
		all := append(attachments, signature.attachment)
		done, err := filing.Correct(ctx, number, correction, all)
		for i := range all {
			clear(all[i].Key[:])
		}
		if err != nil {
			m.forget(ctx, signature.attachment.Digest)
			return corrected{err: fmt.Errorf("correct: %w", err)}
		}
		return corrected{filed: done}
	}
}

// correction is what the person gave for each point, and the sealed files it names.
func (d *draft) correction() (casefile.Correction, []casefile.Attachment, error) {
	var answers []casefile.Answer
	var attachments []casefile.Attachment
	values := form.Values{}
	if d.checked != nil {
		values = d.checked.Final(d.values)
	}
	given := map[string]bool{}
	for _, point := range d.asked.notice.Notice.Points {
		answer := casefile.Answer{Point: point}
		switch {
		case point.Field != "":
			answer.Value = values[point.Name()]
		case !given[point.Material]: // two points about one paper are answered by the same pages
			given[point.Material] = true
			for _, p := range d.give(point.Material).pages {
				answer.Pages = append(answer.Pages, p.record)
				attachments = append(attachments, p.attachment)
			}
		}
		answers = append(answers, answer)
	}
	c, err := casefile.CorrectionOf(d.asked.notice.ID, answers, d.paper)
	return c, attachments, err
}

// paper is a material to be given again; what was filed of it cannot be read here, so it is given whole.
func (d *draft) paper(code string) casefile.Material {
	m := casefile.Material{Code: code, Name: code, Way: casefile.Scanned, Trust: trustScanned}
	for _, material := range d.asked.materials {
		if material.Code == code {
			m.Name = material.Name.In(text.Chinese)
		}
	}
	return m
}

func (m *machine) correctionFiled(done corrected) {
	m.active()
	d := m.draft
	switch {
	case errors.Is(done.err, casefile.ErrNotAsked):
		m.log.Warn("correction not asked for any more", "number", string(d.asked.number))
		m.endCorrection()
		m.cases.note = words(keyNotAsked)
		m.to(CaseDetail)
		m.lookAgain()
		return
	case done.err != nil:
		m.notFiled(done.err)
		return
	}
	m.log.Info("correction filed", "number", string(done.filed.Number))
	m.filed = &filed{Filed: done.filed, item: d.item, set: d.set, official: d.asked.official, corrected: d.askedNames()}
	m.filed.QR = d.asked.qr
	m.served = true
	for _, g := range d.given {
		g.pages = nil // they belong to the case now
	}
	d.wipe()
	m.draft, m.cases = nil, cases{}
	m.to(Done)
	m.printReceipt()
	m.watchDelivery()
}

// askedNames are what was asked for, each once, for the receipt.
func (d *draft) askedNames() []text.Local {
	var names []text.Local
	for _, point := range d.asked.notice.Notice.Points {
		name := pointName(d.item, point)
		if !slices.ContainsFunc(names, func(n text.Local) bool { return n.In(text.Chinese) == name.In(text.Chinese) }) {
			names = append(names, name)
		}
	}
	return names
}

// correctedSlip is the receipt of a correction.
func (m *machine) correctedSlip(f *filed) receipt.Slip {
	at, exact := f.Event.At.Moment()
	return receipt.Slip{
		Lang: m.look.lang, Number: f.Number, QR: f.QR, Point: f.Event.Point, Filed: at, FiledDay: !exact, Official: f.official,
		Item: f.item.Name.In(m.look.lang), Person: m.person.card.Name, Department: f.item.Department.Name.In(m.look.lang),
		Inquiry: f.item.Contact.Inquiry, Complaint: f.item.Contact.Complaint,
	}
}

// lookAgain looks at the person's cases anew.
func (m *machine) lookAgain() {
	filing, card := m.options.Filing, m.handed()
	m.fx.launch(slotCases, func(ctx context.Context, _ emit) Event {
		list, err := filing.Cases(ctx, card)
		return casesAgain{list: list, err: err}
	})
}

func (m *machine) casesSeen(seen casesAgain) {
	if seen.err != nil {
		m.log.Warn("cases not looked at again", "error", seen.err)
		return
	}
	if m.screen == CaseDetail || m.screen == MyCases {
		m.cases.list = seen.list
	}
}

// drawCorrectionReview shows of each thing asked for what the office said and what the person gives now.
func (m *machine) drawCorrectionReview() []ReviewLine {
	d := m.draft
	lines := []ReviewLine{
		{Label: words(keyReviewItem), Values: []text.Local{d.item.Name}},
		{Label: words(keyCorrectNumber), Value: string(d.asked.number)},
	}
	if d.checked != nil {
		for _, field := range d.checked.Visible(d.values) {
			line := m.reviewLine(field, d.values[field.Name])
			line.Title, line.FromCard = field.Label, d.checked.Locked(field.Name, d.env)
			line.Said = d.asked.said(func(p casefile.NoticePoint) bool { return p.Name() == field.Name })
			if !line.FromCard {
				line.Edit = field.Name
			}
			lines = append(lines, line)
		}
	}
	for _, material := range d.asked.materials {
		lines = append(lines, ReviewLine{
			Label: words(keyReviewPapers), Edit: editMaterials,
			Words: []Message{{Key: keyReviewPages, Args: map[string]any{"name": material.Name, "n": len(d.give(material.Code).pages)}}},
			Said:  d.asked.said(func(p casefile.NoticePoint) bool { return p.Field == "" && p.Material == material.Code }),
		})
	}
	return lines
}
