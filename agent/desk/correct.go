package desk

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"bianmin/core/agency"
	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
)

// fixing is the repair of what one correction notice lists, on the same case.
type fixing struct {
	file   agency.CaseFile
	accept *accept // the case's form with its values, for reading what is typed
	points []fixPoint
	free   bool // of another terminal's case: its notice is not known here, what is answered counts
	busy   string
	filed  bool
}

// fixPoint is one point of the notice with its answer.
type fixPoint struct {
	point casefile.NoticePoint
	value bool   // the field was entered again
	pages []page // the material's pages scanned again
}

func (m *machine) correctEvent(w *shift, event Event) bool {
	switch event.(type) {
	case PointField, PointScan, Resubmit:
	default:
		return false
	}
	f := w.fixing
	if m.page != Correct || f == nil || f.busy != "" || f.filed {
		return true
	}
	switch event := event.(type) {
	case PointField:
		m.pointField(f, event.Point, event.Text)
	case PointScan:
		m.pointScan(f, event.Point)
	case Resubmit:
		m.resubmit(f)
	}
	return true
}

// openCorrect opens the correction page: the whole notice as one list.
func (m *machine) openCorrect(file agency.CaseFile) {
	if err := m.allowed(file, agency.ScopeCorrect); err != nil {
		m.fail("correct", err)
		return
	}
	a, err := m.formOf(file)
	if err != nil {
		m.fail("open the form of a case", err)
		return
	}
	f := &fixing{file: file, accept: a, free: file.Notice == nil}
	points := freePoints(a)
	if !f.free {
		points = file.Notice.Points
	}
	for _, point := range points {
		f.points = append(f.points, fixPoint{point: point})
	}
	m.shift.fixing = f
	m.above(Correct)
}

// freePoints are all that could be corrected: the notice the person holds says what must be.
func freePoints(a *accept) []casefile.NoticePoint {
	var points []casefile.NoticePoint
	for _, page := range a.item().Form.Pages {
		for _, field := range page.Fields {
			if field.Prefill == "" && field.Kind != form.KindTable {
				points = append(points, casefile.NoticePoint{ID: "field." + field.Name, Field: field.Name, Text: field.Label.In(text.Chinese)})
			}
		}
	}
	for _, material := range a.item().Materials {
		if material.Source == catalogue.SourcePerson {
			points = append(points, casefile.NoticePoint{ID: "material." + material.Code, Material: material.Code, Text: material.Name.In(text.Chinese)})
		}
	}
	return points
}

// formOf makes a case's form again with its values; an item the catalogue no longer
// has leaves only the materials.
func (m *machine) formOf(file agency.CaseFile) (*accept, error) {
	set := m.options.Catalogue()
	item, ok := set.Item(file.Submission.Item.Code)
	if !ok {
		return nil, errNoCase
	}
	a, err := newAccept(set.Version)
	if err == nil {
		err = a.bind([]*catalogue.Item{item})
	}
	if err != nil {
		return nil, err
	}
	m.equip(a)
	var values form.Values
	if len(file.Submission.Values) > 0 {
		if err := json.Unmarshal(file.Submission.Values, &values); err != nil {
			return nil, err
		}
	}
	for name, value := range values {
		a.values[name] = value
	}
	return a, nil
}

func (f *fixing) at(id string) *fixPoint {
	if i := slices.IndexFunc(f.points, func(p fixPoint) bool { return p.point.ID == id }); i >= 0 {
		return &f.points[i]
	}
	return nil
}

func (m *machine) pointField(f *fixing, id, typed string) {
	p := f.at(id)
	if p == nil || p.point.Field == "" {
		return
	}
	m.typeInto(f.accept, p.point.Field, typed)
	p.value = strings.TrimSpace(typed) != "" && !f.wrongAt(p.point.Field)
}

func (f *fixing) wrongAt(path string) bool {
	if _, wrong := f.accept.wrong[path]; wrong {
		return true
	}
	return len(f.accept.checked.ProblemsOf(path, f.accept.values, f.accept.env)) > 0
}

// pointScan scans a page of the material that a point asks for.
func (m *machine) pointScan(f *fixing, id string) {
	p := f.at(id)
	if p == nil || p.point.Material == "" || len(p.pages) >= maxPages {
		return
	}
	f.busy = "scan"
	m.scanOne(shot{left: func(*machine) { f.busy = "" }, more: func() bool { return len(p.pages) < maxPages }, use: func(m *machine, scanned page, err error) {
		if err != nil {
			m.fail("scan", err)
			return
		}
		if m.shift.fixing != f { // the page was left meanwhile
			m.dropFile(scanned.attachment.Digest)
			return
		}
		f.accept.pages++
		scanned.ID = "p" + strconv.Itoa(f.accept.pages)
		p.pages = append(slices.Clone(p.pages), scanned)
	}})
}

