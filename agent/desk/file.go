package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers"
)

const slotFile slot = "file"

// filed is what came of filing.
type filed struct {
	first    casefile.Filed
	siblings []casefile.Number
	print    string
	fault    drivers.Fault
	copied   string
}

// filing is everything a filing needs, made before it begins: the draft may not change meanwhile.
type filing struct {
	parts []filingPart
	loose *loose
	paper Paper
	saver *saver
	visit string
	place string
	party string
}

// filingPart is one item's case.
type filingPart struct {
	draft      agency.Draft // of this part alone
	submission casefile.Submission
	files      []casefile.Attachment
	shared     []casefile.Attachment // pages of the authorisation: every further case gets copies
	originals  []casefile.Paper
	documents  []int // materials of the submission whose pages become one document
}

// file accepts the case when nothing is missing.
func (m *machine) file(a *accept) {
	a.asked = true
	if !m.mayWrite() {
		return
	}
	if missing := m.missing(a); len(missing) > 0 {
		a.focus = m.firstProblem(a)
		m.say(Warn, "desk.notice.missing", map[string]any{"n": len(missing)})
		return
	}
	f, err := m.filing(a)
	if err != nil {
		m.fail("write the case", err)
		return
	}
	a.busy = "file"
	office := m.options.Office
	m.keep(slotFile, func(ctx context.Context, book Book) then {
		done, err := f.file(ctx, office, book)
		return func(m *machine) { m.filedCase(a, done, err) }
	})
}

// firstProblem is the field that takes the keyboard.
func (m *machine) firstProblem(a *accept) string {
	if problems := a.problems(); len(problems) > 0 {
		return problems[0].Field
	}
	for path := range a.wrong {
		return path
	}
	return ""
}

func (m *machine) filing(a *accept) (*filing, error) {
	f := &filing{loose: &m.shift.loose, paper: m.options.Paper, saver: a.saver, visit: a.visit, place: m.options.Place.Name, party: a.principal.Name}
	if a.absent && a.delegate != nil {
		f.party = a.delegate.Name
	}
	for i := range a.items {
		part, err := m.part(a, i)
		if err != nil {
			return nil, err
		}
		f.parts = append(f.parts, part)
	}
	return f, nil
}

// part makes one item's case, and a draft of it alone, so that what a power cut
// leaves of a package can be filed by itself.
func (m *machine) part(a *accept, i int) (filingPart, error) {
	values, err := json.Marshal(a.own(i))
	if err != nil {
		return filingPart{}, fmt.Errorf("write values: %w", err)
	}
	item := a.items[i]
	p := filingPart{submission: casefile.Submission{
		Item: m.itemRef(a, i), Applicant: casefile.ApplicantOf(*a.principal), Values: values, Package: a.pack, Previous: a.previous,
	}}
	a.fillMaterials(&p, i, m.shift.account.ID)
	if d := m.delegation(a); d != nil {
		d.Item = item.Code
		p.submission.Delegation = d
		for _, page := range a.auth {
			p.shared = append(p.shared, page.attachment)
		}
	}
	return p, m.ownDraft(a, i, &p)
}

// itemRef names an item with the versions the case was begun under.
func (m *machine) itemRef(a *accept, i int) casefile.ItemRef {
	item := a.items[i]
	return casefile.ItemRef{
		Code: item.Code, Name: item.Name.In(text.Chinese), Version: item.Version, CatalogueVersion: a.version,
		Department: item.Department.CreditCode, DepartmentName: item.Department.Name.In(text.Chinese), PromisedDays: item.Limits.Promised,
	}
}

func (m *machine) ownDraft(a *accept, i int, p *filingPart) error {
	alone := *a
	alone.items, alone.forms, alone.checked = a.items[i:i+1], a.forms[i:i+1], a.forms[i]
	alone.values, alone.pack = a.own(i), ""
	alone.given = map[string]*given{}
	for _, line := range a.materials() {
		if g := a.given[line.key]; g != nil && line.item == i {
			alone.given[line.key] = g
		}
	}
	if i > 0 {
		fresh, err := newAccept(a.version)
		if err != nil {
			return err
		}
		alone.id, alone.auth, alone.visit = fresh.id, nil, ""
	}
	draft, err := alone.content()
	draft.Saved = m.options.Now()
	p.draft = draft
	return err
}

