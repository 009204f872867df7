package journey

import (
	"fmt"
	"slices"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/catalogue"
	"bianmin/core/form"
	"bianmin/core/text"
	"bianmin/drivers"
)

// asked is a correction notice as it is answered here: only its points are asked for, on the same case.
type asked struct {
	number    casefile.Number
	notice    casefile.Asked
	qr        string // the case's receipt code
	official  string
	fields    []string             // of the form, that the points name
	materials []catalogue.Material // that the points name, each once
}

// wants tells whether a case waits for a correction whose notice can be read here.
func wants(summary casefile.Summary) bool {
	return summary.State == casefile.StateCorrection && summary.Asked.Stands()
}

// newCorrection begins the answer to a case's notice under the item of now; where it cannot be given here the words say why.
func (m *machine) newCorrection(summary casefile.Summary) (*draft, Message) {
	set := m.options.Catalogue()
	if !wants(summary) || !m.person.known {
		return nil, Message{}
	}
	if set == nil {
		return nil, words(keyCannotItem)
	}
	item, ok := set.Item(summary.ItemCode)
	if !ok {
		return nil, words(keyCannotItem)
	}
	if m.person.card.Expired(m.today()) {
		return nil, words(keyCannotCard)
	}
	d := &draft{item: item, set: set}
	d.start()
	d.asked = &asked{number: summary.Number, notice: summary.Asked, qr: summary.QR, official: summary.Official}
	if !d.ask(summary.Asked.Notice.Points) {
		return nil, words(keyCannotPoint)
	}
	if len(d.asked.materials) > 0 && m.scannerTrouble() != "" {
		return nil, words(keyCannotScanner)
	}
	return d, Message{}
}

// ask takes up every point of a notice; false when one of them cannot be answered at a terminal.
func (d *draft) ask(points []casefile.NoticePoint) bool {
	for _, point := range points {
		switch {
		case point.Field != "":
			if len(pointName(d.item, point)) == 0 { // the form has no such field now
				return false
			}
			d.asked.fields = append(d.asked.fields, point.Name())
		case point.Material != "":
			at := slices.IndexFunc(d.item.Materials, func(m catalogue.Material) bool { return m.Code == point.Material && m.Source == catalogue.SourcePerson })
			if at < 0 {
				return false
			}
			if material := d.item.Materials[at]; !d.asked.has(material.Code) {
				material.Optional, material.Promise, material.When = false, false, nil // it is asked for
				d.asked.materials = append(d.asked.materials, material)
			}
		default:
			return false
		}
	}
	return len(points) > 0
}

// compile makes the part of the form that is asked.
func (d *draft) compile() error {
	if len(d.asked.fields) == 0 { // only papers are asked for
		return nil
	}
	part, err := d.item.Form.Only(d.asked.fields...)
	if err == nil {
		d.checked, err = form.Compile(part)
	}
	if err != nil {
		return fmt.Errorf("make the form of a correction: %w", err)
	}
	return nil
}

func (a *asked) has(code string) bool {
	return slices.ContainsFunc(a.materials, func(m catalogue.Material) bool { return m.Code == code })
}

// scannerTrouble is why nothing can be scanned now, "" when it can.
func (m *machine) scannerTrouble() drivers.Fault {
	kind := m.statuses[drivers.RoleScanner].Fault
	if m.options.Devices.Scanner == nil {
		kind = drivers.FaultUnplugged
	}
	if kind == drivers.FaultNoDocument || kind == drivers.FaultBusy {
		return ""
	}
	return kind
}

// said is what the office wrote about a field or a material.
func (a *asked) said(about func(casefile.NoticePoint) bool) []Message {
	var said []Message
	for _, point := range a.notice.Notice.Points {
		if about(point) && point.Text != "" {
			said = append(said, Message{Key: keySaid, Args: map[string]any{"text": text.Shown(point.Text)}})
		}
	}
	return said
}

// drawAsked shows what a case's notice asks for, until when, and whether it can be answered here.
func (m *machine) drawAsked(summary casefile.Summary) *AskedView {
	if !wants(summary) {
		return nil
	}
	v := &AskedView{Phone: m.options.Place.Phone}
	d, why := m.newCorrection(summary)
	v.Can, v.Why = d != nil, why
	var item *catalogue.Item
	if set := m.options.Catalogue(); set != nil {
		item, _ = set.Item(summary.ItemCode)
	}
	v.Until, v.Late = m.due(summary.Asked)
	v.Again = notTaken(summary.Moments)
	v.Changed = d != nil && len(d.asked.fields) > 0 && summary.Version != "" && item.Version != summary.Version
	for _, point := range summary.Asked.Notice.Points {
		v.Points = append(v.Points, PointLine{Name: pointName(item, point), Text: point.Text, Page: point.Page})
	}
	return v
}

// notTaken is why the platform refused the last answer to the notice that stands, "" where it refused none.
func notTaken(moments []casefile.Moment) string {
	why, answered := "", false
	for _, moment := range moments {
		switch casefile.EventKind(moment.Kind) {
		case casefile.PlatformReturned:
			why, answered = "", false
		case casefile.Corrected:
			answered = moment.Refused
		case casefile.PlatformRefused:
			if answered {
				why = moment.Text
			}
		}
	}
	return why
}

// due is the last day of a notice's term, zero for none, and whether it has passed.
func (m *machine) due(a casefile.Asked) (time.Time, bool) {
	if a.Notice.Days <= 0 {
		return time.Time{}, false
	}
	var calendar catalogue.Calendar
	if set := m.options.Catalogue(); set != nil {
		calendar = set.Holidays
	}
	day := calendar.AddWorkingDays(a.At.In(casefile.Zone), a.Notice.Days)
	return day, day.Format(time.DateOnly) < m.day().In(casefile.Zone).Format(time.DateOnly)
}

// pointName is what a point is about, in the words of the item; empty where the item does not know it.
func pointName(item *catalogue.Item, point casefile.NoticePoint) text.Local {
	if item == nil {
		return nil
	}
	if point.Field != "" {
		for _, page := range item.Form.Pages {
			for _, field := range page.Fields {
				if field.Name == point.Name() {
					return field.Label
				}
			}
		}
		return nil
	}
	for _, material := range item.Materials {
		if material.Code == point.Material {
			return material.Name
		}
	}
	return nil
}
