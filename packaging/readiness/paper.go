package readiness

import (
	"strings"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/drivers/selftest"
	"bianmin/packaging/tested"
)

// Paper writes a readiness report for people: Chinese first, English second.
type Paper struct{ Words *text.Catalog }

func (p Paper) zh(key string) string { return p.Words.T(text.Chinese, key, nil) }
func (p Paper) en(key string) string { return p.Words.T(text.English, key, nil) }

func (p Paper) both(key string) string { return p.zh(key) + " " + p.en(key) }

func (p Paper) label(key string) string { return p.zh("selftest.report." + key) }

func moment(t time.Time) string { return t.In(casefile.Zone).Format("2006-01-02 15:04") }

// Short is a digest as people compare it: its first 16 digits in fours.
func Short(digest string) string {
	var groups []string
	for i := 0; i+4 <= min(len(digest), 16); i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}

func (p Paper) terminal(r Report) string {
	if r.Terminal == "" {
		return p.label("unnamed")
	}
	return r.Terminal
}

// now is how a device stands, in words.
func (p Paper) now(d Device) string {
	said := p.Words.T(text.Chinese, "staff.condition."+string(d.Condition), nil)
	if d.Fault != "" {
		said = tested.Why(p.Words, text.Chinese, selftest.Result{Role: d.Role, Code: selftest.Code(d.Fault)})
	}
	return said
}

// supplies are a device's, in words; "" for one that uses nothing up.
func (p Paper) supplies(d Device) string {
	if d.Supplies == nil {
		return ""
	}
	said := p.label("paper") + "：" + p.zh("selftest.supply."+d.Supplies.Paper)
	if d.Supplies.Toner != "" {
		said += "；" + p.label("toner") + "：" + p.zh("selftest.supply."+d.Supplies.Toner)
	}
	return said
}

// result is how the last test of a level ended, and when.
func (p Paper) result(d Device, level selftest.Level) string {
	if !selftest.Knows(d.Role, level) {
		return "–"
	}
	for _, r := range d.Tests {
		if r.Level != level {
			continue
		}
		said := p.zh("selftest.outcome." + string(r.Outcome))
		if why := tested.Why(p.Words, text.Chinese, r); why != "" {
			said += "（" + why + "）"
		}
		return said + " " + moment(r.At)
	}
	return p.label("not-tested")
}

// levels are those that a device can be tested at.
func levels(d Device) (all []selftest.Level) {
	for _, level := range selftest.Levels() {
		if selftest.Knows(d.Role, level) {
			all = append(all, level)
		}
	}
	return all
}

func told(s string, not string) string {
	if s == "" {
		return not
	}
	return s
}

// Pages lays a report out for A4.
func (p Paper) Pages(r Report) receipt.Pages {
	field := func(key, value string) receipt.Field { return receipt.Field{Label: p.label(key), Text: value} }
	not := p.label("not-told")
	devices := receipt.Part{Kind: receipt.PartTable, Columns: []receipt.Column{
		{Label: p.label("device"), Share: 15},
		{Label: p.label("model"), Share: 17},
		{Label: p.label("serial"), Share: 24},
		{Label: p.label("firmware"), Share: 9},
		{Label: p.label("supplies"), Share: 23},
		{Label: p.label("condition"), Share: 13},
	}}
	tests := receipt.Part{Kind: receipt.PartTable, Columns: []receipt.Column{{Label: p.label("device"), Share: 17}}}
	for _, level := range selftest.Levels() {
		tests.Columns = append(tests.Columns, receipt.Column{Label: p.zh("selftest.level." + string(level)), Share: 28})
	}
	for _, d := range r.Devices {
		name := p.zh("selftest.role." + string(d.Role))
		devices.Rows = append(devices.Rows, []string{name, told(d.Model, not), told(d.Serial, not), told(d.Firmware, not), told(p.supplies(d), "–"), p.now(d)})
		row := []string{name}
		for _, level := range selftest.Levels() {
			row = append(row, p.result(d, level))
		}
		tests.Rows = append(tests.Rows, row)
	}
	pages := receipt.Pages{Title: "bianmin", Foot: p.terminal(r) + " " + moment(r.Taken), Parts: []receipt.Part{
		{Kind: receipt.PartTitle, Text: p.label("title"), Label: p.en("selftest.report.title")},
		{Kind: receipt.PartFields, Fields: []receipt.Field{
			field("terminal", p.terminal(r)), field("point", told(r.Point, p.label("unnamed"))), field("taken", moment(r.Taken)), field("version", r.Version),
			{Label: p.label("configuration"), Text: r.Configuration, Wide: true},
			{Label: p.label("state"), Text: p.both("selftest.state." + string(r.State)), Wide: true},
		}},
	}}
	if len(r.Devices) > 0 {
		pages.Parts = append(pages.Parts, receipt.Part{Kind: receipt.PartHeading, Text: p.both("selftest.report.devices")}, devices,
			receipt.Part{Kind: receipt.PartHeading, Text: p.zh("selftest.report.tests") + " " + p.en("selftest.report.tests")}, tests)
	}
	return p.withChecks(pages, r)
}