// fillMaterials puts in what is given, promised, and left for later.
func (a *accept) fillMaterials(p *filingPart, item int, account string) {
	var covers []string
	for _, line := range a.materials() {
		if line.item != item {
			continue
		}
		way, g := a.way(line), a.given[line.key]
		if until := a.later(line); until != "" {
			p.submission.Later = append(p.submission.Later, casefile.LaterMaterial{Code: line.Code, Until: until})
		}
		if g != nil && g.Original {
			p.originals = append(p.originals, casefile.Paper{Name: line.Name.In(text.Chinese), Material: line.Code, Count: max(len(g.Pages), 1)})
		}
		if way == "" {
			continue
		}
		given := casefile.Material{Code: line.Code, Name: line.Name.In(text.Chinese), Way: way}
		switch way {
		case casefile.Scanned:
			given.Trust = g.trust()
			if g.Confirmed {
				given.ConfirmedBy, given.ConfirmedAt = account, g.At
			}
			for _, page := range g.Pages {
				given.Pages = append(given.Pages, page.Record)
				p.files = append(p.files, page.attachment)
			}
			if line.Document {
				p.documents = append(p.documents, len(p.submission.Materials))
			}
		case casefile.Promised:
			covers = append(covers, line.Code)
		}
		p.submission.Materials = append(p.submission.Materials, given)
	}
	if len(covers) > 0 {
		letter := a.items[item].Promise
		p.submission.Promise = &casefile.Promise{Text: promiseText(a.items[item]), Covers: covers, Deadline: letter.Deadline}
	}
}

// filingResult is what filing came to: the cases, and what could not be noted about them.
type filingResult struct {
	filed []casefile.Filed
	files map[string]bool // digests that are named by the filed cases
	after error
}

// file files every part. A further part's draft is on disk before the first case
// is filed: nothing of a package is lost in between, and nothing is filed twice.
func (f *filing) file(ctx context.Context, office Office, book Book) (filingResult, error) {
	done := filingResult{files: map[string]bool{}}
	if err := office.Able(ctx); err != nil {
		return done, fmt.Errorf("ready to file: %w", err)
	}
	if len(f.parts) > 1 {
		if err := f.divide(ctx, book); err != nil {
			return done, err
		}
	}
	for i := range f.parts {
		p := &f.parts[i]
		for _, earlier := range done.filed {
			p.submission.Siblings = append(p.submission.Siblings, earlier.Number)
		}
		one, err := f.submit(ctx, book, p, i == 0)
		if err != nil {
			return done, fmt.Errorf("submit: %w", err)
		}
		done.filed = append(done.filed, one)
		for _, file := range append(slices.Clone(p.files), p.shared...) {
			done.files[file.Digest] = true
		}
		done.after = errors.Join(done.after, f.note(ctx, book, one.Number, p, i == 0))
	}
	return done, nil
}

// divide makes a draft of every part, with pages of its own.
func (f *filing) divide(ctx context.Context, book Book) error {
	for i := range f.parts {
		p := &f.parts[i]
		if i > 0 {
			if err := p.copyShared(ctx, book, f.loose); err != nil {
				return err
			}
		}
	}
	for i := len(f.parts) - 1; i >= 0; i-- { // the whole draft is cut down last
		if err := book.SaveDraft(ctx, f.parts[i].draft); err != nil {
			return fmt.Errorf("divide a package's draft: %w", err)
		}
	}
	return nil
}

// copyShared gives a part its own copies of the authorisation's pages: a sealed file belongs to one case.
func (p *filingPart) copyShared(ctx context.Context, book Book, loose *loose) error {
	for i, file := range p.shared {
		content, err := readAll(ctx, book, file)
		if err != nil {
			return err
		}
		again, err := book.Attach(ctx, file.MediaType, content)
		clear(content)
		if err != nil {
			return fmt.Errorf("copy authorisation: %w", err)
		}
		loose.add(again.Digest)
		p.shared[i] = again
		d := *p.submission.Delegation
		d.Pages = slices.Clone(d.Pages)
		d.Pages[i].Attachment = again.Digest
		p.submission.Delegation = &d
	}
	return nil
}

func (f *filing) submit(ctx context.Context, book Book, p *filingPart, first bool) (casefile.Filed, error) {
	var one casefile.Filed
	submit := func() (err error) {
		one, err = book.Submit(ctx, p.submission, append(slices.Clone(p.files), p.shared...), p.draft.ID)
		if err == nil {
			f.loose.settle(p.shared...)
			f.loose.settle(p.files...)
		}
		return err
	}
	if err := f.bind(ctx, book, p); err != nil {
		return one, err
	}
	var err error
	if first {
		err = f.saver.end(submit)
	} else {
		err = submit()
	}
	return one, err
}

