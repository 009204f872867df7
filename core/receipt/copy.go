package receipt

import (
	"strconv"
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
)

// CopyPaper is what the copy of an application for the file (申请表) says.
type CopyPaper struct {
	Number     casefile.Number // "" before it is filed
	QR         string
	Filed      time.Time
	Submission casefile.Submission
	// Form and Values are the application as the form shows it: only pages and fields that apply (form.Checked.Visible).
	Form   *form.Checked
	Values form.Values
	// Region gives the name of a division by its code, "" when it is not known.
	Region func(code string) string
	Item   *catalogue.Item // names of materials; nil when the catalogue no longer has it
}

// Copy lays out the application: the person, all values as the form shows them, the
// materials with their trust levels, and the principal's signature that all of it was checked.
func Copy(d Desk, c CopyPaper) Pages {
	m := newPages(d, "copy", string(c.Number))
	m.Parts[0].Data = c.QR
	s := c.Submission
	m.heading(m.own("applicant", nil))
	fields := []Field{
		m.field("number", string(c.Number)), m.field("filed", m.day(c.Filed)), m.wide("item", s.Item.Name), m.wide("item-code", s.Item.Code),
		m.field("department", s.Item.DepartmentName), m.field("agent", m.agent()),
		m.field(applicant(s), s.Applicant.Name), m.field("id-number", s.Applicant.Number), m.wide("address", s.Applicant.Address),
	}
	if s.Delegation != nil {
		fields = append(fields, m.field("delegate", s.Delegation.Delegate.Name), m.field("id-number", s.Delegation.Delegate.Number))
	}
	m.fields(fields...)
	m.answers(c)
	m.materials(c)
	m.paragraph(m.own("checked", nil))
	m.sign(signer(s), "sign-agent")
	return m.Pages
}

func (m *pagesMaker) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return m.date(t)
}

// answers puts every field that applies; tables stand below the others.
func (m *pagesMaker) answers(c CopyPaper) {
	if c.Form == nil {
		return
	}
	m.heading(m.own("answers", nil))
	var fields []Field
	var tables []Part
	for _, f := range c.Form.Visible(c.Values) {
		if f.Kind == form.KindTable {
			tables = append(tables, Part{Kind: PartParagraph, Text: f.Label.In(m.lang), Bold: true}, m.answerTable(c, f))
			continue
		}
		shown := m.value(f, c.Values[f.Name], c.Region)
		fields = append(fields, Field{Label: f.Label.In(m.lang), Text: shown, Wide: len([]rune(shown)) > 14 || len([]rune(f.Label.In(m.lang))) > 8})
	}
	if len(fields) > 0 {
		m.fields(fields...)
	}
	m.put(tables...)
}

func (m *pagesMaker) answerTable(c CopyPaper, f form.Field) Part {
	table := Part{Kind: PartTable, Columns: []Column{m.column("serial", 1, Center)}}
	for _, column := range f.Columns {
		table.Columns = append(table.Columns, Column{Label: column.Label.In(m.lang), Share: 4})
	}
	rows, _ := c.Values[f.Name].([]any)
	for i, row := range rows {
		values, _ := row.(map[string]any)
		cells := []string{strconv.Itoa(i + 1)}
		for _, column := range f.Columns {
			cells = append(cells, m.value(column, values[column.Name], c.Region))
		}
		table.Rows = append(table.Rows, cells)
	}
	return table
}

// value writes a form's value as the form shows it; nothing for nothing.
func (s speaker) value(f form.Field, given any, region func(string) string) string {
	switch v := given.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return s.say("receipt.paper.yes", nil)
		}
		return s.say("receipt.paper.no", nil)
	case float64:
		return strings.TrimSpace(strconv.FormatFloat(v, 'f', -1, 64) + " " + f.Unit.In(s.lang))
	case string:
		return s.textValue(f, v, region)
	case []any:
		var parts []string
		for _, part := range v {
			parts = append(parts, s.value(f, part, region))
		}
		return s.list(parts)
	case map[string]any:
		code, _ := v["region"].(string)
		detail, _ := v["detail"].(string)
		return place(code, region) + detail
	}
	return ""
}