// withChecks adds what is not well; what is well is only counted.
func (p Paper) withChecks(pages receipt.Pages, r Report) receipt.Pages {
	pages.Parts = append(pages.Parts, receipt.Part{Kind: receipt.PartHeading, Text: p.both("selftest.report.checks")})
	var points []string
	for _, c := range r.Checks {
		if c.State != OK {
			points = append(points, c.Name+"："+c.Text)
		}
	}
	if len(points) == 0 {
		pages.Parts = append(pages.Parts, receipt.Part{Kind: receipt.PartParagraph, Text: p.label("all-good")})
		return pages
	}
	pages.Parts = append(pages.Parts, receipt.Part{Kind: receipt.PartPoints, Items: points})
	return pages
}

// Strip is the same for a receipt printer.
func (p Paper) Strip(r Report) receipt.Document {
	pair := func(label, value string) receipt.Block {
		return receipt.Block{Kind: receipt.Pair, Label: label, Text: value}
	}
	line := func(s string) receipt.Block { return receipt.Block{Kind: receipt.Text, Text: s} }
	d := receipt.Document{Title: "bianmin", Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: p.label("title"), Align: receipt.Center, Size: 2, Bold: true},
		{Kind: receipt.Text, Text: p.en("selftest.report.title"), Align: receipt.Center},
		{Kind: receipt.Text, Text: p.zh("selftest.state." + string(r.State)), Align: receipt.Center, Bold: true},
		pair(p.label("terminal"), p.terminal(r)), pair(p.label("point"), told(r.Point, p.label("unnamed"))), pair(p.label("taken"), moment(r.Taken)),
		pair(p.label("version"), r.Version), pair(p.label("configuration"), Short(r.Configuration)),
	}}
	for _, device := range r.Devices {
		d.Blocks = append(
			d.Blocks, receipt.Block{Kind: receipt.Rule},
			receipt.Block{Kind: receipt.Text, Text: p.zh("selftest.role."+string(device.Role)) + "  " + p.now(device), Bold: true},
		)
		var untold []string
		for _, fact := range [][2]string{{"model", device.Model}, {"serial", device.Serial}, {"firmware", device.Firmware}} {
			if fact[1] == "" {
				untold = append(untold, p.label(fact[0]))
				continue
			}
			d.Blocks = append(d.Blocks, pair(p.label(fact[0]), fact[1]))
		}
		if len(untold) > 0 {
			d.Blocks = append(d.Blocks, pair(strings.Join(untold, "、"), p.label("not-told")))
		}
		if supplies := p.supplies(device); supplies != "" {
			d.Blocks = append(d.Blocks, line(supplies))
		}
		for _, level := range levels(device) {
			d.Blocks = append(d.Blocks, pair(p.zh("selftest.level."+string(level)), p.result(device, level)))
		}
	}
	d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Rule})
	bad := 0
	for _, c := range r.Checks {
		if c.State != OK {
			bad++
			d.Blocks = append(d.Blocks, line(c.Name+"："+c.Text))
		}
	}
	if bad == 0 {
		d.Blocks = append(d.Blocks, line(p.label("all-good")))
	}
	return d
}

// Lines are the devices for the screen of a terminal, one each with its tests below: Chinese first, English second.
func (p Paper) Lines(r Report) (all []string) {
	all = append(all, p.both("selftest.report.configuration")+"  "+r.Configuration)
	for _, d := range r.Devices {
		line := p.both("selftest.role."+string(d.Role)) + "  " + d.Link
		for _, word := range []string{d.Model, d.Serial, d.Firmware} {
			if word != "" {
				line += "  " + word
			}
		}
		all = append(all, line)
		if d.Supplies != nil {
			said := "      " + p.both("selftest.report.paper") + ": " + p.both("selftest.supply."+d.Supplies.Paper)
			if d.Supplies.Toner != "" {
				said += "; " + p.both("selftest.report.toner") + ": " + p.both("selftest.supply."+d.Supplies.Toner)
			}
			all = append(all, said)
		}
		for _, level := range levels(d) {
			all = append(all, "      "+p.both("selftest.level."+string(level))+": "+p.resultBoth(d, level))
		}
	}
	return all
}

func (p Paper) resultBoth(d Device, level selftest.Level) string {
	for _, r := range d.Tests {
		if r.Level != level {
			continue
		}
		said := p.both("selftest.outcome." + string(r.Outcome))
		if r.Code != "" {
			said += "  " + tested.Why(p.Words, text.Chinese, r) + " " + tested.Why(p.Words, text.English, r)
		}
		return said + "  " + moment(r.At)
	}
	return p.both("selftest.report.not-tested")
}