// note adds what belongs to the case: originals taken in, the visit that was kept.
func (f *filing) note(ctx context.Context, book Book, number casefile.Number, p *filingPart, first bool) error {
	var problems error
	if len(p.originals) > 0 {
		for i := range p.originals {
			p.originals[i].ID = fmt.Sprintf("%s/%d", number, i+1)
		}
		move := casefile.PaperMove{Step: casefile.PaperReceived, Papers: p.originals, Party: f.party, Place: f.place}
		_, err := book.Add(ctx, number, casefile.Papers, casefile.Event{Papers: &move}, nil)
		problems = errors.Join(problems, err)
	}
	if p.submission.Delegation != nil { // the receipt's code lets the person rate it later, at any terminal
		unrated := casefile.Unrated{Why: "not-offered", Reason: "absent"}
		_, err := book.Add(ctx, number, casefile.Unevaluated, casefile.Event{Unrated: &unrated}, nil)
		problems = errors.Join(problems, err)
	}
	if f.visit != "" && first {
		visit := casefile.Visit{Appointment: f.visit, Outcome: "done"}
		_, err := book.Add(ctx, number, casefile.Visited, casefile.Event{Visit: &visit}, nil)
		problems = errors.Join(problems, err)
	}
	return problems
}

// filedCase tells what was filed and prints its receipts; what was not filed stays a draft.
func (m *machine) filedCase(a *accept, done filingResult, err error) {
	a.busy = ""
	if len(done.filed) == 0 {
		m.fail("file", err)
		return
	}
	m.committed()
	first := done.filed[0]
	m.log.Info("cases filed", "number", string(first.Number), "cases", len(done.filed))
	f := &filed{first: first, print: stageNone, copied: stageNone}
	for _, other := range done.filed[1:] {
		f.siblings = append(f.siblings, other.Number)
	}
	a.filed, a.dirty = f, false
	for _, digest := range a.doomed {
		m.dropFile(digest)
	}
	for _, p := range a.allPages() { // of materials that were not needed in the end
		if err == nil && !done.files[p.attachment.Digest] {
			m.dropFile(p.attachment.Digest)
		}
	}
	m.say(Good, "desk.notice.filed", map[string]any{"number": string(first.Number)})
	switch {
	case err != nil:
		m.fail("file the rest of a package", err)
		m.say(Bad, "desk.notice.package-part", map[string]any{"n": len(a.items) - len(done.filed)})
	case done.after != nil:
		m.fail("note what belongs to a case", done.after)
	}
	for i, one := range done.filed {
		m.printReceipt(one, a.items[i], false, f)
	}
	m.printCopies(a, done.filed, f)
	m.choose(first.Number) // what may be done next is done with it
	m.loadCounts()
}

// printReceipt prints a case's receipt. Nothing is printed before the case is committed.
func (m *machine) printReceipt(one casefile.Filed, item *catalogue.Item, reprint bool, shown *filed) {
	slip := receipt.FromFiled(m.lang, one, item)
	m.complete(&slip, reprint)
	j := m.strip(agency.PrintJob{Kind: jobReceipt, Case: one.Number, Item: item.Code, Reprint: reprint}, receipt.Receipt(slip))
	j.again = func(m *machine) { m.printReceipt(one, item, true, shown) }
	j.ended = func(_ *machine, stage string, f drivers.Fault) { shown.print, shown.fault = stage, f }
	m.print(j)
}

// complete adds to a slip what only the desk knows.
func (m *machine) complete(slip *receipt.Slip, reprint bool) {
	if slip.Point == "" {
		slip.Point = m.options.Place.Name
	}
	slip.Words, slip.Phone, slip.Reprint = m.options.Words, m.options.Place.Phone, reprint
	slip.Demo = m.paperDesk(reprint).Practice // paper of practice says that it counts for nothing
	slip.Printed, slip.PrintedDay = m.today, true
}

func (f *filed) draw() *FiledView {
	return &FiledView{Number: f.first.Number, Siblings: slices.Clone(f.siblings), Print: f.print, Fault: f.fault, Copy: f.copied}
}
