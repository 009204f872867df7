package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/form"
	"bianmin/core/identity"
)

// repair files a refused case anew with what was entered, what the card said and what was
// scanned: a new draft that names the case it stands for.
func (m *machine) repair(file agency.CaseFile) {
	item, ok := m.options.Catalogue().Item(file.Submission.Item.Code)
	if !ok {
		m.say(Bad, "desk.problem.item-gone", nil)
		return
	}
	var values form.Values
	if err := json.Unmarshal(file.Submission.Values, &values); err != nil {
		m.fail("read the values of a case", err)
		return
	}
	m.leaveAccept()
	m.beginCase(item, nil, "")
	a := m.shift.accept
	if a == nil {
		return
	}
	a.previous = file.Number
	card := cardOf(file.Submission.Applicant)
	a.principal, a.env.Card = &card, &card
	a.values = a.checked.Prefill(a.env)
	a.mark(a.values, "")
	for name, value := range values {
		if _, known := a.checked.Field(name); known && !a.checked.Locked(name, a.env) {
			a.values[name], a.from[name] = value, "earlier"
		}
	}
	if d := file.Submission.Delegation; d != nil {
		delegate := cardOf(d.Delegate)
		a.absent, a.delegate, a.scope = true, &delegate, slices.Clone(d.Scope)
		a.setUntil(d.Until, m.today)
	}
	a.changed()
	m.say(Warn, "desk.notice.repair", map[string]any{"number": string(file.Number)})
	m.copyPages(a, file)
}

// cardOf is a card as a case's record says it was.
func cardOf(a casefile.Applicant) identity.Card {
	card := identity.Card{
		Kind: identity.Kind(a.CardKind), Name: a.Name, Number: a.Number, Sex: identity.Sex(a.Sex), Nation: identity.Nation(a.Nation), Address: a.Address,
		Issuer: a.Issuer, LongTerm: a.ValidTo == casefile.LongTerm, HasPUA: strings.ContainsFunc(a.Name, identity.PrivateUse),
	}
	for _, date := range []struct {
		from string
		to   *identity.Date
	}{{a.Birth, &card.Birth}, {a.ValidFrom, &card.ValidFrom}, {a.ValidTo, &card.ValidTo}} {
		if d, err := identity.ParseDate(date.from); err == nil {
			*date.to = d
		}
	}
	if raw, err := hex.DecodeString(a.RawText); err == nil {
		copy(card.Raw[:], raw)
	}
	return card
}

// copyPages gives a draft copies of what the case before it had scanned: a sealed file belongs to one case.
func (m *machine) copyPages(a *accept, file agency.CaseFile) {
	w, paper := m.shift, m.options.Paper
	a.busy = "scan"
	mark := m.mark()
	m.fx.start(slotScan, w, false, func(ctx context.Context, emit func(then)) then {
		var failed error
		for _, material := range file.Submission.Materials {
			for _, record := range material.Pages {
				p, err := copyPage(ctx, w, paper, file.Attachments, record, mark)
				if err != nil {
					failed = err
					continue
				}
				emit(func(m *machine) { m.addPage(a, materialKey(a.item().Code, material.Code), p) })
			}
		}
		return func(m *machine) {
			a.busy = ""
			if failed != nil {
				m.log.Warn("page not copied", "error", failed)
			}
		}
	})
}

func copyPage(ctx context.Context, w *shift, paper Paper, files []casefile.Attachment, record casefile.Page, mark string) (page, error) {
	at := slices.IndexFunc(files, func(f casefile.Attachment) bool { return f.Digest == record.Attachment })
	if at < 0 {
		return page{}, errNoCase
	}
	content, err := readAll(ctx, w.book, files[at])
	if err != nil {
		return page{}, err
	}
	defer func() { clear(content) }()
	if record.MediaType == pdf {
		document := content
		content, record.MediaType, err = unbound(paper, document, record.Number)
		clear(document)
		if err != nil {
			return page{}, fmt.Errorf("open a document: %w", err)
		}
		record.Number = 0
	}
	small, err := shrink(content, mark)
	if err != nil {
		return page{}, err
	}
	again, err := w.book.Attach(ctx, record.MediaType, content)
	if err != nil {
		return page{}, err
	}
	w.loose.add(again.Digest)
	record.Attachment = again.Digest
	return page{Record: record, attachment: again, thumbnail: small}, nil
}
