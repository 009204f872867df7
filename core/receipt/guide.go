package receipt

import (
	"fmt"
	"strings"
	"time"

	"bianmin/core/catalogue"
	"bianmin/core/text"
)

// GuideSlip is what a print-out of an item's guide says beside the item itself.
type GuideSlip struct {
	Lang      text.Lang
	Words     *text.Catalog // required: everything below "receipt.guide."
	Point     string
	Published string    // date of the catalogue, YYYY-MM-DD
	Printed   time.Time // zero prints none
	// PrintedDay says that only the date of Printed is known: no time of day is printed.
	PrintedDay bool
}

// Guide lays out an item's whole guide (办事指南), every field that the item has
// and nothing it has not: what to bring first, the law last.
func Guide(g GuideSlip, item *catalogue.Item) Document {
	w := speaker{g.Lang, g.Words}
	p := guidePrinter{speaker: w, Document: Document{Title: w.say("receipt.guide.title", nil)}, item: item}
	p.head(w.say("receipt.guide.title", nil), g.Point)
	p.add(Block{Kind: Rule}, Block{Kind: Text, Text: item.Name.In(g.Lang), Size: 2, Bold: true})
	p.about()
	p.materials()
	p.conditions()
	p.limits()
	p.fees()
	p.process()
	p.rest()
	p.law()
	p.add(Block{Kind: Rule})
	p.pair(w.say("receipt.guide.inquiry", nil), item.Contact.Inquiry)
	p.pair(w.say("receipt.guide.complaint", nil), item.Contact.Complaint)
	p.text(w.say("receipt.guide.version", args{"version": item.Version, "date": g.Published}), Left)
	if !g.Printed.IsZero() {
		p.text(w.say("receipt.guide.printed", args{"time": w.moment(g.Printed, g.PrintedDay)}), Left)
	}
	return p.Document
}

type guidePrinter struct {
	speaker
	Document
	item *catalogue.Item
}

func (p *guidePrinter) in(l text.Local) string { return l.In(p.lang) }

func (p *guidePrinter) about() {
	it := p.item
	p.pair(p.say("receipt.guide.department", nil), p.in(it.Department.Name))
	var partners []string
	for _, d := range it.Partners {
		partners = append(partners, p.in(d.Name))
	}
	p.pair(p.say("receipt.guide.partners", nil), p.join(partners))
	var audience []string
	for _, a := range it.Audience {
		audience = append(audience, p.known("receipt.audience.", a))
	}
	p.pair(p.say("receipt.guide.audience", nil), p.join(audience))
	p.pair(p.say("receipt.guide.type", nil), p.in(it.Type.Name))
	p.pair(p.say("receipt.guide.level", nil), p.known("receipt.level.", it.Level))
	p.pair(p.say("receipt.guide.code", nil), it.Code)
	if it.CrossRegion {
		p.text(p.say("receipt.guide.cross-region", nil), Left)
	}
}

func (p *guidePrinter) begin(key string) {
	p.add(Block{Kind: Rule})
	p.section(p.say(key, nil))
}

func (p *guidePrinter) materials() {
	p.begin("receipt.guide.materials")
	if len(p.item.Materials) == 0 {
		p.text(p.say("receipt.guide.no-materials", nil), Left)
	}
	for i, m := range p.item.Materials {
		name := fmt.Sprintf("%d. %s", i+1, p.in(m.Name))
		if m.Optional {
			name += "（" + p.say("receipt.guide.optional", nil) + "）"
		}
		p.text(name, Left)
		p.text(indent(p.join(p.materialFacts(m))), Left)
		for _, line := range []string{p.in(m.Needed), p.in(m.Filling)} {
			p.text(indent(line), Left)
		}
		if issuer := p.in(m.Issuer); issuer != "" {
			p.text(indent(p.say("receipt.guide.issuer", args{"name": issuer})), Left)
		}
		if m.Basis != "" {
			p.text(indent(p.say("receipt.guide.basis", args{"basis": m.Basis})), Left)
		}
	}
}

func (p *guidePrinter) materialFacts(m catalogue.Material) []string {
	facts := []string{p.known("receipt.guide.source.", string(m.Source))}
	if m.Source == catalogue.SourcePerson {
		facts = append(facts, p.known("receipt.guide.format.", m.Format), p.known("receipt.guide.original.", m.Original))
		if m.Copies > 0 {
			facts = append(facts, p.say("receipt.guide.copies", args{"count": m.Copies}))
		}
		if m.Seal != "none" {
			facts = append(facts, p.known("receipt.guide.seal.", m.Seal))
		}
	}
	if m.Later > 0 {
		facts = append(facts, p.say("receipt.guide.later", args{"days": m.Later}))
	}
	if m.Promise {
		facts = append(facts, p.say("receipt.guide.promise-ok", nil))
	}
	return facts
}

