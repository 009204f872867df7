package journey

import (
	"slices"
	"strconv"
	"strings"

	"bianmin/core/form"
)

func (m *machine) formEvent(event Event) bool {
	switch event.(type) {
	case Answer, AddRow, EditRow, RemoveRow, RegionUp, Edit:
	default:
		return false
	}
	if m.draft == nil {
		return true
	}
	switch event := event.(type) {
	case Edit:
		if m.screen == Review {
			m.edit(event.What)
		}
		return true
	case Answer:
		if m.screen == Question {
			m.answer(event.Value)
		}
	case AddRow:
		m.beginRow(0)
	case EditRow:
		m.beginRow(event.Row)
	case RemoveRow:
		m.removeRow(event.Row)
	case RegionUp:
		if m.screen == Question {
			m.regionUp()
		}
	}
	return true
}

// toForm shows the first question, or what comes after the form when there is none.
func (m *machine) toForm() {
	questions := m.draft.questions()
	if len(questions) == 0 {
		m.afterForm()
		return
	}
	m.ask(questions[0].Name)
}

// ask shows one question.
func (m *machine) ask(name string) {
	d := m.draft
	d.at, d.raw, d.table = name, nil, table{}
	d.regions = d.regionPath()
	if m.screen != Question {
		m.to(Question)
	}
}

// path names the value that is asked: a field's, or a cell's while a row is edited.
func (d *draft) path() string {
	if d.table.row == 0 {
		return d.at
	}
	return d.at + "." + strconv.Itoa(d.table.row) + "." + d.table.column
}

// field is what is asked: the field, or the column while a row is edited.
func (d *draft) field() form.Field {
	field, _ := d.checked.Field(d.fieldName())
	return field
}

// fieldName names the field that is asked, or table and column while a row is edited.
func (d *draft) fieldName() string {
	if d.table.row == 0 {
		return d.at
	}
	return d.at + "." + d.table.column
}

// value is the value that is asked, as it is kept.
func (d *draft) value() any {
	if d.table.row == 0 {
		return d.values[d.at]
	}
	return d.cells(d.table.row)[d.table.column]
}

// put changes the value that is asked. What was signed no longer holds.
func (d *draft) put(value any) bool {
	values, err := d.checked.Set(d.values, d.path(), value, d.env)
	if err != nil {
		return false
	}
	d.values = values
	d.unsigned()
	return true
}

func (m *machine) answer(value any) {
	d := m.draft
	field := d.field()
	switch field.Kind {
	case form.KindTable:
		return // rows have events of their own
	case form.KindRegion, form.KindAddress:
		d.place(field, value)
		return
	}
	value = field.Settled(d.value(), value)
	if d.put(typed(field, value)) {
		d.raw = value
	}
}

// typed turns the digits of a number field into a number; what is no number stays as it is, for the problem to be told.
func typed(field form.Field, value any) any {
	s, ok := value.(string)
	if !ok || field.Kind != form.KindNumber {
		return value
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return value
	}
	return n
}

// trouble is the first problem of the value that is asked.
func (d *draft) trouble() (form.Problem, bool) {
	problems := d.checked.ProblemsOf(d.path(), d.values, d.env)
	if len(problems) == 0 {
		return form.Problem{}, false
	}
	return problems[0], true
}

func problemWords(p form.Problem) Message {
	return Message{Key: prefixFormProblem + p.Code, Args: p.Details}
}

func (m *machine) nextQuestion() *Next {
	d := m.draft
	next := &Next{Label: words(keyNextQuestion)}
	switch {
	case d.table.row > 0 && d.lastColumn():
		next.Label = words(keyNextRowDone)
	case d.table.row > 0:
		next.Label = words(keyNextColumn)
	case d.review:
		next.Label = words(keyNextToReview)
	}
	if problem, wrong := d.trouble(); wrong {
		next.Why = problemWords(problem)
		return next
	}
	next.Enabled = true
	return next
}

