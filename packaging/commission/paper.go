package commission

import (
	"strconv"
	"time"

	"bianmin/core/casefile"
	"bianmin/core/receipt"
	"bianmin/core/text"
	"bianmin/packaging/readiness"
	"bianmin/sync/seal"
)

// paper writes acceptance reports for people: Chinese first, English second.
type paper struct{ words *text.Catalog }

func (p paper) zh(key string) string {
	return p.words.T(text.Chinese, "provision.acceptance."+key, nil)
}

func (p paper) both(key string) string {
	return p.zh(key) + " " + p.words.T(text.English, "provision.acceptance."+key, nil)
}

func moment(t time.Time) string { return t.In(casefile.Zone).Format("2006-01-02 15:04") }

func (p paper) verdict(a Acceptance) string {
	if a.Passed {
		return p.both("passed")
	}
	return p.both("not-passed")
}

func (p paper) role(a Acceptance) string { return p.both("role-" + a.Role) }

func (p paper) test(t Tried) string {
	return p.words.T(text.Chinese, "device."+string(t.Role), nil) + " " + p.zh("test-"+t.Test)
}

// replaced says what became of the machine before.
func (p paper) replaced(r Replaced) string {
	return p.words.T(text.Chinese, "provision.acceptance.replaced-"+r.State, map[string]any{"terminal": r.Terminal, "cases": r.Cases, "packets": r.Packets})
}

func (p paper) result(t Tried) string {
	said := p.zh("result-" + string(t.Result))
	if t.Fault != "" {
		said += " " + string(t.Fault)
	}
	return said
}

// pages lays a report out for A4. digest names the signed report it belongs to.
func (p paper) pages(a Acceptance, digest string) receipt.Pages {
	field := func(key, value string) receipt.Field { return receipt.Field{Label: p.zh(key), Text: value} }
	pages := receipt.Pages{Title: "bianmin", Foot: a.Terminal + " " + moment(a.Finished), Parts: []receipt.Part{
		{Kind: receipt.PartTitle, Text: p.zh("title"), Label: p.words.T(text.English, "provision.acceptance.title", nil)},
		{Kind: receipt.PartFields, Fields: []receipt.Field{
			field("terminal", a.Terminal), field("point", a.Point), field("role", p.role(a)), field("region", a.Region),
			field("technician", a.Technician.Name+" "+a.Technician.ID), field("finished", moment(a.Finished)),
			field("version", a.Version), field("environment", a.Environment),
			field("machine", a.Machine.Maker+" "+a.Machine.Model), field("serial", a.Machine.Serial),
			field("system", a.Machine.System),
			{Label: p.words.T(text.Chinese, "selftest.report.configuration", nil), Text: a.Readiness.Configuration, Wide: true},
			{Label: p.zh("result"), Text: p.verdict(a)},
		}},
		{Kind: receipt.PartHeading, Text: p.both("devices")},
	}}
	if a.Replaced != nil {
		pages.Parts[1].Fields = append(pages.Parts[1].Fields, receipt.Field{Label: p.zh("replaced"), Text: p.replaced(*a.Replaced), Wide: true})
	}
	devices := receipt.Part{Kind: receipt.PartTable, Columns: []receipt.Column{
		{Label: p.zh("device"), Share: 24}, {Label: p.zh("name"), Share: 40}, {Label: p.zh("serial"), Share: 26}, {Label: p.zh("result"), Share: 20},
	}}
	for _, t := range a.Devices {
		devices.Rows = append(devices.Rows, []string{p.test(t), t.Name, t.Serial, p.result(t)})
	}
	checks := receipt.Part{Kind: receipt.PartTable, Columns: []receipt.Column{
		{Label: p.zh("check"), Share: 16}, {Label: p.zh("found"), Share: 66}, {Label: p.zh("result"), Share: 12},
	}}
	for _, c := range a.Readiness.Checks {
		checks.Rows = append(checks.Rows, []string{c.Name, c.Text, p.words.T(text.Chinese, "provision.state."+string(c.State), nil)})
	}
	return with(pages, devices,
		receipt.Part{Kind: receipt.PartHeading, Text: p.both("readiness")}, checks,
		receipt.Part{Kind: receipt.PartParagraph, Text: p.zh("signed") + " " + digest},
		receipt.Part{Kind: receipt.PartSignature, Lines: []receipt.SignLine{{Label: p.zh("sign-technician")}, {Label: p.zh("sign-point")}}},
	)
}

func with(pages receipt.Pages, parts ...receipt.Part) receipt.Pages {
	pages.Parts = append(pages.Parts, parts...)
	return pages
}

// strip is the same in short, for the receipt printer.
func (p paper) strip(a Acceptance, digest string) receipt.Document {
	pair := func(key, value string) receipt.Block {
		return receipt.Block{Kind: receipt.Pair, Label: p.zh(key), Text: value}
	}
	d := receipt.Document{Title: "bianmin", Blocks: []receipt.Block{
		{Kind: receipt.Text, Text: p.zh("title"), Align: receipt.Center, Size: 2, Bold: true},
		{Kind: receipt.Text, Text: p.verdict(a), Align: receipt.Center, Bold: true},
		pair("terminal", a.Terminal), pair("point", a.Point), pair("role", p.role(a)), pair("technician", a.Technician.Name+" "+a.Technician.ID),
		pair("finished", moment(a.Finished)), pair("version", a.Version),
		{Kind: receipt.Pair, Label: p.words.T(text.Chinese, "selftest.report.configuration", nil), Text: readiness.Short(a.Readiness.Configuration)},
		{Kind: receipt.Rule},
	}}
	if a.Replaced != nil {
		d.Blocks = append(d.Blocks, pair("replaced", p.replaced(*a.Replaced)))
	}
	for _, t := range a.Devices {
		d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Pair, Label: p.test(t), Text: p.result(t)})
	}
	bad := 0
	for _, c := range a.Readiness.Checks {
		if c.State == readiness.OK {
			continue
		}
		bad++
		d.Blocks = append(d.Blocks, receipt.Block{Kind: receipt.Text, Text: c.Name + "：" + c.Text})
	}
	d.Blocks = append(d.Blocks,
		pair("readiness", strconv.Itoa(len(a.Readiness.Checks)-bad)+"/"+strconv.Itoa(len(a.Readiness.Checks))),
		receipt.Block{Kind: receipt.Rule}, receipt.Block{Kind: receipt.Text, Text: p.zh("signed")}, receipt.Block{Kind: receipt.Text, Text: digest},
	)
	return d
}

// digestOf names a signed report on paper.
func digestOf(signed []byte) string { return seal.Digest(signed)[:16] }

// Lines are a report's tests for the screen, one each.
func Lines(a Acceptance, words *text.Catalog) (all []string) {
	p := paper{words}
	for _, t := range a.Devices {
		line := "[" + p.both("result-"+string(t.Result)) + "] " + p.test(t) + "  " + t.Name
		for _, more := range []string{t.Serial, string(t.Fault), t.Evidence} {
			if more != "" {
				line += "  " + more
			}
		}
		all = append(all, line)
	}
	return all
}