func (p *guidePrinter) conditions() {
	if len(p.item.Conditions) == 0 {
		return
	}
	p.begin("receipt.guide.conditions")
	p.numbered(p.all(p.item.Conditions))
}

func (p *guidePrinter) limits() {
	p.begin("receipt.guide.limits")
	p.pair(p.say("receipt.guide.promised", nil), p.days(p.item.Limits.Promised))
	p.pair(p.say("receipt.guide.statutory", nil), p.days(p.item.Limits.Statutory))
	p.text(p.in(p.item.Limits.Note), Left)
}

func (p *guidePrinter) fees() {
	p.begin("receipt.guide.fees")
	if len(p.item.Fees) == 0 {
		p.text(p.say("receipt.guide.free", nil), Left)
	}
	for _, f := range p.item.Fees {
		p.pair(p.in(f.Name), p.say("receipt.guide.yuan", args{"yuan": fmt.Sprintf("%d.%02d", f.Fen/100, f.Fen%100)}))
		if f.Basis != "" {
			p.text(indent(p.say("receipt.guide.basis", args{"basis": f.Basis})), Left)
		}
	}
}

func (p *guidePrinter) process() {
	if len(p.item.Steps) == 0 {
		return
	}
	p.begin("receipt.guide.steps")
	for i, s := range p.item.Steps {
		p.text(fmt.Sprintf("%d. %s", i+1, p.in(s.Name)), Left)
		p.text(indent(p.in(s.Text)), Left)
		facts := []string{p.in(s.By)}
		if s.Days > 0 {
			facts = append(facts, p.days(s.Days))
		}
		p.text(indent(p.join(facts)), Left)
	}
}

func (p *guidePrinter) rest() {
	it := p.item
	if len(it.Channels) > 0 {
		p.begin("receipt.guide.channels")
		for _, c := range it.Channels {
			p.text(p.in(c.Name), Left)
			p.text(indent(p.join([]string{p.in(c.Place), p.in(c.Hours)})), Left)
		}
	}
	var ways []string
	for _, d := range it.Delivery {
		ways = append(ways, p.known("receipt.guide.delivery-by.", d))
	}
	p.titled("receipt.guide.delivery", p.join(ways))
	p.titled("receipt.guide.result", p.in(it.Result))
	if it.Promise != nil {
		p.titled("receipt.guide.promise", p.in(it.Promise.Text))
		p.text(p.days(it.Promise.Deadline), Left)
		p.text(p.in(it.Promise.Breach), Left)
	}
	if len(it.Notes) > 0 {
		p.begin("receipt.guide.notes")
		p.numbered(p.all(it.Notes))
	}
	if len(it.Questions) > 0 {
		p.begin("receipt.guide.questions")
		for _, q := range it.Questions {
			p.text("· "+p.in(q.Ask), Left)
			p.text(indent(p.in(q.Answer)), Left)
		}
	}
}

func (p *guidePrinter) law() {
	if len(p.item.LegalBasis) == 0 {
		return
	}
	p.begin("receipt.guide.legal")
	for _, b := range p.item.LegalBasis {
		p.text(strings.TrimSpace("《"+b.Title+"》"+b.Number+" "+b.Article), Left)
		p.text(indent(b.Text), Left)
	}
}

func (p *guidePrinter) titled(key, body string) {
	if body != "" {
		p.begin(key)
		p.text(body, Left)
	}
}

func (p *guidePrinter) days(n int) string {
	if n == 0 {
		return p.say("receipt.guide.at-once", nil)
	}
	return p.say("receipt.guide.days", args{"days": n})
}

func (p *guidePrinter) all(locals []text.Local) []string {
	var out []string
	for _, l := range locals {
		out = append(out, p.in(l))
	}
	return out
}

// join puts short facts on one line and leaves out empty ones.
func (p *guidePrinter) join(facts []string) string {
	comma := ", "
	if p.lang == text.Chinese {
		comma = "，"
	}
	var some []string
	for _, f := range facts {
		if f != "" {
			some = append(some, f)
		}
	}
	return strings.Join(some, comma)
}

// indent marks a line as belonging to the one above; nothing stays nothing.
func indent(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s
}