func (p fixPoint) answered() bool { return p.value || len(p.pages) > 0 }

func (f *fixing) ready() bool {
	if f.free {
		return slices.ContainsFunc(f.points, fixPoint.answered)
	}
	return len(f.points) > 0 && !slices.ContainsFunc(f.points, func(p fixPoint) bool { return !p.answered() })
}

// resubmit files the correction on the same case: only what was asked for.
func (m *machine) resubmit(f *fixing) {
	if !m.mayWrite() {
		return
	}
	if !f.ready() {
		m.say(Warn, "desk.problem.points-open", nil)
		return
	}
	c, files, err := f.correction()
	if err != nil {
		m.fail("write values", err)
		return
	}
	f.busy = "file"
	m.addOr(f.file.Number, casefile.Corrected, casefile.Event{Correction: &c}, files, func(m *machine) {
		f.filed = true
		if m.shift.fixing == f {
			m.shift.fixing = nil
			m.to(Corrections)
		}
	}, func(*machine) { f.busy = "" })
}

// correction is what answers the notice, and every file it names.
func (f *fixing) correction() (casefile.Correction, []casefile.Attachment, error) {
	var answers []casefile.Answer
	var files []casefile.Attachment
	final := f.accept.checked.Final(f.accept.values)
	for _, p := range f.points {
		if !p.answered() {
			continue
		}
		answer := casefile.Answer{Point: p.point}
		if name := p.point.Name(); name != "" {
			if answer.Value = final[name]; answer.Value == nil { // shown on a condition that is not known here
				answer.Value = f.accept.values[name]
			}
		}
		for _, scanned := range p.pages {
			answer.Pages = append(answer.Pages, scanned.Record)
			files = append(files, scanned.attachment)
		}
		answers = append(answers, answer)
	}
	c, err := casefile.CorrectionOf(f.file.NoticeID, answers, f.before)
	return c, append(files, f.kept(c.Materials)...), err
}

// kept are the files of pages that stay as they were: an event goes out with every file it names.
func (f *fixing) kept(given []casefile.Material) []casefile.Attachment {
	var files []casefile.Attachment
	for _, had := range f.file.Attachments {
		named := func(p casefile.Page) bool { return p.Attachment == had.Digest }
		if slices.ContainsFunc(given, func(m casefile.Material) bool { return slices.ContainsFunc(m.Pages, named) }) {
			files = append(files, had)
		}
	}
	return files
}

// before is a material as the case has it, to be given again.
func (f *fixing) before(code string) casefile.Material {
	g := casefile.Material{Code: code, Name: code, Way: casefile.Scanned, Trust: casefile.TrustUnverified}
	for _, had := range f.file.Submission.Materials {
		if had.Code == code {
			g.Name, g.Pages = had.Name, slices.Clone(had.Pages)
		}
	}
	for _, material := range f.accept.item().Materials {
		if material.Code == code && g.Name == code {
			g.Name = material.Name.In("zh")
		}
	}
	return g
}

// leaveCorrect drops what was scanned and not filed.
func (m *machine) leaveCorrect() {
	f := m.shift.fixing
	if f == nil {
		return
	}
	if !f.filed && f.busy != "file" {
		for _, p := range f.points {
			for _, scanned := range p.pages {
				m.dropFile(scanned.attachment.Digest)
			}
		}
	}
	m.shift.fixing = nil
}

func (m *machine) drawCorrect(f *fixing) *CorrectView {
	v := &CorrectView{Case: f.file, Ready: f.ready(), Busy: f.busy, Filed: f.filed}
	views := f.accept.fieldViews(m.options.Catalogue(), m.lang)
	for _, p := range f.points {
		point := PointView{Point: p.point, Name: m.pointName(f.file, p.point), Answered: p.answered()}
		if p.point.Field != "" {
			if i := slices.IndexFunc(views, func(each FieldView) bool { return each.Field.Name == root(p.point.Field) }); i >= 0 {
				view := views[i]
				point.Field = &view
			}
		}
		if p.point.Material != "" {
			had := f.before(p.point.Material)
			point.Material = &MaterialView{
				Material: catalogue.Material{Code: had.Code, Name: zh(had.Name), Source: catalogue.SourcePerson}, Way: had.Way,
				Trust: casefile.TrustUnverified, Pages: pageViews(p.pages, casefile.TrustUnverified), Needed: true,
			}
		}
		v.Points = append(v.Points, point)
	}
	return v
}