// onwardQuestion goes to the next column, the next question, or back to the review.
func (m *machine) onwardQuestion() {
	d := m.draft
	if d.table.row > 0 {
		m.onwardColumn()
		return
	}
	d.before = nil
	if d.review {
		m.backToReview()
		return
	}
	questions := d.questions()
	at := slices.IndexFunc(questions, func(f form.Field) bool { return f.Name == d.at })
	if at+1 < len(questions) {
		m.ask(questions[at+1].Name)
		return
	}
	m.afterForm()
}

// backQuestion goes to the column or question before; out of an edit it goes back with the old values.
func (m *machine) backQuestion() {
	d := m.draft
	if d.table.row > 0 {
		m.backColumn()
		return
	}
	if d.before != nil {
		d.values, d.before = d.before, nil
		m.backToReview()
		return
	}
	questions := d.questions()
	at := slices.IndexFunc(questions, func(f form.Field) bool { return f.Name == d.at })
	if at > 0 {
		m.ask(questions[at-1].Name)
		return
	}
	d.review = false
	m.beforeForm()
}

// lastQuestion shows the end of the form, for the way back into it.
func (m *machine) lastQuestion() {
	questions := m.draft.questions()
	if len(questions) == 0 {
		m.beforeForm()
		return
	}
	m.ask(questions[len(questions)-1].Name)
}

// edit goes from the review to one answer or to the materials.
func (m *machine) edit(what string) {
	d := m.draft
	d.review = true
	if what == editMaterials {
		m.to(Materials)
		return
	}
	if what == editPromise && d.canPromise() {
		m.to(Promise)
		return
	}
	for _, field := range d.questions() {
		if field.Name == what {
			d.before = d.values
			m.ask(what)
			return
		}
	}
}

// backToReview goes where the review needs something first, then to the review.
func (m *machine) backToReview() {
	d := m.draft
	wrong := d.wrong()
	for _, field := range d.questions() {
		if wrong[field.Name] {
			m.ask(field.Name)
			return
		}
	}
	if !d.canPromise() {
		d.promised = false
	}
	if d.missing() > 0 {
		m.to(Materials)
		return
	}
	m.to(Review)
}

// afterForm goes to the promise letter, the materials or the review.
func (m *machine) afterForm() {
	switch d := m.draft; {
	case d.canPromise():
		m.to(Promise)
	default:
		d.promised = false
		m.toMaterials()
	}
}

func (m *machine) drawQuestion(s *State) {
	d := m.draft
	questions := d.questions()
	v := &QuestionView{
		ItemName: d.item.Name, Total: len(questions), Today: d.env.Today,
		Index: 1 + slices.IndexFunc(questions, func(f form.Field) bool { return f.Name == d.at }),
	}
	s.Question = v
	row := d.table
	d.table = table{}
	field := d.field()
	v.Field, v.Value, v.Optional = field, d.values[d.at], field.Optional
	v.Locked = d.checked.Locked(d.at, d.env)
	d.table = row
	if row.row == 0 {
		d.drawAsked(v)
		return
	}
	columns := d.columns()
	column := &QuestionView{
		ItemName: d.item.Name, Total: len(columns), Field: d.field(), Value: d.value(), Today: d.env.Today,
		Index: 1 + slices.IndexFunc(columns, func(f form.Field) bool { return f.Name == row.column }),
	}
	column.Optional = column.Field.Optional
	d.drawAsked(column)
	v.Row, v.Column = row.row, column
}

// drawAsked adds what belongs to the one value that is asked now.
func (d *draft) drawAsked(v *QuestionView) {
	if d.raw != nil {
		v.Value = d.raw
	}
	if v.Field.Kind == form.KindDate {
		v.Min, v.Max = d.checked.Between(d.fieldName(), d.env.Today)
	}
	if v.Field.Kind == form.KindRegion || v.Field.Kind == form.KindAddress {
		d.drawRegions(v)
	}
	problem, wrong := d.trouble()
	switch {
	case wrong && (problem.Code != form.ProblemRequired || d.raw != nil):
		v.Problem = problemWords(problem)
	case !wrong:
		for _, warning := range d.checked.Warnings(d.values) {
			if warning.Field == d.path() {
				v.Problem = problemWords(warning)
			}
		}
	}
}

// root is the field's name in a problem's path.
func root(path string) string {
	name, _, _ := strings.Cut(path, ".")
	return name
}