func (s speaker) textValue(f form.Field, v string, region func(string) string) string {
	switch f.Kind {
	case form.KindChoice, form.KindManyChoice:
		for _, o := range f.Options {
			if o.Code == v {
				return o.Label.In(s.lang)
			}
		}
	case form.KindRegion:
		return place(v, region)
	case form.KindDate:
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return text.Date(s.lang, t)
		}
	}
	return v
}

func place(code string, region func(string) string) string {
	if region != nil {
		if name := region(code); name != "" {
			return name
		}
	}
	return code
}

func (m *pagesMaker) materials(c CopyPaper) {
	m.heading(m.own("materials", nil))
	table := Part{Kind: PartTable, Columns: []Column{m.column("serial", 7, Center), m.column("material", 44, Left), m.column("way", 22, Left), m.column("pages", 8, Center), m.column("trust", 20, Left)}}
	for i, material := range c.Submission.Materials {
		pages := ""
		if len(material.Pages) > 0 {
			pages = strconv.Itoa(len(material.Pages))
		}
		way := string(material.Way)
		if material.Way == casefile.FromCard && c.Submission.Applicant.Source == casefile.SourceSocial {
			way = casefile.SourceSocial
		}
		table.Rows = append(table.Rows, []string{strconv.Itoa(i + 1), material.Name, m.known("receipt.way.", way), pages, m.known("receipt.trust.", material.Trust)})
	}
	for _, later := range c.Submission.Later {
		table.Rows = append(table.Rows, []string{strconv.Itoa(len(table.Rows) + 1), m.materialName(c, later.Code), m.own("later", args{"date": m.dateOf(later.Until)}), "", ""})
	}
	if len(table.Rows) == 0 {
		m.put(Part{Kind: PartParagraph, Text: m.say("receipt.guide.no-materials", nil)})
		return
	}
	m.put(table)
}

func (m *pagesMaker) materialName(c CopyPaper, code string) string {
	if c.Item != nil {
		for _, material := range c.Item.Materials {
			if material.Code == code {
				return material.Name.In(m.lang)
			}
		}
	}
	return code
}

// PromisePaper is what a promise letter (告知承诺书) says.
type PromisePaper struct {
	Number    casefile.Number
	Applicant casefile.Applicant
	Phone     string
	Item      casefile.ItemRef
	Promise   casefile.Promise
	Covers    []string // names of the materials it stands in for
	Breach    string   // what follows when it is broken
}

// PromiseLetter lays out the promise letter: what the office tells, what the person promises, both to be signed.
func PromiseLetter(d Desk, p PromisePaper) Pages {
	m := newPages(d, "promise-letter", string(p.Number))
	m.fields(append(m.person("name", p.Applicant, p.Phone), m.wide("item", p.Item.Name), m.wide("department", p.Item.DepartmentName))...)
	m.heading(m.own("told", nil))
	told := []string{m.own("covers", args{"materials": m.list(p.Covers)})}
	if p.Promise.Deadline > 0 {
		told = append(told, m.own("deadline", args{"days": p.Promise.Deadline}))
	}
	m.points(append(told, p.Breach, m.own("record", nil))...)
	m.heading(m.own("promised", nil))
	m.paragraph(p.Promise.Text)
	m.points(m.own("true", nil), m.own("known", nil), m.own("bear", nil))
	m.sign("sign-promiser", "sign-agent")
	m.put(Part{Kind: PartParagraph, Text: m.common("two-copies", nil)})
	return m.Pages
}

// ScansPaper are scanned pages to be printed, each on a page of its own under a watermark.
type ScansPaper struct {
	Number   casefile.Number
	Pictures [][]byte // PNG or JPEG
}

// Scans lays out scanned pages; the watermark says that they are copies for one case only.
func Scans(d Desk, s ScansPaper) Pages {
	m := newPages(d, "scans", string(s.Number))
	m.Parts = nil
	for i, picture := range s.Pictures {
		if i > 0 {
			m.put(Part{Kind: PartBreak})
		}
		m.put(Part{Kind: PartPicture, Picture: picture, Text: m.own("watermark", args{"number": string(s.Number)})})
	}
	return m.Pages
}
